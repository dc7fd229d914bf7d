import { type Provider, type Signer, Wallet } from 'ethers'
import hre from 'hardhat'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkLedgerRules, deployNetwork, planAddresses } from './deploy.ts'
import { ContractsError } from './errors.ts'
import { connectContracts, findContracts } from './network/connect.ts'
import { type Founding, foundNetwork } from './network/found.ts'
import { digestOf, type InProcessLedger, keyOf, YEAR } from './network/sample-network.ts'

type Ledger = InProcessLedger & { ethers: { provider: unknown } }

let ledger: Ledger
let founder: Signer
let provider: Provider

beforeEach(async () => {
  ledger = await hre.network.create('inProcess')
  const signers = (await ledger.ethers.getSigners()) as Signer[]
  founder = signers[0] as Signer
  provider = ledger.ethers.provider as Provider
})
afterEach(() => ledger.close())

/** A signer that stops with its n-th transaction: before it is sent, or after it was and before anyone heard. */
function stopping(signer: Signer, count: number, moment: 'before' | 'after'): Signer {
  let left = count
  return new Proxy(signer, {
    get(target, property) {
      if (property === 'sendTransaction') {
        return async (transaction: Parameters<Signer['sendTransaction']>[0]) => {
          if (left === 0 && moment === 'before') throw new Error('killed')
          const sent = await target.sendTransaction(transaction)
          if (left-- === 0) throw new Error('killed')
          return sent
        }
      }
      const value = Reflect.get(target, property)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => (error instanceof ContractsError ? error.code : String(error)),
  )

describe('deployNetwork', () => {
  it('puts the contracts where planAddresses said, each under the timelock and the Directory', async () => {
    const planned = planAddresses(await founder.getAddress(), 0)
    const { addresses, firstNonce, descriptor } = await deployNetwork(founder)
    expect([addresses, firstNonce]).toEqual([planned, 0])
    const genesis = await provider.getBlock(0)
    expect(descriptor).toEqual({ chainId: 31_337, genesisHash: genesis?.hash, directory: addresses.Directory })
    const contracts = connectContracts(addresses, founder)
    for (const contract of Object.values(contracts)) expect(await contract.directory()).toBe(addresses.Directory)
    for (const contract of [
      contracts.Directory,
      contracts.BaseRegistry,
      contracts.Entitlements,
      contracts.ResourceRegistry,
      contracts.RoyaltyLedger,
      contracts.ReviewPanels,
      contracts.Licences,
      contracts.UsageReceipts,
      contracts.SettlementToken,
    ]) {
      expect(await contract.timelock()).toBe(addresses.NetworkTimelock)
    }
    expect(await contracts.NetworkTimelock.networkDelay()).toBe(172_800n)
    expect(await contracts.ResourceRegistry.arbiter()).toBe(addresses.ReviewPanels)
  })

  it('goes on where it was killed, before or after any of its transactions, and sends nothing twice', async () => {
    for (const moment of ['before', 'after'] as const) {
      for (let count = 0; count < 12; count++) {
        const firstNonce = await provider.getTransactionCount(await founder.getAddress())
        await expect(deployNetwork(stopping(founder, count, moment), { firstNonce })).rejects.toThrow('killed')
        const { addresses } = await deployNetwork(founder, { firstNonce })
        expect(addresses).toEqual(planAddresses(await founder.getAddress(), firstNonce))
        expect(await provider.getTransactionCount(await founder.getAddress())).toBe(firstNonce + 12)
      }
    }
  })

  it('waits for the transaction that an earlier run left in the pool', async () => {
    const request = (method: string, params: unknown[] = []) => ledger.provider.request({ method, params })
    await request('evm_setAutomine', [false])
    await expect(deployNetwork(stopping(founder, 0, 'after'), { firstNonce: 0 })).rejects.toThrow('killed')
    await request('evm_setIntervalMining', [100])
    const { addresses } = await deployNetwork(founder, { firstNonce: 0 })
    expect(await provider.getCode(addresses.StatusLists)).not.toBe('0x')
    expect(await provider.getTransactionCount(await founder.getAddress())).toBe(12)
  })

  it('refuses an account whose nonces were used for something else', async () => {
    await founder.sendTransaction({ to: await founder.getAddress() })
    expect(await codeOf(deployNetwork(founder, { firstNonce: 0 }))).toBe('CONTRACTS_DEPLOYMENT_BROKEN')
  })

  it('refuses a signer without a ledger', async () => {
    expect(await codeOf(deployNetwork(new Wallet(digestOf('wallet'))))).toBe('CONTRACTS_NO_PROVIDER')
  })
})

describe('foundNetwork', () => {
  const founding = async (): Promise<Founding> => {
    const until = ((await provider.getBlock('latest'))?.timestamp ?? 0) + YEAR
    const document = (name: string) => ({ digest: digestOf(name), cid: name })
    return {
      didHash: digestOf('did'),
      didLog: document('log'),
      peers: ['/dns/a/tcp/1/p2p/x'],
      programmes: Array.from({ length: 10 }, (_, index) => document(`programme ${index}`)),
      accreditedUntil: until,
      assessments: { until, reports: { information: document('i'), safety: document('s'), green: document('g') } },
      issuerKey: { keyId: keyOf(1), until },
    }
  }

  it('leaves the root base entitled to each of ten programmes, self-assessed, with the Directory filled', async () => {
    const { addresses } = await deployNetwork(founder)
    const founded = await foundNetwork(founder, addresses, await founding())
    expect(founded.programmeIds).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    const { Entitlements, BaseRegistry } = connectContracts(addresses, founder)
    const now = (await provider.getBlock('latest'))?.timestamp ?? 0
    for (const programmeId of founded.programmeIds) expect(await Entitlements.isEntitled(1, programmeId, keyOf(1), now)).toBe(true)
    expect((await Entitlements.assessmentOf(1)).assessor).toBe(1n)
    expect([...(await BaseRegistry.peersOf(1))]).toEqual(['/dns/a/tcp/1/p2p/x'])
    expect(await findContracts(addresses.Directory, founder)).toEqual(addresses)
  })

  it('goes on where it was killed, before or after any of its transactions', async () => {
    for (const moment of ['before', 'after'] as const) {
      for (let count = 0; count < 4; count++) {
        const { addresses } = await deployNetwork(founder)
        const start = await founding()
        await expect(foundNetwork(stopping(founder, count, moment), addresses, start)).rejects.toThrow('killed')
        await foundNetwork(founder, addresses, start)
        const { Entitlements, BaseRegistry } = connectContracts(addresses, founder)
        expect([await Entitlements.assessmentCount(), await Entitlements.programmeCount(), await BaseRegistry.baseCount()]).toEqual([
          3n,
          10n,
          1n,
        ])
        const before = await provider.getTransactionCount(await founder.getAddress())
        await foundNetwork(founder, addresses, start)
        expect(await provider.getTransactionCount(await founder.getAddress())).toBe(before)
      }
    }
  })

  it('is finished before findContracts finds the network', async () => {
    const { addresses } = await deployNetwork(founder)
    expect(await codeOf(findContracts(addresses.Directory, founder))).toBe('CONTRACTS_NOT_A_NETWORK')
    expect(await codeOf(findContracts(await founder.getAddress(), founder))).toBe('CONTRACTS_NOT_A_NETWORK')
  })
})

describe('checkLedgerRules', () => {
  it('lets a ledger with the Osaka rules through', async () => {
    expect(await codeOf(checkLedgerRules(provider, 31_337))).toBeUndefined()
  })

  it('names both chain ids when they differ', async () => {
    await expect(checkLedgerRules(provider, 1)).rejects.toThrow('The ledger’s chain id is 31337, and 1 was expected.')
  })

  it('refuses a ledger without the P-256 precompile, or without the opcodes', async () => {
    const older = await hre.network.create({ network: 'inProcess', override: { hardfork: 'prague' } })
    expect(await codeOf(checkLedgerRules(older.ethers.provider as unknown as Provider))).toBe('CONTRACTS_RULES_MISSING')
    await older.close()
    const withoutPrecompile = {
      getNetwork: () => provider.getNetwork(),
      call: (transaction: { to?: string }) => (transaction.to ? Promise.resolve('0x') : provider.call(transaction)),
    }
    const rejection = checkLedgerRules(withoutPrecompile as unknown as Provider)
    await expect(rejection).rejects.toThrow('P-256 precompile at 0x100')
  })
})

describe('the contracts', () => {
  it('fit the size that a ledger accepts', async () => {
    const { addresses } = await deployNetwork(founder)
    for (const [name, address] of Object.entries(addresses)) {
      const bytes = ((await provider.getCode(address)).length - 2) / 2
      expect(bytes, name).toBeLessThanOrEqual(24_576)
    }
  })
})

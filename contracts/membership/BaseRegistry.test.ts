import { type Signer, ZeroAddress, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ContractName } from '../abi.ts'
import { admitBase, createSampleNetwork, digestOf, eventsOf, refusalOf, type SampleNetwork } from '../network/sample-network.ts'

let network: SampleNetwork
let root: string
let newcomer: string
let stranger: Signer

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await admitBase(network, { baseId: 2, parent: 1, tier: 2 })
  stranger = network.accounts[5] as Signer
  root = await network.addressOf(network.accounts[0])
  newcomer = await network.addressOf(network.accounts[2])
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const identity = (name = 'base 3') => ({ didHash: digestOf(`did of ${name}`), didLogDigest: digestOf(`log of ${name}`), didLogCid: 'cid' })
const admit = (changes: { account?: string; parent?: number; tier?: number; identity?: ReturnType<typeof identity> } = {}) =>
  network.govern('BaseRegistry.admit', [
    changes.account ?? newcomer,
    changes.parent ?? 2,
    changes.tier ?? 3,
    changes.identity ?? identity(),
  ])
const pause = async (contract: ContractName) =>
  network.contracts.Directory.pause(network.addresses[contract], (await network.now()) + 10_000, ZeroHash)
const notTimelock = () => `GovernedCallerNotTimelock(${root})`
const notBase = async (baseId: number) => `BaseRegistryCallerNotBase(${await stranger.getAddress()}, ${baseId})`
const closeSecond = () => network.govern('BaseRegistry.closeBase', [2])

describe('admit', () => {
  it('when the caller is not the timelock it refuses', async () => {
    expect(await refusalOf(network.contracts.BaseRegistry.admit(newcomer, 2, 3, identity()))).toBe(notTimelock())
  })

  it('given the registry is paused it refuses', async () => {
    await pause('BaseRegistry')
    expect(await refusalOf(admit())).toMatch(/^PausingPaused/)
  })

  it('given Entitlements is paused it refuses', async () => {
    await pause('Entitlements')
    expect(await refusalOf(admit())).toMatch(/^PausingPaused/)
    expect(await network.contracts.BaseRegistry.baseCount()).toBe(2n)
  })

  it('when the account acts for a base already it refuses', async () => {
    expect(await refusalOf(admit({ account: root }))).toBe(`BaseRegistryAccountRefused(${root})`)
  })

  it('when the account is the zero address it refuses', async () => {
    expect(await refusalOf(admit({ account: ZeroAddress }))).toBe(`BaseRegistryAccountRefused(${ZeroAddress})`)
  })

  it('when a base has the DID already it refuses', async () => {
    const taken = identity('base 1')
    expect(await refusalOf(admit({ identity: taken }))).toBe(`BaseRegistryDidRefused(${taken.didHash})`)
    expect(await refusalOf(admit({ identity: { ...taken, didHash: ZeroHash } }))).toBe(`BaseRegistryDidRefused(${ZeroHash})`)
  })

  it("when the log's digest is zero it refuses", async () => {
    expect(await refusalOf(admit({ identity: { ...identity(), didLogDigest: ZeroHash } }))).toBe('BaseRegistryDigestEmpty()')
  })

  it('when a second root is asked for it refuses', async () => {
    expect(await refusalOf(admit({ parent: 0, tier: 1 }))).toBe('BaseRegistryPlaceRefused(0, 1)')
  })

  it('when the parent is not open it refuses', async () => {
    expect(await refusalOf(admit({ parent: 9 }))).toBe('BaseRegistryPlaceRefused(9, 3)')
    await closeSecond()
    expect(await refusalOf(admit())).toBe('BaseRegistryPlaceRefused(2, 3)')
  })

  it("when the tier is not below the parent's it refuses", async () => {
    expect(await refusalOf(admit({ tier: 2 }))).toBe('BaseRegistryPlaceRefused(2, 2)')
  })

  it('when everything is in order it gives the next number and tells everything in its events', async () => {
    const { didHash, didLogDigest } = identity()
    const events = await eventsOf(network.addresses, admit())
    expect(events.slice(0, 2)).toEqual([
      {
        contract: 'BaseRegistry',
        event: 'BaseAdmitted',
        args: { baseId: 3, account: newcomer, parent: 2, tier: 3, didHash, inviteKey: ZeroAddress },
      },
      {
        contract: 'BaseRegistry',
        event: 'DidLogPublished',
        args: { baseId: 3, sequence: 1, digest: didLogDigest, previous: ZeroHash, cid: 'cid' },
      },
    ])
    const { BaseRegistry } = network.contracts
    const base = await BaseRegistry.baseOf(3)
    expect([base.account, base.parent, base.tier, base.admittedAt]).toEqual([newcomer, 2n, 3n, BigInt(await network.now())])
    expect(await BaseRegistry.baseCount()).toBe(3n)
    expect(await BaseRegistry.baseByAccount(newcomer)).toBe(3n)
    expect(await BaseRegistry.baseByDid(didHash)).toBe(3n)
    expect(await BaseRegistry.didHashOf(3)).toBe(didHash)
  })

  it('when everything is in order it seats the base in Entitlements', async () => {
    const events = await eventsOf(network.addresses, admit())
    expect(events).toContainEqual({ contract: 'Entitlements', event: 'BaseSeated', args: { baseId: 3, account: newcomer } })
    expect(await network.contracts.Entitlements.seatedAccountOf(3)).toBe(newcomer)
  })
})

describe('offerAccount', () => {
  it('when the caller does not act for the base it refuses', async () => {
    expect(await refusalOf(network.as(stranger).BaseRegistry.offerAccount(2, newcomer))).toBe(await notBase(2))
    expect(await refusalOf(network.as(stranger).BaseRegistry.offerAccount(0, newcomer))).toBe(await notBase(0))
  })

  it('when the base calls it changes nothing but the offer', async () => {
    const events = await eventsOf(network.addresses, network.contracts.BaseRegistry.offerAccount(1, newcomer))
    expect(events).toEqual([{ contract: 'BaseRegistry', event: 'AccountOffered', args: { baseId: 1, account: newcomer } }])
    expect(await network.contracts.BaseRegistry.offeredAccountOf(1)).toBe(newcomer)
    expect(await network.contracts.BaseRegistry.accountOf(1)).toBe(root)
  })
})

describe('acceptAccount', () => {
  it('when the caller was not offered the base it refuses', async () => {
    expect(await refusalOf(network.as(stranger).BaseRegistry.acceptAccount(1))).toBe(await notBase(1))
  })

  it('given the offer was withdrawn it refuses', async () => {
    await network.contracts.BaseRegistry.offerAccount(1, await stranger.getAddress())
    await network.contracts.BaseRegistry.offerAccount(1, ZeroAddress)
    expect(await refusalOf(network.as(stranger).BaseRegistry.acceptAccount(1))).toBe(await notBase(1))
  })

  it('given the caller acts for a base it refuses', async () => {
    const second = network.accounts[1] as Signer
    await network.contracts.BaseRegistry.offerAccount(1, await second.getAddress())
    expect(await refusalOf(network.as(second).BaseRegistry.acceptAccount(1))).toMatch(/^BaseRegistryAccountRefused/)
  })

  it('given an open offer it hands the base over here and in Entitlements', async () => {
    const next = await stranger.getAddress()
    await network.contracts.BaseRegistry.offerAccount(1, next)
    const events = await eventsOf(network.addresses, network.as(stranger).BaseRegistry.acceptAccount(1))
    expect(events[0]).toEqual({ contract: 'BaseRegistry', event: 'AccountChanged', args: { baseId: 1, previous: root, next } })
    expect(await network.contracts.BaseRegistry.accountOf(1)).toBe(next)
    expect(await network.contracts.Entitlements.seatedAccountOf(1)).toBe(next)
    expect(await network.contracts.BaseRegistry.baseByAccount(root)).toBe(0n)
    expect(await refusalOf(network.contracts.BaseRegistry.setPeers(1, []))).toBe(`BaseRegistryCallerNotBase(${root}, 1)`)
  })
})

describe('replaceAccount', () => {
  it('when the caller is not the timelock it refuses', async () => {
    expect(await refusalOf(network.contracts.BaseRegistry.replaceAccount(1, newcomer))).toBe(notTimelock())
  })

  it('given the base has closed it refuses', async () => {
    await closeSecond()
    expect(await refusalOf(network.govern('BaseRegistry.replaceAccount', [2, newcomer]))).toBe('BaseRegistryBaseUnknown(2)')
  })

  it('when the timelock calls it takes the base from the old account and voids its offer', async () => {
    const thief = network.as(network.accounts[1])
    await thief.BaseRegistry.offerAccount(2, await stranger.getAddress())
    await network.govern('BaseRegistry.replaceAccount', [2, newcomer])
    expect(await network.contracts.BaseRegistry.accountOf(2)).toBe(newcomer)
    expect(await refusalOf(network.as(stranger).BaseRegistry.acceptAccount(2))).toBe(await notBase(2))
    expect(await refusalOf(thief.BaseRegistry.setPeers(2, []))).toMatch(/^BaseRegistryCallerNotBase/)
  })
})

describe('closeBase', () => {
  it('when the caller is not the timelock it refuses', async () => {
    expect(await refusalOf(network.contracts.BaseRegistry.closeBase(2))).toBe(notTimelock())
  })

  it('when the base is the root it refuses', async () => {
    expect(await refusalOf(network.govern('BaseRegistry.closeBase', [1]))).toBe('BaseRegistryBaseUnknown(1)')
  })

  it('given the base has closed it refuses', async () => {
    await closeSecond()
    expect(await refusalOf(closeSecond())).toBe('BaseRegistryBaseUnknown(2)')
  })

  it('when the timelock calls it leaves nobody to act for the base', async () => {
    const events = await eventsOf(network.addresses, closeSecond())
    expect(events[0]).toEqual({ contract: 'BaseRegistry', event: 'BaseClosed', args: { baseId: 2 } })
    const second = network.accounts[1] as Signer
    expect(await network.contracts.BaseRegistry.accountOf(2)).toBe(ZeroAddress)
    expect(await network.contracts.Entitlements.seatedAccountOf(2)).toBe(ZeroAddress)
    expect(await network.contracts.BaseRegistry.baseByAccount(await second.getAddress())).toBe(0n)
    expect(await network.contracts.BaseRegistry.servicesOf(2)).toBe(0n)
  })
})

describe('placeBase', () => {
  it('when the caller is not the timelock it refuses', async () => {
    expect(await refusalOf(network.contracts.BaseRegistry.placeBase(2, 1, 3))).toBe(notTimelock())
  })

  it('when the base is the root it refuses', async () => {
    expect(await refusalOf(network.govern('BaseRegistry.placeBase', [1, 2, 3]))).toBe('BaseRegistryPlaceRefused(2, 3)')
  })

  it('given the base has closed it refuses', async () => {
    await closeSecond()
    expect(await refusalOf(network.govern('BaseRegistry.placeBase', [2, 1, 3]))).toBe('BaseRegistryBaseUnknown(2)')
  })

  it('when the parent is below the base it refuses', async () => {
    await admit()
    expect(await refusalOf(network.govern('BaseRegistry.placeBase', [2, 3, 4]))).toBe('BaseRegistryPlaceRefused(3, 4)')
    expect(await refusalOf(network.govern('BaseRegistry.placeBase', [2, 2, 4]))).toBe('BaseRegistryPlaceRefused(2, 4)')
  })

  it('when the place is not open it refuses', async () => {
    expect(await refusalOf(network.govern('BaseRegistry.placeBase', [2, 9, 3]))).toBe('BaseRegistryPlaceRefused(9, 3)')
    expect(await refusalOf(network.govern('BaseRegistry.placeBase', [2, 1, 1]))).toBe('BaseRegistryPlaceRefused(1, 1)')
  })

  it('when the timelock calls it moves the base', async () => {
    await admit()
    const events = await eventsOf(network.addresses, network.govern('BaseRegistry.placeBase', [3, 1, 4]))
    expect(events).toContainEqual({ contract: 'BaseRegistry', event: 'BasePlaced', args: { baseId: 3, parent: 1, tier: 4 } })
    const { parent, tier } = await network.contracts.BaseRegistry.baseOf(3)
    expect([parent, tier]).toEqual([1n, 4n])
  })
})

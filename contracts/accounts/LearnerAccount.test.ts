import { AbiCoder, type Contract, dataSlice, hexlify, id, keccak256, randomBytes, type Signer, toBeHex, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encodeCall } from '../index.ts'
import { createSampleNetwork, digestOf, type SampleNetwork, SEATS } from '../network/sample-network.ts'
import { handleOperation, hashOperation, type PackedOperation } from './operations.ts'
import { createPasskey, deployAccounts, operationOf, refusalOfCall, SAMPLE_CHAIN, signedOperation } from './sample-account.ts'

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const SIGNATURE_ERROR = 'AA24 signature error'

let network: SampleNetwork
let sample: Awaited<ReturnType<typeof deployAccounts>>
let factory: Contract
let base: Signer
let paymaster: string
const passkey = createPasskey()

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  sample = await deployAccounts(network)
  base = sample.base
  paymaster = sample.plan.paymaster.address
  factory = sample.connect('LearnerAccountFactory', sample.plan.factory.address)
  await (await sample.connect('SponsorPaymaster', paymaster).getFunction('sponsor')(passkey.account, true)).wait()
  const minter = network.accounts[SEATS.minter]
  await (await network.as(minter).SettlementToken.mint(passkey.account, 100n, digestOf('deposit'))).wait()
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

/** Sends 40 of the account's 100 away. */
const to = `0x${'42'.repeat(20)}`
const transfer = (amount = 40n) => encodeCall(network.addresses, 'SettlementToken.transfer', [to, amount])
const operation = () => operationOf({ key: passkey.key, calls: [transfer()], paymaster })
const balance = () => network.contracts.SettlementToken.balanceOf(to)
const signed = (asked: PackedOperation, answer = passkey.answer) => signedOperation(base, asked, answer)

describe('makeAccount', () => {
  it('when the key is no point of the curve it refuses', async () => {
    const data = factory.interface.encodeFunctionData('makeAccount', [passkey.key.x, digestOf('elsewhere')])
    expect(await refusalOfCall(base, { to: sample.plan.factory.address, data })).toBe('LearnerAccountFactoryKeyRefused')
  })

  it('given the account of the key was made it does nothing and answers the same account', async () => {
    const make = factory.getFunction('makeAccount')
    await (await make(passkey.key.x, passkey.key.y)).wait()
    expect(await make.staticCall(passkey.key.x, passkey.key.y)).toBe(passkey.account)
    expect((await (await make(passkey.key.x, passkey.key.y)).wait()).logs).toEqual([])
  })

  it('when anyone asks it makes the account at the address that was known before', async () => {
    expect(await factory.getFunction('accountOf')(passkey.key.x, passkey.key.y)).toBe(passkey.account)
    await (await factory.getFunction('makeAccount')(passkey.key.x, passkey.key.y)).wait()
    expect(await network.request('eth_getCode', [passkey.account, 'latest'])).toContain(passkey.key.x.slice(2))
  })
})

describe('execute', () => {
  it('when a stranger calls it refuses', async () => {
    await (await factory.getFunction('makeAccount')(passkey.key.x, passkey.key.y)).wait()
    expect(await refusalOfCall(base, { to: passkey.account, data: operation().callData })).toBe('AccountUnauthorized')
  })

  it('when another passkey signed it is refused by the EntryPoint', async () => {
    expect(await refusalOfCall(base, await signed(operation(), createPasskey().answer))).toBe(SIGNATURE_ERROR)
  })

  it('when the operation was changed after it was signed it is refused by the EntryPoint', async () => {
    const asked = operation()
    const signature = passkey.answer(hashOperation(asked, SAMPLE_CHAIN))
    const { callData } = operationOf({ key: passkey.key, calls: [transfer(100n)], paymaster })
    for (const change of [{ callData }, { nonce: toBeHex(1n << 64n, 32) }, { paymasterAndData: `${asked.paymasterAndData}00` }]) {
      expect(await refusalOfCall(base, handleOperation({ ...asked, ...change }, signature, to))).toBe(SIGNATURE_ERROR)
    }
  })

  it('when the operation was signed for another chain it is refused by the EntryPoint', async () => {
    const asked = operation()
    const elsewhere = handleOperation(asked, passkey.answer(hashOperation(asked, SAMPLE_CHAIN + 1)), to)
    expect(await refusalOfCall(base, elsewhere)).toBe(SIGNATURE_ERROR)
  })

  it('when the signature has a high s it is refused by the EntryPoint', async () => {
    const answer = (challenge: string) => {
      const low = passkey.answer(challenge)
      const s = ORDER - BigInt(dataSlice(low, 32, 64))
      return `${dataSlice(low, 0, 32)}${toBeHex(s, 32).slice(2)}${dataSlice(low, 64).slice(2)}`
    }
    expect(await refusalOfCall(base, await signed(operation(), answer))).toBe(SIGNATURE_ERROR)
  })

  it('given the operation was carried out it is refused a second time', async () => {
    const asked = operation()
    await (await base.sendTransaction(await signed(asked))).wait()
    const again = { ...asked, initCode: '0x' }
    expect(await refusalOfCall(base, await signed(again))).toBe('AA25 invalid account nonce')
    expect(await balance()).toBe(40n)
  })

  it('when the passkey signed it makes the account, does what was signed, and the account needs no coin', async () => {
    const receipt = await (await base.sendTransaction(await signed(operation()))).wait()
    expect(await balance()).toBe(40n)
    expect(await network.request('eth_getBalance', [passkey.account, 'latest'])).toBe('0x0')
    expect(receipt?.gasUsed).toBeLessThan(320_000n)
    const later = operationOf({ key: passkey.key, isDeployed: true, calls: [transfer()], paymaster })
    expect((await (await base.sendTransaction(await signed(later))).wait())?.gasUsed).toBeLessThan(200_000n)
  })
})

describe('isValidSignature', () => {
  const hash = digestOf('a consent')
  const ask = (signature: string) => sample.connect('LearnerAccount', passkey.account).getFunction('isValidSignature')(hash, signature)
  const challenge = (account: string, chainId = SAMPLE_CHAIN) =>
    digestOfWords(['bytes32', 'uint256', 'address', 'bytes32'], [id('Guildhall LearnerAccount ERC-1271'), chainId, account, hash])

  it('when the passkey signed for an operation, another account or another chain it refuses', async () => {
    await (await factory.getFunction('makeAccount')(passkey.key.x, passkey.key.y)).wait()
    for (const other of [hash, challenge(to), challenge(passkey.account, 1), ZeroHash])
      expect(await ask(passkey.answer(other))).toBe('0xffffffff')
    expect(await ask(hexlify(randomBytes(300)))).toBe('0xffffffff')
  })

  it('when the passkey signed the challenge of this account it answers the magic value', async () => {
    await (await factory.getFunction('makeAccount')(passkey.key.x, passkey.key.y)).wait()
    expect(await ask(passkey.answer(challenge(passkey.account)))).toBe('0x1626ba7e')
  })
})

const digestOfWords = (types: string[], values: unknown[]) => keccak256(AbiCoder.defaultAbiCoder().encode(types, values))

import { type Contract, concat, type Signer, toBeHex } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSampleNetwork, type SampleNetwork } from '../network/sample-network.ts'
import { createPasskey, deployAccounts, operationOf, refusalOfCall, SAMPLE_LIMITS, signedOperation } from './sample-account.ts'

let network: SampleNetwork
let sample: Awaited<ReturnType<typeof deployAccounts>>
let paymaster: Contract
let base: Signer
let stranger: Signer
const passkey = createPasskey()

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  sample = await deployAccounts(network)
  base = sample.base
  stranger = network.accounts[6] as Signer
  paymaster = sample.connect('SponsorPaymaster', sample.plan.paymaster.address)
  const make = sample.connect('LearnerAccountFactory', sample.plan.factory.address).getFunction('makeAccount')
  await (await make(passkey.key.x, passkey.key.y)).wait()
  await (await paymaster.getFunction('sponsor')(passkey.account, true)).wait()
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const call = (method: string, args: unknown[]) => ({
  to: sample.plan.paymaster.address,
  data: paymaster.interface.encodeFunctionData(method, args),
})
const operation = (fee = 0n) => {
  const plain = operationOf({ key: passkey.key, isDeployed: true, calls: [], paymaster: sample.plan.paymaster.address })
  return { ...plain, gasFees: concat([toBeHex(0, 16), toBeHex(fee, 16)]) }
}
const signed = async (fee = 0n) => signedOperation(base, operation(fee), passkey.answer)
const send = async () => (await base.sendTransaction(await signed())).wait()

describe('sponsor', () => {
  it('when the caller is not the base it refuses', async () => {
    expect(await refusalOfCall(stranger, call('sponsor', [passkey.account, true]))).toBe('SponsorPaymasterCallerNotBase')
  })

  it('when the base begins or stops to pay it tells for whom it pays', async () => {
    expect(await paymaster.getFunction('isSponsored')(passkey.account)).toBe(true)
    await (await paymaster.getFunction('sponsor')(passkey.account, false)).wait()
    expect(await paymaster.getFunction('isSponsored')(passkey.account)).toBe(false)
    expect(await paymaster.getFunction('base')()).toBe(await base.getAddress())
  })
})

describe('setLimits', () => {
  it('when the caller is not the base it refuses', async () => {
    expect(await refusalOfCall(stranger, call('setLimits', [[1, 1]]))).toBe('SponsorPaymasterCallerNotBase')
  })

  it('given an account has used more than the new limit it pays no more that day', async () => {
    await send()
    await (await paymaster.getFunction('setLimits')([1, SAMPLE_LIMITS.cost])).wait()
    expect(await refusalOfCall(base, await signed())).toBe('AA33 reverted SponsorPaymasterLimitReached')
  })
})

describe('validatePaymasterUserOp', () => {
  it('when the caller is not the EntryPoint it refuses', async () => {
    const asked = { ...operation(), signature: '0x' }
    const data = call('validatePaymasterUserOp', [asked, `0x${'00'.repeat(32)}`, 0])
    expect(await refusalOfCall(base, data)).toBe('PaymasterUnauthorized')
  })

  it('given the base does not pay for the account it refuses', async () => {
    await (await paymaster.getFunction('sponsor')(passkey.account, false)).wait()
    expect(await refusalOfCall(base, await signed())).toBe('AA33 reverted SponsorPaymasterAccountUnknown')
  })

  it('given the account has had its operations of the day it refuses until the next day', async () => {
    for (let count = 0; count < SAMPLE_LIMITS.operations; count++) await send()
    expect(await refusalOfCall(base, await signed())).toBe('AA33 reverted SponsorPaymasterLimitReached')
    await network.advance(86_400)
    expect(await refusalOfCall(base, await signed())).toBeUndefined()
  })

  it('when the operation may cost more than is left of the day it refuses', async () => {
    await (await paymaster.getFunction('deposit')({ value: 10n ** 18n })).wait()
    expect(await refusalOfCall(base, await signed(10n ** 10n))).toBe('AA33 reverted SponsorPaymasterLimitReached')
  })

  it('given the base has too little at the EntryPoint it is refused by the EntryPoint', async () => {
    expect(await refusalOfCall(base, await signed(10n ** 6n))).toBe('AA31 paymaster deposit too low')
  })
})

describe('withdraw', () => {
  it('when the caller is not the base it refuses', async () => {
    expect(await refusalOfCall(stranger, call('withdraw', [passkey.account, 1]))).toBe('SponsorPaymasterCallerNotBase')
  })

  it('when the base takes its coin back it sends it', async () => {
    const to = `0x${'43'.repeat(20)}`
    await (await paymaster.getFunction('deposit')({ value: 7n })).wait()
    await (await paymaster.getFunction('withdraw')(to, 7n)).wait()
    expect(await network.request('eth_getBalance', [to, 'latest'])).toBe('0x7')
  })
})

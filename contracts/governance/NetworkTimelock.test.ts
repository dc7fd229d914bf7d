import { id, type Signer, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { admitBase, createSampleNetwork, DELAY, refusalOf, type SampleNetwork } from '../network/sample-network.ts'

const EXECUTOR = id('EXECUTOR_ROLE')
const PROPOSER = id('PROPOSER_ROLE')
const CANCELLER = id('CANCELLER_ROLE')

let network: SampleNetwork
let stranger: Signer
let other: string

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  stranger = network.accounts[5] as Signer
  other = await stranger.getAddress()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

/** Privileged calls that make `next` the guardian, each an operation of its own. */
const guardianCall = () => network.contracts.Directory.interface.encodeFunctionData('setGuardian', [other])
const schedule = (salt: string, delay: number, sender?: Signer) =>
  network.as(sender).NetworkTimelock.schedule(network.addresses.Directory, 0, guardianCall(), ZeroHash, id(salt), delay)
const execute = (salt: string, sender?: Signer) =>
  network.as(sender).NetworkTimelock.execute(network.addresses.Directory, 0, guardianCall(), ZeroHash, id(salt))
const scheduleBatch = (salt: string, delay: number) =>
  network.contracts.NetworkTimelock.scheduleBatch([network.addresses.Directory], [0], [guardianCall()], ZeroHash, id(salt), delay)
const executeBatch = (salt: string) =>
  network.contracts.NetworkTimelock.executeBatch([network.addresses.Directory], [0], [guardianCall()], ZeroHash, id(salt))
const admitSecond = () => admitBase(network, { baseId: 2, parent: 1, tier: 2 })
const pause = async () => network.contracts.Directory.pause(network.addresses.NetworkTimelock, (await network.now()) + 100, ZeroHash)
const operationId = (salt: string) =>
  network.contracts.NetworkTimelock.hashOperation(network.addresses.Directory, 0, guardianCall(), ZeroHash, id(salt))

describe('getMinDelay', () => {
  it('given one base it is 0', async () => {
    expect(await network.contracts.NetworkTimelock.getMinDelay()).toBe(0n)
  })

  it("given two bases it is the network's delay", async () => {
    await admitSecond()
    expect(await network.contracts.NetworkTimelock.getMinDelay()).toBe(BigInt(DELAY))
  })
})

describe('schedule', () => {
  it('when the caller is no proposer it refuses', async () => {
    expect(await refusalOf(schedule('a', 0, stranger))).toBe(`AccessControlUnauthorizedAccount(${other}, ${PROPOSER})`)
  })

  it('given two bases and a shorter delay it refuses', async () => {
    await admitSecond()
    expect(await refusalOf(schedule('a', DELAY - 1))).toBe(`TimelockInsufficientDelay(${DELAY - 1}, ${DELAY})`)
    expect(await refusalOf(schedule('a', DELAY))).toBeUndefined()
  })

  it('given the timelock is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(schedule('a', 0))).toMatch(/^PausingPaused/)
    expect(await refusalOf(scheduleBatch('a', 0))).toMatch(/^PausingPaused/)
  })
})

describe('execute', () => {
  it('when the caller is no executor it refuses', async () => {
    await schedule('a', 0)
    expect(await refusalOf(execute('a', stranger))).toBe(`AccessControlUnauthorizedAccount(${other}, ${EXECUTOR})`)
  })

  it('given one base it runs what was scheduled in the same second', async () => {
    await schedule('a', 0)
    await execute('a')
    expect(await network.contracts.Directory.guardian()).toBe(other)
  })

  it('given two bases it refuses before the delay is over', async () => {
    await admitSecond()
    await schedule('a', DELAY)
    await network.advance(DELAY - 10)
    expect(await refusalOf(execute('a'))).toMatch(/^TimelockUnexpectedOperationState/)
  })

  it('given two bases it runs when the delay is over', async () => {
    await admitSecond()
    await schedule('a', DELAY)
    await network.advance(DELAY)
    await execute('a')
    expect(await network.contracts.Directory.guardian()).toBe(other)
    expect(await refusalOf(execute('a'))).toMatch(/^TimelockUnexpectedOperationState/)
    expect(await refusalOf(execute('never scheduled'))).toMatch(/^TimelockUnexpectedOperationState/)
  })

  it('given two bases it refuses what the founder scheduled alone and kept', async () => {
    await schedule('kept', 0)
    await admitSecond()
    const readyAt = await network.contracts.NetworkTimelock.getTimestamp(await operationId('kept'))
    const earliest = (await network.contracts.BaseRegistry.admittedAt(2)) + BigInt(DELAY)
    await network.advance(10 * DELAY)
    expect(await refusalOf(execute('kept'))).toBe(`NetworkTimelockScheduledByOne(${await operationId('kept')}, ${readyAt}, ${earliest})`)
  })

  it('given two bases it runs after a longer delay was set what was scheduled under the earlier one', async () => {
    await admitSecond()
    await schedule('a', DELAY)
    await network.govern('NetworkTimelock.updateDelay', [100 * DELAY])
    await execute('a')
    expect(await network.contracts.Directory.guardian()).toBe(other)
  })

  it('given the timelock is paused it refuses', async () => {
    await schedule('a', 0)
    await pause()
    expect(await refusalOf(execute('a'))).toMatch(/^PausingPaused/)
  })
})

describe('executeBatch', () => {
  it('given two bases it refuses what the founder scheduled alone and kept', async () => {
    await scheduleBatch('kept', 0)
    await admitSecond()
    await network.advance(10 * DELAY)
    expect(await refusalOf(executeBatch('kept'))).toMatch(/^NetworkTimelockScheduledByOne/)
  })

  it('given the timelock is paused it refuses', async () => {
    await scheduleBatch('a', 0)
    await pause()
    expect(await refusalOf(executeBatch('a'))).toMatch(/^PausingPaused/)
  })
})

describe('cancel', () => {
  it('when the caller is no canceller it refuses', async () => {
    await schedule('a', 0)
    const call = network.as(stranger).NetworkTimelock.cancel(await operationId('a'))
    expect(await refusalOf(call)).toBe(`AccessControlUnauthorizedAccount(${other}, ${CANCELLER})`)
  })

  it('given the timelock is paused it refuses', async () => {
    await schedule('a', 0)
    await pause()
    expect(await refusalOf(network.contracts.NetworkTimelock.cancel(await operationId('a')))).toMatch(/^PausingPaused/)
  })
})

describe('updateDelay', () => {
  it('when the caller is not the timelock it refuses', async () => {
    expect(await refusalOf(network.contracts.NetworkTimelock.updateDelay(1))).toMatch(/^TimelockUnauthorizedCaller/)
  })

  it("when the timelock calls it changes the network's delay", async () => {
    await network.govern('NetworkTimelock.updateDelay', [7])
    expect(await network.contracts.NetworkTimelock.networkDelay()).toBe(7n)
  })
})

describe('grantRole', () => {
  it('when the caller is not the timelock it refuses', async () => {
    const call = network.contracts.NetworkTimelock.grantRole(PROPOSER, other)
    expect(await refusalOf(call)).toMatch(/^AccessControlUnauthorizedAccount/)
  })

  it('when the timelock calls it gives the role', async () => {
    await network.govern('NetworkTimelock.grantRole', [PROPOSER, other])
    expect(await refusalOf(schedule('a', 0, stranger))).toBeUndefined()
  })
})

describe('revokeRole', () => {
  it('when the timelock calls it takes the role away', async () => {
    await network.govern('NetworkTimelock.grantRole', [PROPOSER, other])
    await network.govern('NetworkTimelock.revokeRole', [PROPOSER, other])
    expect(await refusalOf(schedule('a', 0, stranger))).toBe(`AccessControlUnauthorizedAccount(${other}, ${PROPOSER})`)
  })
})

describe('renounceRole', () => {
  it('given the timelock is paused it refuses', async () => {
    await pause()
    const holder = await network.addressOf(network.accounts[0])
    expect(await refusalOf(network.contracts.NetworkTimelock.renounceRole(PROPOSER, holder))).toMatch(/^PausingPaused/)
  })
})

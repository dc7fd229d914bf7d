import { type Signer, ZeroAddress, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  addThreeLevels,
  createSampleNetwork,
  digestOf,
  eventsOf,
  gasOf,
  refusalOf,
  type SampleNetwork,
} from '../../network/sample-network.ts'
import { registerWork } from '../../network/sample-works.ts'
import { type Contributor, WHOLE, WORK_TYPES, workDomain } from './typed-data.ts'

const DAY = 86_400
const FOREVER = 2 ** 40 - 1

let network: SampleNetwork
let who: string[]
/** Held by account 1, which is base 2's; its contributors are accounts 1, 5 and 6. Account 7 is the arbiter, account 17 the guardian. */
let workId: number
let root: number
let list: Contributor[]

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await addThreeLevels(network)
  who = await Promise.all(network.accounts.map(network.addressOf))
  await network.govern('ResourceRegistry.setArbiter', [at(7)])
  await network.govern('Directory.setGuardian', [at(17)])
  root = await registerWork(network, { baseId: 2, name: 'root' })
  list = shares({ 1: 500_000, 5: 300_000, 6: 200_000 })
  await registry(1).register(
    {
      holder: at(1),
      homeBase: 2,
      askedShare: 0,
      deadline: 0,
      contentDigest: digestOf('course'),
      termsHash: digestOf('terms'),
      codec: '0x55',
      parents: [{ parentId: root, share: 250_000, kind: 0 }],
      contributors: list,
    },
    '0x',
    [],
  )
  workId = root + 1
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const registry = (account: number) => network.as(network.accounts[account]).ResourceRegistry
const at = (account: number) => who[account] ?? ''
const pause = async () =>
  network.as(network.accounts[17]).Directory.pause(network.addresses.ResourceRegistry, (await network.now()) + 100, ZeroHash)
const shares = (each: Record<number, number>): Contributor[] =>
  Object.entries(each)
    .map(([account, share]) => ({ account: at(Number(account)), share }))
    .toSorted((a, b) => (BigInt(a.account) < BigInt(b.account) ? -1 : 1))
const freeze = async (seconds = 1000, sender = 7) => registry(sender).freeze(workId, (await network.now()) + seconds, digestOf('why'))

describe('changeContributors', () => {
  const next = () => shares({ 1: 400_000, 4: 100_000, 5: 300_000, 6: 200_000 })
  const sign = (signer: number, contributors: readonly Contributor[], change: object = {}) =>
    (network.accounts[signer] as Signer).signTypedData(workDomain(31_337, network.addresses.ResourceRegistry), WORK_TYPES.Contributors, {
      workId,
      epoch: 2,
      contributors,
      ...change,
    })
  const change = (contributors: readonly Contributor[], signatures: readonly string[], sender = 1) =>
    registry(sender).changeContributors(workId, list, contributors, signatures)

  it('when the caller does not hold the work it refuses', async () => {
    expect(await refusalOf(change(next(), ['0x'], 5))).toBe(`ResourceRegistryCallerNotHolder(${at(5)}, ${workId})`)
  })

  it('when the list named is not the one that holds it refuses', async () => {
    const wrong = shares({ 1: 500_001, 5: 299_999, 6: 200_000 })
    expect(await refusalOf(registry(1).changeContributors(workId, wrong, next(), ['0x']))).toBe(
      `ResourceRegistryContributorsUnknown(${workId}, 1)`,
    )
  })

  it('when the new list does not make a million it refuses', async () => {
    expect(await refusalOf(change(shares({ 1: 400_000 }), ['0x', '0x', '0x']))).toMatch(/^ResourceRegistryContributorsRefused/)
  })

  it('when someone whose share becomes smaller has not signed just this list it refuses', async () => {
    const without = shares({ 1: 700_000, 5: 300_000 })
    const refusal = `ResourceRegistrySignatureInvalid(${at(6)})`
    expect(await refusalOf(change(without, []))).toBe(refusal)
    expect(await refusalOf(change(without, ['0x']))).toBe(refusal)
    expect(await refusalOf(change(without, [await sign(5, without)]))).toBe(refusal)
    expect(await refusalOf(change(without, [await sign(6, without, { epoch: 3 })]))).toBe(refusal)
    expect(await refusalOf(change(without, [await sign(6, without, { workId: root })]))).toBe(refusal)
    expect(await refusalOf(change(without, [await sign(6, list)]))).toBe(refusal)
    expect(await refusalOf(change(without, [await sign(6, without)]))).toBeUndefined()
  })

  it('when there are signatures that nobody needs it refuses', async () => {
    const loses = shares({ 1: 500_000, 4: 100_000, 5: 200_000, 6: 200_000 })
    expect(await refusalOf(change(loses, [await sign(5, loses), '0x']))).toBe(`ResourceRegistrySignatureInvalid(${ZeroAddress})`)
  })

  it('when the work is frozen it refuses', async () => {
    await freeze()
    expect(await refusalOf(change(next(), ['0x']))).toMatch(/^ResourceRegistryWorkFrozen/)
  })

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(change(next(), ['0x']))).toMatch(/^PausingPaused/)
  })

  it('given everyone who loses agrees it begins an epoch with the new list and keeps the old one', async () => {
    const before = await registry(0).sharesHashOf(workId, 1)
    expect(await eventsOf(network.addresses, change(next(), ['0x']))).toEqual([
      { contract: 'ResourceRegistry', event: 'EpochBegan', args: { workId, epoch: 2, ownShare: 750_000, contributors: next() } },
    ])
    expect((await registry(0).workOf(workId)).epoch).toBe(2n)
    expect(await registry(0).sharesHashOf(workId, 1)).toBe(before)
    expect(await registry(0).sharesHashOf(workId, 2)).not.toBe(before)
  })

  it('given a list was changed before it counts no signature for the earlier change', async () => {
    const without = shares({ 1: 700_000, 5: 300_000 })
    const old = await sign(6, without)
    await change(shares({ 1: 400_000, 5: 300_000, 6: 300_000 }), ['0x'])
    const present = shares({ 1: 400_000, 5: 300_000, 6: 300_000 })
    expect(await refusalOf(registry(1).changeContributors(workId, present, without, [old]))).toBe(
      `ResourceRegistrySignatureInvalid(${at(6)})`,
    )
  })
})

describe('freeze', () => {
  it('when the caller is neither the arbiter nor the guardian it refuses', async () => {
    for (const sender of [0, 1]) expect(await refusalOf(freeze(100, sender))).toBe(`ResourceRegistryCallerNotArbiter(${at(sender)})`)
  })

  it('when there is no such work it refuses', async () => {
    expect(await refusalOf(registry(7).freeze(99, FOREVER, ZeroHash))).toBe('ResourceRegistryWorkUnknown(99)')
  })

  it('when the freeze would end in the past it refuses', async () => {
    expect(await refusalOf(freeze(0))).toMatch(/^ResourceRegistryFreezeRefused/)
  })

  it('when the guardian freezes for more than seven days, or again before as long a rest it refuses', async () => {
    expect(await refusalOf(freeze(7 * DAY + 100, 17))).toMatch(/^ResourceRegistryFreezeRefused/)
    await freeze(DAY, 17)
    expect(await refusalOf(freeze(2 * DAY, 17))).toMatch(/^ResourceRegistryFreezeRefused/)
    await network.advance(7 * DAY)
    expect(await refusalOf(freeze(DAY, 17))).toMatch(/^ResourceRegistryFreezeRefused/)
    await network.advance(DAY)
    expect(await refusalOf(freeze(DAY, 17))).toBeUndefined()
  })

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(freeze())).toMatch(/^PausingPaused/)
  })

  it('given the arbiter calls it freezes until then and tells why', async () => {
    const args = { workId, until: FOREVER, by: at(7), reason: digestOf('why') }
    expect(await eventsOf(network.addresses, registry(7).freeze(workId, FOREVER, digestOf('why')))).toEqual([
      { contract: 'ResourceRegistry', event: 'WorkFrozen', args },
    ])
    expect([await registry(0).isFrozen(workId), await registry(0).isFrozen(root)]).toEqual([true, false])
    expect((await registry(0).flowOf(workId)).isFrozen).toBe(true)
    expect(await refusalOf(registry(0).requirePayable(workId))).toBe(`ResourceRegistryWorkFrozen(${workId}, ${FOREVER})`)
  })

  it('given the arbiter calls it costs at most 35,000 gas', async () => {
    expect(await gasOf(registry(7).freeze(workId, FOREVER, digestOf('why')))).toBeLessThanOrEqual(35_000)
  })
})

describe('unfreeze', () => {
  it('when the caller is neither the arbiter nor the timelock it refuses', async () => {
    await freeze(1000, 17)
    for (const sender of [0, 17])
      expect(await refusalOf(registry(sender).unfreeze(workId, ZeroHash))).toBe(`ResourceRegistryCallerNotArbiter(${at(sender)})`)
  })

  it('when the work is not frozen it refuses', async () => {
    expect(await refusalOf(registry(7).unfreeze(workId, ZeroHash))).toBe(`ResourceRegistryWorkNotFrozen(${workId})`)
  })

  it('given the contract is paused it refuses', async () => {
    await freeze()
    await pause()
    expect(await refusalOf(registry(7).unfreeze(workId, ZeroHash))).toMatch(/^PausingPaused/)
  })

  it('given the arbiter or the timelock calls it leaves everything as it was before the freeze', async () => {
    const before = await registry(0).sharesHashOf(workId, 1)
    await registry(7).freeze(workId, FOREVER, ZeroHash)
    await registry(7).unfreeze(workId, ZeroHash)
    expect(await registry(0).isFrozen(workId)).toBe(false)
    expect(await registry(0).requirePayable(workId)).toBe(1n)
    expect(await registry(0).sharesHashOf(workId, 1)).toBe(before)
    await registry(7).freeze(workId, FOREVER, ZeroHash)
    await network.govern('ResourceRegistry.unfreeze', [workId, ZeroHash])
    expect(await registry(0).isFrozen(workId)).toBe(false)
  })
})

describe('rule', () => {
  const ruling = (change: object = {}) => ({
    holder: at(6),
    parents: [{ parentId: root, share: 900_000, kind: 2 }],
    contributors: shares({ 6: WHOLE }),
    reason: digestOf('ruling'),
    ...change,
  })

  it('when the caller is not the arbiter it refuses', async () => {
    await freeze()
    for (const sender of [0, 1, 17])
      expect(await refusalOf(registry(sender).rule(workId, ruling()))).toBe(`ResourceRegistryCallerNotArbiter(${at(sender)})`)
  })

  it('when the work is not frozen it refuses', async () => {
    expect(await refusalOf(registry(7).rule(workId, ruling()))).toBe(`ResourceRegistryWorkNotFrozen(${workId})`)
  })

  it('when the ruling names no holder, a later parent or a list that does not make a million it refuses', async () => {
    await freeze()
    const later = { parentId: workId, share: 1, kind: 0 }
    expect(await refusalOf(registry(7).rule(workId, ruling({ holder: ZeroAddress })))).toBe('ResourceRegistryHolderMissing()')
    expect(await refusalOf(registry(7).rule(workId, ruling({ parents: [later] })))).toBe(`ResourceRegistryParentRefused(${workId})`)
    expect(await refusalOf(registry(7).rule(workId, ruling({ contributors: shares({ 6: 1 }) })))).toMatch(
      /^ResourceRegistryContributorsRefused/,
    )
  })

  it('given the contract is paused it refuses', async () => {
    await freeze()
    await pause()
    expect(await refusalOf(registry(7).rule(workId, ruling()))).toMatch(/^PausingPaused/)
  })

  it('given the arbiter calls it gives holder, parents and shares anew, ends the freeze and tells all', async () => {
    await freeze()
    const { holder, parents, contributors, reason } = ruling()
    const told = await eventsOf(network.addresses, registry(7).rule(workId, ruling()))
    const until = await network.now()
    expect(told).toEqual([
      { contract: 'ResourceRegistry', event: 'WorkRuled', args: { workId, epoch: 2, parents, reason } },
      { contract: 'ResourceRegistry', event: 'HolderChanged', args: { workId, previous: at(1), next: holder } },
      { contract: 'ResourceRegistry', event: 'WorkFrozen', args: { workId, until, by: at(7), reason } },
      { contract: 'ResourceRegistry', event: 'EpochBegan', args: { workId, epoch: 2, ownShare: 100_000, contributors } },
    ])
    const work = await registry(0).workOf(workId)
    expect([work.holder, work.epoch, work.ruledEpoch, await registry(0).isFrozen(workId)]).toEqual([holder, 2n, 2n, false])
    expect((await registry(0).parentsOf(workId)).map(({ share, kind }) => [share, kind])).toEqual([[900_000n, 2n]])
  })

  it('given an offer was open it withdraws it', async () => {
    await registry(1).offerWork(workId, at(5), 0)
    await freeze()
    await registry(7).rule(workId, ruling())
    expect(await refusalOf(registry(5).acceptHolder(workId))).toMatch(/^ResourceRegistryCallerNotOffered/)
  })
})

describe('takeDown', () => {
  it('when the caller is neither the arbiter nor the timelock it refuses', async () => {
    for (const sender of [0, 1, 17])
      expect(await refusalOf(registry(sender).takeDown(workId, ZeroHash))).toBe(`ResourceRegistryCallerNotArbiter(${at(sender)})`)
  })

  it('when there is no such work, or the work is down already it refuses', async () => {
    expect(await refusalOf(registry(7).takeDown(99, ZeroHash))).toBe('ResourceRegistryWorkUnknown(99)')
    await registry(7).takeDown(workId, ZeroHash)
    expect(await refusalOf(registry(7).takeDown(workId, ZeroHash))).toBe(`ResourceRegistryWorkTakenDown(${workId}, true)`)
  })

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(registry(7).takeDown(workId, ZeroHash))).toMatch(/^PausingPaused/)
  })

  it('given the arbiter or the timelock calls it is not payable, and was down from then on', async () => {
    const args = { workId, isDown: true, by: at(7), reason: digestOf('why') }
    expect(await eventsOf(network.addresses, registry(7).takeDown(workId, digestOf('why')))).toEqual([
      { contract: 'ResourceRegistry', event: 'WorkTakenDown', args },
    ])
    const time = await network.now()
    expect(await registry(0).isTakenDown(workId)).toBe(true)
    expect(await refusalOf(registry(0).requirePayable(workId))).toBe(`ResourceRegistryWorkTakenDown(${workId}, true)`)
    expect([await registry(0).wasTakenDown(workId, time - 1), await registry(0).wasTakenDown(workId, time)]).toEqual([false, true])
    await network.govern('ResourceRegistry.takeDown', [root, ZeroHash])
    expect(await registry(0).isTakenDown(root)).toBe(true)
  })
})

describe('putBack', () => {
  it('when the caller is neither the arbiter nor the timelock it refuses', async () => {
    await registry(7).takeDown(workId, ZeroHash)
    expect(await refusalOf(registry(1).putBack(workId, ZeroHash))).toBe(`ResourceRegistryCallerNotArbiter(${at(1)})`)
  })

  it('when the work is not down it refuses', async () => {
    expect(await refusalOf(registry(7).putBack(workId, ZeroHash))).toBe(`ResourceRegistryWorkTakenDown(${workId}, false)`)
  })

  it('given the contract is paused it refuses', async () => {
    await registry(7).takeDown(workId, ZeroHash)
    await pause()
    expect(await refusalOf(registry(7).putBack(workId, ZeroHash))).toMatch(/^PausingPaused/)
  })

  it('given the work was down it is payable again, and what was stays answered', async () => {
    await registry(7).takeDown(workId, ZeroHash)
    const down = await network.now()
    await network.advance(10)
    await registry(7).putBack(workId, ZeroHash)
    const back = await network.now()
    expect(await registry(0).requirePayable(workId)).toBe(1n)
    expect([await registry(0).wasTakenDown(workId, down), await registry(0).wasTakenDown(workId, back)]).toEqual([true, false])
  })
})

describe('setArbiter', () => {
  it('when the caller is not the timelock it refuses', async () => {
    for (const sender of [0, 7]) expect(await refusalOf(registry(sender).setArbiter(at(0)))).toMatch(/^GovernedCallerNotTimelock/)
  })

  it('given the contract is paused it refuses', async () => {
    await network.as(network.accounts[17]).Directory.pause(network.addresses.ResourceRegistry, (await network.now()) + DAY, ZeroHash)
    expect(await refusalOf(network.govern('ResourceRegistry.setArbiter', [at(8)]))).toMatch(/^PausingPaused/)
  })

  it('given the timelock calls it lets the next one rule, and the last one no more', async () => {
    await network.govern('ResourceRegistry.setArbiter', [at(8)])
    expect(await registry(0).arbiter()).toBe(at(8))
    expect(await refusalOf(freeze(100, 7))).toMatch(/^ResourceRegistryCallerNotArbiter/)
    expect(await refusalOf(freeze(100, 8))).toBeUndefined()
  })
})

import { ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { admitBase, createSampleNetwork, digestOf, eventsOf, refusalOf, type SampleNetwork } from '../network/sample-network.ts'

const heads = [ZeroHash, digestOf('first'), digestOf('second'), digestOf('third')] as const

let network: SampleNetwork

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await admitBase(network, { baseId: 2, parent: 1, tier: 2 })
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const publish = (index: 1 | 2 | 3, { baseId = 2, listId = 1, sender = 0 } = {}) =>
  network
    .as(network.accounts[(sender || baseId) - 1])
    .StatusLists.publishHead(baseId, listId, heads[index - 1] ?? ZeroHash, heads[index], `cid ${index}`)

describe('publishHead', () => {
  it('when the caller does not act for the base it refuses', async () => {
    const caller = await network.addressOf(network.accounts[0])
    expect(await refusalOf(publish(1, { sender: 1 }))).toBe(`StatusListsCallerNotBase(${caller}, 2)`)
    await network.govern('BaseRegistry.closeBase', [2])
    expect(await refusalOf(publish(1))).toMatch(/^StatusListsCallerNotBase/)
  })

  it("when the list's number is 0 or the digest is zero it refuses", async () => {
    const { StatusLists } = network.contracts
    expect(await refusalOf(StatusLists.publishHead(1, 0, ZeroHash, heads[1], 'cid'))).toBe('StatusListsListEmpty()')
    expect(await refusalOf(StatusLists.publishHead(1, 1, ZeroHash, ZeroHash, 'cid'))).toBe('StatusListsListEmpty()')
  })

  it('when another head is the latest one it refuses', async () => {
    await publish(1)
    expect(await refusalOf(publish(1))).toBe(`StatusListsHeadMoved(${ZeroHash}, ${heads[1]})`)
    expect(await refusalOf(publish(3))).toBe(`StatusListsHeadMoved(${heads[2]}, ${heads[1]})`)
  })

  it('given the contract is paused it refuses', async () => {
    await network.contracts.Directory.pause(network.addresses.StatusLists, (await network.now()) + 100, ZeroHash)
    expect(await refusalOf(publish(1))).toMatch(/^PausingPaused/)
  })

  it('given a suspended base calls it appends the head, because a lapsed base must be able to revoke', async () => {
    await network.contracts.Entitlements.suspend(2, 1, ZeroHash)
    expect(await refusalOf(publish(1))).toBeUndefined()
  })

  it('given two bases use the same number it keeps their lists apart', async () => {
    await publish(1)
    await publish(1, { baseId: 1 })
    await publish(2)
    const { StatusLists } = network.contracts
    expect([(await StatusLists.headOf(1, 1)).sequence, (await StatusLists.headOf(2, 1)).sequence]).toEqual([1n, 2n])
    expect((await StatusLists.headOf(1, 2)).digest).toBe(ZeroHash)
  })

  it('given several heads it tells each with the one before, so that since when can be answered', async () => {
    const events = []
    for (const index of [1, 2, 3] as const) events.push(...(await eventsOf(network.addresses, publish(index))))
    expect(events).toEqual(
      [1, 2, 3].map((sequence) => ({
        contract: 'StatusLists',
        event: 'StatusListPublished',
        args: { baseId: 2, listId: 1, sequence, digest: heads[sequence], previous: heads[sequence - 1], cid: `cid ${sequence}` },
      })),
    )
    const { digest, sequence, time, blockNumber } = await network.contracts.StatusLists.headOf(2, 1)
    const block = BigInt(String(await network.request('eth_blockNumber')))
    expect([digest, sequence, time, blockNumber]).toEqual([heads[3], 3n, BigInt(await network.now()), block])
  })
})

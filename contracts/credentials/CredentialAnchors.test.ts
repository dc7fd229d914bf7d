import { encodeBytes32String, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encodeCall } from '../network/connect.ts'
import {
  addThreeLevels,
  createSampleNetwork,
  digestOf,
  eventsOf,
  gasOf,
  keyOf,
  refusalOf,
  type SampleNetwork,
} from '../network/sample-network.ts'

const AUDIT = encodeBytes32String('audit')
const root = digestOf('root')
const head = digestOf('head')

let network: SampleNetwork

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await addThreeLevels(network)
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const base = (baseId: number) => network.as(network.accounts[baseId - 1])
/** Base 4 anchors by accreditation 5 of programme 1, through four levels. */
const anchor = (size = 1, batchRoot = root, sender = 4) => base(sender).CredentialAnchors.anchor(4, 1, keyOf(4), 5, size, batchRoot)
const pause = async () => network.contracts.Directory.pause(network.addresses.CredentialAnchors, (await network.now()) + 100, ZeroHash)

describe('anchor', () => {
  it('when the caller does not act for the base it refuses', async () => {
    const caller = await network.addressOf(network.accounts[0])
    expect(await refusalOf(anchor(1, root, 1))).toBe(`EntitlementsCallerNotBase(${caller}, 4)`)
  })

  it('when the root is zero or the batch is empty it refuses', async () => {
    expect(await refusalOf(anchor(1, ZeroHash))).toBe('CredentialAnchorsBatchEmpty()')
    expect(await refusalOf(anchor(0))).toBe('CredentialAnchorsBatchEmpty()')
  })

  it('given the base anchored the root before it refuses, also for another programme or key', async () => {
    const { CredentialAnchors, Entitlements } = base(1)
    await CredentialAnchors.anchor(1, 1, keyOf(1), 1, 1, root)
    await Entitlements.addIssuerKey(1, keyOf(9), (await network.now()) + 100)
    expect(await refusalOf(CredentialAnchors.anchor(1, 2, keyOf(9), 2, 5, root))).toBe(`CredentialAnchorsAlreadyAnchored(1, ${root})`)
  })

  it('given another base anchored the root before it anchors all the same', async () => {
    await base(1).CredentialAnchors.anchor(1, 1, keyOf(1), 1, 1, root)
    expect(await refusalOf(anchor())).toBeUndefined()
  })

  it('given the base is not entitled it refuses and names the reason', async () => {
    await base(1).Entitlements.revokeAccreditation(3, 1, ZeroHash)
    expect(await refusalOf(anchor())).toBe(`EntitlementsRefused(4, 1, ${keyOf(4)}, 11)`)
    expect((await network.contracts.CredentialAnchors.anchorOf(4, root)).time).toBe(0n)
  })

  it("when the accreditation named is another's it refuses", async () => {
    const call = base(4).CredentialAnchors.anchor(4, 1, keyOf(4), 4, 1, root)
    expect(await refusalOf(call)).toBe(`EntitlementsRefused(4, 1, ${keyOf(4)}, 16)`)
  })

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(anchor())).toMatch(/^PausingPaused/)
  })

  it('given the entitled base calls it keeps what a receipt needs and tells it in its event', async () => {
    const standingId = Number(await network.contracts.Entitlements.standingAt(4, await network.now()))
    const args = { baseId: 4, programmeId: 1, root, keyId: keyOf(4), size: 1000, accreditationId: 5, standingId }
    expect(await eventsOf(network.addresses, anchor(1000))).toEqual([{ contract: 'CredentialAnchors', event: 'CredentialsAnchored', args }])
    const kept = await network.contracts.CredentialAnchors.anchorOf(4, root)
    const block = await network.request('eth_blockNumber')
    expect({ ...(kept as unknown as { toObject(): object }).toObject() }).toEqual({
      programmeId: 1n,
      accreditationId: 5n,
      standingId: BigInt(standingId),
      size: 1000n,
      time: BigInt(await network.now()),
      blockNumber: BigInt(String(block)),
      keyTag: `0x${keyOf(4).slice(-12)}`,
    })
  })

  it('given the entitled base calls it anchors batches of several programmes in one transaction', async () => {
    const batches = [1, 2].map(
      (programmeId) =>
        encodeCall(network.addresses, 'CredentialAnchors.anchor', [
          1,
          programmeId,
          keyOf(1),
          programmeId,
          7,
          digestOf(`root ${programmeId}`),
        ]).data,
    )
    const events = await eventsOf(network.addresses, base(1).CredentialAnchors.multicall(batches))
    expect(events.map((each) => each?.args)).toMatchObject([{ programmeId: 1 }, { programmeId: 2 }])
  })

  it('through four levels it costs at most 70,000 gas alone and 75 a record in a batch of 1,000', async () => {
    expect(await gasOf(anchor())).toBeLessThanOrEqual(70_000)
    expect((await gasOf(anchor(1000, digestOf('another root')))) / 1000).toBeLessThanOrEqual(75)
  })
})

describe('anchorHead', () => {
  const anchorHead = (previous: string, digest: string, sender = 4) => base(sender).CredentialAnchors.anchorHead(4, AUDIT, previous, digest)

  it('when the caller does not act for the base it refuses', async () => {
    const caller = await network.addressOf(network.accounts[0])
    expect(await refusalOf(anchorHead(ZeroHash, head, 1))).toBe(`CredentialAnchorsCallerNotBase(${caller}, 4)`)
  })

  it('when another head is the latest one or the digest is zero it refuses', async () => {
    await anchorHead(ZeroHash, head)
    expect(await refusalOf(anchorHead(ZeroHash, root))).toBe(`CredentialAnchorsHeadMoved(${ZeroHash}, ${head})`)
    expect(await refusalOf(anchorHead(head, ZeroHash))).toBe(`CredentialAnchorsHeadMoved(${head}, ${head})`)
  })

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(anchorHead(ZeroHash, head))).toMatch(/^PausingPaused/)
  })

  it('given a suspended base calls it appends the head', async () => {
    await base(3).Entitlements.suspend(4, 3, ZeroHash)
    await anchorHead(ZeroHash, root)
    const args = { baseId: 4, purpose: AUDIT, digest: head, sequence: 2, previous: root }
    expect(await eventsOf(network.addresses, anchorHead(root, head))).toEqual([
      { contract: 'CredentialAnchors', event: 'HeadAnchored', args },
    ])
    const { digest, sequence, time } = await network.contracts.CredentialAnchors.headOf(4, AUDIT)
    expect([digest, sequence, time]).toEqual([head, 2n, BigInt(await network.now())])
  })

  it('given a suspended base calls it never counts as an anchor of credentials', async () => {
    await base(3).Entitlements.suspend(4, 3, ZeroHash)
    await anchorHead(ZeroHash, root)
    expect((await network.contracts.CredentialAnchors.anchorOf(4, root)).time).toBe(0n)
  })
})

import { type Signer, ZeroAddress, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addThreeLevels, createSampleNetwork, digestOf, eventsOf, refusalOf, type SampleNetwork } from '../../network/sample-network.ts'
import { registerWork } from '../../network/sample-works.ts'
import { hashContributors, WORK_TYPES, workDomain } from './typed-data.ts'

let network: SampleNetwork
let who: string[]
/** Held by base 2's account, which is account 1. */
let workId: number

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await addThreeLevels(network)
  who = await Promise.all(network.accounts.map(network.addressOf))
  workId = await registerWork(network, { baseId: 2, name: 'course' })
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const registry = (account: number) => network.as(network.accounts[account]).ResourceRegistry
const at = (account: number) => who[account] ?? ''
const pause = async () => network.contracts.Directory.pause(network.addresses.ResourceRegistry, (await network.now()) + 100, ZeroHash)

describe('offerWork', () => {
  it('when the caller does not hold the work it refuses', async () => {
    expect(await refusalOf(registry(2).offerWork(workId, at(2), 0))).toBe(`ResourceRegistryCallerNotHolder(${at(2)}, ${workId})`)
  })

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(registry(1).offerWork(workId, at(5), 0))).toMatch(/^PausingPaused/)
  })

  it('given the holder offers again it withdraws what was offered before', async () => {
    await registry(1).offerWork(workId, at(5), 3)
    await registry(1).offerWork(workId, ZeroAddress, 0)
    expect(await refusalOf(registry(5).acceptHolder(workId))).toMatch(/^ResourceRegistryCallerNotOffered/)
    expect(await refusalOf(registry(2).acceptHome(workId))).toMatch(/^ResourceRegistryCallerNotOffered/)
  })
})

describe('acceptHolder', () => {
  it('when the caller was not named it refuses', async () => {
    await registry(1).offerWork(workId, at(5), 0)
    expect(await refusalOf(registry(6).acceptHolder(workId))).toBe(`ResourceRegistryCallerNotOffered(${at(6)}, ${workId})`)
  })

  it('given the contract is paused it refuses', async () => {
    await registry(1).offerWork(workId, at(5), 0)
    await pause()
    expect(await refusalOf(registry(5).acceptHolder(workId))).toMatch(/^PausingPaused/)
  })

  it('given the account was named it decides from then on, and the last holder does not', async () => {
    await registry(1).offerWork(workId, at(5), 3)
    expect(await eventsOf(network.addresses, registry(5).acceptHolder(workId))).toEqual([
      { contract: 'ResourceRegistry', event: 'HolderChanged', args: { workId, previous: at(1), next: at(5) } },
    ])
    expect(await refusalOf(registry(1).publishVersion(workId, digestOf('2'), '0x55'))).toMatch(/^ResourceRegistryCallerNotHolder/)
    expect(await refusalOf(registry(5).publishVersion(workId, digestOf('2'), '0x55'))).toBeUndefined()
    expect(await refusalOf(registry(2).acceptHome(workId))).toMatch(/^ResourceRegistryCallerNotOffered/)
    expect(await refusalOf(registry(5).acceptHolder(workId))).toMatch(/^ResourceRegistryCallerNotOffered/)
  })
})

describe('acceptHome', () => {
  it('when the caller does not act for the base named it refuses', async () => {
    await registry(1).offerWork(workId, ZeroAddress, 3)
    expect(await refusalOf(registry(3).acceptHome(workId))).toBe(`ResourceRegistryCallerNotBase(${at(3)}, 3)`)
  })

  it('given the contract is paused it refuses', async () => {
    await registry(1).offerWork(workId, ZeroAddress, 3)
    await pause()
    expect(await refusalOf(registry(2).acceptHome(workId))).toMatch(/^PausingPaused/)
  })

  it('given the base was named it vouches for the work from then on', async () => {
    await registry(1).offerWork(workId, ZeroAddress, 3)
    expect(await eventsOf(network.addresses, registry(2).acceptHome(workId))).toEqual([
      { contract: 'ResourceRegistry', event: 'HomeChanged', args: { workId, previous: 2, next: 3 } },
    ])
    expect([await registry(0).baseOf(workId), await registry(0).holderOf(workId)]).toEqual([3n, at(1)])
    expect(await refusalOf(registry(2).acceptHome(workId))).toMatch(/^ResourceRegistryCallerNotOffered/)
  })
})

describe('claimAuthorship', () => {
  const list = hashContributors([{ account: `0x${'0'.repeat(39)}7`, share: 1_000_000 }])
  const claim = (signature: string, sender = 0, author = at(6)) => registry(sender).claimAuthorship(workId, 1, author, list, signature)
  const sign = (signer: number, change: object = {}) =>
    (network.accounts[signer] as Signer).signTypedData(workDomain(31_337, network.addresses.ResourceRegistry), WORK_TYPES.Authorship, {
      contentDigest: digestOf('course'),
      contributors: list,
      homeBase: 2,
      author: at(6),
      ...change,
    })

  it('when the version does not exist it refuses', async () => {
    expect(await refusalOf(registry(6).claimAuthorship(workId, 2, at(6), list, '0x'))).toBe(`ResourceRegistryVersionUnknown(${workId}, 2)`)
    expect(await refusalOf(registry(6).claimAuthorship(99, 1, at(6), list, '0x'))).toBe('ResourceRegistryVersionUnknown(99, 1)')
  })

  it('when the author has not signed just this it refuses', async () => {
    const refusal = `ResourceRegistrySignatureInvalid(${at(6)})`
    expect(await refusalOf(claim(await sign(5)))).toBe(refusal)
    expect(await refusalOf(claim(await sign(6, { contentDigest: digestOf('other') })))).toBe(refusal)
    expect(await refusalOf(claim(await sign(6, { contributors: digestOf('other') })))).toBe(refusal)
    expect(await refusalOf(claim(await sign(6, { homeBase: 3 })))).toBe(refusal)
    expect(await refusalOf(claim('0x', 0, ZeroAddress))).toBe(`ResourceRegistrySignatureInvalid(${ZeroAddress})`)
  })

  it('given the author has claimed before it refuses', async () => {
    await claim('0x', 6)
    expect(await refusalOf(claim(await sign(6)))).toBe(`ResourceRegistryAlreadyClaimed(${workId}, 1, ${at(6)})`)
  })

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(claim('0x', 6))).toMatch(/^PausingPaused/)
  })

  it('given the author signed it tells the claim and keeps its time, whoever hands it in', async () => {
    const signature = await sign(6)
    expect(await eventsOf(network.addresses, claim(signature, 3))).toEqual([
      { contract: 'ResourceRegistry', event: 'AuthorshipClaimed', args: { workId, version: 1, author: at(6), contributors: list } },
    ])
    expect(await registry(0).claimedAt(workId, 1, at(6))).toBe(BigInt(await network.now()))
    expect(await registry(0).claimedAt(workId, 2, at(6))).toBe(0n)
  })

  it('given the author calls it needs no signature', async () => {
    expect(await refusalOf(claim('0x', 6))).toBeUndefined()
  })
})

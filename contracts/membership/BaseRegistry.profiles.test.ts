import { type Signer, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SERVICES } from '../network/connect.ts'
import { admitBase, createSampleNetwork, digestOf, eventsOf, refusalOf, type SampleNetwork } from '../network/sample-network.ts'

let network: SampleNetwork
let root: string
let stranger: Signer

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await admitBase(network, { baseId: 2, parent: 1, tier: 2 })
  stranger = network.accounts[5] as Signer
  root = await network.addressOf(network.accounts[0])
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const notTimelock = () => `GovernedCallerNotTimelock(${root})`
const notBase = async (baseId: number) => `BaseRegistryCallerNotBase(${await stranger.getAddress()}, ${baseId})`
const closeSecond = () => network.govern('BaseRegistry.closeBase', [2])
const first = digestOf('log of base 1')
const second = digestOf('second log of base 1')

describe('changeDid', () => {
  it('when the caller is not the timelock it refuses', async () => {
    expect(await refusalOf(network.contracts.BaseRegistry.changeDid(1, second))).toBe(notTimelock())
  })

  it('given the base has closed it refuses', async () => {
    await closeSecond()
    expect(await refusalOf(network.govern('BaseRegistry.changeDid', [2, second]))).toBe('BaseRegistryBaseUnknown(2)')
  })

  it('when a base has the DID already it refuses', async () => {
    const taken = digestOf('did of base 2')
    expect(await refusalOf(network.govern('BaseRegistry.changeDid', [1, taken]))).toBe(`BaseRegistryDidRefused(${taken})`)
  })

  it('when the timelock calls it leads both DIDs to the base', async () => {
    const didHash = digestOf('new did of base 1')
    const events = await eventsOf(network.addresses, network.govern('BaseRegistry.changeDid', [1, didHash]))
    expect(events).toContainEqual({ contract: 'BaseRegistry', event: 'DidChanged', args: { baseId: 1, didHash } })
    const { BaseRegistry } = network.contracts
    expect(await BaseRegistry.didHashOf(1)).toBe(didHash)
    expect(await Promise.all([didHash, digestOf('did of base 1')].map((each) => BaseRegistry.baseByDid(each)))).toEqual([1n, 1n])
  })
})

describe('publishDidLog', () => {
  it('when the caller does not act for the base it refuses', async () => {
    expect(await refusalOf(network.as(stranger).BaseRegistry.publishDidLog(1, first, second, 'cid'))).toBe(await notBase(1))
  })

  it('when another log is the latest one it refuses', async () => {
    const call = network.contracts.BaseRegistry.publishDidLog(1, second, second, 'cid')
    expect(await refusalOf(call)).toBe(`BaseRegistryDidLogMoved(${second}, ${first})`)
  })

  it('when the digest is zero it refuses', async () => {
    expect(await refusalOf(network.contracts.BaseRegistry.publishDidLog(1, first, ZeroHash, 'cid'))).toBe('BaseRegistryDigestEmpty()')
  })

  it('when the base calls it appends the log and keeps the order', async () => {
    const events = await eventsOf(network.addresses, network.contracts.BaseRegistry.publishDidLog(1, first, second, 'cid 2'))
    const args = { baseId: 1, sequence: 2, digest: second, previous: first, cid: 'cid 2' }
    expect(events).toEqual([{ contract: 'BaseRegistry', event: 'DidLogPublished', args }])
    const { digest, sequence, time } = await network.contracts.BaseRegistry.didLogOf(1)
    expect([digest, sequence, time]).toEqual([second, 2n, BigInt(await network.now())])
  })
})

describe('setPeers', () => {
  it('when the caller does not act for the base it refuses', async () => {
    expect(await refusalOf(network.as(stranger).BaseRegistry.setPeers(1, []))).toBe(await notBase(1))
  })

  it('when there are too many or too long addresses it refuses', async () => {
    const { BaseRegistry } = network.contracts
    expect(await refusalOf(BaseRegistry.setPeers(1, Array(9).fill('/ip4/127.0.0.1/tcp/1')))).toBe('BaseRegistryPeersTooMany()')
    expect(await refusalOf(BaseRegistry.setPeers(1, ['x'.repeat(257)]))).toBe('BaseRegistryPeersTooMany()')
  })

  it('when the base calls it replaces the addresses', async () => {
    const { BaseRegistry } = network.contracts
    await BaseRegistry.setPeers(1, ['/dns/a/tcp/1/p2p/x', '/dns/a/tcp/2/p2p/x'])
    const peers = ['/dns/b/tcp/1/p2p/y']
    const events = await eventsOf(network.addresses, BaseRegistry.setPeers(1, peers))
    expect(events).toEqual([{ contract: 'BaseRegistry', event: 'PeersChanged', args: { baseId: 1, peers } }])
    expect([...(await BaseRegistry.peersOf(1))]).toEqual(peers)
  })
})

describe('setServices', () => {
  it('when the caller is not the timelock it refuses', async () => {
    expect(await refusalOf(network.contracts.BaseRegistry.setServices(1, 1))).toBe(notTimelock())
  })

  it('given the base has closed it refuses', async () => {
    await closeSecond()
    expect(await refusalOf(network.govern('BaseRegistry.setServices', [2, 1]))).toBe('BaseRegistryBaseUnknown(2)')
  })

  it('when the timelock calls it replaces the roles', async () => {
    await network.govern('BaseRegistry.setServices', [2, SERVICES.admitting])
    const events = await eventsOf(network.addresses, network.govern('BaseRegistry.setServices', [2, SERVICES.green]))
    expect(events).toContainEqual({ contract: 'BaseRegistry', event: 'ServicesChanged', args: { baseId: 2, services: 8n } })
    expect(await network.contracts.BaseRegistry.servicesOf(2)).toBe(8n)
  })
})

import { ContractFactory, encodeBytes32String, type Signer, ZeroAddress, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ContractName } from '../abi.ts'
import { deployNetwork } from '../deploy.ts'
import { statusListsAbi } from '../generated/abis.ts'
import { bytecode } from '../generated/bytecode.ts'
import { createSampleNetwork, eventsOf, refusalOf, type SampleNetwork } from '../network/sample-network.ts'

const WEEK = 604_800
const REASON = `0x${'11'.repeat(32)}`
const REGISTRY = encodeBytes32String('BaseRegistry')

let network: SampleNetwork
let stranger: Signer
let guardian: string
/** A second version of every contract, tied to the same Directory, and contracts of another network. */
let successor: string
let foreign: string

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  const { accounts, addresses } = network
  stranger = accounts[5] as Signer
  guardian = await network.addressOf(accounts[0])
  const another = await deployNetwork(accounts[6] as Signer)
  foreign = another.addresses.BaseRegistry
  successor = await deployStatusLists(addresses.Directory, addresses.BaseRegistry)
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

async function deployStatusLists(directory: string, registry: string): Promise<string> {
  const deployed = await new ContractFactory(statusListsAbi, bytecode.StatusLists, network.accounts[0]).deploy(directory, registry)
  await deployed.waitForDeployment()
  return deployed.getAddress()
}

const inSeconds = async (seconds: number) => (await network.now()) + seconds
const pauseFor = async (contract: ContractName, seconds: number) =>
  network.contracts.Directory.pause(network.addresses[contract], await inSeconds(seconds), REASON)

describe('register', () => {
  it('when the caller is not the timelock it refuses', async () => {
    expect(await refusalOf(network.contracts.Directory.register(REGISTRY, successor))).toBe(`GovernedCallerNotTimelock(${guardian})`)
  })

  it('given the Directory is paused it refuses', async () => {
    await pauseFor('Directory', 100)
    expect(await refusalOf(network.govern('Directory.register', [REGISTRY, successor]))).toMatch(/^PausingPaused\(/)
  })

  it('when the name is empty it refuses', async () => {
    expect(await refusalOf(network.govern('Directory.register', [ZeroHash, successor]))).toBe('DirectoryNameEmpty()')
  })

  it('when there is no contract at the address it refuses', async () => {
    expect(await refusalOf(network.govern('Directory.register', [REGISTRY, guardian]))).toBe(`DirectoryNotAContract(${guardian})`)
  })

  it('when the contract was registered before it refuses', async () => {
    const { StatusLists } = network.addresses
    expect(await refusalOf(network.govern('Directory.register', [REGISTRY, StatusLists]))).toBe(
      `DirectoryAlreadyRegistered(${StatusLists})`,
    )
  })

  it('when the contract is paused by another Directory it refuses', async () => {
    expect(await refusalOf(network.govern('Directory.register', [REGISTRY, foreign]))).toBe(`DirectoryContractUnknown(${foreign})`)
  })

  it('when the contract is new it becomes the current version and the earlier one stays listed', async () => {
    const { Directory } = network.contracts
    const name = encodeBytes32String('StatusLists')
    const events = await eventsOf(network.addresses, network.govern('Directory.register', [name, successor]))
    expect(events).toContainEqual({ contract: 'Directory', event: 'ContractRegistered', args: { name, version: 2, target: successor } })
    expect(await Directory.addressOf(name)).toBe(successor)
    expect((await Directory.versionOf(name, 1)).target).toBe(network.addresses.StatusLists)
    expect(await Directory.versionCount(name)).toBe(2n)
    expect(await Promise.all([network.addresses.StatusLists, successor].map((each) => Directory.isRegistered(each)))).toEqual([true, true])
    expect(await refusalOf(Directory.versionOf(name, 3))).toBe(`DirectoryVersionUnknown(${name}, 3)`)
  })

  it('when the contract is new it tells which version was current at a time', async () => {
    const { Directory } = network.contracts
    const name = encodeBytes32String('StatusLists')
    await network.advance(100)
    await network.govern('Directory.register', [name, successor])
    const { since } = await Directory.versionOf(name, 2)
    expect(await Directory.addressAt(name, since)).toBe(successor)
    expect(await Directory.addressAt(name, since - 1n)).toBe(network.addresses.StatusLists)
    expect(await Directory.addressAt(name, 1)).toBe(ZeroAddress)
    expect(await Directory.addressOf(encodeBytes32String('Nothing'))).toBe(ZeroAddress)
  })
})

describe('pause', () => {
  it('when the caller is neither guardian nor timelock it refuses', async () => {
    const call = network.as(stranger).Directory.pause(successor, await inSeconds(10), REASON)
    expect(await refusalOf(call)).toBe(`DirectoryCallerNotGuardian(${await stranger.getAddress()})`)
  })

  it('when the contract is unknown it refuses', async () => {
    const call = network.contracts.Directory.pause(foreign, await inSeconds(10), REASON)
    expect(await refusalOf(call)).toBe(`DirectoryContractUnknown(${foreign})`)
  })

  it('when the end is not in the future it refuses', async () => {
    expect(await refusalOf(pauseFor('StatusLists', 0))).toMatch(/^DirectoryPauseOutOfBounds\(/)
  })

  it('when the end is further away than the longest pause it refuses', async () => {
    expect(await refusalOf(pauseFor('StatusLists', WEEK + 60))).toMatch(/^DirectoryPauseOutOfBounds\(/)
  })

  it('given the guardian paused the contract lately it refuses until the rest is over', async () => {
    await pauseFor('StatusLists', 100)
    const rest = await network.contracts.Directory.restUntil(network.addresses.StatusLists)
    await network.advance(200)
    expect(await refusalOf(pauseFor('StatusLists', 100))).toBe(`DirectoryMustRest(${network.addresses.StatusLists}, ${rest})`)
    await network.advance(WEEK)
    expect(await refusalOf(pauseFor('StatusLists', 100))).toBeUndefined()
  })

  it('given the network voted the pause it refuses the guardian', async () => {
    const until = await inSeconds(1000)
    await network.govern('Directory.pause', [network.addresses.StatusLists, until, REASON])
    expect(await refusalOf(pauseFor('StatusLists', 10))).toBe(`DirectoryMustRest(${network.addresses.StatusLists}, ${until})`)
  })

  it('when the guardian calls it holds back the contract and nothing else', async () => {
    const until = await inSeconds(100)
    const call = network.contracts.Directory.pause(network.addresses.StatusLists, until, REASON)
    expect(await eventsOf(network.addresses, call)).toEqual([
      {
        contract: 'Directory',
        event: 'ContractPaused',
        args: { target: network.addresses.StatusLists, until, by: guardian, reason: REASON },
      },
      { contract: 'StatusLists', event: 'PauseChanged', args: { until } },
    ])
    const { StatusLists, CredentialAnchors } = network.contracts
    expect(await refusalOf(StatusLists.publishHead(1, 1, ZeroHash, REASON, 'cid'))).toBe(`PausingPaused(${until})`)
    expect(await StatusLists.pausedUntil()).toBe(BigInt(until))
    expect(await refusalOf(CredentialAnchors.anchorHead(1, REASON, ZeroHash, REASON))).toBeUndefined()
  })

  it('when the guardian calls it ends by itself', async () => {
    await pauseFor('StatusLists', 100)
    await network.advance(101)
    expect(await refusalOf(network.contracts.StatusLists.publishHead(1, 1, ZeroHash, REASON, 'cid'))).toBeUndefined()
  })

  it('when the timelock calls it pauses again without a rest', async () => {
    await network.govern('Directory.pause', [network.addresses.StatusLists, await inSeconds(100), REASON])
    const until = await inSeconds(500)
    await network.govern('Directory.pause', [network.addresses.StatusLists, until, REASON])
    expect(await network.contracts.StatusLists.pausedUntil()).toBe(BigInt(until))
  })
})

describe('liftPause', () => {
  it('when the caller is neither guardian nor timelock it refuses', async () => {
    await pauseFor('StatusLists', 100)
    const call = network.as(stranger).Directory.liftPause(network.addresses.StatusLists)
    expect(await refusalOf(call)).toBe(`DirectoryCallerNotGuardian(${await stranger.getAddress()})`)
  })

  it('given the contract is not paused it refuses', async () => {
    const { StatusLists } = network.addresses
    expect(await refusalOf(network.contracts.Directory.liftPause(StatusLists))).toBe(`DirectoryNotPaused(${StatusLists})`)
  })

  it('given the network voted the pause it refuses the guardian', async () => {
    await network.govern('Directory.pause', [network.addresses.StatusLists, await inSeconds(100), REASON])
    const call = network.contracts.Directory.liftPause(network.addresses.StatusLists)
    expect(await refusalOf(call)).toBe(`DirectoryCallerNotGuardian(${guardian})`)
    expect(await refusalOf(network.govern('Directory.liftPause', [network.addresses.StatusLists]))).toBeUndefined()
  })

  it('given the guardian paused the contract it lets the contract work again', async () => {
    await pauseFor('StatusLists', 100)
    const events = await eventsOf(network.addresses, network.contracts.Directory.liftPause(network.addresses.StatusLists))
    expect(events[0]).toEqual({
      contract: 'Directory',
      event: 'PauseLifted',
      args: { target: network.addresses.StatusLists, by: guardian },
    })
    expect(await refusalOf(network.contracts.StatusLists.publishHead(1, 1, ZeroHash, REASON, 'cid'))).toBeUndefined()
  })

  it('given the guardian paused the contract it works while the Directory itself is paused', async () => {
    await pauseFor('Directory', 100)
    expect(await refusalOf(network.contracts.Directory.liftPause(network.addresses.Directory))).toBeUndefined()
  })
})

describe('setGuardian', () => {
  it('when the caller is not the timelock it refuses', async () => {
    const call = network.contracts.Directory.setGuardian(await stranger.getAddress())
    expect(await refusalOf(call)).toBe(`GovernedCallerNotTimelock(${guardian})`)
  })

  it('given the Directory is paused it refuses', async () => {
    await pauseFor('Directory', 100)
    expect(await refusalOf(network.govern('Directory.setGuardian', [successor]))).toMatch(/^PausingPaused\(/)
  })

  it('when the timelock calls it hands the emergency role over', async () => {
    const next = await stranger.getAddress()
    const events = await eventsOf(network.addresses, network.govern('Directory.setGuardian', [next]))
    expect(events).toContainEqual({ contract: 'Directory', event: 'GuardianChanged', args: { previous: guardian, next } })
    expect(await network.contracts.Directory.guardian()).toBe(next)
    expect(await refusalOf(pauseFor('StatusLists', 100))).toBe(`DirectoryCallerNotGuardian(${guardian})`)
  })
})

describe('pauseUntil', () => {
  it('when the caller is not the Directory it refuses on every contract', async () => {
    for (const contract of Object.values(network.contracts)) {
      expect(await refusalOf(contract.pauseUntil(1))).toBe(`PausingCallerNotDirectory(${guardian})`)
    }
  })
})

import { ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { interfaces } from '../../network/events.ts'
import {
  addThreeLevels,
  createSampleNetwork,
  digestOf,
  eventsOf,
  refusalOf,
  type SampleNetwork,
  YEAR,
} from '../../network/sample-network.ts'
import { approveVersion, registerWork, type SampleResolution, signResolution } from '../../network/sample-works.ts'

const EXPERT = 2

let network: SampleNetwork
/** Held and vouched for by base 2. */
let workId: number
let until: number

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await addThreeLevels(network)
  workId = await registerWork(network, { baseId: 2, name: 'course' })
  until = (await network.now()) + YEAR / 2
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const addressAt = (account: number) => network.addressOf(network.accounts[account])
const resolve = (method: string, args: readonly unknown[], salt = 'salt'): SampleResolution => ({
  call: interfaces.ResourceRegistry.encodeFunctionData(method, args),
  salt: digestOf(salt),
  until,
})
const takeDown = () => resolve('takeDown', [workId, ZeroHash])
/** Has accounts sign what `signed` says and a stranger hand `resolution` in. */
const carry = async (resolution: SampleResolution, seats: readonly number[], signed = resolution) => {
  const members = await Promise.all(seats.map(async (account) => ({ account, address: await addressAt(account) })))
  const sorted = members.toSorted((one, other) => (BigInt(one.address) < BigInt(other.address) ? -1 : 1))
  const signatures = await Promise.all(sorted.map(({ account }) => signResolution(network, network.accounts[account], signed)))
  const addresses = sorted.map(({ address }) => address)
  return network.as(network.accounts[6]).ReviewPanels.carryResolution(resolution, addresses, signatures)
}

describe('carryResolution', () => {
  it('when the call is none that an arbiter makes it refuses', async () => {
    const { ResourceRegistry } = interfaces
    for (const call of ['0x', takeDown().call.slice(0, 72), ResourceRegistry.encodeFunctionData('setArbiter', [await addressAt(6)])]) {
      expect(await refusalOf(carry({ ...takeDown(), call }, [13, 14]))).toMatch(/^ReviewPanelsCallRefused/)
    }
    const offer = resolve('offerWork', [workId, await addressAt(6), 0])
    expect(await refusalOf(carry(offer, [13, 14]))).toMatch(/^ReviewPanelsCallRefused/)
  })

  it('when too few members signed, or one twice it refuses', async () => {
    expect(await refusalOf(carry(takeDown(), [13]))).toBe('ReviewPanelsTooFew(1, 1, 2)')
    expect(await refusalOf(carry(takeDown(), []))).toBe('ReviewPanelsTooFew(0, 0, 2)')
    expect(await refusalOf(carry(takeDown(), [13, 13]))).toBe('ReviewPanelsTooFew(1, 2, 2)')
    const { ReviewPanels } = network.contracts
    const members = [await addressAt(13), await addressAt(14)]
    expect(await refusalOf(ReviewPanels.carryResolution(takeDown(), members, ['0x']))).toBe('ReviewPanelsTooFew(2, 1, 2)')
  })

  it("when a signature is not the member's or for another resolution it refuses", async () => {
    for (const signed of [{ ...takeDown(), salt: ZeroHash }, { ...takeDown(), until: until + 1 }, resolve('putBack', [workId, ZeroHash])]) {
      expect(await refusalOf(carry(takeDown(), [13, 14], signed))).toMatch(/^ReviewPanelsSignatureRefused/)
    }
  })

  it("when a member belongs to the work's base or has no term it refuses", async () => {
    expect(await refusalOf(carry(takeDown(), [13, 8]))).toBe(`ReviewPanelsNotSeated(2, ${await addressAt(8)})`)
    await network.govern('ReviewPanels.seatMember', [EXPERT, await addressAt(13), 2, 0, until])
    expect(await refusalOf(carry(takeDown(), [13, 14]))).toBe(`ReviewPanelsConflict(${workId}, ${await addressAt(13)})`)
  })

  it('when the resolution was carried out or has lapsed it refuses', async () => {
    await carry(takeDown(), [13, 14])
    await carry(resolve('putBack', [workId, ZeroHash]), [13, 14])
    expect(await refusalOf(carry(takeDown(), [13, 14]))).toMatch(/^ReviewPanelsResolutionOver/)
    await network.advance(YEAR / 2)
    expect(await refusalOf(carry(resolve('takeDown', [workId, ZeroHash], 'other'), [13, 14]))).toMatch(/^ReviewPanelsResolutionOver/)
  })

  it('given the contract is paused it refuses', async () => {
    await network.contracts.Directory.pause(network.addresses.ReviewPanels, (await network.now()) + 100, ZeroHash)
    expect(await refusalOf(carry(takeDown(), [13, 14]))).toMatch(/^PausingPaused/)
  })

  it("given the registry refuses the call it refuses with the registry's reason, and the resolution can be carried out later", async () => {
    const putBack = resolve('putBack', [workId, ZeroHash])
    expect(await refusalOf(carry(putBack, [13, 14]))).toBe(`ResourceRegistryWorkTakenDown(${workId}, false)`)
    await carry(takeDown(), [13, 14])
    expect(await refusalOf(carry(putBack, [13, 14]))).toBeUndefined()
  })

  it('given enough members signed it takes the work down, and puts it back by another resolution', async () => {
    await approveVersion(network, workId)
    const events = await eventsOf(network.addresses, carry(takeDown(), [13, 15]))
    expect(events.map((event) => event?.event)).toEqual(['ResolutionCarried', 'WorkTakenDown'])
    expect(events[1]?.args).toMatchObject({ workId, isDown: true, by: network.addresses.ReviewPanels })
    const [{ args } = { args: {} }] = events as { args: { resolution?: string } }[]
    expect(await network.contracts.ReviewPanels.wasCarried(args.resolution ?? ZeroHash)).toBe(true)
    expect(await network.contracts.ReviewPanels.listedVersion(workId)).toBe(0n)
    await carry(resolve('putBack', [workId, ZeroHash]), [14, 15])
    expect(await network.contracts.ReviewPanels.listedVersion(workId)).toBe(1n)
  })
})

import { type Signer, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readEntitlement } from '../network/connect.ts'
import { interfaces } from '../network/events.ts'
import {
  addThreeLevels,
  admitBase,
  createSampleNetwork,
  digestOf,
  keyOf,
  refusalOf,
  type SampleNetwork,
  YEAR,
} from '../network/sample-network.ts'

let network: SampleNetwork
let start: number

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await addThreeLevels(network)
  start = await network.now()
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const question = (time: number, changes: { baseId?: number; programmeId?: number; keyId?: string } = {}) => ({
  baseId: changes.baseId ?? 4,
  programmeId: changes.programmeId ?? 1,
  keyId: changes.keyId ?? keyOf(changes.baseId ?? 4),
  time,
})
const reasonAt = async (time: number, changes = {}) => (await readEntitlement(network.contracts, question(time, changes))).reason
const gate = async (changes: { sender?: Signer; programmeId?: number; accreditationId?: number; keyId?: string } = {}) => {
  const sender = await network.addressOf(changes.sender ?? network.accounts[3])
  const { programmeId = 1, accreditationId = 5, keyId = keyOf(4) } = changes
  return refusalOf(network.contracts.Entitlements.requireEntitled(sender, 4, programmeId, keyId, accreditationId))
}
const refusedFor = (reason: number, programmeId = 1, keyId = keyOf(4)) => `EntitlementsRefused(4, ${programmeId}, ${keyId}, ${reason})`
const byRecords = async (time: number, records: { accreditationId: number; standingId: number }, changes = {}) => {
  const { baseId, programmeId, keyId } = question(time, changes)
  return network.contracts.Entitlements.isEntitledByRecords(baseId, programmeId, keyId, time, records)
}
const recordsAt = async (time: number) => (await readEntitlement(network.contracts, question(time))).records

describe('seat', () => {
  it('when the caller is not the registry it refuses to seat, reseat and unseat', async () => {
    const { Entitlements } = network.contracts
    const caller = await network.addressOf(network.accounts[0])
    for (const call of [Entitlements.seat(9, caller), Entitlements.reseat(1, caller), Entitlements.unseat(2)]) {
      expect(await refusalOf(call)).toBe(`EntitlementsCallerNotRegistry(${caller})`)
    }
  })
})

describe('requireEntitled', () => {
  it('when the sender does not act for the base it refuses', async () => {
    const other = network.accounts[0] as Signer
    expect(await gate({ sender: other })).toBe(`EntitlementsCallerNotBase(${await other.getAddress()}, 4)`)
  })

  it("when the record is another base's or for another programme it refuses", async () => {
    expect(await gate({ accreditationId: 4 })).toBe(refusedFor(16))
    expect(await gate({ accreditationId: 99 })).toBe(refusedFor(16))
    expect(await gate({ accreditationId: 0 })).toBe(refusedFor(16))
    expect(await gate({ programmeId: 2 })).toBe(refusedFor(16, 2))
  })

  it('given anything is missing it refuses and names it', async () => {
    expect(await gate()).toBeUndefined()
    expect(await gate({ keyId: keyOf(1) })).toBe(refusedFor(12, 1, keyOf(1)))
    await network.as(network.accounts[2]).Entitlements.suspend(4, 3, ZeroHash)
    expect(await gate()).toBe(refusedFor(3))
    await network.as(network.accounts[2]).Entitlements.liftSuspension(4, 3)
    await network.as(network.accounts[1]).Entitlements.revokeAccreditation(4, 3, ZeroHash)
    expect(await gate()).toBe(refusedFor(11))
    await network.advance(2 * YEAR)
    expect(await gate()).toBe(refusedFor(4))
  })
})

describe('isEntitledByRecords', () => {
  it('when the records are not those of the time it says no', async () => {
    const records = await recordsAt(start)
    expect(await byRecords(start, records)).toBe(true)
    expect(await byRecords(start, { ...records, accreditationId: 4 })).toBe(false)
    expect(await byRecords(start, { ...records, accreditationId: 0 })).toBe(false)
    expect(await byRecords(start, { ...records, standingId: records.standingId - 1 })).toBe(false)
    expect(await byRecords(start, { ...records, standingId: 0 })).toBe(false)
    expect(await byRecords(start, records, { programmeId: 2 })).toBe(false)
    expect(await byRecords(start, records, { baseId: 3 })).toBe(false)
    expect(await byRecords(start, records, { keyId: keyOf(3) })).toBe(false)
    expect(await byRecords(start - YEAR, records)).toBe(false)
    expect(await byRecords(0, { accreditationId: 0, standingId: 0 }, { baseId: 0, programmeId: 0 })).toBe(false)
  })

  it('when a standing without the suspension is named it says no', async () => {
    const before = await recordsAt(start)
    await network.as(network.accounts[2]).Entitlements.suspend(4, 3, ZeroHash)
    const suspendedAt = await network.now()
    await network.advance(100)
    expect(await byRecords(suspendedAt + 1, before)).toBe(false)
    expect(await byRecords(suspendedAt - 1, before)).toBe(true)
    await network.as(network.accounts[2]).Entitlements.liftSuspension(4, 3)
    const after = await recordsAt(await network.now())
    expect(await byRecords(suspendedAt + 1, after)).toBe(false)
    expect(await byRecords(await network.now(), after)).toBe(true)
  })

  it('through four levels it says the same as the search and costs at most 20,000 gas', async () => {
    const records = await recordsAt(start)
    expect((await network.contracts.Entitlements.accreditationOf(records.accreditationId)).depth).toBe(4n)
    const data = interfaces.Entitlements.encodeFunctionData('isEntitledByRecords', [4, 1, keyOf(4), start, records])
    const sent = await network.accounts[0]?.sendTransaction({ to: network.addresses.Entitlements, data })
    const gas = Number((await sent?.wait())?.gasUsed) - 21_000
    expect(await byRecords(start, records)).toBe(await network.contracts.Entitlements.isEntitled(4, 1, keyOf(4), start))
    expect(gas).toBeLessThanOrEqual(20_000)
  })
})

describe('entitlementOf', () => {
  it("when the time is before the base's admission it names the base", async () => {
    const admitted = Number(await network.contracts.BaseRegistry.admittedAt(4))
    expect(await reasonAt(admitted - 1)).toBe('BaseUnknown')
    expect(await reasonAt(start, { baseId: 99, keyId: keyOf(4) })).toBe('BaseUnknown')
  })

  it('when the base has closed it names the base and leaves the past as it was', async () => {
    await network.govern('BaseRegistry.closeBase', [4])
    const closed = await network.now()
    expect(await reasonAt(closed)).toBe('BaseClosed')
    expect(await reasonAt(closed - 1)).toBe('Entitled')
    expect(await network.contracts.Entitlements.isEntitled(4, 1, keyOf(4), start)).toBe(true)
  })

  it('when the base never had an accreditation it names the accreditation', async () => {
    expect(await reasonAt(start, { programmeId: 2 })).toBe('AccreditationMissing')
    expect(await reasonAt(start, { programmeId: 99 })).toBe('AccreditationMissing')
    const { from } = await network.contracts.Entitlements.accreditationOf(5)
    expect(await reasonAt(Number(from) - 1)).toBe('AccreditationMissing')
  })

  it('when an accreditation, one above it or the key has expired it names what expired', async () => {
    const { Entitlements } = network.contracts
    await admitBase(network, { baseId: 5, parent: 1, tier: 2 })
    const time = await network.now()
    await Entitlements.accredit(1, 5, 1, time + 1000, false)
    expect(await reasonAt(time + 999, { baseId: 5 })).toBe('Entitled')
    expect(await reasonAt(time + 1000, { baseId: 5 })).toBe('AccreditationExpired')
    await network.as(network.accounts[4]).Entitlements.addIssuerKey(5, digestOf('short key'), time + 500)
    expect(await reasonAt(time + 500, { baseId: 5, keyId: digestOf('short key') })).toBe('KeyExpired')
    const { until: rootUntil } = await Entitlements.accreditationOf(1)
    expect(await reasonAt(Number(rootUntil))).toBe('AccreditationExpired')
  })

  it('when an assessment has lapsed it names the first that lapsed, from that very second', async () => {
    const { Entitlements } = network.contracts
    const time = await network.now()
    await Entitlements.signAssessment(1, 4, 2, time + 300, digestOf('report'), 'cid')
    await Entitlements.signAssessment(1, 4, 1, time + 400, digestOf('report'), 'cid')
    expect(await reasonAt(time + 299)).toBe('Entitled')
    expect(await reasonAt(time + 300)).toBe('GreenLapsed')
    expect(await reasonAt(time + 400)).toBe('SafetyLapsed')
    expect(await reasonAt(time + 3 * YEAR)).toBe('InformationLapsed')
  })

  it('when two accreditations overlap it finds the one that holds', async () => {
    const { Entitlements } = network.as(network.accounts[2])
    await Entitlements.accredit(4, 4, 1, (await network.now()) + 100, false)
    expect((await recordsAt(await network.now())).accreditationId).toBe(6)
    await Entitlements.revokeAccreditation(6, 4, ZeroHash)
    expect(await recordsAt(await network.now())).toMatchObject({ accreditationId: 5 })
    await Entitlements.revokeAccreditation(5, 4, ZeroHash)
    expect(await readEntitlement(network.contracts, question(await network.now()))).toMatchObject({
      reason: 'AccreditationRevoked',
      records: { accreditationId: 6 },
    })
  })

  it('when the key was not added yet it names the key', async () => {
    const keyId = digestOf('late key')
    await network.advance(100)
    await network.as(network.accounts[3]).Entitlements.addIssuerKey(4, keyId, (await network.now()) + YEAR)
    const added = await network.now()
    expect(await reasonAt(added - 1, { keyId })).toBe('KeyUnknown')
    expect(await reasonAt(added, { keyId })).toBe('Entitled')
  })

  it('when the time has not passed it answers as things stand and says that this is not final', async () => {
    await network.advance(100)
    const time = await network.now()
    expect(await readEntitlement(network.contracts, question(time + 100))).toMatchObject({ reason: 'Entitled', isFinal: false })
    expect(await readEntitlement(network.contracts, question(time - 1))).toMatchObject({ reason: 'Entitled', isFinal: true })
  })
})

import { type Signer, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readEntitlement, SERVICES } from '../network/connect.ts'
import {
  addThreeLevels,
  createSampleNetwork,
  digestOf,
  eventsOf,
  keyOf,
  refusalOf,
  type SampleNetwork,
  YEAR,
} from '../network/sample-network.ts'

let network: SampleNetwork
const report = digestOf('report')

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await addThreeLevels(network)
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const base = (baseId: number) => network.as(network.accounts[baseId - 1])
const notBase = async (account: Signer | undefined, baseId: number) =>
  `EntitlementsCallerNotBase(${await network.addressOf(account)}, ${baseId})`
const reasonAt = async (time: number, baseId = 4, keyId = keyOf(baseId)) =>
  (await readEntitlement(network.contracts, { baseId, programmeId: 1, keyId, time })).reason
const reasonNow = async (baseId = 4, keyId = keyOf(baseId)) => reasonAt(await network.now(), baseId, keyId)
const later = async () => (await network.now()) + YEAR
const sign = async (assessor: number, baseId: number, kind = 0) =>
  base(assessor).Entitlements.signAssessment(assessor, baseId, kind, await later(), report, 'cid')

describe('signAssessment', () => {
  it('when the caller does not act for the assessor it refuses', async () => {
    const call = base(2).Entitlements.signAssessment(1, 2, 0, await later(), report, 'cid')
    expect(await refusalOf(call)).toBe(await notBase(network.accounts[1], 1))
    expect(await refusalOf(base(2).Entitlements.signAssessment(0, 2, 0, await later(), report, 'cid'))).toBe(
      await notBase(network.accounts[1], 0),
    )
  })

  it('given the assessor may not assess this kind it refuses', async () => {
    await network.govern('BaseRegistry.setServices', [2, SERVICES.safety])
    expect(await refusalOf(sign(2, 3, 0))).toBe('EntitlementsNotAssessor(2, 0)')
    expect(await refusalOf(sign(2, 3, 1))).toBeUndefined()
    expect(await refusalOf(sign(2, 3, 2))).toBe('EntitlementsNotAssessor(2, 2)')
  })

  it('given the assessor is suspended it refuses', async () => {
    await network.govern('BaseRegistry.setServices', [2, SERVICES.information])
    await base(1).Entitlements.suspend(2, 1, ZeroHash)
    expect(await refusalOf(sign(2, 3))).toBe('EntitlementsBaseSuspended(2)')
  })

  it('when the base is unknown or has closed it refuses', async () => {
    expect(await refusalOf(sign(1, 9))).toBe('EntitlementsBaseUnknown(9)')
    await network.govern('BaseRegistry.closeBase', [4])
    expect(await refusalOf(sign(1, 4))).toBe('EntitlementsBaseUnknown(4)')
  })

  it('when the end is not in the future it refuses', async () => {
    const call = base(1).Entitlements.signAssessment(1, 4, 0, await network.now(), report, 'cid')
    expect(await refusalOf(call)).toMatch(/^EntitlementsEndOutOfBounds/)
  })

  it("when the report's digest is zero it refuses", async () => {
    const call = base(1).Entitlements.signAssessment(1, 4, 0, await later(), ZeroHash, 'cid')
    expect(await refusalOf(call)).toBe('EntitlementsDigestEmpty()')
  })

  it('when a base assesses itself it says so', async () => {
    const events = await eventsOf(network.addresses, sign(1, 1))
    expect(events[0]).toMatchObject({ event: 'AssessmentSigned', args: { baseId: 1, assessor: 1, selfAssessed: true } })
  })

  it('when another base assesses it it takes the place of the last of its kind and begins a new standing', async () => {
    const { Entitlements } = network.contracts
    const until = (await network.now()) + 500
    const before = Number(await Entitlements.standingAt(4, await network.now()))
    const present = await Entitlements.standingOf(before)
    const events = await eventsOf(network.addresses, base(1).Entitlements.signAssessment(1, 4, 1, until, report, 'cid'))
    const assessmentId = Number(await Entitlements.lastAssessmentOf(4, 1))
    const standingId = Number(await Entitlements.standingCount())
    const [informationUntil, greenUntil] = [Number(present.informationUntil), Number(present.greenUntil)]
    expect(events).toEqual([
      {
        contract: 'Entitlements',
        event: 'AssessmentSigned',
        args: { assessmentId, baseId: 4, kind: 1, assessor: 1, until, selfAssessed: false, reportDigest: report, reportCid: 'cid' },
      },
      {
        contract: 'Entitlements',
        event: 'StandingChanged',
        args: { standingId, baseId: 4, informationUntil, safetyUntil: until, greenUntil, suspended: false, closed: false },
      },
    ])
    const [closed, opened] = [await Entitlements.standingOf(before), await Entitlements.standingOf(standingId)]
    expect([closed.until, opened.from, opened.until]).toEqual([opened.from, BigInt(await network.now()), 0n])
    const assessment = await Entitlements.assessmentOf(assessmentId)
    expect([assessment.baseId, assessment.assessor, assessment.kind, assessment.until]).toEqual([4n, 1n, 1n, BigInt(until)])
  })
})

describe('withdrawAssessment', () => {
  const lastGreen = async () => Number(await network.contracts.Entitlements.lastAssessmentOf(4, 2))

  it('when the caller is neither the assessor nor the timelock it refuses', async () => {
    const call = base(4).Entitlements.withdrawAssessment(await lastGreen(), ZeroHash)
    expect(await refusalOf(call)).toBe(await notBase(network.accounts[3], 1))
    expect(await refusalOf(network.govern('Entitlements.withdrawAssessment', [await lastGreen(), ZeroHash]))).toBeUndefined()
  })

  it('when there is no such assessment it refuses', async () => {
    expect(await refusalOf(base(1).Entitlements.withdrawAssessment(999, ZeroHash))).toBe('EntitlementsAssessmentUnknown(999)')
  })

  it('given a later one has taken its place it refuses', async () => {
    const earlier = await lastGreen()
    await sign(1, 4, 2)
    expect(await refusalOf(base(1).Entitlements.withdrawAssessment(earlier, ZeroHash))).toBe(`EntitlementsAssessmentOver(${earlier})`)
  })

  it('given it was withdrawn or has lapsed it refuses', async () => {
    const id = await lastGreen()
    await base(1).Entitlements.withdrawAssessment(id, ZeroHash)
    expect(await refusalOf(base(1).Entitlements.withdrawAssessment(id, ZeroHash))).toBe(`EntitlementsAssessmentOver(${id})`)
    const safety = Number(await network.contracts.Entitlements.lastAssessmentOf(4, 1))
    await network.advance(2 * YEAR)
    expect(await refusalOf(base(1).Entitlements.withdrawAssessment(safety, ZeroHash))).toBe(`EntitlementsAssessmentOver(${safety})`)
  })

  it('given the base assessed has closed it refuses', async () => {
    await network.govern('BaseRegistry.closeBase', [4])
    expect(await refusalOf(base(1).Entitlements.withdrawAssessment(await lastGreen(), ZeroHash))).toBe('EntitlementsBaseUnknown(4)')
  })

  it('when the assessor calls it takes the entitlement away from now on', async () => {
    const events = await eventsOf(network.addresses, base(1).Entitlements.withdrawAssessment(await lastGreen(), report))
    const args = { assessmentId: await lastGreen(), baseId: 4, kind: 2, reason: report }
    expect(events[0]).toEqual({ contract: 'Entitlements', event: 'AssessmentWithdrawn', args })
    const time = await network.now()
    expect([await reasonAt(time - 1), await reasonAt(time)]).toEqual(['Entitled', 'GreenLapsed'])
  })
})

describe('suspend', () => {
  it('when the caller is not the parent it refuses', async () => {
    expect(await refusalOf(base(2).Entitlements.suspend(4, 2, ZeroHash))).toBe('EntitlementsSuspensionRefused(4, 2)')
    expect(await refusalOf(base(2).Entitlements.suspend(4, 3, ZeroHash))).toBe(await notBase(network.accounts[1], 3))
    expect(await refusalOf(base(3).Entitlements.suspend(4, 0, ZeroHash))).toMatch(/^GovernedCallerNotTimelock/)
  })

  it('given the base is suspended it refuses', async () => {
    await base(3).Entitlements.suspend(4, 3, ZeroHash)
    expect(await refusalOf(base(3).Entitlements.suspend(4, 3, ZeroHash))).toBe('EntitlementsBaseSuspended(4)')
  })

  it('given the base has closed it refuses', async () => {
    await network.govern('BaseRegistry.closeBase', [4])
    expect(await refusalOf(base(3).Entitlements.suspend(4, 3, ZeroHash))).toBe('EntitlementsBaseUnknown(4)')
  })

  it('when the parent calls it takes the entitlement away from now on and leaves the past as it was', async () => {
    await network.advance(100)
    const events = await eventsOf(network.addresses, base(3).Entitlements.suspend(4, 3, report))
    expect(events[0]).toEqual({ contract: 'Entitlements', event: 'BaseSuspended', args: { baseId: 4, by: 3, reason: report } })
    const time = await network.now()
    expect([await reasonAt(time - 1), await reasonAt(time), await reasonAt(time, 3)]).toEqual(['Entitled', 'BaseSuspended', 'Entitled'])
  })

  it("given a parent's suspension it lets the network take it over", async () => {
    await base(3).Entitlements.suspend(4, 3, ZeroHash)
    await network.govern('Entitlements.suspend', [4, 0, ZeroHash])
    expect(await refusalOf(base(3).Entitlements.liftSuspension(4, 3))).toBe('EntitlementsSuspensionRefused(4, 3)')
    expect(await refusalOf(network.govern('Entitlements.suspend', [4, 0, ZeroHash]))).toBe('EntitlementsBaseSuspended(4)')
    await network.govern('Entitlements.liftSuspension', [4, 0])
    expect(await reasonNow()).toBe('Entitled')
  })
})

describe('liftSuspension', () => {
  it('given the base is not suspended it refuses', async () => {
    expect(await refusalOf(base(3).Entitlements.liftSuspension(4, 3))).toBe('EntitlementsSuspensionRefused(4, 3)')
    expect(await refusalOf(network.govern('Entitlements.liftSuspension', [4, 0]))).toBe('EntitlementsSuspensionRefused(4, 0)')
  })

  it('given the base has closed it refuses', async () => {
    await base(3).Entitlements.suspend(4, 3, ZeroHash)
    await network.govern('BaseRegistry.closeBase', [4])
    expect(await refusalOf(base(3).Entitlements.liftSuspension(4, 3))).toBe('EntitlementsBaseUnknown(4)')
  })

  it('when the caller did not suspend it it refuses', async () => {
    await base(3).Entitlements.suspend(4, 3, ZeroHash)
    expect(await refusalOf(base(4).Entitlements.liftSuspension(4, 4))).toBe('EntitlementsSuspensionRefused(4, 4)')
    expect(await refusalOf(base(4).Entitlements.liftSuspension(4, 3))).toBe(await notBase(network.accounts[3], 3))
  })

  it('when the one who suspended it calls it gives the entitlement back from now on', async () => {
    await base(3).Entitlements.suspend(4, 3, ZeroHash)
    await network.advance(100)
    const events = await eventsOf(network.addresses, base(3).Entitlements.liftSuspension(4, 3))
    expect(events[0]).toEqual({ contract: 'Entitlements', event: 'SuspensionLifted', args: { baseId: 4, by: 3 } })
    const time = await network.now()
    expect([await reasonAt(time - 1), await reasonAt(time)]).toEqual(['BaseSuspended', 'Entitled'])
  })
})

describe('addIssuerKey', () => {
  it('when the caller does not act for the base it refuses', async () => {
    const { Entitlements } = base(3)
    expect(await refusalOf(Entitlements.addIssuerKey(4, report, await later()))).toBe(await notBase(network.accounts[2], 4))
    expect(await refusalOf(network.govern('Entitlements.addIssuerKey', [0, report, await later()]))).toMatch(/^EntitlementsCallerNotBase/)
  })

  it('when the base added the key before or the key id is zero it refuses', async () => {
    const { Entitlements } = base(4)
    expect(await refusalOf(Entitlements.addIssuerKey(4, keyOf(4), await later()))).toBe(`EntitlementsKeyRefused(4, ${keyOf(4)})`)
    expect(await refusalOf(Entitlements.addIssuerKey(4, ZeroHash, await later()))).toBe(`EntitlementsKeyRefused(4, ${ZeroHash})`)
  })

  it('when the end is not in the future it refuses', async () => {
    const call = base(4).Entitlements.addIssuerKey(4, report, await network.now())
    expect(await refusalOf(call)).toMatch(/^EntitlementsEndOutOfBounds/)
  })

  it('when another base has the same key id it keeps both apart', async () => {
    const until = await later()
    const events = await eventsOf(network.addresses, base(3).Entitlements.addIssuerKey(3, keyOf(4), until))
    expect(events).toEqual([{ contract: 'Entitlements', event: 'IssuerKeyAdded', args: { baseId: 3, keyId: keyOf(4), until } }])
    await base(3).Entitlements.revokeIssuerKey(3, keyOf(4), 3)
    expect([await reasonNow(4), await reasonNow(3, keyOf(4))]).toEqual(['Entitled', 'KeyCompromised'])
  })
})

describe('retireIssuerKey', () => {
  it('when the caller does not act for the base it refuses', async () => {
    expect(await refusalOf(base(3).Entitlements.retireIssuerKey(4, keyOf(4)))).toBe(await notBase(network.accounts[2], 4))
    expect(await refusalOf(network.govern('Entitlements.retireIssuerKey', [0, keyOf(4)]))).toMatch(/^EntitlementsCallerNotBase/)
  })

  it('when the base never added the key it refuses', async () => {
    expect(await refusalOf(base(4).Entitlements.retireIssuerKey(4, report))).toBe(`EntitlementsKeyUnknown(4, ${report})`)
  })

  it('given the key is over it refuses', async () => {
    await base(4).Entitlements.retireIssuerKey(4, keyOf(4))
    expect(await refusalOf(base(4).Entitlements.retireIssuerKey(4, keyOf(4)))).toBe(`EntitlementsKeyOver(4, ${keyOf(4)})`)
    await network.advance(2 * YEAR)
    expect(await refusalOf(base(3).Entitlements.retireIssuerKey(3, keyOf(3)))).toBe(`EntitlementsKeyOver(3, ${keyOf(3)})`)
  })

  it('when the base calls it ends the key from now on', async () => {
    const events = await eventsOf(network.addresses, base(4).Entitlements.retireIssuerKey(4, keyOf(4)))
    expect(events).toEqual([{ contract: 'Entitlements', event: 'IssuerKeyRetired', args: { baseId: 4, keyId: keyOf(4) } }])
    const time = await network.now()
    expect([await reasonAt(time - 1), await reasonAt(time)]).toEqual(['Entitled', 'KeyRetired'])
  })
})

describe('revokeIssuerKey', () => {
  it('when the caller is neither the base nor its parent it refuses', async () => {
    expect(await refusalOf(base(2).Entitlements.revokeIssuerKey(4, keyOf(4), 2))).toBe(await notBase(network.accounts[1], 4))
    expect(await refusalOf(base(2).Entitlements.revokeIssuerKey(4, keyOf(4), 3))).toBe(await notBase(network.accounts[1], 3))
    expect(await refusalOf(base(2).Entitlements.revokeIssuerKey(4, keyOf(4), 0))).toMatch(/^GovernedCallerNotTimelock/)
  })

  it('when the base never added the key it refuses', async () => {
    expect(await refusalOf(base(4).Entitlements.revokeIssuerKey(4, report, 4))).toBe(`EntitlementsKeyUnknown(4, ${report})`)
  })

  it('given the key was revoked before it refuses', async () => {
    await base(4).Entitlements.revokeIssuerKey(4, keyOf(4), 4)
    expect(await refusalOf(base(3).Entitlements.revokeIssuerKey(4, keyOf(4), 3))).toBe(`EntitlementsKeyOver(4, ${keyOf(4)})`)
  })

  it('when the base, its parent or the network calls it voids the key from now on, told apart from retired', async () => {
    await network.advance(200)
    await base(4).Entitlements.retireIssuerKey(4, keyOf(4))
    await network.advance(10)
    const events = await eventsOf(network.addresses, base(3).Entitlements.revokeIssuerKey(4, keyOf(4), 3))
    expect(events).toEqual([{ contract: 'Entitlements', event: 'IssuerKeyCompromised', args: { baseId: 4, keyId: keyOf(4), by: 3 } }])
    const time = await network.now()
    expect([await reasonAt(time - 100), await reasonAt(time - 1), await reasonAt(time)]).toEqual([
      'Entitled',
      'KeyRetired',
      'KeyCompromised',
    ])
    expect(await refusalOf(base(1).Entitlements.revokeIssuerKey(1, keyOf(1), 1))).toBeUndefined()
    expect(await refusalOf(network.govern('Entitlements.revokeIssuerKey', [2, keyOf(2), 0]))).toBeUndefined()
  })
})

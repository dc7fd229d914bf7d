import { type Signer, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readEntitlement } from '../network/connect.ts'
import {
  addThreeLevels,
  admitBase,
  createSampleNetwork,
  digestOf,
  eventsOf,
  keyOf,
  refusalOf,
  type SampleNetwork,
} from '../network/sample-network.ts'

let network: SampleNetwork
let root: string
let end: number

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await addThreeLevels(network)
  root = await network.addressOf(network.accounts[0])
  end = Number((await network.contracts.Entitlements.accreditationOf(1)).until)
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const base = (baseId: number) => network.as(network.accounts[baseId - 1])
const notBase = async (account: Signer | undefined, baseId: number) =>
  `EntitlementsCallerNotBase(${await network.addressOf(account)}, ${baseId})`
const pause = async () => network.contracts.Directory.pause(network.addresses.Entitlements, (await network.now()) + 10_000, ZeroHash)
const reasonOf = async (baseId: number, time: number) =>
  (await readEntitlement(network.contracts, { baseId, programmeId: 1, keyId: keyOf(baseId), time })).reason

describe('registerProgramme', () => {
  it('when the caller does not act for the author it refuses', async () => {
    const { Entitlements } = network.contracts
    expect(await refusalOf(Entitlements.registerProgramme(2, digestOf('x'), 'cid'))).toBe(await notBase(network.accounts[0], 2))
    expect(await refusalOf(Entitlements.registerProgramme(0, digestOf('x'), 'cid'))).toBe(`GovernedCallerNotTimelock(${root})`)
  })

  it('when the digest is zero it refuses', async () => {
    expect(await refusalOf(network.contracts.Entitlements.registerProgramme(1, ZeroHash, 'cid'))).toBe('EntitlementsDigestEmpty()')
  })

  it('given the store is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(network.contracts.Entitlements.registerProgramme(1, digestOf('x'), 'cid'))).toMatch(/^PausingPaused/)
  })

  it('when the network registers it it gives the next number and names no author', async () => {
    const args = { programmeId: 3, author: 0, digest: digestOf('x'), cid: 'cid' }
    const events = await eventsOf(network.addresses, network.govern('Entitlements.registerProgramme', [0, digestOf('x'), 'cid']))
    expect(events).toContainEqual({ contract: 'Entitlements', event: 'ProgrammeRegistered', args })
  })

  it('when a base registers it it gives the next number and entitles nobody', async () => {
    await base(2).Entitlements.registerProgramme(2, digestOf('x'), 'cid')
    const { Entitlements } = network.contracts
    expect(await Entitlements.programmeCount()).toBe(3n)
    expect(await Entitlements.programmeDigestOf(3)).toBe(digestOf('x'))
    expect(await Entitlements.isEntitled(2, 3, keyOf(2), await network.now())).toBe(false)
  })
})

describe('accredit', () => {
  it('when the network is named and the caller is not the timelock it refuses', async () => {
    expect(await refusalOf(network.contracts.Entitlements.accredit(0, 2, 1, end, true))).toBe(`GovernedCallerNotTimelock(${root})`)
  })

  it('when the caller does not hold the parent it refuses', async () => {
    expect(await refusalOf(base(3).Entitlements.accredit(3, 4, 1, end, true))).toBe(await notBase(network.accounts[2], 2))
  })

  it('when there is no such parent it refuses', async () => {
    expect(await refusalOf(base(1).Entitlements.accredit(99, 4, 1, end, true))).toBe('EntitlementsAccreditationUnknown(99)')
  })

  it('when the parent is for another programme it refuses', async () => {
    expect(await refusalOf(base(1).Entitlements.accredit(1, 4, 2, end, true))).toBe('EntitlementsAccreditationLapsed(1)')
  })

  it('when the parent may not accredit it refuses', async () => {
    await base(1).Entitlements.accredit(1, 2, 1, end, false)
    expect(await refusalOf(base(2).Entitlements.accredit(6, 3, 1, end, false))).toBe('EntitlementsMayNotAccredit(6)')
  })

  it('when the base would accredit itself it refuses', async () => {
    expect(await refusalOf(base(2).Entitlements.accredit(3, 2, 1, end, true))).toBe('EntitlementsChainRefused(3, 2)')
  })

  it("when the end is later than the parent's it refuses", async () => {
    expect(await refusalOf(base(2).Entitlements.accredit(3, 3, 1, end + 1, true))).toBe(`EntitlementsEndOutOfBounds(${end + 1}, ${end})`)
  })

  it('when the end is not in the future it refuses', async () => {
    const now = await network.now()
    expect(await refusalOf(base(2).Entitlements.accredit(3, 3, 1, now, true))).toBe(`EntitlementsEndOutOfBounds(${now}, ${end})`)
    expect(await refusalOf(network.govern('Entitlements.accredit', [0, 3, 1, now, true]))).toMatch(/^EntitlementsEndOutOfBounds/)
  })

  it('when the chain would have more than eight levels it refuses', async () => {
    for (const [parent, holder, next] of [
      [5, 4, 1],
      [6, 1, 2],
      [7, 2, 3],
      [8, 3, 4],
    ] as const) {
      await base(holder).Entitlements.accredit(parent, next, 1, end, true)
    }
    expect((await network.contracts.Entitlements.accreditationOf(9)).depth).toBe(8n)
    expect(await refusalOf(base(4).Entitlements.accredit(9, 1, 1, end, true))).toBe('EntitlementsChainRefused(9, 1)')
  })

  it('when the base or the programme is unknown it refuses', async () => {
    expect(await refusalOf(base(1).Entitlements.accredit(1, 9, 1, end, true))).toBe('EntitlementsBaseUnknown(9)')
    expect(await refusalOf(network.govern('Entitlements.accredit', [0, 1, 9, end, true]))).toBe('EntitlementsProgrammeUnknown(9)')
    expect(await refusalOf(network.govern('Entitlements.accredit', [0, 0, 1, end, true]))).toBe('EntitlementsBaseUnknown(0)')
  })

  it('given one above the parent was revoked it refuses', async () => {
    await base(1).Entitlements.revokeAccreditation(3, 1, ZeroHash)
    expect(await refusalOf(base(3).Entitlements.accredit(4, 4, 1, end, true))).toBe('EntitlementsAccreditationLapsed(4)')
  })

  it('given the parent has expired it refuses', async () => {
    await network.advance(end - (await network.now()))
    expect(await refusalOf(base(2).Entitlements.accredit(3, 3, 1, end + 100, true))).toBe('EntitlementsAccreditationLapsed(3)')
  })

  it('given the accreditor is suspended it refuses', async () => {
    await base(1).Entitlements.suspend(2, 1, ZeroHash)
    expect(await refusalOf(base(2).Entitlements.accredit(3, 3, 1, end, true))).toBe('EntitlementsBaseSuspended(2)')
  })

  it('given the store is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(base(2).Entitlements.accredit(3, 3, 1, end, true))).toMatch(/^PausingPaused/)
  })

  it('when everything is in order it gives the next number, one level down', async () => {
    const events = await eventsOf(network.addresses, base(3).Entitlements.accredit(4, 4, 1, end, false))
    const args = { accreditationId: 6, baseId: 4, programmeId: 1, parent: 4, until: end, mayAccredit: false }
    expect(events).toEqual([{ contract: 'Entitlements', event: 'BaseAccredited', args }])
    const record = await network.contracts.Entitlements.accreditationOf(6)
    expect([record.depth, record.from, record.revokedAt]).toEqual([4n, BigInt(await network.now()), 0n])
    expect([...(await network.contracts.Entitlements.accreditationsOf(4, 1))]).toEqual([5n, 6n])
  })
})

describe('revokeAccreditation', () => {
  it('when the network is named and the caller is not the timelock it refuses', async () => {
    const call = network.contracts.Entitlements.revokeAccreditation(3, 0, ZeroHash)
    expect(await refusalOf(call)).toBe(`GovernedCallerNotTimelock(${root})`)
  })

  it('when the caller does not hold the record named it refuses', async () => {
    expect(await refusalOf(base(4).Entitlements.revokeAccreditation(5, 3, ZeroHash))).toBe(await notBase(network.accounts[3], 2))
  })

  it('when the record named is not above it refuses', async () => {
    expect(await refusalOf(base(4).Entitlements.revokeAccreditation(3, 5, ZeroHash))).toBe('EntitlementsNotAbove(3, 5)')
    expect(await refusalOf(base(1).Entitlements.revokeAccreditation(3, 2, ZeroHash))).toBe('EntitlementsNotAbove(3, 2)')
    expect(await refusalOf(base(1).Entitlements.revokeAccreditation(3, 99, ZeroHash))).toBe('EntitlementsNotAbove(3, 99)')
  })

  it('when there is no such accreditation it refuses', async () => {
    expect(await refusalOf(base(1).Entitlements.revokeAccreditation(99, 1, ZeroHash))).toBe('EntitlementsAccreditationUnknown(99)')
  })

  it('given it was revoked before it refuses', async () => {
    await base(1).Entitlements.revokeAccreditation(5, 1, ZeroHash)
    expect(await refusalOf(base(3).Entitlements.revokeAccreditation(5, 4, ZeroHash))).toBe('EntitlementsAlreadyRevoked(5)')
  })

  it('when the holder of one above calls it ends the whole branch at once and leaves the past as it was', async () => {
    await network.advance(100)
    const reason = digestOf('reason')
    const events = await eventsOf(network.addresses, base(1).Entitlements.revokeAccreditation(3, 1, reason))
    const args = { accreditationId: 3, by: 1, reason }
    expect(events).toEqual([{ contract: 'Entitlements', event: 'AccreditationRevoked', args }])
    const time = await network.now()
    expect([await reasonOf(1, time), await reasonOf(2, time)]).toEqual(['Entitled', 'AccreditationRevoked'])
    expect([await reasonOf(3, time), await reasonOf(4, time)]).toEqual(['AncestorRevoked', 'AncestorRevoked'])
    expect([await reasonOf(2, time - 1), await reasonOf(4, time - 1)]).toEqual(['Entitled', 'Entitled'])
  })

  it('when the holder itself calls it gives the accreditation up', async () => {
    await base(4).Entitlements.revokeAccreditation(5, 5, ZeroHash)
    expect(await reasonOf(4, await network.now())).toBe('AccreditationRevoked')
    expect(await reasonOf(3, await network.now())).toBe('Entitled')
  })

  it('when the timelock calls it revokes any', async () => {
    await admitBase(network, { baseId: 5, parent: 4, tier: 5 })
    await network.govern('Entitlements.revokeAccreditation', [4, 0, ZeroHash])
    expect(await reasonOf(4, await network.now())).toBe('AncestorRevoked')
  })
})

import { ZeroAddress, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  addThreeLevels,
  createSampleNetwork,
  digestOf,
  eventsOf,
  refusalOf,
  type SampleNetwork,
  YEAR,
} from '../../network/sample-network.ts'
import { approveVersion, giveOpinions, opinionOf, registerWork, type SampleOpinion, signOpinion } from '../../network/sample-works.ts'

const CONTENT = 0
const TECHNICAL = 1
const EXPERT = 2
const DAY = 86_400
/** Runtime code of accounts that accept any signature (ERC-1271's answer), and none (a word of zeros). */
const ACCEPTS_ANY_SIGNATURE = '0x631626ba7e60e01b5f5260205ff3'
const ACCEPTS_NO_SIGNATURE = '0x5f5f5260205ff3'

let network: SampleNetwork
/** Held and vouched for by base 2. */
let workId: number

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await addThreeLevels(network)
  workId = await registerWork(network, { baseId: 2, name: 'course' })
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const panels = (account = 6) => network.as(network.accounts[account]).ReviewPanels
const addressAt = (account: number) => network.addressOf(network.accounts[account])
const pause = async (seconds = 100) =>
  network.contracts.Directory.pause(network.addresses.ReviewPanels, (await network.now()) + seconds, ZeroHash)
const about = (panel: number, change: Partial<SampleOpinion> = {}) => ({ workId, version: 1, panel, ...change })
const publish = (name: string) => network.as(network.accounts[1]).ResourceRegistry.publishVersion(workId, digestOf(name), '0x55')
const listed = async () => Number(await panels().listedVersion(workId))
const decisionOf = async (panel: number, version = 1) => Number((await panels().reviewOf(workId, version, panel)).decision)
/** Seats the account, and lets it alone decide when `quorum` is 1. */
const seat = async (panel: number, account: number, { baseId = 0, from = 0 } = {}) =>
  network.govern('ReviewPanels.seatMember', [panel, await addressAt(account), baseId, from, (await network.now()) + YEAR])
const submitOne = async (seat: number, change: Parameters<typeof opinionOf>[2], signer = seat) => {
  const opinion = await opinionOf(network, seat, change)
  return panels().submitOpinions([opinion], [await signOpinion(network, network.accounts[signer], opinion)])
}
const reject = () => giveOpinions(network, [8, 9], about(CONTENT, { marks: 13 }))
const appeal = (account = 1) => panels(account).appeal(workId, 1, digestOf('grounds'))

describe('seatMember', () => {
  it('when the caller is not the timelock it refuses', async () => {
    expect(await refusalOf(panels().seatMember(CONTENT, await addressAt(7), 0, 0, (await network.now()) + 10))).toMatch(
      /^GovernedCallerNotTimelock/,
    )
  })

  it('when the term is empty or over, or the account is the zero address it refuses', async () => {
    const now = await network.now()
    const member = await addressAt(7)
    for (const [account, from, until] of [
      [member, now + YEAR, now + YEAR],
      [member, 0, now],
      [ZeroAddress, 0, now + YEAR],
    ] as const) {
      expect(await refusalOf(network.govern('ReviewPanels.seatMember', [CONTENT, account, 0, from, until]))).toBe(
        `ReviewPanelsTermRefused(${account}, ${from}, ${until})`,
      )
    }
  })

  it('given the contract is paused it refuses', async () => {
    await pause(10_000)
    expect(await refusalOf(seat(CONTENT, 7))).toMatch(/^PausingPaused/)
  })

  it('given the member has a term it gives the new one in its place', async () => {
    const until = (await network.now()) + 2 * YEAR
    const member = await addressAt(8)
    expect(await eventsOf(network.addresses, network.govern('ReviewPanels.seatMember', [CONTENT, member, 3, 7, until]))).toContainEqual({
      contract: 'ReviewPanels',
      event: 'MemberSeated',
      args: { panel: CONTENT, member, baseId: 3, from: 7, until },
    })
    const term = await panels().seatOf(CONTENT, member)
    expect([term.from, term.until, term.baseId]).toEqual([7n, BigInt(until), 3n])
  })
})

describe('unseatMember', () => {
  it('when the caller is not the timelock it refuses', async () => {
    expect(await refusalOf(panels().unseatMember(CONTENT, await addressAt(8)))).toMatch(/^GovernedCallerNotTimelock/)
  })

  it('given the member has no term or it is over it refuses', async () => {
    const stranger = await addressAt(7)
    const refusal = `ReviewPanelsNotSeated(${CONTENT}, ${stranger})`
    expect(await refusalOf(network.govern('ReviewPanels.unseatMember', [CONTENT, stranger]))).toBe(refusal)
    await seat(CONTENT, 7)
    await network.govern('ReviewPanels.unseatMember', [CONTENT, stranger])
    expect(await refusalOf(network.govern('ReviewPanels.unseatMember', [CONTENT, stranger]))).toBe(refusal)
  })

  it('given the contract is paused it refuses', async () => {
    await pause(10_000)
    expect(await refusalOf(network.govern('ReviewPanels.unseatMember', [CONTENT, await addressAt(8)]))).toMatch(/^PausingPaused/)
  })

  it('given a member who gave an opinion it ends the term and leaves the opinion', async () => {
    await giveOpinions(network, [8], about(CONTENT))
    await network.govern('ReviewPanels.unseatMember', [CONTENT, await addressAt(8)])
    expect(await refusalOf(giveOpinions(network, [8], about(TECHNICAL)))).toMatch(/^ReviewPanelsNotSeated/)
    await giveOpinions(network, [9], about(CONTENT))
    expect(await decisionOf(CONTENT)).toBe(1)
  })
})

describe('setQuorum', () => {
  it('when the caller is not the timelock it refuses', async () => {
    expect(await refusalOf(panels().setQuorum(CONTENT, 1, 1))).toMatch(/^GovernedCallerNotTimelock/)
  })

  it('when one of the numbers is zero it refuses', async () => {
    for (const numbers of [
      [0, 1],
      [1, 0],
    ] as const) {
      expect(await refusalOf(network.govern('ReviewPanels.setQuorum', [CONTENT, ...numbers]))).toBe('ReviewPanelsQuorumEmpty(0)')
    }
  })

  it('given the contract is paused it refuses', async () => {
    await pause(10_000)
    expect(await refusalOf(network.govern('ReviewPanels.setQuorum', [CONTENT, 1, 1]))).toMatch(/^PausingPaused/)
  })

  it('given a review has begun it changes the number for reviews that begin later', async () => {
    await giveOpinions(network, [8], about(CONTENT))
    await network.govern('ReviewPanels.setQuorum', [CONTENT, 3, 1])
    await giveOpinions(network, [9], about(CONTENT))
    expect(await decisionOf(CONTENT)).toBe(1)
    await publish('second')
    await giveOpinions(network, [8, 9], about(CONTENT, { version: 2 }))
    expect(await decisionOf(CONTENT, 2)).toBe(0)
    await giveOpinions(network, [10], about(CONTENT, { version: 2 }))
    expect(await decisionOf(CONTENT, 2)).toBe(1)
  })
})

describe('submitOpinions', () => {
  it('when there is not a signature for each opinion it refuses', async () => {
    expect(await refusalOf(panels().submitOpinions([await opinionOf(network, 8, about(CONTENT))], []))).toBe(
      'ReviewPanelsLengthsDiffer(1, 0)',
    )
  })

  it('when the version is unknown or its content is another it refuses', async () => {
    const unknown = { workId, version: 2, panel: CONTENT, content: digestOf('course') }
    expect(await refusalOf(submitOne(8, unknown))).toBe(`ReviewPanelsVersionUnknown(${workId}, 2)`)
    expect(await refusalOf(submitOne(8, { ...unknown, content: ZeroHash }))).toBe(`ReviewPanelsVersionUnknown(${workId}, 2)`)
    expect(await refusalOf(submitOne(8, about(CONTENT, { content: digestOf('another') })))).toBe(`ReviewPanelsVersionUnknown(${workId}, 1)`)
  })

  it('when the opinion marks too much or gives no reasons it refuses', async () => {
    expect(await refusalOf(submitOne(8, about(CONTENT, { marks: 16 })))).toMatch(/^ReviewPanelsOpinionEmpty\(0, 16/)
    expect(await refusalOf(submitOne(11, about(TECHNICAL, { marks: 2 })))).toMatch(/^ReviewPanelsOpinionEmpty\(1, 2/)
    expect(await refusalOf(submitOne(8, about(CONTENT, { reasons: ZeroHash })))).toMatch(/^ReviewPanelsOpinionEmpty/)
  })

  it('when the opinion comes after its time it refuses', async () => {
    const until = (await network.now()) - 1
    expect(await refusalOf(submitOne(8, about(CONTENT, { until })))).toBe(`ReviewPanelsOpinionLapsed(${until})`)
  })

  it("when the signature is another's or for another opinion it refuses", async () => {
    const refusal = `ReviewPanelsSignatureRefused(${await addressAt(8)})`
    expect(await refusalOf(submitOne(8, about(CONTENT), 9))).toBe(refusal)
    const opinion = await opinionOf(network, 8, about(CONTENT))
    const signature = await signOpinion(network, network.accounts[8], opinion)
    for (const change of [{ marks: 7 }, { reasons: digestOf('other') }, { until: opinion.until + 1 }]) {
      expect(await refusalOf(panels().submitOpinions([{ ...opinion, ...change }], [signature]))).toBe(refusal)
    }
    expect(await refusalOf(panels().submitOpinions([opinion], ['0x']))).toBe(refusal)
  })

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(submitOne(8, about(CONTENT)))).toMatch(/^PausingPaused/)
  })

  it('given the quorum was never set it refuses', async () => {
    const empty = await createSampleNetwork(await hre.network.create('inProcess'), { works: {} })
    const { ReviewPanels } = empty.contracts
    expect((await ReviewPanels.quorumOf(CONTENT)).approvals).toBe(0n)
    await empty.govern('ReviewPanels.seatMember', [CONTENT, await empty.addressOf(empty.accounts[8]), 0, 0, (await empty.now()) + YEAR])
    const opinion = await opinionOf(empty, 8, { workId: 1, version: 1, panel: CONTENT })
    const refusal = await refusalOf(ReviewPanels.submitOpinions([opinion], [await signOpinion(empty, empty.accounts[8], opinion)]))
    await empty.close()
    expect(refusal).toBe('ReviewPanelsQuorumEmpty(0)')
  })

  it("given the member's term has not begun or has ended it refuses", async () => {
    const until = (await network.now()) + 2 * YEAR
    const refusal = `ReviewPanelsNotSeated(${CONTENT}, ${await addressAt(7)})`
    await seat(CONTENT, 7, { from: (await network.now()) + 3600 + DAY })
    expect(await refusalOf(submitOne(7, about(CONTENT, { until })))).toBe(refusal)
    await network.advance(DAY + 100)
    const snapshot = await network.request('evm_snapshot')
    expect(await refusalOf(submitOne(7, about(CONTENT, { until })))).toBeUndefined()
    await network.request('evm_revert', [snapshot])
    await network.advance(YEAR)
    expect(await refusalOf(submitOne(7, about(CONTENT, { until })))).toBe(refusal)
  })

  it('given the member judged the version on the other panel it refuses', async () => {
    await seat(TECHNICAL, 8)
    await giveOpinions(network, [8], about(CONTENT))
    expect(await refusalOf(giveOpinions(network, [8], about(TECHNICAL)))).toBe(`ReviewPanelsConflict(${workId}, ${await addressAt(8)})`)
    await publish('second')
    expect(await refusalOf(giveOpinions(network, [8], about(TECHNICAL, { version: 2 })))).toBeUndefined()
  })

  it("given the member belongs to the work's base or its holder's, acts for one of them or holds the work it refuses", async () => {
    await seat(CONTENT, 7, { baseId: 2 })
    await seat(CONTENT, 1)
    expect(await refusalOf(submitOne(7, about(CONTENT)))).toBe(`ReviewPanelsConflict(${workId}, ${await addressAt(7)})`)
    expect(await refusalOf(submitOne(1, about(CONTENT)))).toBe(`ReviewPanelsConflict(${workId}, ${await addressAt(1)})`)
    // Another base vouches for the work now, and base 2 still holds it.
    await network.as(network.accounts[1]).ResourceRegistry.offerWork(workId, ZeroAddress, 4)
    await network.as(network.accounts[3]).ResourceRegistry.acceptHome(workId)
    expect(await refusalOf(submitOne(7, about(CONTENT)))).toBe(`ReviewPanelsConflict(${workId}, ${await addressAt(7)})`)
    await seat(CONTENT, 7, { baseId: 3 })
    await network.as(network.accounts[1]).ResourceRegistry.offerWork(workId, await addressAt(7), 0)
    await network.as(network.accounts[7]).ResourceRegistry.acceptHolder(workId)
    expect(await refusalOf(submitOne(7, about(CONTENT)))).toBe(`ReviewPanelsConflict(${workId}, ${await addressAt(7)})`)
  })

  it('given the member gave an opinion for this panel it passes over the second one, whoever hands it in', async () => {
    await giveOpinions(network, [8], about(CONTENT))
    expect(await refusalOf(giveOpinions(network, [8], about(CONTENT)))).toBeUndefined()
    const events = await eventsOf(network.addresses, giveOpinions(network, [8, 9], about(CONTENT, { marks: 0 })))
    expect(events.map((event) => event?.event)).toEqual(['OpinionGiven'])
    const { approvals, rejections } = await panels().reviewOf(workId, 1, CONTENT)
    expect([approvals, rejections]).toEqual([1n, 1n])
    expect(await panels().hasOpined(workId, 1, CONTENT, await addressAt(10))).toBe(false)
  })

  it('given a contract sits on the panel it takes the signature that the contract accepts', async () => {
    const member = `0x${'12'.repeat(20)}`
    await network.request('hardhat_setCode', [member, ACCEPTS_ANY_SIGNATURE])
    await network.govern('ReviewPanels.seatMember', [CONTENT, member, 0, 0, (await network.now()) + YEAR])
    const opinion = { ...(await opinionOf(network, 8, about(CONTENT))), member }
    await panels().submitOpinions([opinion], ['0x12345678'])
    expect(await panels().hasOpined(workId, 1, CONTENT, member)).toBe(true)
    await network.request('hardhat_setCode', [member, ACCEPTS_NO_SIGNATURE])
    await publish('second')
    const next = { ...opinion, version: 2, content: digestOf('second') }
    expect(await refusalOf(panels().submitOpinions([next], ['0x12345678']))).toMatch(/^ReviewPanelsSignatureRefused/)
  })

  it('given one panel approves it does not list the version', async () => {
    await giveOpinions(network, [8, 9, 10], about(CONTENT))
    expect([await decisionOf(CONTENT), await listed()]).toEqual([1, 0])
  })

  it('given both panels approve it lists the version, in one batch handed in by a stranger', async () => {
    const seats = [8, 9, 11]
    const opinions = await Promise.all(seats.map((each) => opinionOf(network, each, about(each === 11 ? TECHNICAL : CONTENT))))
    const signatures = await Promise.all(opinions.map((each, index) => signOpinion(network, network.accounts[seats[index] ?? 0], each)))
    const events = await eventsOf(network.addresses, panels(6).submitOpinions(opinions, signatures))
    expect(events.map((event) => event?.event)).toEqual([
      'OpinionGiven',
      'OpinionGiven',
      'VersionDecided',
      'OpinionGiven',
      'VersionDecided',
      'VersionListed',
    ])
    expect(events.at(-1)?.args).toEqual({ workId, version: 1, previous: 0 })
    expect(await listed()).toBe(1)
  })

  it('given enough members of the content panel miss one of its four dimensions it rejects the version', async () => {
    await giveOpinions(network, [8], about(CONTENT, { marks: 14 }))
    await giveOpinions(network, [9], about(CONTENT, { marks: 7 }))
    await giveOpinions(network, [11], about(TECHNICAL))
    expect([await decisionOf(CONTENT), await decisionOf(TECHNICAL), await listed()]).toEqual([2, 1, 0])
  })

  it('given the panel has decided it writes a late opinion down and changes nothing', async () => {
    await reject()
    const events = await eventsOf(network.addresses, giveOpinions(network, [10], about(CONTENT)))
    expect(events.map((event) => event?.event)).toEqual(['OpinionGiven'])
    expect(await decisionOf(CONTENT)).toBe(2)
  })

  it('given a new version it keeps the old one listed until both panels approve the new one', async () => {
    await approveVersion(network, workId)
    await publish('second')
    await giveOpinions(network, [8, 9], about(CONTENT, { version: 2 }))
    expect(await listed()).toBe(1)
    await giveOpinions(network, [11], about(TECHNICAL, { version: 2 }))
    expect(await listed()).toBe(2)
  })

  it('given a new version it never lists an older version after a newer one', async () => {
    await publish('second')
    await approveVersion(network, workId, 2)
    await approveVersion(network, workId, 1)
    expect([await decisionOf(CONTENT), await listed()]).toEqual([1, 2])
  })

  it('given the work is taken down it lists nothing until the work is put back', async () => {
    await approveVersion(network, workId)
    await network.govern('ResourceRegistry.takeDown', [workId, ZeroHash])
    const down = await network.now()
    expect(await listed()).toBe(0)
    await network.govern('ResourceRegistry.putBack', [workId, ZeroHash])
    expect(await listed()).toBe(1)
    expect(await panels().wasListed(workId, 1, down)).toBe(false)
    expect(await panels().wasListed(workId, 1, down - 1)).toBe(true)
  })

  it('for any past time it answers which version was listed then', async () => {
    await approveVersion(network, workId)
    const first = await network.now()
    await network.advance(1_000)
    await publish('second')
    await approveVersion(network, workId, 2)
    const second = await network.now()
    const at = async (time: number) => Number(await panels().listedVersionAt(workId, time))
    expect([await at(0), await at(first - 1), await at(first), await at(second - 1), await at(second)]).toEqual([0, 0, 1, 1, 2])
    expect(await panels().wasListed(workId, 0, 0)).toBe(false)
    expect(await panels().wasListed(workId, 2, second - 1)).toBe(false)
  })
})

describe('appeal', () => {
  it('when the caller does not hold the work it refuses', async () => {
    await reject()
    expect(await refusalOf(appeal(2))).toBe(`ReviewPanelsCallerNotHolder(${await addressAt(2)}, ${workId})`)
  })

  it('given no panel rejected the version it refuses, until a panel has taken too long', async () => {
    const refusal = `ReviewPanelsAppealRefused(${workId}, 1)`
    expect(await refusalOf(appeal())).toBe(refusal)
    await giveOpinions(network, [8], about(CONTENT))
    await network.advance(59 * DAY)
    expect(await refusalOf(appeal())).toBe(refusal)
    await network.advance(DAY)
    expect(await refusalOf(appeal())).toBeUndefined()
  })

  it('given the version was appealed before it refuses', async () => {
    await reject()
    await appeal()
    expect(await refusalOf(appeal())).toBe(`ReviewPanelsAppealRefused(${workId}, 1)`)
  })

  it('given the contract is paused it refuses', async () => {
    await reject()
    await pause()
    expect(await refusalOf(appeal())).toMatch(/^PausingPaused/)
  })

  it('given the version is not appealed it takes no opinion of the expert committee', async () => {
    await reject()
    expect(await refusalOf(giveOpinions(network, [13], about(EXPERT)))).toBe(`ReviewPanelsNotAppealed(${workId}, 1)`)
  })

  it('given an expert judged the version on a panel it refuses that expert', async () => {
    await seat(EXPERT, 8)
    await reject()
    await appeal()
    expect(await refusalOf(giveOpinions(network, [8], about(EXPERT)))).toBe(`ReviewPanelsConflict(${workId}, ${await addressAt(8)})`)
  })

  it('given the experts approve it lists the version although a panel rejected it', async () => {
    await reject()
    expect(await eventsOf(network.addresses, appeal())).toEqual([
      { contract: 'ReviewPanels', event: 'DecisionAppealed', args: { workId, version: 1, grounds: digestOf('grounds') } },
    ])
    await giveOpinions(network, [13, 14], about(EXPERT))
    expect([await decisionOf(EXPERT), await listed()]).toEqual([1, 1])
  })

  it('given the experts reject it never lists the version, whatever the panels say afterwards', async () => {
    await giveOpinions(network, [8], about(CONTENT))
    await giveOpinions(network, [11], about(TECHNICAL, { marks: 0 }))
    await appeal()
    await giveOpinions(network, [13, 14], about(EXPERT, { marks: 0 }))
    await giveOpinions(network, [9, 10], about(CONTENT))
    await giveOpinions(network, [12], about(TECHNICAL))
    expect([await decisionOf(EXPERT), await listed()]).toEqual([2, 0])
    expect(await refusalOf(appeal())).toMatch(/^ReviewPanelsAppealRefused/)
  })

  it('given the panels go on after the appeal it writes their opinions down and lists nothing', async () => {
    await giveOpinions(network, [11], about(TECHNICAL))
    await giveOpinions(network, [8], about(CONTENT))
    await network.advance(60 * DAY)
    await appeal()
    await giveOpinions(network, [9], about(CONTENT))
    expect([Number((await panels().reviewOf(workId, 1, CONTENT)).approvals), await decisionOf(CONTENT), await listed()]).toEqual([2, 0, 0])
    expect(Number(await panels().appealedAt(workId, 1))).toBeGreaterThan(0)
  })
})

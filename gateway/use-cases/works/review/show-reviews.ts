import { PANELS, type Panel } from '@guildhall/contracts'
import type { Static } from 'typebox'
import { dimensions, type getReview as getReviewRoute, type listReviews as listRoute, type Review } from '../../../api/works/review.ts'
import type { Actor } from '../../../base.ts'
import { notFound } from '../../../errors.ts'
import type { IssuingBase } from '../../base/issuing.ts'
import { heldAccount } from '../accounts/held-account.ts'
import { cidOf } from '../register/content-digest.ts'
import { newestManifest, requireWork, stateOf } from '../register/show-works.ts'

type Use = Pick<IssuingBase, 'records' | 'worksLedger' | 'clock' | 'keys'>
type PanelState = Review['panels'][number]
type Page = Static<(typeof getReviewRoute.response)[200]>

/** All four dimensions hold (IReviewPanels.Opinion.marks). */
export const allDimensions = 15
const raw = '0x55'
const reasonsWaitMs = 3_000
const mostReasonsBytes = 100_000

/** The panels with who sits on them now, and the accounts of this base's staff. */
export function listPanels(base: Use, actor: Actor) {
  const me = heldAccount(base, actor.id).address
  const seats = base.worksLedger.seats(base.clock.now())
  const quorums = base.worksLedger.quorums()
  return {
    account: me,
    staff: base.records.staff.list({}).map(({ staffId }) => ({ staffId, account: heldAccount(base, staffId).address })),
    panels: PANELS.map((panel, number) => {
      const quorum = quorums.find((one) => one.panel === number)
      return {
        panel,
        approvalsNeeded: quorum?.approvals ?? 0,
        rejectionsNeeded: quorum?.rejections ?? 0,
        members: seats
          .filter((seat) => seat.panel === number)
          .map(({ member, baseId, from, until }) => ({
            account: member,
            baseId: baseId === 0 ? null : baseId,
            from,
            until,
            isMe: member === me.toLowerCase(),
          })),
      }
    }),
  }
}

/** Versions of all works and how far their review is, the longest waiting first. `after` is the place in the list. */
export function listReviews(base: Use, actor: Actor, query: Static<typeof listRoute.query>) {
  const all = base.worksLedger
    .list({ limit: 1_000_000 })
    .flatMap((work) =>
      base.worksLedger.versions(work.workId).map((version) => showReview(base, actor, { ...version, publishedAt: version.time })),
    )
    .sort((one, other) => one.publishedAt - other.publishedAt || one.workId - other.workId || one.version - other.version)
  const isDecided = ({ state }: Review) => !['registered', 'in-review'].includes(state)
  const waitsFor = (review: Review, panel: Panel) => review.panels.some((one) => one.panel === panel && isOpen(one)) && !isDecided(review)
  const wanted = all.filter((review) => {
    const fits = query.state === undefined || query.state === 'all' || (query.state === 'decided') === isDecided(review)
    return fits && (query.panel === undefined || waitsFor(review, query.panel))
  })
  const start = Number.isSafeInteger(Number(query.after)) ? Number(query.after) : 0
  const items = wanted.slice(start, start + (query.limit ?? 50))
  const end = start + items.length
  return { items, total: wanted.length, next: end < wanted.length && items.length > 0 ? String(end) : null }
}

/** One review with its opinions and their reasons. @throws NOT_FOUND */
export async function getReview(
  base: Use & Pick<IssuingBase, 'worksStore'>,
  actor: Actor,
  { workId, version }: { workId: number; version: number },
): Promise<Page> {
  const review = findReview(base, actor, { workId, version })
  const opinions = await Promise.all(
    base.worksLedger.opinions(workId, version).map(async ({ member, panel, marks, reasons, time, transactionHash }) => {
      const name = PANELS[panel] ?? 'expert'
      return {
        panel: name,
        member,
        approves: marks === (name === 'content' ? allDimensions : 1),
        marks: name === 'content' ? namesOf(marks) : null,
        ...(await readReasons(base, reasons)),
        givenAt: time,
        transactionHash,
      }
    }),
  )
  const appeal = base.worksLedger.appeal(workId, version)
  const grounds = appeal && (await readReasons(base, appeal.grounds))
  return {
    review,
    opinions,
    appeal: appeal && grounds ? { grounds: grounds.reasons, groundsCid: grounds.reasonsCid, appealedAt: appeal.time } : null,
    listedVersion: base.worksLedger.listedVersion(workId, base.clock.now()) || null,
  }
}

/** How far the review of one version is. @throws NOT_FOUND */
export function findReview(base: Use, actor: Actor, { workId, version }: { workId: number; version: number }): Review {
  requireWork(base, workId)
  const published = base.worksLedger.versions(workId).find((one) => one.version === version)
  if (published === undefined) throw notFound('version')
  return showReview(base, actor, { workId, version, publishedAt: published.time })
}

function showReview(
  base: Use,
  actor: Actor,
  { workId, version, publishedAt }: { workId: number; version: number; publishedAt: number },
): Review {
  const work = requireWork(base, workId)
  const manifest = base.records.workDescriptions.find({ workId, version })?.manifest ?? newestManifest(base, workId)
  const appeal = base.worksLedger.appeal(workId, version)
  const panels = PANELS.map((panel, number) => panelState(base, { workId, version, panel, number }))
  return {
    workId,
    version,
    baseId: work.homeBase,
    kind: manifest?.kind ?? null,
    title: manifest?.title ?? null,
    state: stateOf(base, work, version),
    publishedAt,
    appealedAt: appeal?.time ?? null,
    panels: appeal === undefined ? panels.slice(0, 2) : panels,
    mayOpine: openTo(base, actor, { workId, version, isAppealed: appeal !== undefined }),
  }
}

/** The panels for which a person may give an opinion that has not been given: seated, without an interest, and the panel is asked. */
function openTo(base: Use, actor: Actor, about: { workId: number; version: number; isAppealed: boolean }): Panel[] {
  const { workId, version, isAppealed } = about
  const me = heldAccount(base, actor.id).address.toLowerCase()
  const work = requireWork(base, workId)
  const given = base.worksLedger.opinions(workId, version).filter(({ member }) => member === me)
  const decided = base.worksLedger.decisions(workId, version)
  // The ledger refuses the holder and the base; whoever shares in the work has an interest as well, and this base does not sign for that.
  const sharers = base.worksLedger.epochs(workId).flatMap(({ contributors }) => contributors.map(({ account }) => account.toLowerCase()))
  if (sharers.includes(me)) return []
  return base.worksLedger
    .seats(base.clock.now())
    .filter(({ member, baseId, panel }) => {
      const isAsked = (PANELS[panel] === 'expert') === isAppealed && !decided.some((one) => one.panel === panel)
      const isFree = baseId !== work.homeBase && work.holder.toLowerCase() !== me && given.length === 0
      return member === me && isAsked && isFree && !work.isTakenDown
    })
    .flatMap(({ panel }) => PANELS[panel] ?? [])
}

function panelState(base: Use, about: { workId: number; version: number; panel: Panel; number: number }): PanelState {
  const { workId, version, panel, number } = about
  const opinions = base.worksLedger.opinions(workId, version).filter((one) => one.panel === number)
  const approvals = opinions.filter(({ marks }) => marks === (panel === 'content' ? allDimensions : 1)).length
  const decision = base.worksLedger.decisions(workId, version).find((one) => one.panel === number)
  const decided = decision?.decision === 1 ? 'approved' : decision?.decision === 2 ? 'rejected' : undefined
  return {
    panel,
    decision: decided ?? (opinions.length > 0 ? 'open' : 'waiting'),
    approvals,
    rejections: opinions.length - approvals,
    decidedAt: decision?.time ?? null,
  }
}

const isOpen = ({ decision }: PanelState): boolean => decision === 'waiting' || decision === 'open'

/** The marks of the content panel by their names. */
function namesOf(marks: number): Record<(typeof dimensions)[number], boolean> {
  const [political, scientific, suitable, wellFormed] = dimensions.map((_, bit) => ((marks >> bit) & 1) === 1)
  return { political: political === true, scientific: scientific === true, suitable: suitable === true, wellFormed: wellFormed === true }
}

/** A text that the ledger names by its digest; null where nobody gave it in time, or it is no text. */
async function readReasons({ worksStore }: Pick<IssuingBase, 'worksStore'>, contentDigest: string) {
  const reasonsCid = cidOf({ contentDigest, codec: raw })
  try {
    const limits = { maxBytes: mostReasonsBytes, signal: AbortSignal.timeout(reasonsWaitMs) }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await worksStore.fetchDocument(reasonsCid, limits))
    const told: unknown = JSON.parse(text)
    const { reasons } = told as { reasons?: unknown }
    return { reasons: typeof reasons === 'string' ? printable(reasons) : null, reasonsCid }
  } catch {
    // Out of reach, or not what this program writes: the digest stands on the ledger all the same.
    return { reasons: null, reasonsCid }
  }
}

/** Anyone may have written it: what a text field cannot hold is left out. */
const printable = (text: string): string => text.replace(/(?![\t\n\r])\p{Cc}/gu, '').slice(0, 8_000)

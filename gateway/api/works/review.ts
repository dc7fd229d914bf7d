import type { Static } from 'typebox'
import { defineRoute, staff } from '../define-route.ts'
import {
  bilingual,
  cid,
  count,
  digest,
  flag,
  ledgerId,
  line,
  list,
  nullable,
  object,
  oneOf,
  optional,
  page,
  paging,
  text,
  unixSeconds,
  uuid,
} from '../fields.ts'
import { account, versionParams, versionStates, workKinds } from './fields.ts'

/** The panels that review every version, and the expert committee, which rules on appeals. */
export const panels = ['content', 'technical', 'expert'] as const
/** What the content panel judges. The other panels judge as a whole. */
export const dimensions = ['political', 'scientific', 'suitable', 'wellFormed'] as const
/** Where a panel is with a version. */
export const decisions = ['waiting', 'open', 'approved', 'rejected'] as const

const member = object({
  account: account(),
  /** The base that the member belongs to, whose works the member cannot review; null for none. */
  baseId: nullable(ledgerId()),
  from: unixSeconds(),
  until: unixSeconds(),
  /** Whether it is the account of the person signed in. */
  isMe: flag(),
})
const panel = object({
  panel: oneOf(panels),
  /** How many opinions decide; 0 where nobody has set it yet. */
  approvalsNeeded: count(255),
  rejectionsNeeded: count(255),
  members: list(member, 500),
})
/** One panel with those who sit on it. */
export type Panel = Static<typeof panel>

/** The panels, and the accounts of the staff of this base, who can be seated on one. */
export const listPanels = defineRoute({
  id: 'listPanels',
  tag: 'Review',
  summary: 'The panels and their members',
  roles: staff,
  rateLimit: 'read',
  response: {
    200: object({ panels: list(panel, 3), account: account(), staff: list(object({ staffId: line(80), account: account() }), 1_000) }),
  },
})

/** Seats a member until the bases elect others: by the network's timelock, for the base that founded the network. */
export const seatPanelMember = defineRoute({
  id: 'seatPanelMember',
  tag: 'Review',
  summary: 'Seat a member on a panel',
  roles: ['operator'],
  rateLimit: 'write',
  params: object({ panel: oneOf(panels) }),
  body: object({
    account: account(),
    baseId: nullable(ledgerId()),
    /** Days of the term. */
    days: ledgerId(),
    /** How many opinions decide from now on; as before where left out. */
    quorum: optional(object({ approvals: count(100), rejections: count(100) })),
  }),
  response: { 202: object({ jobId: uuid() }) },
})

const panelState = object({
  panel: oneOf(panels),
  decision: oneOf(decisions),
  approvals: count(255),
  rejections: count(255),
  decidedAt: nullable(unixSeconds()),
})
const review = object({
  workId: ledgerId(),
  version: ledgerId(),
  baseId: ledgerId(),
  kind: nullable(oneOf(workKinds)),
  title: nullable(bilingual(120)),
  state: oneOf(versionStates),
  publishedAt: unixSeconds(),
  appealedAt: nullable(unixSeconds()),
  panels: list(panelState, 3),
  /** The panels for which the person signed in may give an opinion now. */
  mayOpine: list(oneOf(panels), 3),
})
/** How far the review of a version is. */
export type Review = Static<typeof review>

/** Reviews, those that have waited longest first; `panel`: only those that wait for it. */
export const listReviews = defineRoute({
  id: 'listReviews',
  tag: 'Review',
  summary: 'Versions under review',
  roles: staff,
  rateLimit: 'read',
  query: object({ ...paging(), panel: optional(oneOf(panels)), state: optional(oneOf(['waiting', 'decided', 'all'] as const)) }),
  response: { 200: page(review) },
})

const marks = object({
  political: optional(flag()),
  scientific: optional(flag()),
  suitable: optional(flag()),
  wellFormed: optional(flag()),
})
const opinion = object({
  panel: oneOf(panels),
  member: account(),
  approves: flag(),
  /** What holds, for the content panel. */
  marks: nullable(marks),
  /** Null where the text was not found on IPFS. */
  reasons: nullable(text(8_000)),
  reasonsCid: cid(),
  givenAt: unixSeconds(),
  transactionHash: digest(),
})

export const getReview = defineRoute({
  id: 'getReview',
  tag: 'Review',
  summary: 'The review of a version with its opinions',
  roles: staff,
  rateLimit: 'read',
  params: versionParams,
  response: {
    200: object({
      review,
      opinions: list(opinion, 500),
      appeal: nullable(object({ grounds: nullable(text(8_000)), groundsCid: cid(), appealedAt: unixSeconds() })),
      /** The version that is listed now; null for none. */
      listedVersion: nullable(ledgerId()),
    }),
  },
})

const opinionBody = object({
  panel: oneOf(panels),
  /** For the content panel: each of the four. */
  marks: optional(marks),
  /** For the others: whether it holds as a whole. */
  approves: optional(flag()),
  reasons: text(8_000),
})
export type OpinionBody = Static<typeof opinionBody>

/** An opinion with its reasons, signed by the account of the person signed in, who sits on the panel. */
export const giveOpinion = defineRoute({
  id: 'giveOpinion',
  tag: 'Review',
  summary: 'Give an opinion on a version',
  roles: staff,
  rateLimit: 'write',
  params: versionParams,
  body: opinionBody,
  response: { 202: object({ jobId: uuid() }) },
})

/** Takes a rejected version, or one that was left undecided too long, to the expert committee. For the base that holds the work. */
export const appealReview = defineRoute({
  id: 'appealReview',
  tag: 'Review',
  summary: 'Appeal against a review',
  roles: ['operator'],
  rateLimit: 'write',
  params: versionParams,
  body: object({ grounds: text(8_000) }),
  response: { 202: object({ jobId: uuid() }) },
})

/** What a member of the expert committee holds of an appeal; enough of them decide for good. */
export const ruleOnAppeal = defineRoute({
  id: 'ruleOnAppeal',
  tag: 'Review',
  summary: 'Rule on an appeal',
  roles: staff,
  rateLimit: 'write',
  params: versionParams,
  body: object({ approves: flag(), reasons: text(8_000) }),
  response: { 202: object({ jobId: uuid() }) },
})

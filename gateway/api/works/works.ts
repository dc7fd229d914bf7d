import type { Static } from 'typebox'
import Type from 'typebox'
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
import { account, creator, derivationKinds, manifestFile, millionths, versionStates, work, workKinds, workParams } from './fields.ts'

/** Works of all bases that the ledger names, the newest first. */
export const listWorks = defineRoute({
  id: 'listWorks',
  tag: 'Works',
  summary: 'Works of all bases',
  roles: staff,
  rateLimit: 'read',
  query: object({
    ...paging(),
    text: optional(line(100)),
    kind: optional(oneOf(workKinds)),
    baseId: optional(ledgerId()),
    /** Of this base, or with the person signed in among the creators. */
    mine: optional(flag()),
    /** With a version that both panels approved. */
    listed: optional(flag()),
  }),
  response: { 200: page(work) },
})

const version = object({
  version: ledgerId(),
  state: oneOf(versionStates),
  /** Of the public description, which names the files. */
  manifestCid: cid(),
  files: list(manifestFile, 500),
  sealed: flag(),
  languages: list(line(20), 20),
  publishedAt: unixSeconds(),
  /** When it became the listed version; null where it never did. */
  listedAt: nullable(unixSeconds()),
  described: flag(),
})
const workPage = object({
  work,
  versions: list(version, 1_000),
  /** Who shares what it earns, since when: old money follows old shares. */
  epochs: list(object({ epoch: ledgerId(), ownShare: millionths(), creators: list(creator, 64), since: unixSeconds() }), 1_000),
  claims: list(object({ version: ledgerId(), author: account(), claimedAt: unixSeconds(), transactionHash: digest() }), 1_000),
  /** Who decides about it, and whether that is this base. */
  holder: account(),
  isOurs: flag(),
  askedShare: nullable(millionths()),
  termsHash: digest(),
})
/** A work with all that the ledger and its descriptions tell. */
export type WorkPage = Static<typeof workPage>

export const getWork = defineRoute({
  id: 'getWork',
  tag: 'Works',
  summary: 'One work with its versions',
  roles: staff,
  rateLimit: 'read',
  params: workParams,
  response: { 200: workPage },
})

const node = object({
  workId: ledgerId(),
  title: nullable(bilingual(120)),
  kind: nullable(oneOf(workKinds)),
  baseId: ledgerId(),
  /** Steps from the work in the middle, against the direction of derivation below 0. */
  level: Type.Integer({ minimum: -10_000, maximum: 10_000 }),
  takenDown: flag(),
  contested: flag(),
  /** Parents and children of it that are not in this part of the graph. */
  hidden: count(),
})
const edge = object({ workId: ledgerId(), parentId: ledgerId(), kind: oneOf(derivationKinds), share: millionths() })

/** The works around one: what it was made from and what was made from it, the nearest first. */
export const getWorkGraph = defineRoute({
  id: 'getWorkGraph',
  tag: 'Works',
  summary: 'What a work was made from, and what was made from it',
  roles: staff,
  rateLimit: 'read',
  params: workParams,
  query: object({ limit: optional(Type.Integer({ minimum: 1, maximum: 150, default: 150 })) }),
  response: { 200: object({ nodes: list(node, 150), edges: list(edge, 10_000) }) },
})

/** Who shares what the work earns from now on. What arrived before stays with those who shared it then. */
export const setCreators = defineRoute({
  id: 'setCreators',
  tag: 'Works',
  summary: 'Change who shares what a work earns',
  roles: ['operator'],
  rateLimit: 'write',
  params: workParams,
  body: object({
    creators: list(object({ account: account(), share: millionths() }), 64),
    /** EIP-712 signatures of those whose share becomes smaller, where their account is not one that this base holds for them. */
    signatures: optional(list(object({ account: account(), signature: Type.String({ pattern: '^0x([0-9a-f]{2}){1,2048}$' }) }), 64)),
  }),
  response: { 202: object({ jobId: uuid() }) },
})

/** "I made this": signed by the account of the person signed in, and put on the ledger. */
export const claimAuthorship = defineRoute({
  id: 'claimAuthorship',
  tag: 'Works',
  summary: 'Claim to have made a version of a work',
  roles: staff,
  rateLimit: 'write',
  params: workParams,
  body: object({ version: ledgerId() }),
  response: { 202: object({ jobId: uuid() }) },
})

/** Takes a work down, by the network's timelock: for the base that founded the network. */
export const takeDownWork = defineRoute({
  id: 'takeDownWork',
  tag: 'Works',
  summary: 'Take a work down',
  roles: ['operator'],
  rateLimit: 'write',
  params: workParams,
  body: object({ grounds: text(4_000) }),
  response: { 202: object({ jobId: uuid() }) },
})

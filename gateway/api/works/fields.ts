import Type from 'typebox'
import { bilingual, cid, count, digest, flag, ledgerId, line, list, nullable, object, oneOf, unixSeconds } from '../fields.ts'

/** An amount of money in minor units, as decimal digits: JSON numbers would round it. */
export const amount = () => Type.String({ pattern: '^(0|[1-9][0-9]{0,38})$' })
/** An account on the ledger, in one case or with its checksum (EIP-55), which has to hold. */
export const account = () => Type.String({ pattern: '^0x[0-9a-fA-F]{40}$', format: 'account' })
/** A share in millionths. */
export const millionths = () => Type.Integer({ minimum: 0, maximum: 1_000_000 })

export const workKinds = ['courseware', 'video', 'model', 'text', 'software', 'other'] as const
/** How one work was made from another, in the order in which the ledger counts them. */
export const derivationKinds = ['adaptation', 'translation', 'excerpt', 'compilation', 'recording', 'continuation'] as const
export const versionStates = ['registered', 'in-review', 'listed', 'replaced', 'rejected', 'taken-down'] as const

export const workParams = object({ workId: ledgerId() })
export const versionParams = object({ workId: ledgerId(), version: ledgerId() })

/** Terms in plain language, each a choice; the text in both languages follows from them and its hash stands on the ledger. */
export const terms = object({
  reuse: flag(),
  adapt: flag(),
  commercial: flag(),
  territory: line(60),
  /** Days a licence lasts; null: without end. */
  periodDays: nullable(Type.Integer({ minimum: 1, maximum: 36_500 })),
  /** Seats of a licence; null: no limit. */
  seats: nullable(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  pricing: oneOf(['free', 'once', 'per-use', 'per-class'] as const),
  price: amount(),
  /** What a work made from this one owes it. */
  royaltyShare: millionths(),
})
export type Terms = Type.Static<typeof terms>

export const creator = object({ account: account(), share: millionths(), name: nullable(line(80)) })
export const parent = object({ workId: ledgerId(), kind: oneOf(derivationKinds), share: millionths() })

export const manifestFile = object({
  path: line(400),
  mediaType: line(120),
  sizeBytes: count(),
  sha256: digest(),
  cid: cid(),
  sealed: flag(),
})
export const work = object({
  workId: ledgerId(),
  baseId: ledgerId(),
  kind: oneOf(workKinds),
  title: bilingual(120),
  summary: bilingual(1_000),
  cover: nullable(cid()),
  creators: list(creator, 64),
  parents: list(parent, 64),
  children: count(),
  terms: nullable(terms),
  listedVersion: nullable(ledgerId()),
  newestVersion: ledgerId(),
  contested: flag(),
  takenDown: flag(),
  registeredAt: unixSeconds(),
  /** False where the public description could not be fetched: then titles are those of the ledger's number alone. */
  described: flag(),
})
export type Work = Type.Static<typeof work>

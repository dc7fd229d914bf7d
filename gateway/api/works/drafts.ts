import type { Static } from 'typebox'
import Type from 'typebox'
import { defineRoute, staff } from '../define-route.ts'
import {
  count,
  digest,
  flag,
  ledgerId,
  line,
  list,
  nothing,
  nullable,
  object,
  oneOf,
  optional,
  text,
  unixSeconds,
  uuid,
} from '../fields.ts'
import { account, creator, parent, terms, workKinds } from './fields.ts'

/** What a draft may still lack before it can be registered. */
export const draftGaps = ['kind', 'title', 'summary', 'languages', 'files', 'uploads', 'creators', 'parents', 'terms'] as const
/** In what two works are alike. */
export const likenesses = ['same-file', 'same-text', 'near-text', 'near-image'] as const

/** The same text in both languages, either of them still empty. */
const halfWritten = (maxLength: number) => object({ 'zh-CN': text(maxLength), en: text(maxLength) })
const language = () => Type.String({ pattern: '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$' })
/** One name in a path: never `.` or `..`. */
const pathName = '\\.{0,2}[^./\\\\\\u0000-\\u001f\\u007f][^/\\\\\\u0000-\\u001f\\u007f]*'
/** Where a file stands in the work: names with slashes between them. */
const filePath = () => Type.String({ minLength: 1, maxLength: 400, pattern: `^${pathName}(/${pathName})*$` })
const draftFile = object({ uploadId: uuid(), path: filePath() })

/** What a person writes about a work before it is registered. Everything may come later; `gaps` tells what is still missing. */
const draftBody = object({
  kind: optional(nullable(oneOf(workKinds))),
  title: optional(halfWritten(120)),
  summary: optional(halfWritten(1_000)),
  languages: optional(list(language(), 20)),
  files: optional(list(draftFile, 500)),
  /** One of the files: a picture of the work. */
  cover: optional(nullable(uuid())),
  creators: optional(list(creator, 64)),
  parents: optional(list(parent, 64)),
  terms: optional(nullable(terms)),
  /** True: what is put on IPFS can be read under a licence only. The cover and the description are always public. */
  sealed: optional(flag()),
  /** A work of this base that this becomes the next version of. Its creators, parents and terms are then its own. */
  workId: optional(nullable(ledgerId())),
})
export type DraftBody = Static<typeof draftBody>

const draft = object({
  draftId: uuid(),
  state: oneOf(['draft', 'registering', 'registered'] as const),
  kind: nullable(oneOf(workKinds)),
  title: halfWritten(120),
  summary: halfWritten(1_000),
  languages: list(language(), 20),
  files: list(
    object({
      uploadId: uuid(),
      path: filePath(),
      mediaType: line(120),
      sizeBytes: count(),
      receivedBytes: count(),
      sha256: nullable(digest()),
    }),
    500,
  ),
  cover: nullable(uuid()),
  creators: list(creator, 64),
  parents: list(parent, 64),
  terms: nullable(terms),
  sealed: flag(),
  workId: nullable(ledgerId()),
  /** The version that the ledger numbered; null before. */
  version: nullable(ledgerId()),
  gaps: list(oneOf(draftGaps), 20),
  jobId: nullable(uuid()),
  createdAt: unixSeconds(),
  updatedAt: unixSeconds(),
})
/** A work that is being prepared. */
export type Draft = Static<typeof draft>

const draftParams = object({ draftId: uuid() })

/** The drafts of this base, the newest first, with the account of the person signed in and that of the base. */
export const listDrafts = defineRoute({
  id: 'listDrafts',
  tag: 'Works',
  summary: 'Works that are being prepared',
  roles: staff,
  rateLimit: 'read',
  response: { 200: object({ items: list(draft, 200), account: account(), baseAccount: account() }) },
})

export const createDraft = defineRoute({
  id: 'createDraft',
  tag: 'Works',
  summary: 'Begin to prepare a work',
  roles: staff,
  rateLimit: 'write',
  body: draftBody,
  response: { 201: draft },
})

export const getDraft = defineRoute({
  id: 'getDraft',
  tag: 'Works',
  summary: 'One work that is being prepared',
  roles: staff,
  rateLimit: 'read',
  params: draftParams,
  response: { 200: draft },
})

/** Changes the fields given; the others stay. */
export const updateDraft = defineRoute({
  id: 'updateDraft',
  tag: 'Works',
  summary: 'Change a work that is being prepared',
  roles: staff,
  rateLimit: 'write',
  params: draftParams,
  body: draftBody,
  response: { 200: draft },
})

/** Deletes a draft and the uploads that only it uses. */
export const removeDraft = defineRoute({
  id: 'removeDraft',
  tag: 'Works',
  summary: 'Throw a draft away',
  roles: staff,
  rateLimit: 'write',
  params: draftParams,
  response: { 200: nothing() },
})

const duplicate = object({
  workId: ledgerId(),
  version: ledgerId(),
  likeness: oneOf(likenesses),
  /** Bits of 64 in which the fingerprints differ; 0 for the same. */
  distance: count(64),
  /** The file of the draft. */
  path: line(400),
  title: nullable(object({ 'zh-CN': line(120), en: line(120) })),
  registeredAt: unixSeconds(),
})
/** An earlier work that a draft is like. */
export type Duplicate = Static<typeof duplicate>

/** Earlier works of all bases with the same file, the same text, almost the same text or almost the same picture. */
export const findDuplicates = defineRoute({
  id: 'findDuplicates',
  tag: 'Works',
  summary: 'Look for earlier works like this one',
  roles: staff,
  rateLimit: 'heavy',
  params: draftParams,
  response: {
    200: object({
      duplicates: list(duplicate, 200),
      /** With how many works it was compared, and how many more the ledger names whose description has not been found. */
      compared: count(),
      notFound: count(),
      /** Files of whose content no fingerprint can be made; they were compared by their bytes alone. */
      bytesOnly: list(line(400), 500),
    }),
  },
})

/** Registers a draft: hashed, sealed, stored, held by other bases, recorded on the ledger. Each stage is shown by the job. */
export const registerWork = defineRoute({
  id: 'registerWork',
  tag: 'Works',
  summary: 'Register a work',
  roles: staff,
  rateLimit: 'heavy',
  params: draftParams,
  response: { 202: object({ jobId: uuid() }) },
})

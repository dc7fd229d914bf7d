import Type from 'typebox'
import { anchorReceipt } from '../base/public.ts'
import { defineRoute } from '../define-route.ts'
import {
  bilingual,
  bytes,
  count,
  did,
  json,
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

/** `urn:uuid:…` without its prefix, so that it fits in a path. */
export const credentialId = uuid
export const credentialParams = object({ credentialId: credentialId() })
/** The proofs that a credential can be issued with. Each makes a separate file of the same content. */
export const proofFormats = ['vc+jwt', 'eddsa-rdfc-2022'] as const
export const credentialStates = ['valid', 'suspended', 'revoked', 'superseded', 'expired'] as const
export const anchorStates = ['waiting', 'anchored', 'refused'] as const

/** Level reached for each criterion of the programme's rubric, 0 for none. */
export const levels = () => Type.Record(Type.String({ maxLength: 60 }), Type.Integer({ minimum: 0, maximum: 10 }), { maxProperties: 20 })

const judgement = {
  levels: levels(),
  comment: optional(text(1_000)),
  formats: optional(Type.Array(oneOf(proofFormats), { minItems: 1, maxItems: 2 })),
}

/** A certificate as those who issued it see it. */
export const award = object({
  credentialId: credentialId(),
  learnerId: uuid(),
  learnerName: line(200),
  programmeId: ledgerId(),
  title: bilingual(120),
  sessionId: nullable(uuid()),
  holder: did(),
  examiner: uuid(),
  validFrom: unixSeconds(),
  validUntil: nullable(unixSeconds()),
  state: oneOf(credentialStates),
  stateReason: nullable(line(300)),
  stateSince: nullable(unixSeconds()),
  anchor: oneOf(anchorStates),
  claimedAt: nullable(unixSeconds()),
  formats: list(oneOf(proofFormats), 2),
  supersedes: nullable(credentialId()),
  supersededBy: nullable(credentialId()),
})
export type Award = Type.Static<typeof award>

/** Asks the gate, builds the credential from the closed session, signs it twice, writes status entry and anchor. */
export const awardCredential = defineRoute({
  id: 'awardCredential',
  tag: 'Awards',
  summary: 'Award a certificate for a closed session',
  roles: ['examiner'],
  rateLimit: 'write',
  body: object({ sessionId: uuid(), ...judgement }),
  response: { 201: award },
})

/** One judgement for many sessions; runs as a job that can be followed. */
export const awardBatch = defineRoute({
  id: 'awardBatch',
  tag: 'Awards',
  summary: 'Award certificates for many closed sessions',
  roles: ['examiner'],
  rateLimit: 'heavy',
  body: object({ sessionIds: Type.Array(uuid(), { minItems: 1, maxItems: 1_000 }), ...judgement }),
  response: { 202: object({ jobId: uuid() }) },
})

const filters = () => ({
  programmeId: optional(ledgerId()),
  learnerId: optional(uuid()),
  state: optional(oneOf(credentialStates)),
  anchor: optional(oneOf(anchorStates)),
})

export const listAwards = defineRoute({
  id: 'listAwards',
  tag: 'Awards',
  summary: 'Certificates issued, newest first',
  roles: ['teacher', 'examiner', 'operator', 'auditor'],
  rateLimit: 'read',
  query: object({ ...paging(), ...filters() }),
  response: { 200: page(award) },
})

export const exportAwards = defineRoute({
  id: 'exportAwards',
  tag: 'Awards',
  summary: 'Certificates issued, as CSV',
  roles: ['examiner', 'operator'],
  rateLimit: 'heavy',
  query: object(filters()),
  response: { 200: bytes('text/csv') },
})

export const getAward = defineRoute({
  id: 'getAward',
  tag: 'Awards',
  summary: 'One certificate with its content and receipt',
  roles: ['teacher', 'examiner', 'operator', 'auditor'],
  rateLimit: 'read',
  params: credentialParams,
  response: {
    200: object({ ...award.properties, credential: json(), receipt: nullable(anchorReceipt), statusIndex: count(), statusList: count() }),
  },
})

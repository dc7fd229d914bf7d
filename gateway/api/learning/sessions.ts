import Type from 'typebox'
import { defineRoute } from '../define-route.ts'
import {
  bilingual,
  bytes,
  cid,
  count,
  digest,
  ledgerId,
  line,
  list,
  nullable,
  object,
  oneOf,
  optional,
  page,
  paging,
  reason,
  unixSeconds,
  uuid,
} from '../fields.ts'
import { attestationModes } from './machines.ts'

const sessionParams = object({ sessionId: uuid() })

/** One reading of a machine, as shown live and kept as evidence. */
export const reading = object({
  at: Type.Number({ minimum: 0 }),
  name: line(60),
  value: Type.Union([Type.Number(), Type.String({ maxLength: 200 }), Type.Boolean()]),
  unit: nullable(line(20)),
})
export type Reading = Type.Static<typeof reading>

const sessionRow = object({
  sessionId: uuid(),
  learnerId: uuid(),
  learnerName: line(200),
  machineId: uuid(),
  machineName: bilingual(100),
  programmeId: ledgerId(),
  programmeTitle: bilingual(120),
  state: oneOf(['open', 'closing', 'closed', 'refused', 'awarded'] as const),
  openedAt: unixSeconds(),
  closedAt: nullable(unixSeconds()),
  /** Why it was closed by the base itself, for example a lapsed assessment. */
  closedBecause: nullable(reason()),
  attestation: oneOf(attestationModes),
  frames: count(),
  readings: count(),
  credentialId: nullable(line(80)),
})

/** What the readings of a closed session add up to: follows from the job that the machine did. */
const summary = object({
  jobDigest: nullable(digest()),
  jobName: nullable(line(200)),
  durationSeconds: Type.Number({ minimum: 0 }),
  filamentMm: nullable(Type.Number({ minimum: 0 })),
  layers: nullable(count()),
  maxNozzleCelsius: nullable(Type.Number()),
  maxBedCelsius: nullable(Type.Number()),
  completed: Type.Boolean(),
})
/** The Merkle segment that a closed session's frames make (RFC 9162 §2.1). */
const segment = object({ root: digest(), treeSize: count(), firstFrame: count(), lastFrame: count(), gaps: count(), replays: count() })
const evidenceItem = object({ item: oneOf(['job', 'recording'] as const), cid: cid(), sizeBytes: count(), commitment: digest() })

const session = object({
  ...sessionRow.properties,
  latest: list(reading, 100),
  summary: nullable(summary),
  segment: nullable(segment),
  evidence: list(evidenceItem, 10),
})
export type Session = Type.Static<typeof session>

export const listSessions = defineRoute({
  id: 'listSessions',
  tag: 'Sessions',
  summary: 'Sessions, newest first',
  roles: ['teacher', 'examiner', 'operator', 'auditor'],
  rateLimit: 'read',
  query: object({
    ...paging(),
    state: optional(oneOf(['open', 'closing', 'closed', 'refused', 'awarded'] as const)),
    learnerId: optional(uuid()),
    machineId: optional(uuid()),
    programmeId: optional(ledgerId()),
  }),
  response: { 200: page(sessionRow) },
})

/** Asks the gate first: refused with the reason where the base may not run this programme now. */
export const openSession = defineRoute({
  id: 'openSession',
  tag: 'Sessions',
  summary: "Open a learner's session on a machine",
  roles: ['teacher', 'examiner'],
  rateLimit: 'write',
  body: object({ learnerId: uuid(), machineId: uuid(), programmeId: ledgerId() }),
  response: { 201: session },
})

export const getSession = defineRoute({
  id: 'getSession',
  tag: 'Sessions',
  summary: 'One session with its latest readings',
  roles: ['teacher', 'examiner', 'operator', 'auditor'],
  rateLimit: 'read',
  params: sessionParams,
  response: { 200: session },
})

/** Server-sent events: `reading` (a list of readings), `state` (the session's state), `ping` every 15 s. */
export const streamReadings = defineRoute({
  id: 'streamReadings',
  tag: 'Sessions',
  summary: 'Live readings of a session',
  roles: ['teacher', 'examiner', 'operator'],
  rateLimit: 'heavy',
  params: sessionParams,
  response: { 200: bytes('text/event-stream') },
})

/** The G-code that the machine is to run; sent to OctoPrint where the machine has one, and kept as evidence. */
export const putSessionJob = defineRoute({
  id: 'putSessionJob',
  tag: 'Sessions',
  summary: 'The job file of a session',
  roles: ['teacher', 'examiner'],
  rateLimit: 'heavy',
  params: sessionParams,
  query: object({ name: Type.String({ pattern: '^[A-Za-z0-9_.-]{1,100}\\.(gcode|gco|g)$' }), start: optional(Type.Boolean()) }),
  body: bytes('text/x.gcode', 32_000_000),
  response: { 200: session },
})

/** Closes the segment, seals job and recording, adds the ciphertext to the node. */
export const closeSession = defineRoute({
  id: 'closeSession',
  tag: 'Sessions',
  summary: 'Close a session',
  roles: ['teacher', 'examiner'],
  rateLimit: 'write',
  params: sessionParams,
  response: { 200: session },
})

export const getSessionEvidence = defineRoute({
  id: 'getSessionEvidence',
  tag: 'Sessions',
  summary: 'The evidence of a closed session',
  roles: ['teacher', 'examiner', 'operator', 'auditor'],
  rateLimit: 'read',
  params: sessionParams,
  response: {
    200: object({
      summary,
      segment,
      items: list(evidenceItem, 10),
      receipt: nullable(Type.Unsafe<Record<string, unknown>>({ type: 'object' })),
    }),
  },
})

/** Decrypted, for the examiner who judges by it. Every download is an audit row. */
export const downloadSessionEvidence = defineRoute({
  id: 'downloadSessionEvidence',
  tag: 'Sessions',
  summary: 'A piece of evidence, decrypted',
  roles: ['teacher', 'examiner'],
  rateLimit: 'heavy',
  params: object({ sessionId: uuid(), item: oneOf(['job', 'recording'] as const) }),
  response: { 200: bytes('application/octet-stream') },
})

import type { Static } from 'typebox'
import { defineRoute, staff } from '../define-route.ts'
import {
  bilingual,
  count,
  digest,
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

/** The five flows that a base is supervised by: safety, people, material, information, money. */
export const flows = ['safety', 'people', 'material', 'information', 'money'] as const
/** What a person can do with one press; web knows the words and the place of each. */
export const actions = [
  'sign-assessment',
  'accredit-programme',
  'add-issuer-key',
  'free-card',
  'close-session',
  'award-session',
  'pair-device',
  'record-consent',
  'fix-roster',
  'check-clock',
  'check-ledger',
  'make-space',
  'add-passkey',
  'protect-keys',
] as const

const need = object({
  id: line(120),
  severity: oneOf(['info', 'amber', 'red'] as const),
  title: bilingual(200),
  detail: bilingual(400),
  action: oneOf(actions),
  /** What the action is about: an assessment, a card, a session. */
  subjectId: nullable(line(120)),
  since: unixSeconds(),
})
/** A thing that waits for a person. */
export type Need = Static<typeof need>

const flowCount = object({ flow: oneOf(flows), done: count(), late: count(), failed: count() })
const event = object({
  id: line(120),
  flow: oneOf(flows),
  outcome: oneOf(['done', 'late', 'failed'] as const),
  at: unixSeconds(),
  what: bilingual(300),
  subjectId: nullable(line(120)),
  transactionHash: nullable(digest()),
})

/** One sentence of health, what needs a person, the five flows, the numbers. */
export const getOverview = defineRoute({
  id: 'getOverview',
  tag: 'Operations',
  summary: 'The state of the base at one look',
  roles: staff,
  rateLimit: 'read',
  response: {
    200: object({
      health: object({ outcome: oneOf(['green', 'amber', 'red'] as const), sentence: bilingual(300) }),
      needs: list(need, 200),
      flows: list(flowCount, 5),
      numbers: object({
        learners: count(),
        openSessions: count(),
        awards: count(),
        waitingForLedger: count(),
        connectedBases: count(),
        devicesOnline: count(),
        freeBytes: count(),
      }),
    }),
  },
})

/** The events behind a number of the overview, newest first. */
export const listEvents = defineRoute({
  id: 'listEvents',
  tag: 'Operations',
  summary: 'The events behind the five flows',
  roles: staff,
  rateLimit: 'read',
  query: object({
    ...paging(),
    flow: optional(oneOf(flows)),
    outcome: optional(oneOf(['done', 'late', 'failed'] as const)),
    since: optional(unixSeconds()),
  }),
  response: { 200: page(event) },
})

const outboxRow = object({
  outboxId: count(),
  kind: line(60),
  state: oneOf(['waiting', 'sent', 'final', 'failed'] as const),
  subjectId: nullable(line(120)),
  records: count(),
  transactionHash: nullable(digest()),
  queuedAt: unixSeconds(),
  finalAt: nullable(unixSeconds()),
  attempts: count(),
  reason: nullable(reason()),
})

/** What waits to be written to the ledger, and what was written last. */
export const getOutbox = defineRoute({
  id: 'getOutbox',
  tag: 'Operations',
  summary: 'What waits to be written to the ledger',
  roles: ['operator', 'auditor', 'examiner'],
  rateLimit: 'read',
  response: {
    200: object({
      waiting: count(),
      oldestWaitingSince: nullable(unixSeconds()),
      lastFinalAt: nullable(unixSeconds()),
      blockNumber: nullable(count()),
      rows: list(outboxRow, 100),
    }),
  },
})

const stage = object({
  name: bilingual(80),
  done: count(),
  total: nullable(count()),
  unit: oneOf(['bytes', 'rows', 'files', 'steps'] as const),
})
export const job = object({
  jobId: uuid(),
  kind: line(60),
  title: bilingual(200),
  state: oneOf(['waiting', 'running', 'finished', 'failed', 'cancelled'] as const),
  stages: list(stage, 20),
  startedAt: unixSeconds(),
  finishedAt: nullable(unixSeconds()),
  reason: nullable(reason()),
  /** What a finished job leaves behind, to be shown as its receipt. */
  result: nullable(object({ sentence: bilingual(300), subjectId: nullable(line(120)) })),
})
/** Long work, as the tray shows it. */
export type Job = Static<typeof job>

const jobParams = object({ jobId: uuid() })

export const listJobs = defineRoute({
  id: 'listJobs',
  tag: 'Operations',
  summary: 'Long work of the person signed in',
  roles: staff,
  rateLimit: 'read',
  response: { 200: object({ items: list(job, 100) }) },
})

export const getJob = defineRoute({
  id: 'getJob',
  tag: 'Operations',
  summary: 'One piece of long work',
  roles: staff,
  rateLimit: 'read',
  params: jobParams,
  response: { 200: job },
})

export const cancelJob = defineRoute({
  id: 'cancelJob',
  tag: 'Operations',
  summary: 'Stop a piece of long work after its present step',
  roles: staff,
  rateLimit: 'write',
  params: jobParams,
  response: { 200: job },
})

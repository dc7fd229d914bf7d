import type { DatabaseSync } from 'node:sqlite'
import type { Job } from '../api/base/operations.ts'
import type { AnchorReceipt } from '../api/base/public.ts'
import type { Award } from '../api/credentials/awards.ts'
import type { UnixSeconds } from '../base.ts'
import { openTable, type TableShape } from './table.ts'

/** A credential as issued. `sealed`: JSON of its files, the salts of name and leaf, under the learner's key; null once the learner is erased. */
export type CredentialRow = {
  credentialId: string
  learnerId: string
  programmeId: number
  sessionId: string | null
  examiner: string
  title: Award['title']
  formats: Award['formats']
  holderDid: string
  keyId: string
  validFrom: UnixSeconds
  validUntil: UnixSeconds | null
  state: Award['state']
  stateReason: string | null
  stateSince: UnixSeconds | null
  anchor: Award['anchor']
  leaf: string
  outboxId: number | null
  receipt: AnchorReceipt | null
  statusList: number
  statusIndex: number
  claimedAt: UnixSeconds | null
  seenAt: UnixSeconds | null
  supersedes: string | null
  supersededBy: string | null
  sealed: Uint8Array | null
  sample: boolean
}
/** One Bitstring Status List pair: the bits of revocation and suspension share index numbers. */
export type StatusListRow = {
  listId: number
  revoked: Uint8Array
  suspended: Uint8Array
  nextIndex: number
  document: string | null
  cid: string | null
  outboxId: number | null
  updatedAt: UnixSeconds
  dirty: boolean
}
export type StatusChangeRow = {
  changeId: string
  credentialId: string
  change: 'revoked' | 'suspended' | 'reinstated' | 'superseded'
  reason: string
  noteSealed: Uint8Array | null
  actor: string
  at: UnixSeconds
  outboxId: number | null
  transactionHash: string | null
}
export type LearningCodeRow = {
  codeId: string
  learnerId: string
  codeMac: Uint8Array
  credentialIds: string[]
  nameShown: boolean
  createdAt: UnixSeconds
  expiresAt: UnixSeconds
  openedAt: UnixSeconds | null
  /** What the opener called themselves, under the learner's key. */
  openedBySealed: Uint8Array | null
  /** What an own wallet signed, under the learner's key, until it is handed on or the minute is over. */
  relayedSealed: Uint8Array | null
}
export type JobRow = Job & { actor: string }
export type AuditAnchorRow = {
  rows: number
  head: string
  outboxId: number | null
  blockNumber: number | null
  transactionHash: string | null
  at: UnixSeconds
}

const credentials: TableShape<CredentialRow> = {
  name: 'credentials',
  thing: 'certificate',
  key: 'credentialId',
  columns: {
    credentialId: 'text',
    learnerId: 'text',
    programmeId: 'integer',
    sessionId: 'text',
    examiner: 'text',
    title: 'json',
    formats: 'json',
    holderDid: 'text',
    keyId: 'text',
    validFrom: 'integer',
    validUntil: 'integer',
    state: 'text',
    stateReason: 'text',
    stateSince: 'integer',
    anchor: 'text',
    leaf: 'text',
    outboxId: 'integer',
    receipt: 'json',
    statusList: 'integer',
    statusIndex: 'integer',
    claimedAt: 'integer',
    seenAt: 'integer',
    supersedes: 'text',
    supersededBy: 'text',
    sealed: 'blob',
    sample: 'flag',
  },
}
const statusLists: TableShape<StatusListRow> = {
  name: 'status_lists',
  thing: 'status list',
  key: 'listId',
  columns: {
    listId: 'integer',
    revoked: 'blob',
    suspended: 'blob',
    nextIndex: 'integer',
    document: 'text',
    cid: 'text',
    outboxId: 'integer',
    updatedAt: 'integer',
    dirty: 'flag',
  },
}
const statusChanges: TableShape<StatusChangeRow> = {
  name: 'status_changes',
  thing: 'status change',
  key: 'changeId',
  columns: {
    changeId: 'text',
    credentialId: 'text',
    change: 'text',
    reason: 'text',
    noteSealed: 'blob',
    actor: 'text',
    at: 'integer',
    outboxId: 'integer',
    transactionHash: 'text',
  },
}
const learningCodes: TableShape<LearningCodeRow> = {
  name: 'learning_codes',
  thing: 'learning code',
  key: 'codeId',
  columns: {
    codeId: 'text',
    learnerId: 'text',
    codeMac: 'blob',
    credentialIds: 'json',
    nameShown: 'flag',
    createdAt: 'integer',
    expiresAt: 'integer',
    openedAt: 'integer',
    openedBySealed: 'blob',
    relayedSealed: 'blob',
  },
}
const jobs: TableShape<JobRow> = {
  name: 'jobs',
  thing: 'job',
  key: 'jobId',
  columns: {
    jobId: 'text',
    actor: 'text',
    kind: 'text',
    title: 'json',
    state: 'text',
    stages: 'json',
    startedAt: 'integer',
    finishedAt: 'integer',
    reason: 'json',
    result: 'json',
  },
}
const auditAnchors: TableShape<AuditAnchorRow> = {
  name: 'audit_anchors',
  thing: 'anchor of the audit log',
  key: 'rows',
  columns: { rows: 'integer', head: 'text', outboxId: 'integer', blockNumber: 'integer', transactionHash: 'text', at: 'integer' },
}

/** The tables of credentials and of long work, over one database. */
export const openCredentialTables = (db: DatabaseSync) => ({
  credentials: openTable(db, credentials),
  statusLists: openTable(db, statusLists),
  statusChanges: openTable(db, statusChanges),
  learningCodes: openTable(db, learningCodes),
  jobs: openTable(db, jobs),
  auditAnchors: openTable(db, auditAnchors),
})

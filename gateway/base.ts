import type { DatabaseSync } from 'node:sqlite'
import type { Job } from './api/base/operations.ts'
import type { Role } from './api/define-route.ts'
import type { Records } from './records/records.ts'

/**
 * Conventions.
 * - A use-case is one function: `export async function openSession(base: Pick<Base, 'records' | 'audit' | 'clock'>, actor: Actor, input): Promise<output>`.
 *   It names in `Pick` what it uses, checks what the route's roles cannot (whose learner is it?), and writes its change, its audit row
 *   and its outbox row in ONE `base.transaction(() => …)`, which is synchronous: await before it or after it, never inside.
 * - A route file `gateway/routes/<group>/<noun>.ts` binds definitions to use-cases:
 *   `bind('openSession', ({ base, actor, body }) => openSession(base, actor, body))`. `gateway/routes/index.ts` lists the bindings.
 * - A refusal is `throw new GuildhallError(code, params)`; its code stands in `gateway/errors.ts` with its HTTP status.
 */

/** Seconds since 1970-01-01T00:00:00Z. */
export type UnixSeconds = number

/** Who asks. Ids are pseudonymous; they are what audit rows name. */
export type Actor = {
  /** Id of the staff account, learner or guardian; `anyone` where nobody is signed in, `base` for the base itself. */
  id: string
  roles: readonly Role[]
  via: 'link' | 'passkey' | 'card' | 'none' | 'base'
}

/** The base acting by itself: closing a lapsed session, anchoring, renewing. */
export const baseItself: Actor = { id: 'base', roles: [], via: 'base' }

/** Nobody signed in. */
export const anyone: Actor = { id: 'anyone', roles: [], via: 'none' }

export type Clock = { now(): UnixSeconds; nowMs(): number }
export type Random = { bytes(length: number): Uint8Array; uuid(): string }

/** Structured log without personal data: pass ids and codes, never names or bodies. */
export type Log = Record<'debug' | 'info' | 'warn' | 'error', (fields: Record<string, unknown>, message: string) => void>

/** Appends to the hash-chained log, inside the caller's transaction. `details` hold ids, codes and counts, never personal data. */
export type Audit = {
  append(actor: Actor, action: string, about?: { subject?: string; details?: Record<string, string | number | boolean | null> }): void
  /** Hash of the newest row and how many rows there are: what is anchored. */
  head(): { head: string; rows: number }
}

/** Content-addressed storage of the base's node. Only ciphertext and public documents are ever added. */
export type Content = {
  add(
    bytes: Uint8Array,
    options?: { signal?: AbortSignal; onProgress?: (bytes: number) => void },
  ): Promise<{ cid: string; sizeBytes: number }>
  /** @throws when it is neither here nor with a connected base before the signal aborts */
  get(cid: string, options?: { signal?: AbortSignal; onProgress?: (bytes: number) => void }): Promise<Uint8Array>
}
type Node = {
  peerId: string
  addresses(): string[]
  connections(): number
  content: Content
  otherBases: OtherBases
}

/** Another base of the network that is connected now. `host`: of its DID, its name among bases; null when its DID log is not here. */
export type OtherBase = { baseId: number; peerId: string; host: string | null }
/** What a peer said, signed by it over question and answer. */
export type SignedWord = { peerId: string; answer: string; at: UnixSeconds; signature: string }
/** The way to the other bases of the network: those that the ledger lists, over connections that the node has anyway. */
type OtherBases = {
  list(): Promise<OtherBase[]>
  /** The peers that the ledger lists for a base other than this one; empty when it lists none. */
  peersOf(baseId: number): string[]
  /** Null when the peer is not connected, says nothing in time, too much, or something that it has not signed. */
  ask(peerId: string, question: string, options: { signal: AbortSignal }): Promise<SignedWord | null>
}

/** The ledger as an EVM JSON-RPC endpoint. */
export type Ledger = {
  chainId: number
  rpcUrl: string
  /** @throws the ledger's own JSON-RPC error, or NOT_READY */
  request(method: string, params: readonly unknown[]): Promise<unknown>
}

/** One ledger write waiting its turn. `calldata` is ABI-encoded; the outbox owns the nonce. `gasLimit`: where two million are too few. */
export type LedgerWrite = {
  kind: string
  to: string
  calldata: string
  subjectId?: string
  records?: number
  gasLimit?: number | undefined
}
export type OutboxRow = {
  outboxId: number
  kind: string
  state: 'waiting' | 'sent' | 'final' | 'failed'
  subjectId: string | null
  records: number
  transactionHash: string | null
  queuedAt: UnixSeconds
  finalAt: UnixSeconds | null
  attempts: number
  /** The block that made it final. */
  blockNumber: number | null
  reason: { code: string; params: Record<string, string | number> } | null
}
export type Outbox = {
  /** Inside the caller's transaction, so that the change and its ledger write commit together. */
  enqueue(write: LedgerWrite): number
  list(limit: number): OutboxRow[]
  waiting(): { count: number; oldestSince: UnixSeconds | null }
  /** Resolves once the write is final on the ledger; rejects with its reason, or when the signal aborts. */
  whenFinal(outboxId: number, signal: AbortSignal): Promise<OutboxRow>
}

/** Keys that belong to the base itself. Learners' keys are reached through `records.vault`. */
export type BaseKeys = {
  /** AES-256-GCM under the base key: `context` is authenticated and must be the same when opening. */
  seal(plaintext: Uint8Array, context: string): Uint8Array
  open(sealed: Uint8Array, context: string): Uint8Array
  /** HMAC-SHA-256 with a secret of its own for each purpose: peppers, pseudonyms, look-up indexes. */
  mac(purpose: string, message: Uint8Array | string): Uint8Array
  /** A stored 32-byte seed, made at first use: `issuer/1`, `acknowledgement`, `update-key`. Zero it after use. */
  seed(name: string): Uint8Array
  /** How the base key is protected. */
  protection: 'passphrase' | 'file'
}

/** Long work with real stages, kept in the database, shown in the tray. */
export type Jobs = {
  start(actor: Actor, job: { kind: string; title: Job['title'] }, work: (progress: JobProgress) => Promise<Job['result']>): string
  find(jobId: string): Job | undefined
  list(actor: Actor): Job[]
  cancel(jobId: string): void
}
export type JobProgress = {
  signal: AbortSignal
  stage(name: Job['stages'][number]['name'], unit: Job['stages'][number]['unit'], total?: number): { advance(by: number): void }
}

/** Named figures for Prometheus; `supervision/metrics.ts` lists them. */
export type Metrics = {
  count(name: string, labels?: Record<string, string>): void
  set(name: string, value: number): void
  observe(name: string, seconds: number): void
}

/** How one part of the base is: `ready`, still `starting`, or `failed` with why. */
export type Part = { name: string; state: 'ready' | 'starting' | 'failed'; detail: string }

/** What is known of the running process. */
export type Supervision = {
  startedAtMs: number
  version: string
  parts(): Part[]
  metricsPage(): Promise<string>
  freeBytes(): number
  /** PEM of the base's own authority, where it serves https by one. */
  authority: string | null
}

/** What use-cases receive. Each names in `Pick<Base, …>` only what it uses. */
export type Base = {
  config: {
    dataDir: string
    origin: string
    timeZone: string
    networkName: string
    baseName: { 'zh-CN': string; en: string }
    /** How long certificates are gathered before their batch goes to the ledger. */
    anchorSeconds: number
  }
  db: DatabaseSync
  /** All of it or nothing; synchronous. */
  transaction: <T>(work: () => T) => T
  records: Records
  audit: Audit
  clock: Clock
  random: Random
  log: Log
  keys: BaseKeys
  node: Node
  ledger: Ledger
  outbox: Outbox
  jobs: Jobs
  metrics: Metrics
  supervision: Supervision
}

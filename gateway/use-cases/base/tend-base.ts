import { baseItself } from '../../base.ts'
import { anchorWaiting } from '../credentials/anchor-credentials.ts'
import { forgetRelayed } from '../credentials/learning-code.ts'
import { publishStatusLists } from '../credentials/status-lists.ts'
import { closeSession, resumeClosing } from '../learning/close-session.ts'
import { takeUpIssuerKey } from '../learning/entitlement.ts'
import { listLapsedSessions } from '../learning/gate.ts'
import { depositKeys, dropLapsedKeys } from '../works/reading/deposit-keys.ts'
import { describeWorks } from '../works/register/describe-works.ts'
import { resumeRegistrations } from '../works/register/register-work.ts'
import { forgetUploads } from '../works/uploads/forget-uploads.ts'
import { countUsage } from '../works/usage/count-usage.ts'
import { sendWaitingUses } from '../works/usage/send-usage.ts'
import { anchorAuditHead } from './anchor-heads.ts'
import { executeDueDecisions } from './decisions/decide.ts'
import { findIdentity, type IssuingBase } from './issuing.ts'
import { publishPeers } from './membership/publish-peers.ts'

/** How long a round waits for the ledger to count uses; what is not counted by then is found again by the next. */
const sendUsageMs = 600_000

/** What the base does by itself, and how often, in milliseconds. */
const rounds: readonly { name: string; everyMs: number; work: (base: IssuingBase) => unknown }[] = [
  { name: 'close-lapsed-sessions', everyMs: 1_000, work: closeLapsedSessions },
  { name: 'anchor-credentials', everyMs: 1_000, work: (base) => anchorWaiting(base) },
  { name: 'publish-status-lists', everyMs: 1_000, work: publishStatusLists },
  { name: 'forget-relayed', everyMs: 5_000, work: forgetRelayed },
  { name: 'take-up-issuer-key', everyMs: 1_000, work: takeUpIssuerKey },
  { name: 'deposit-content-keys', everyMs: 2_000, work: depositKeys },
  { name: 'drop-lapsed-keys', everyMs: 5_000, work: dropLapsedKeys },
  { name: 'count-usage', everyMs: 5_000, work: countUsage },
  { name: 'send-usage', everyMs: 3_600_000, work: (base) => sendWaitingUses(base, { signal: AbortSignal.timeout(sendUsageMs) }) },
  { name: 'execute-decisions', everyMs: 1_000, work: executeDueDecisions },
  { name: 'publish-peers', everyMs: 60_000, work: publishPeers },
  { name: 'resume-registrations', everyMs: 1_000, work: resumeRegistrations },
  { name: 'describe-works', everyMs: 2_000, work: describeWorks },
  { name: 'forget-uploads', everyMs: 3_600_000, work: forgetUploads },
  { name: 'anchor-audit-head', everyMs: 600_000, work: anchorAuditHead },
]

/** The base's own rounds. Each is idempotent: what a crash cut off is found again by the next. */
export type Tending = { start(): Promise<void>; stop(): Promise<void> }

/** Makes the rounds of a base; nothing runs before `start`, and nothing but waiting before its network is founded. */
export function createTending(base: IssuingBase): Tending {
  const timers = new Set<NodeJS.Timeout>()
  const running = new Set<Promise<unknown>>()
  let isStopped = false

  const schedule = ({ name, everyMs, work }: (typeof rounds)[number]): void => {
    if (isStopped) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      const round = attempt(base, name, work).finally(() => {
        running.delete(round)
        schedule({ name, everyMs, work })
      })
      running.add(round)
    }, everyMs)
    timers.add(timer)
  }
  return {
    start: async () => {
      await attempt(base, 'resume-closing', () => resumeClosing(base, baseItself))
      await attempt(base, 'publish-peers', publishPeers)
      for (const round of rounds) schedule(round)
    },
    stop: async () => {
      isStopped = true
      for (const timer of timers) clearTimeout(timer)
      await Promise.all(running)
    },
  }
}

/** The gate stops sessions as it stops issuing: what may no longer run is closed, with the reason. */
async function closeLapsedSessions(base: IssuingBase): Promise<void> {
  for (const { sessionId, refusal } of listLapsedSessions(base)) {
    await closeSession(base, baseItself, { sessionId, why: { code: 'GATE_REFUSED', params: { refusal } } })
  }
}

async function attempt(base: IssuingBase, name: string, work: (base: IssuingBase) => unknown): Promise<void> {
  if (!findIdentity(base)) return
  try {
    await work(base)
  } catch (error) {
    // The next round tries again; the code is enough to find the cause, and no message can carry a name into the log.
    base.log.warn({ round: name, code: codeOf(error) }, 'a round of the base did not finish')
  }
}

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : String(name ?? 'unknown')
}

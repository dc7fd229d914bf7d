import type { UnixSeconds } from '../../base.ts'
import { settleAnchor, settleRefusedAnchor } from '../credentials/anchor-credentials.ts'
import { settleStatusHead } from '../credentials/status-lists.ts'
import { settleRefusedIssuerKey } from '../learning/entitlement.ts'
import { settleProgramme } from '../learning/programmes.ts'
import { settleRefusedWork, settleWork } from '../works/register/register-work.ts'
import { settleRefusedUsage, settleUsageBatch } from '../works/usage/send-usage.ts'
import { settleAuditHead } from './anchor-heads.ts'
import { settleExecuted, settleRefusedDecision, settleScheduled } from './decisions/decide.ts'
import type { IssuingBase } from './issuing.ts'

/** What one log of a final transaction says. */
type FinalLog = { address: string; topics: readonly string[]; data: string }

/** A ledger write that became final, with what it emitted. */
export type Final = {
  outboxId: number
  kind: string
  subjectId: string | null
  transactionHash: string
  blockNumber: number
  blockHash: string
  blockTime: UnixSeconds
  logs: readonly FinalLog[]
}

type Use = Pick<IssuingBase, 'records' | 'registry' | 'clock' | 'transaction' | 'outbox' | 'audit'>

/** What follows a final write of each kind, inside the transaction that marks it settled. Kinds that nothing follows are not here. */
const settlers: Readonly<Record<string, (base: Use, final: Final) => void>> = {
  anchor: settleAnchor,
  'status-head': settleStatusHead,
  programme: settleProgramme,
  'audit-head': settleAuditHead,
  'accreditation-scheduled': settleScheduled,
  'accreditation-end-scheduled': settleScheduled,
  accreditation: settleExecuted,
  'accreditation-end': settleExecuted,
  'panel-seat-scheduled': settleScheduled,
  'panel-seat': settleExecuted,
  'takedown-scheduled': settleScheduled,
  takedown: settleExecuted,
  usage: settleUsageBatch,
  work: settleWork,
  'work-version': settleWork,
}

/** Does what follows a write that became final. Called again for the same write it changes nothing. */
export function settleWrite(base: Use, final: Final): void {
  settlers[final.kind]?.(base, final)
}

/** Does what follows a write that the ledger refused. */
export function settleRefusal(base: Use, { outboxId, kind }: { outboxId: number; kind: string }): void {
  if (kind === 'anchor') settleRefusedAnchor(base, outboxId)
  if (kind === 'work' || kind === 'work-version') settleRefusedWork(base, outboxId)
  if (kind === 'usage') settleRefusedUsage(base, outboxId)
  if (kind === 'issuer-key') settleRefusedIssuerKey(base)
  if (/^(accreditation|panel-seat|takedown)/.test(kind)) settleRefusedDecision(base, outboxId)
}

import { encodeCall } from '@guildhall/contracts'
import { encodeBytes32String } from 'ethers'
import { getIdentity, type IssuingBase } from './issuing.ts'
import type { Final } from './settle-writes.ts'

/** The logs of a base's own whose heads stand on the ledger. */
export type HeadPurpose = 'audit' | 'telemetry'

type Use = Pick<IssuingBase, 'records' | 'outbox'>
const zero = `0x${'0'.repeat(64)}`

/**
 * Queues the next head of a log of the base's own. Each follows the one queued before it, and the outbox sends in order, so the chain on the
 * ledger is the chain here. Inside the caller's transaction.
 */
export function enqueueHead(base: Use, purpose: HeadPurpose, digest: string): number {
  const { baseId, contracts } = getIdentity(base)
  const setting = `head/${purpose}`
  const previous = base.records.settings.find<string>(setting) ?? zero
  const args = [baseId, encodeBytes32String(purpose), previous, digest] as const
  const { to, data } = encodeCall(contracts, 'CredentialAnchors.anchorHead', args)
  base.records.settings.set(setting, digest)
  return base.outbox.enqueue({ kind: purpose === 'audit' ? 'audit-head' : 'segment', to, calldata: data, subjectId: digest })
}

/**
 * Queues the audit log's head when rows were added since the last one.
 * @returns whether it did
 */
export function anchorAuditHead(base: Use & Pick<IssuingBase, 'audit' | 'clock' | 'transaction'>): boolean {
  return base.transaction(() => {
    const { head, rows } = base.audit.head()
    if (rows === 0 || base.records.auditAnchors.find({ rows })) return false
    const outboxId = enqueueHead(base, 'audit', head)
    base.records.auditAnchors.insert({ rows, head, outboxId, blockNumber: null, transactionHash: null, at: base.clock.now() })
    return true
  })
}

/** The ledger has the head. */
export function settleAuditHead({ records }: Pick<IssuingBase, 'records'>, { outboxId, blockNumber, transactionHash }: Final): void {
  records.auditAnchors.updateWhere({ outboxId }, { blockNumber, transactionHash })
}

import { type ContractAddresses, decodeEvent, encodeCall } from '@guildhall/contracts'
import { buildMerkleTree, proveInclusion } from '@guildhall/credentials'
import type { AnchorReceipt } from '../../api/base/public.ts'
import { baseItself } from '../../base.ts'
import type { CredentialRow } from '../../records/credential-tables.ts'
import { getIdentity, type IssuingBase } from '../base/issuing.ts'
import type { Final } from '../base/settle-writes.ts'
import { askGate } from '../learning/gate.ts'

/** A batch goes out when it has this many certificates, or is as old as the base's setting says. */
const batchLimit = 1_000

type Use = Pick<IssuingBase, 'records' | 'registry' | 'clock' | 'transaction' | 'outbox' | 'audit' | 'config'>

/**
 * Queues one batch root for each programme and key whose certificates wait long enough or are many enough. While the base is not entitled
 * they wait: the contract would refuse them.
 * @returns how many certificates were queued
 */
export function anchorWaiting(base: Use, { atOnce = false }: { atOnce?: boolean } = {}): number {
  const groups = Object.values(Object.groupBy(waiting(base), ({ programmeId, keyId }) => `${programmeId}/${keyId}`))
  return groups.reduce((sum, group) => sum + anchorGroup(base, group ?? [], atOnce), 0)
}

/** The ledger has the batch: every certificate of it gets its receipt. Inside the caller's transaction; a second call changes nothing. */
export function settleAnchor(base: Omit<Use, 'config'>, final: Final): void {
  const batch = inLeafOrder(base.records.credentials.list({ outboxId: final.outboxId, anchor: 'waiting' }))
  if (batch.length === 0) return
  const { baseId, networkId, contracts } = getIdentity(base)
  const records = recordsOf(final, contracts)
  const tree = buildMerkleTree(batch.map(({ leaf }) => fromHex(leaf)))
  for (const [leafIndex, row] of batch.entries()) {
    const receipt: AnchorReceipt = {
      type: 'GuildhallAnchorReceipt',
      networkId,
      contract: contracts.CredentialAnchors.toLowerCase(),
      batch: { root: toHex(tree.root), treeSize: tree.treeSize },
      leafIndex,
      path: proveInclusion(tree, leafIndex).path.map(toHex),
      // The salt is the learner's: it stays sealed and is put in when the certificate is handed out.
      salt: '0x',
      transactionHash: final.transactionHash,
      blockNumber: final.blockNumber,
      blockHash: final.blockHash,
      blockTime: final.blockTime,
      baseId,
      programmeId: row.programmeId,
      keyId: row.keyId,
      records,
    }
    base.records.credentials.update(row.credentialId, { anchor: 'anchored', receipt })
  }
  base.audit.append(baseItself, 'credentials.anchored', { subject: final.transactionHash, details: { certificates: batch.length } })
}

/** The ledger refused the batch: its certificates say so, and Operations asks a person. */
export function settleRefusedAnchor(base: Pick<Use, 'records' | 'audit'>, outboxId: number): void {
  const rows = base.records.credentials.updateWhere({ outboxId, anchor: 'waiting' }, { anchor: 'refused' })
  base.audit.append(baseItself, 'credentials.anchor-refused', { details: { certificates: rows } })
}

/** The entitlement records that the contract checked, from what it emitted. */
function recordsOf({ logs, transactionHash }: Final, contracts: ContractAddresses): AnchorReceipt['records'] {
  const event = logs.flatMap((log) => decodeEvent(contracts, log) ?? []).find((one) => one.event === 'CredentialsAnchored')
  if (event?.event !== 'CredentialsAnchored') throw new Error(`transaction ${transactionHash} anchored nothing`)
  return { accreditationId: event.args.accreditationId, standingId: event.args.standingId }
}

function waiting({ records }: Use): CredentialRow[] {
  return records.credentials.list({ anchor: 'waiting', outboxId: null })
}

function anchorGroup(base: Use, group: CredentialRow[], atOnce: boolean): number {
  const [first] = group
  if (!first) return 0
  const oldest = group.reduce((least, { validFrom }) => Math.min(least, validFrom), Number.POSITIVE_INFINITY)
  if (!atOnce && group.length < batchLimit && base.clock.now() - oldest < base.config.anchorSeconds) return 0
  const gate = askGate(base, first.programmeId)
  if (!gate.entitled) return 0
  for (let from = 0; from < group.length; from += batchLimit) enqueueBatch(base, group.slice(from, from + batchLimit), gate.accreditationId)
  return group.length
}

function enqueueBatch(base: Use, rows: CredentialRow[], accreditationId: number): void {
  const batch = inLeafOrder(rows)
  const [first] = batch
  if (!first) return
  const { baseId, contracts } = getIdentity(base)
  const tree = buildMerkleTree(batch.map(({ leaf }) => fromHex(leaf)))
  const args = [baseId, first.programmeId, first.keyId, accreditationId, batch.length, toHex(tree.root)] as const
  const { to, data } = encodeCall(contracts, 'CredentialAnchors.anchor', args)
  base.transaction(() => {
    const outboxId = base.outbox.enqueue({ kind: 'anchor', to, calldata: data, records: batch.length })
    for (const { credentialId } of batch) base.records.credentials.update(credentialId, { outboxId })
  })
}

/** The order of a batch follows from the leaves alone, so that its tree can be built again when the ledger has answered. */
const inLeafOrder = (rows: CredentialRow[]): CredentialRow[] => rows.toSorted((a, b) => (a.leaf < b.leaf ? -1 : 1))
const fromHex = (text: string): Uint8Array => Buffer.from(text.slice(2), 'hex')
const toHex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString('hex')}`

import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { JsonObject } from '../formats/format.ts'
import { canonicalJson } from '../formats/json.ts'
import { hashLeaf } from '../formats/merkle-tree.ts'
import type {
  AnchorEntry,
  BaseEntry,
  DidLogRecord,
  EntitlementGap,
  EntitlementRecords,
  KeyInterval,
  SegmentEntry,
  StatusHead,
  UnixSeconds,
} from '../ports.ts'

/**
 * One statement about a network's ledger as of a block. A checkpoint signs the Merkle root over such facts, so that each of them is covered by the
 * signatures: who the base is, which DID logs it recorded, its keys, its entitlement over a stretch of time, what it anchored (credentials, telemetry segments), its status heads.
 */
export type Fact = { networkId: string } & FactBody

/** The kinds of facts. */
type FactBody =
  | ({ kind: 'base' } & BaseEntry)
  | { kind: 'did-logs'; baseId: number; records: readonly DidLogRecord[] }
  | ({ kind: 'key'; baseId: number } & KeyInterval)
  | EntitlementFact
  | ({ kind: 'anchor' } & AnchorEntry)
  | ({ kind: 'segment' } & SegmentEntry)
  | { kind: 'status-heads'; baseId: number; listId: string; heads: readonly StatusHead[] }

/** Entitled, or not and why, at every time from `from` until before `until` (`null`: up to the block of the checkpoint). */
interface EntitlementFact {
  kind: 'entitlement'
  baseId: number
  programmeId: number
  keyId: `0x${string}`
  from: UnixSeconds
  until: UnixSeconds | null
  isEntitled: boolean
  gap?: EntitlementGap
  records?: EntitlementRecords
}

const factPrefix = utf8ToBytes('guildhall fact v1\n')

/** The leaf of a fact in a checkpoint's tree: SHA-256(0x00 ‖ "guildhall fact v1\n" ‖ JCS(fact)), 32 bytes. */
export function factLeaf(fact: Fact): Uint8Array {
  const text = utf8ToBytes(canonicalJson(fact as unknown as JsonObject))
  const data = new Uint8Array(factPrefix.length + text.length)
  data.set(factPrefix)
  data.set(text, factPrefix.length)
  return hashLeaf(data)
}

import type { JsonObject, JsonValue } from '../../formats/format.ts'
import { isJsonObject, itemsOf } from '../../formats/json.ts'
import type { TelemetryReceipt } from '../../issue/telemetry-receipt.ts'
import type { Hex } from '../../ports.ts'

/** The telemetry receipts in a credential's evidence, unread. */
export function receiptsIn(document: JsonObject): JsonValue[] {
  return itemsOf(document['evidence']).flatMap((evidence) => {
    const receipt = isJsonObject(evidence) ? evidence['telemetryReceipt'] : undefined
    return receipt === undefined ? [] : [receipt]
  })
}

/** Most receipts of one credential that are looked up. */
export const maxReceipts = 64

/** The roots of the segments that a credential's well-formed receipts name, each once, as far as they are looked up. */
export function segmentRootsOf(document: JsonObject): Hex[] {
  const receipts = receiptsIn(document).slice(0, maxReceipts).map(readTelemetryReceipt)
  return [...new Set(receipts.flatMap((receipt) => ('problem' in receipt ? [] : [receipt.segment.root])))]
}

/** Reads a telemetry receipt from outside, or says what is wrong with it. */
export function readTelemetryReceipt(value: JsonValue): TelemetryReceipt | { problem: string } {
  if (!isJsonObject(value)) return { problem: 'it is not an object' }
  const { attestation, segment, frames, contents, commitments } = value
  if (attestation !== 'device-signed' && attestation !== 'gateway-attested') return { problem: 'attestation is not a known mode' }
  if (!isJsonObject(segment) || !isDigest(segment['root'])) return { problem: 'segment.root is not a digest' }
  const { treeSize } = segment
  if (!isCount(treeSize) || treeSize === 0) return { problem: 'segment.treeSize is not a number from 1' }
  if (!isJsonObject(frames) || !isCount(frames['first']) || !isCount(frames['last'])) return { problem: 'frames is not a range' }
  if (frames['first'] > frames['last'] || frames['last'] >= treeSize)
    return { problem: `frames do not lie within the segment of ${treeSize}` }
  if (!Array.isArray(contents) || !contents.every(isContent)) return { problem: 'contents do not all have a role and a CID' }
  if (!isJsonObject(commitments) || !Object.values(commitments).every(isDigest)) return { problem: 'commitments are not digests' }
  return value as unknown as TelemetryReceipt
}

function isContent(value: JsonValue): boolean {
  // CIDv1 in base32: what IPFS calls a stored block.
  return (
    isJsonObject(value) && typeof value['role'] === 'string' && typeof value['cid'] === 'string' && /^b[a-z2-7]{20,200}$/.test(value['cid'])
  )
}

function isDigest(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value)
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

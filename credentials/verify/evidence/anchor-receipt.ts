import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import type { JsonObject } from '../../formats/format.ts'
import { isJsonObject } from '../../formats/json.ts'
import { verifyInclusion } from '../../formats/merkle-tree.ts'
import { leafOf } from '../../issue/anchor-leaf.ts'
import type { AnchorReceipt, Hex } from '../../ports.ts'
import type { ProgrammeName } from '../case.ts'

/** What of a receipt does not fit the credential: `networkId`, `programmeId`, `path`; undefined when all of it fits. */
export function findReceiptMismatch(receipt: AnchorReceipt, document: JsonObject, programme: ProgrammeName): string | undefined {
  if (receipt.networkId !== programme.networkId) return 'networkId'
  if (receipt.programmeId !== programme.programmeId) return 'programmeId'
  const { root, treeSize } = receipt.batch
  const proof = { leafIndex: receipt.leafIndex, treeSize, path: receipt.path.map((node) => hexToBytes(node.slice(2))) }
  return verifyInclusion(leafOf(document, hexToBytes(receipt.salt.slice(2))), proof, hexToBytes(root.slice(2))) ? undefined : 'path'
}

/** Reads an anchor receipt from outside; undefined when it is none. */
export function readReceipt(value: unknown): AnchorReceipt | undefined {
  if (!isJsonObject(value) || value['type'] !== 'GuildhallAnchorReceipt') return undefined
  const { batch, records, path } = value
  if (!isJsonObject(batch) || !isJsonObject(records) || !Array.isArray(path)) return undefined
  const isSound =
    digests([batch['root'], value['transactionHash'], value['blockHash'], value['keyId'], ...path]) &&
    path.length <= 64 &&
    isHex(value['salt'], 32) &&
    isHex(value['contract'], 40) &&
    typeof value['networkId'] === 'string' &&
    /^[0-9a-f]{16}$/.test(value['networkId']) &&
    counts([batch['treeSize'], value['leafIndex'], value['blockNumber'], value['blockTime'], value['baseId'], value['programmeId']]) &&
    counts([records['accreditationId'], records['standingId']])
  return isSound ? (value as unknown as AnchorReceipt) : undefined
}

/** Lower-case hex text of bytes with `0x`. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${bytesToHex(bytes)}`
}

function digests(values: readonly unknown[]): boolean {
  return values.every((value) => isHex(value, 64))
}

function isHex(value: unknown, digits: number): boolean {
  return typeof value === 'string' && value.length === digits + 2 && /^0x[0-9a-f]+$/.test(value)
}

function counts(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)
}

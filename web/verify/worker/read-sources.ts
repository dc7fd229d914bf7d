import type { AnchorReceipt, NetworkDescriptor } from '@guildhall/credentials'
import { readReceipt } from '@guildhall/credentials'
import { unzipSync } from 'fflate'
import { isDescriptor } from '../networks.ts'
import { sha256Hex } from '../ports/content.ts'
import type { Source } from './messages.ts'

/** One certificate as it was found: what is verified, and what came beside it. */
export interface Certificate {
  name: string
  digest: string
  secured: string
  receipt?: AnchorReceipt
}

/** Everything that was found in the sources. */
export interface Reading {
  certificates: Certificate[]
  receipts: AnchorReceipt[]
  networks: NetworkDescriptor[]
  /** Files in which nothing of all this was found, with the reason. */
  unreadable: { name: string; digest: string; problem: string }[]
}

interface Piece {
  name: string
  bytes: Uint8Array
}

const largestArchive = 512_000_000

/** Reads everything that was handed in; a file that is none of ours is named with the reason, and stops nothing. */
export async function readSources(sources: readonly Source[]): Promise<Reading> {
  const reading: Reading = { certificates: [], receipts: [], networks: [], unreadable: [] }
  for (const source of sources) await readPiece(await pieceOf(source), reading)
  return reading
}

async function pieceOf({ name, content }: Source): Promise<Piece> {
  return { name, bytes: typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(await content.arrayBuffer()) }
}

async function readPiece(piece: Piece, reading: Reading): Promise<void> {
  const digest = await sha256Hex(piece.bytes)
  try {
    if (isZip(piece.bytes)) await readArchive(piece, reading)
    else readText({ ...piece, digest }, new TextDecoder('utf-8', { fatal: true }).decode(piece.bytes).trim(), reading)
  } catch (error) {
    reading.unreadable.push({ name: piece.name, digest, problem: error instanceof Error ? error.message : String(error) })
  }
}

async function readArchive({ name, bytes }: Piece, reading: Reading): Promise<void> {
  let unpacked = 0
  const entries = unzipSync(bytes, {
    filter: ({ name: inner, originalSize }) => {
      unpacked += originalSize
      if (unpacked > largestArchive) throw new RangeError(`it unpacks to more than ${largestArchive / 1e6} MB`)
      return !inner.endsWith('/') && !inner.startsWith('__MACOSX/') && !/(^|\/)\./.test(inner)
    },
  })
  for (const [inner, content] of Object.entries(entries)) await readPiece({ name: `${name}/${inner}`, bytes: content }, reading)
}

function readText({ name, digest }: { name: string; digest: string }, text: string, reading: Reading): void {
  if (isCompactJws(text)) {
    reading.certificates.push({ name, digest, secured: text })
    return
  }
  const value: unknown = JSON.parse(text)
  const receipt = readReceipt(value)
  if (receipt) reading.receipts.push(receipt)
  else if (isDescriptor(value)) reading.networks.push(value)
  else reading.certificates.push({ name, digest, ...unwrap(value, text) })
}

/** A wallet's export is `{ credential, receipt }`; anything else is the credential itself. */
function unwrap(value: unknown, text: string): { secured: string; receipt?: AnchorReceipt } {
  if (typeof value !== 'object' || value === null || !('credential' in value)) return { secured: text }
  const { credential } = value
  const receipt = 'receipt' in value ? readReceipt(value.receipt) : undefined
  return { secured: typeof credential === 'string' ? credential : JSON.stringify(credential), ...(receipt ? { receipt } : {}) }
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)
}

/** RFC 7515 §3.1: three parts of base64url. */
function isCompactJws(text: string): boolean {
  return /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*$/.test(text)
}

import { CredentialError } from '../errors.ts'
import type { JsonObject, JsonValue, Secured } from '../formats/format.ts'
import { isJsonObject, parseJson, parseJsonObject } from '../formats/json.ts'
import type { EvidenceOpening, NetworkDescriptor } from '../ports.ts'
import type { FrameProof } from '../verify/case.ts'
import { readReceipt } from '../verify/evidence/anchor-receipt.ts'
import { readNetwork } from '../verify/issuer/network.ts'
import type { Bundle, BundledCredential } from './bundle.ts'
import { readCheckpoint, readFacts } from './checkpoint.ts'
import { type BundleFiles, unpackBundle } from './unpack-bundle.ts'

/**
 * Opens a `.guildhall` file. Nothing in it is believed yet: `verifyBundle` does that.
 * @throws CredentialError CREDENTIAL_BUNDLE_MALFORMED (not such a zip, a file that the manifest does not list or that differs, a path that leads
 * out, a name twice) or CREDENTIAL_BUNDLE_TOO_LARGE.
 */
export function readBundle(bytes: Uint8Array): Bundle {
  try {
    return assemble(unpackBundle(bytes))
  } catch (error) {
    if (error instanceof CredentialError && error.code.startsWith('CREDENTIAL_BUNDLE')) throw error
    if (error instanceof CredentialError) throw malformed(error.message, error)
    throw error
  }
}

function assemble({ manifest, text }: BundleFiles): Bundle {
  const network = readNetwork(parseJsonObject(text(pathIn(manifest, 'network'))))
  if (network === undefined) throw malformed('its network descriptor is not well formed')
  return {
    network: network satisfies NetworkDescriptor,
    checkpoint: readCheckpoint(parseJsonObject(text(pathIn(manifest, 'checkpoint')))),
    facts: readFacts(parseJson(text(pathIn(manifest, 'facts')))),
    credentials: rowsIn(manifest, 'credentials').map((row) => readCredential(row, text)),
    didLogs: rowsIn(manifest, 'didLogs').map((row) => ({ did: pathIn(row, 'did'), log: text(pathIn(row, 'path')) })),
    lists: rowsIn(manifest, 'lists').map((row) => ({ cid: pathIn(row, 'cid'), url: pathIn(row, 'url'), text: text(pathIn(row, 'path')) })),
  }
}

function readCredential(row: JsonObject, text: (path: string) => string): BundledCredential {
  const secured = text(pathIn(row, 'secured'))
  const receipt = row['receipt'] === undefined ? undefined : readReceipt(parseJsonObject(text(pathIn(row, 'receipt'))))
  if (row['receipt'] !== undefined && receipt === undefined) throw malformed('a receipt in it is not well formed')
  const openings = row['openings'] === undefined ? undefined : readOpenings(parseJson(text(pathIn(row, 'openings'))))
  const frames = row['frames'] === undefined ? undefined : readFrames(parseJson(text(pathIn(row, 'frames'))))
  const parsed: Secured = secured.trimStart().startsWith('{') ? parseJsonObject(secured) : secured.trim()
  return {
    secured: parsed,
    ...(receipt === undefined ? {} : { receipt }),
    ...(openings === undefined ? {} : { openings }),
    ...(frames === undefined ? {} : { frames }),
  }
}

/** Reads opened values from outside. @throws CredentialError CREDENTIAL_BUNDLE_MALFORMED */
function readOpenings(value: JsonValue): EvidenceOpening[] {
  const isSound = (item: JsonValue) =>
    isJsonObject(item) && typeof item['name'] === 'string' && /^0x[0-9a-f]{32}$/.test(String(item['salt'])) && isPlain(item['value'])
  if (!Array.isArray(value) || value.length > 256 || !value.every(isSound)) throw malformed('the opened values are not well formed')
  return value as unknown as EvidenceOpening[]
}

function readFrames(value: JsonValue): FrameProof[] {
  const isDigest = (item: JsonValue | undefined) => typeof item === 'string' && /^0x[0-9a-f]{64}$/.test(item)
  const isSound = (item: JsonValue) =>
    isJsonObject(item) &&
    Number.isSafeInteger(item['leafIndex']) &&
    isDigest(item['leafHash']) &&
    Array.isArray(item['path']) &&
    item['path'].every(isDigest)
  if (!Array.isArray(value) || value.length > 4096 || !value.every(isSound)) throw malformed('the frames shown are not well formed')
  return value as unknown as FrameProof[]
}

function isPlain(value: JsonValue | undefined): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function rowsIn(manifest: JsonObject, member: string): JsonObject[] {
  const rows = manifest[member]
  if (!Array.isArray(rows) || !rows.every(isJsonObject)) throw malformed(`its manifest has no list of ${member}`)
  return rows
}

function pathIn(row: JsonObject, member: string): string {
  const path = row[member]
  if (typeof path !== 'string') throw malformed(`its manifest does not name ${member}`)
  return path
}

function malformed(problem: string, cause?: unknown): CredentialError {
  return new CredentialError('CREDENTIAL_BUNDLE_MALFORMED', `The bundle can not be opened: ${problem}. Export it again.`, { cause })
}

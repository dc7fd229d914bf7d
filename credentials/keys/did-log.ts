import { CredentialError } from '../errors.ts'
import { createProof } from '../formats/data-integrity/data-integrity.ts'
import type { JsonObject } from '../formats/format.ts'
import { canonicalJson } from '../formats/json.ts'
import { buildDidDocument, type DidDocumentParts } from './did-document.ts'
import { verificationMethodOf } from './did-key.ts'
import { type DidLogLine, didMethod, hashEntry, hashNextKey, multihash, scidPlaceholder } from './did-log-entry.ts'
import type { Signer } from './key.ts'
import { encodeMultikey, type PublicKey } from './multikey.ts'
import { parseDidLog } from './parse-did-log.ts'

/** A DID with its log: one JSON line a version, as served at `did.jsonl` and pinned by digest on the ledger. */
export interface DidLog {
  did: string
  log: string
}

/** What signs an entry. `updateKey` may change the document; it is not the key that issues credentials. */
export interface EntryOptions extends DidDocumentParts {
  updateKey: Signer
  /** Commits to the keys of the next entry, so that a stolen update key alone changes nothing (pre-rotation). */
  nextUpdateKeys?: readonly PublicKey[]
  /** When, UnixSeconds; must be later than the entry before. */
  time: number
}

const hostName = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/
const ipAddress = /^\d+(?:\.\d+){3}(?::|$)/

/**
 * Creates a did:webvh (1.0) at a host (`example.org`, `base.localhost:8080`) with its first entry.
 * @throws CredentialError CREDENTIAL_DID_INVALID when the host cannot be in a DID.
 */
export async function createDidLog(host: string, options: EntryOptions): Promise<DidLog> {
  if (!hostName.test(host) || ipAddress.test(host)) {
    throw new CredentialError('CREDENTIAL_DID_INVALID', `${host} cannot be the host of a DID: use a lower-case name, not an address.`)
  }
  const template = `did:webvh:${scidPlaceholder}:${host.replace(':', '%3A')}`
  const line: DidLogLine = {
    versionId: scidPlaceholder,
    versionTime: instant(options.time),
    parameters: {
      method: didMethod,
      scid: scidPlaceholder,
      updateKeys: [encodeMultikey(options.updateKey)],
      portable: false,
      ...nextKeys(options),
    },
    state: buildDidDocument(template, options),
  }
  // did:webvh 1.0 §3.7.3: the SCID is the hash of the first entry with placeholders where it will stand.
  const scid = multihash(canonicalJson({ ...line }))
  const named: DidLogLine = JSON.parse(JSON.stringify(line).replaceAll(scidPlaceholder, scid))
  const log = await finishEntry({ line: named, previous: scid, number: 1 }, options)
  return { did: template.replace(scidPlaceholder, scid), log }
}

/**
 * Adds an entry: other issuing keys, another update key. Returns the whole new log.
 * `newUpdateKey`: who may write the entry after this one; with pre-rotation, the committed key that signs this one.
 * @throws CredentialError CREDENTIAL_DID_INVALID when the log is not sound, or the result would not be (wrong key, time not later).
 */
export async function addDidLogEntry(
  { did, log }: DidLog,
  options: EntryOptions & { newUpdateKey?: PublicKey; isDeactivated?: boolean },
): Promise<DidLog> {
  const history = await parseDidLog(log, did)
  const latest = history.versions.at(-1)
  if (!latest) throw new CredentialError('CREDENTIAL_DID_INVALID', 'The DID log is empty.')
  const { newUpdateKey, isDeactivated } = options
  const line: DidLogLine = {
    versionId: latest.versionId,
    versionTime: instant(options.time),
    parameters: {
      ...(newUpdateKey ? { updateKeys: [encodeMultikey(newUpdateKey)] } : {}),
      ...nextKeys(options),
      ...(isDeactivated ? { deactivated: true } : {}),
    },
    state: buildDidDocument(did, options),
  }
  const added = await finishEntry({ line, previous: latest.versionId, number: history.versions.length + 1 }, options)
  const whole = `${log}${log.endsWith('\n') ? '' : '\n'}${added}`
  await parseDidLog(whole, did)
  return { did, log: whole }
}

async function finishEntry(
  { line, previous, number }: { line: DidLogLine; previous: string; number: number },
  { updateKey, time }: Pick<EntryOptions, 'updateKey' | 'time'>,
): Promise<string> {
  const entry = { ...line, versionId: `${number}-${hashEntry(line, previous)}` }
  const multikey = encodeMultikey(updateKey)
  const signer = { ...updateKey, verificationMethod: verificationMethodOf(`did:key:${multikey}`, updateKey) }
  const proof = await createProof(entry as unknown as JsonObject, signer, { cryptosuite: 'eddsa-jcs-2022', created: time })
  return `${JSON.stringify({ ...entry, proof: [proof] })}\n`
}

function nextKeys({ nextUpdateKeys }: EntryOptions): JsonObject {
  return nextUpdateKeys ? { nextKeyHashes: nextUpdateKeys.map((key) => hashNextKey(encodeMultikey(key))) } : {}
}

function instant(time: number): string {
  return `${new Date(time * 1000).toISOString().slice(0, 19)}Z`
}

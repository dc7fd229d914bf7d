import { CredentialError } from '../errors.ts'
import { verifyProofs } from '../formats/data-integrity/data-integrity.ts'
import { readInstant } from '../formats/data-integrity/proof-options.ts'
import type { JsonObject, JsonValue } from '../formats/format.ts'
import { canonicalJson, isJsonObject, parseJsonObject } from '../formats/json.ts'
import { resolveDidKey } from './did-key.ts'
import { type DidLogLine, didMethod, hashEntry, hashNextKey, multihash, scidPlaceholder } from './did-log-entry.ts'

/** One version of a DID document. `versionTime` is UnixSeconds: the document holds from then until the next version. */
export interface DidVersion {
  versionId: string
  versionTime: number
  document: JsonObject
  isDeactivated: boolean
}

/** A DID with all its versions, oldest first; every link and signature of it was checked. */
export interface DidHistory {
  did: string
  versions: readonly DidVersion[]
}

/** Longest log that is read: lines and characters. A base that changes its keys every week for 19 years has 1,000 lines. */
const maxLines = 1_000
const maxLogLength = 8_388_608

/** The parameters in force after an entry (did:webvh 1.0 §3.5). */
interface Parameters {
  scid: string
  updateKeys: readonly string[]
  nextKeyHashes: readonly string[]
  isDeactivated: boolean
}

/**
 * Reads a did:webvh log and checks all of it (did:webvh 1.0 §3.6.2): the SCID, the chain of entry hashes, the order of times, who might
 * write each entry, every signature. With `did`, also that it is the log of that DID. The log's own clock is believed; when an entry was
 * really published is for the ledger's digests to say.
 * @throws CredentialError CREDENTIAL_DID_INVALID naming the first entry that is wrong; CREDENTIAL_FORMAT_UNSUPPORTED for witnesses and other
 * versions of the method, which are not read.
 */
export async function parseDidLog(log: string, did?: string): Promise<DidHistory> {
  const lines = splitLog(log)
  const versions: DidVersion[] = []
  let inForce: Parameters | undefined
  let previous: DidLogLine | undefined
  for (const [index, line] of lines.entries()) {
    const number = index + 1
    const entry = readLine(line, number)
    const next = readParameters(entry, inForce, number)
    assertLinked(entry, { previous, scid: next.scid, number })
    await assertSigned(entry, { inForce, next, number })
    const versionTime = readInstant(entry.versionTime)
    const before = versions.at(-1)
    if (versionTime === undefined || (before && versionTime <= before.versionTime))
      throw wrong(number, 'its time is not after the one before')
    versions.push({ versionId: entry.versionId, versionTime, document: entry.state, isDeactivated: next.isDeactivated })
    inForce = next
    previous = entry
  }
  return { did: nameOf(versions, inForce?.scid ?? '', did), versions }
}

/** The version that held at a time (UnixSeconds); undefined when the DID did not exist yet. */
export function findVersionAt({ versions }: DidHistory, time: number): DidVersion | undefined {
  return versions.findLast(({ versionTime }) => versionTime <= time)
}

function splitLog(log: string): string[] {
  if (log.length > maxLogLength) throw new CredentialError('CREDENTIAL_TOO_LARGE', 'The DID log is longer than 8 Mi characters.')
  const lines = log.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0) throw new CredentialError('CREDENTIAL_DID_INVALID', 'The DID log has no entry.')
  if (lines.length > maxLines) throw new CredentialError('CREDENTIAL_TOO_LARGE', `The DID log has more than ${maxLines} entries.`)
  return lines
}

function readLine(line: string, number: number): DidLogLine {
  const { versionId, versionTime, parameters, state, proof } = parseEntry(line, number)
  if (typeof versionId !== 'string' || typeof versionTime !== 'string' || !isJsonObject(parameters) || !isJsonObject(state)) {
    throw wrong(number, 'a member is missing')
  }
  const proofs = proof === undefined ? [] : [proof].flat()
  if (proofs.length === 0 || !proofs.every((one) => isJsonObject(one))) throw wrong(number, 'it has no proof')
  return { versionId, versionTime, parameters, state, proof: proofs }
}

function parseEntry(line: string, number: number): JsonObject {
  try {
    return parseJsonObject(line)
  } catch (cause) {
    throw new CredentialError('CREDENTIAL_DID_INVALID', `Entry ${number} of the DID log is not JSON.`, { cause })
  }
}

function readParameters({ parameters }: DidLogLine, before: Parameters | undefined, number: number): Parameters {
  const { method, scid, updateKeys, nextKeyHashes, deactivated, witness } = parameters
  if (method === undefined && !before) throw wrong(number, 'it names no method')
  if (method !== undefined && method !== didMethod) {
    throw new CredentialError('CREDENTIAL_FORMAT_UNSUPPORTED', `Entry ${number} of the DID log is not of ${didMethod}.`)
  }
  if (isJsonObject(witness) && Object.keys(witness).length > 0) {
    throw new CredentialError('CREDENTIAL_FORMAT_UNSUPPORTED', 'The DID has witnesses, which are not read here.')
  }
  if (before?.isDeactivated) throw wrong(number, 'the DID was deactivated before it')
  if (before && scid !== undefined && scid !== before.scid) throw wrong(number, 'it changes the SCID')
  const known = before?.scid ?? scid
  if (typeof known !== 'string') throw wrong(number, 'it has no SCID')
  // did:webvh 1.0 §3.7.7: while next keys are committed to, every entry names its update keys and commits anew.
  if (before && before.nextKeyHashes.length > 0 && updateKeys === undefined)
    throw wrong(number, 'it names no update keys though they were committed to')
  return {
    scid: known,
    updateKeys: updateKeys === undefined ? (before?.updateKeys ?? []) : texts(updateKeys, number),
    nextKeyHashes: nextKeyHashes === undefined ? (before?.nextKeyHashes ?? []) : texts(nextKeyHashes, number),
    isDeactivated: deactivated === true,
  }
}

function assertLinked(
  entry: DidLogLine,
  { previous, scid, number }: { previous: DidLogLine | undefined; scid: string; number: number },
): void {
  if (entry.versionId !== `${number}-${hashEntry(entry, previous?.versionId ?? scid)}`) throw wrong(number, 'its hash does not fit')
  if (previous) {
    if (entry.state['id'] !== previous.state['id']) throw wrong(number, 'it changes the name of the DID')
    return
  }
  const { proof: _, ...unsigned } = entry
  const template = JSON.stringify({ ...unsigned, versionId: scidPlaceholder }).replaceAll(scid, scidPlaceholder)
  if (multihash(canonicalJson(JSON.parse(template))) !== scid) throw wrong(number, 'the SCID does not fit')
}

/** did:webvh 1.0 §3.7.7: with pre-rotation the entry's own keys sign it, and were committed to before; without it, the keys of the entry before. */
async function assertSigned(
  entry: DidLogLine,
  { inForce, next, number }: { inForce: Parameters | undefined; next: Parameters; number: number },
): Promise<void> {
  const isCommitted = inForce !== undefined && inForce.nextKeyHashes.length > 0
  if (isCommitted && !next.updateKeys.every((key) => inForce.nextKeyHashes.includes(hashNextKey(key)))) {
    throw wrong(number, 'an update key was not committed to')
  }
  const allowed = inForce && !isCommitted ? inForce.updateKeys : next.updateKeys
  const proofs = await verifyProofs(entry as unknown as JsonObject, {
    resolveKey: ({ verificationMethod }) => ({ key: resolveDidKey(verificationMethod) }),
  }).catch((cause) => {
    throw new CredentialError('CREDENTIAL_DID_INVALID', `Entry ${number} of the DID log is signed by something that is no did:key.`, {
      cause,
    })
  })
  const isSigned = proofs.every(({ outcome, suite, verificationMethod = '' }) => {
    const multikey = verificationMethod.split('#')[0]?.slice('did:key:'.length) ?? ''
    return outcome === 'passed' && suite === 'eddsa-jcs-2022' && allowed.includes(multikey)
  })
  if (!isSigned) throw wrong(number, 'it is not signed by a key that may change the DID')
}

function nameOf(versions: readonly DidVersion[], scid: string, expected: string | undefined): string {
  const did = versions[0]?.document['id']
  if (typeof did !== 'string' || !did.startsWith(`did:webvh:${scid}:`)) throw wrong(1, 'its document is not named by the SCID')
  if (expected !== undefined && did !== expected) {
    throw new CredentialError('CREDENTIAL_DID_INVALID', `The log is of ${did.slice(0, 120)}, not of ${expected.slice(0, 120)}.`)
  }
  return did
}

function texts(value: JsonValue, number: number): string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw wrong(number, 'its keys are no list of texts')
  return value
}

function wrong(number: number, problem: string): CredentialError {
  return new CredentialError('CREDENTIAL_DID_INVALID', `Entry ${number} of the DID log is wrong: ${problem}.`)
}

import { base58btc } from 'multiformats/bases/base58'
import { CredentialError } from '../../errors.ts'
import type { Signer } from '../../keys/key.ts'
import type { IssueOptions, JsonObject, JsonValue, Outcome, SingleProofVerification, VerifyProofOptions } from '../format.ts'
import { isJsonObject } from '../json.ts'
import { lookUpKey } from '../look-up-key.ts'
import { type ProofReason, proofReason, type Refusal, refusal } from '../reasons.ts'
import { type Cryptosuite, findCryptosuite, hashText, joinHashes } from './cryptosuites.ts'
import { findRefusedOption, readInstant } from './proof-options.ts'

/** The proofs of a document, as a list; `proof` may be one or a set (Data Integrity 1.0 §2.1.1). */
export function listProofs(document: JsonObject): JsonValue[] {
  return document['proof'] === undefined ? [] : [document['proof']].flat()
}

/** The document without its `proof`. */
export function withoutProof(document: JsonObject): JsonObject {
  const { proof: _, ...unsecured } = document
  return unsecured
}

/**
 * Makes one proof over a document (Data Integrity EdDSA 1.0 §3.2.1). The document's own `proof` member is left out of what is signed.
 * @throws CredentialError CREDENTIAL_DATA_MODEL_INVALID when the document cannot be canonicalised (an undefined term, an unbundled context).
 */
export async function createProof(
  document: JsonObject,
  signer: Signer,
  options: IssueOptions & { cryptosuite: string },
): Promise<JsonObject> {
  const { cryptosuite, created, proofPurpose = 'assertionMethod', domain, challenge } = options
  const suite = findCryptosuite(cryptosuite)
  if (!suite || suite.keyAlgorithm !== signer.algorithm) {
    throw new CredentialError('CREDENTIAL_KEY_MISMATCH', `A ${signer.algorithm} key cannot sign ${cryptosuite}.`)
  }
  const context = suite.copiesContext ? document['@context'] : undefined
  const proof: JsonObject = {
    type: 'DataIntegrityProof',
    cryptosuite,
    created: `${new Date(created * 1000).toISOString().slice(0, 19)}Z`,
    verificationMethod: signer.verificationMethod,
    proofPurpose,
    ...(domain === undefined ? {} : { domain }),
    ...(challenge === undefined ? {} : { challenge }),
    ...(context === undefined ? {} : { '@context': context }),
  }
  const hashes = await hashData(suite, withoutProof(document), proof)
  if (!('data' in hashes)) {
    const detail = Object.values(hashes.reason.params).join(' ')
    throw new CredentialError('CREDENTIAL_DATA_MODEL_INVALID', `The document cannot be signed: ${hashes.reason.code} ${detail}`)
  }
  return { ...proof, proofValue: base58btc.encode(await signer.sign(hashes.data)) }
}

/** Verifies every proof of a document: sets one by one, chains over the proofs that they name (Data Integrity 1.0 §4.2, §4.3). */
export async function verifyProofs(document: JsonObject, options: VerifyProofOptions): Promise<SingleProofVerification[]> {
  const proofs = listProofs(document)
  const unsecured = withoutProof(document)
  const verifications: SingleProofVerification[] = []
  for (const proof of proofs) verifications.push(await verifyOne({ unsecured, proofs, proof }, options))
  return verifications
}

interface ProofInDocument {
  unsecured: JsonObject
  proofs: readonly JsonValue[]
  proof: JsonValue
}

async function verifyOne({ unsecured, proofs, proof }: ProofInDocument, options: VerifyProofOptions): Promise<SingleProofVerification> {
  if (!isJsonObject(proof)) {
    const nothing = { suite: '', verificationMethod: undefined, proofPurpose: undefined, created: undefined }
    return { ...nothing, outcome: 'failed', reason: proofReason('proof-malformed', { detail: 'it is not an object' }) }
  }
  const named = {
    suite: textOf(proof['cryptosuite']) ?? textOf(proof['type']) ?? '',
    verificationMethod: textOf(proof['verificationMethod']),
    proofPurpose: textOf(proof['proofPurpose']),
    created: readInstant(proof['created']),
  }
  return { ...(await judge({ unsecured, proofs, proof }, options)), ...named }
}

async function judge(
  { unsecured, proofs, proof }: Omit<ProofInDocument, 'proof'> & { proof: JsonObject },
  options: VerifyProofOptions,
): Promise<{ outcome: Outcome; reason: ProofReason }> {
  const suite = findCryptosuite(textOf(proof['cryptosuite']) ?? '')
  if (proof['type'] !== 'DataIntegrityProof' || !suite) {
    return { outcome: 'unknown', reason: proofReason('proof-suite-unsupported', { suite: describeSuite(proof) }) }
  }
  const refused = findRefusedOption(proof, options)
  if (refused) return { outcome: 'failed', reason: refused }
  const covered = coverPrevious(unsecured, proofs, proof)
  if ('refused' in covered) return { outcome: 'failed', reason: covered.refused }
  const verificationMethod = textOf(proof['verificationMethod']) ?? ''
  const answer = await lookUpKey(options.resolveKey, {
    verificationMethod,
    issuer: partyOf(unsecured),
    proofPurpose: textOf(proof['proofPurpose']) ?? '',
  })
  if (!('key' in answer)) return answer
  if (answer.key.algorithm !== suite.keyAlgorithm) {
    return { outcome: 'failed', reason: proofReason('proof-key-mismatch', { found: answer.key.algorithm, expected: suite.keyAlgorithm }) }
  }
  const { proofValue, ...proofOptions } = proof
  const signature = decodeProofValue(proofValue)
  if (!signature) return { outcome: 'failed', reason: proofReason('proof-malformed', { detail: 'its value is no base58btc signature' }) }
  const hashes = await hashData(suite, covered.document, proofOptions)
  if (!('data' in hashes)) return hashes
  const isValid = await answer.key.verify(hashes.data, signature)
  if (!isValid) return { outcome: 'failed', reason: proofReason('proof-signature-invalid') }
  return { outcome: 'passed', reason: proofReason('proof-valid', { verificationMethod }) }
}

async function hashData(suite: Cryptosuite, document: JsonObject, proofOptions: JsonObject): Promise<{ data: Uint8Array } | Refusal> {
  const hidden = suite.findHiddenPart(document)
  if (hidden) return hidden
  const settled = suite.settleContext(document, proofOptions)
  if (!settled) return refusal('failed', 'proof-malformed', { detail: 'its context is not the document’s' })
  const proof = await suite.transform(settled.options)
  if (!('canonical' in proof)) return proof
  const transformed = await suite.transform(settled.document)
  if (!('canonical' in transformed)) return transformed
  return { data: joinHashes(hashText(proof.canonical), hashText(transformed.canonical)) }
}

/** Data Integrity 1.0 §4.3: what a later proof signs has the proofs before it, that it names, in it. */
function coverPrevious(
  unsecured: JsonObject,
  proofs: readonly JsonValue[],
  proof: JsonObject,
): { document: JsonObject } | { refused: ProofReason } {
  if (proof['previousProof'] === undefined) return { document: unsecured }
  const wanted = [proof['previousProof']].flat()
  const previous: JsonObject[] = []
  for (const id of wanted) {
    const match = proofs.find((other) => isJsonObject(other) && typeof id === 'string' && other['id'] === id)
    if (!isJsonObject(match)) return { refused: proofReason('proof-previous-missing', { previousProof: textOf(id) ?? '' }) }
    previous.push(match)
  }
  return { document: { ...unsecured, proof: previous } }
}

function describeSuite(proof: JsonObject): string {
  const type = textOf(proof['type']) ?? ''
  const cryptosuite = textOf(proof['cryptosuite'])
  return cryptosuite === undefined ? type : `${type} ${cryptosuite}`
}

function partyOf(document: JsonObject): string | undefined {
  const party = document['issuer'] ?? document['holder']
  return textOf(isJsonObject(party) ? party['id'] : party)
}

/** 64 bytes, or undefined. Data Integrity EdDSA 1.0 §3.2.2: multibase base58btc. */
function decodeProofValue(value: JsonValue | undefined): Uint8Array | undefined {
  if (typeof value !== 'string' || value.length > 100 || !value.startsWith('z')) return undefined
  try {
    const signature = base58btc.decode(value)
    return signature.length === 64 ? signature : undefined
  } catch {
    return undefined
  }
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

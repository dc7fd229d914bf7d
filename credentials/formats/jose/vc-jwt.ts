import { CredentialError } from '../../errors.ts'
import type { Signer } from '../../keys/key.ts'
import { decodeBase64url, encodeBase64url } from '../base64url.ts'
import type {
  IssueOptions,
  JsonObject,
  Outcome,
  ProofFormat,
  ProofVerification,
  Secured,
  SingleProofVerification,
  VerifyProofOptions,
} from '../format.ts'
import { isJsonObject, parseJsonObject } from '../json.ts'
import { lookUpKey } from '../look-up-key.ts'
import { type ProofReason, proofReason } from '../reasons.ts'
import { findRefusedClaim } from './jwt-claims.ts'

/** Longest token that is read, in characters. */
const maxTokenLength = 4_194_304
const compactJws = /^[\w-]+\.[\w-]+\.[\w-]*$/
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const utf8Encoder = new TextEncoder()

/** JOSE `alg` (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2) → the key it takes. */
const algorithms: Readonly<Record<string, 'EdDSA' | 'ES256'>> = { EdDSA: 'EdDSA', Ed25519: 'EdDSA', ES256: 'ES256' }
/** Without a signature, or with a secret that the verifier would have to share. RFC 8725 §3.1, §3.2. */
const refusedAlgorithms = /^(?:none|HS\d*)$/i
/** VC-JOSE-COSE §3.1.1, §3.1.2; a token without `typ` is read by what is in it. */
const types = new Set([undefined, 'vc+jwt', 'vp+jwt', 'application/vc+jwt', 'application/vp+jwt'])

/** A token taken apart. `payload` is the credential or presentation itself. */
interface Token {
  header: JsonObject
  payload: JsonObject
  signingInput: Uint8Array
  signature: Uint8Array
}

/** Securing JSON with JOSE (VC-JOSE-COSE §3.1): the payload of the JWS is the credential itself. Issues EdDSA, verifies EdDSA and ES256. */
export const vcJwt: ProofFormat = {
  id: 'vc+jwt',
  mediaType: 'application/vc+jwt',
  recognise: (input) => typeof input === 'string' && input.length <= maxTokenLength && compactJws.test(input),
  read: (secured) => readLegacy(takeApart(secured)),
  issue,
  verifyProof,
}

async function issue(document: JsonObject, signer: Signer, { challenge, domain }: IssueOptions): Promise<string> {
  const kind = isPresentation(document) ? 'vp' : 'vc'
  // VC-JOSE-COSE §3.1.2, RFC 7519 §4.1.3: what Data Integrity calls challenge and domain.
  const payload = {
    ...document,
    ...(challenge === undefined ? {} : { nonce: challenge }),
    ...(domain === undefined ? {} : { aud: domain }),
  }
  const header = { alg: signer.algorithm, typ: `${kind}+jwt`, cty: kind, kid: signer.verificationMethod }
  const signingInput = `${encodeText(JSON.stringify(header))}.${encodeText(JSON.stringify(payload))}`
  return `${signingInput}.${encodeBase64url(await signer.sign(utf8Encoder.encode(signingInput)))}`
}

async function verifyProof(secured: Secured, options: VerifyProofOptions): Promise<ProofVerification> {
  let token: Token
  try {
    token = takeApart(secured)
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error
    return verification('failed', proofReason('proof-malformed', { detail: error.message }))
  }
  const named = describeToken(token, options)
  const { outcome, reason } = await judge(token, named, options)
  return verification(outcome, reason, named)
}

type Named = Omit<SingleProofVerification, 'outcome' | 'reason'> & { issuer: string | undefined }
type Judgement = { outcome: Outcome; reason: ProofReason }

async function judge(token: Token, { issuer, suite, verificationMethod }: Named, options: VerifyProofOptions): Promise<Judgement> {
  const refused = findRefusedHeader(token) ?? findRefusedClaim(token, issuer, options)
  if (refused) return refused
  // Object.hasOwn: `constructor` and the like are no algorithms.
  const algorithm = Object.hasOwn(algorithms, suite) ? algorithms[suite] : undefined
  if (!algorithm) return { outcome: 'unknown', reason: proofReason('proof-suite-unsupported', { suite }) }
  if (verificationMethod === undefined)
    return { outcome: 'unknown', reason: proofReason('proof-key-not-found', { verificationMethod: '' }) }
  const answer = await lookUpKey(options.resolveKey, {
    verificationMethod,
    issuer,
    proofPurpose: options.proofPurpose ?? 'assertionMethod',
  })
  if (!('key' in answer)) return answer
  // The key decides the algorithm, not the token (RFC 8725 §3.1).
  if (answer.key.algorithm !== algorithm) {
    return { outcome: 'failed', reason: proofReason('proof-key-mismatch', { found: answer.key.algorithm, expected: algorithm }) }
  }
  const isValid = await answer.key.verify(token.signingInput, token.signature)
  if (!isValid) return { outcome: 'failed', reason: proofReason('proof-signature-invalid') }
  return { outcome: 'passed', reason: proofReason('proof-valid', { verificationMethod }) }
}

function findRefusedHeader({ header, payload }: Token): Judgement | undefined {
  const { alg, crit, b64, typ } = header
  if (typeof alg !== 'string') return malformed('the header names no algorithm')
  if (refusedAlgorithms.test(alg)) return { outcome: 'failed', reason: proofReason('proof-algorithm-refused', { algorithm: alg }) }
  // RFC 7515 §4.1.11: an extension that must be understood and is not. RFC 7797 §7: `b64` is not for JWTs.
  if (crit !== undefined || b64 !== undefined) return malformed('the header asks for extensions')
  if (header['kid'] !== undefined && typeof header['kid'] !== 'string') return malformed('the key id is not text')
  const isLegacy = 'vc' in payload || 'vp' in payload
  if (isLegacy && !(typeof typ === 'string' && typ.endsWith('+jwt'))) {
    return { outcome: 'unknown', reason: proofReason('proof-legacy', { suite: `VC 1.1 JWT, ${alg}` }) }
  }
  // VC-JOSE-COSE §3.1.1: the claims vc and vp must not be present.
  if (isLegacy) return malformed('the claims vc and vp are not for this kind of token')
  if (!types.has(typ as string | undefined)) return malformed('the type is neither vc+jwt nor vp+jwt')
  // RFC 8725 §3.11: what was signed as one thing is not to pass for the other.
  const says = typeof typ === 'string' ? typ.replace('application/', '').slice(0, 2) : undefined
  if ((says === 'vp' && isCredential(payload)) || (says === 'vc' && isPresentation(payload)))
    return malformed('its type is not what is in it')
  return undefined
}

function isPresentation(document: JsonObject): boolean {
  return [document['type']].flat().includes('VerifiablePresentation')
}

function isCredential(document: JsonObject): boolean {
  return [document['type']].flat().includes('VerifiableCredential')
}

function malformed(detail: string): Judgement {
  return { outcome: 'failed', reason: proofReason('proof-malformed', { detail }) }
}

function verification(outcome: Outcome, reason: ProofReason, named?: Named): ProofVerification {
  if (!named) return { format: 'vc+jwt', outcome, reason, proofs: [] }
  const { issuer: _, ...proof } = named
  return { format: 'vc+jwt', outcome, reason, proofs: [{ outcome, reason, ...proof }] }
}

function describeToken({ header, payload }: Token, options: VerifyProofOptions): Named {
  const party = payload['issuer'] ?? payload['holder'] ?? header['iss'] ?? payload['iss']
  const id = isJsonObject(party) ? party['id'] : party
  const issuer = typeof id === 'string' ? id : undefined
  return {
    issuer,
    suite: typeof header['alg'] === 'string' ? header['alg'] : '',
    verificationMethod: absoluteKeyId(header['kid'], issuer),
    proofPurpose: options.proofPurpose ?? 'assertionMethod',
    created: typeof payload['iat'] === 'number' ? payload['iat'] : undefined,
  }
}

/** VC-JOSE-COSE §3.3.1: a `kid` that is no URL is relative to the issuer; without one the issuer's only key is meant. */
function absoluteKeyId(kid: unknown, issuer: string | undefined): string | undefined {
  if (typeof kid !== 'string') return issuer
  if (kid.includes(':')) return kid
  return issuer && `${issuer.split('#')[0]}#${kid.replace(/^#/, '')}`
}

function takeApart(secured: Secured): Token {
  if (typeof secured !== 'string') throw new CredentialError('CREDENTIAL_MALFORMED', 'A token is text.')
  if (secured.length > maxTokenLength) {
    throw new CredentialError('CREDENTIAL_TOO_LARGE', `The token has ${secured.length} characters; at most ${maxTokenLength} are read.`)
  }
  if (!compactJws.test(secured)) throw new CredentialError('CREDENTIAL_MALFORMED', 'A token has three parts of base64url between two dots.')
  const first = secured.indexOf('.')
  const second = secured.lastIndexOf('.')
  return {
    header: parseJsonObject(decodeText(secured.slice(0, first))),
    payload: parseJsonObject(decodeText(secured.slice(first + 1, second))),
    signingInput: utf8Encoder.encode(secured.slice(0, second)),
    signature: decodeBase64url(secured.slice(second + 1)),
  }
}

/** VC Data Model 1.1 §6.3.1: members of the credential that stood as claims beside `vc`. */
function readLegacy({ payload }: Token): JsonObject {
  const inner = payload['vc'] ?? payload['vp']
  if (!isJsonObject(inner)) return payload
  const { iss, jti } = payload
  return {
    ...inner,
    ...(inner['id'] === undefined && jti !== undefined ? { id: jti } : {}),
    ...(inner['issuer'] === undefined && iss !== undefined ? { issuer: iss } : {}),
  }
}

function encodeText(text: string): string {
  return encodeBase64url(utf8Encoder.encode(text))
}

function decodeText(part: string): string {
  try {
    return utf8.decode(decodeBase64url(part))
  } catch (cause) {
    throw new CredentialError('CREDENTIAL_MALFORMED', 'A part of the token is not base64url of UTF-8 text.', { cause })
  }
}

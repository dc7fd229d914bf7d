import { decodeBase64url, encodeBase64url } from '../formats/base64url.ts'
import type { JsonObject } from '../formats/format.ts'
import { isJsonObject, parseJson } from '../formats/json.ts'
import { resolveDidKey } from '../keys/did-key.ts'
import type { Signer } from '../keys/key.ts'

/** To whom a learner's browser proves its key (`audience`: the base's origin), for which account, and when (UnixSeconds). */
export interface HolderClaim {
  audience: string
  subject: string
  issuedAt: number
}

/** Why a holder's proof is not accepted. */
export type HolderProofProblem = 'malformed' | 'signature' | 'other-occasion' | 'too-old'

const type = 'openid4vci-proof+jwt'
/** How far the two clocks may be apart, in seconds. */
const tolerance = 300

/** Proves that the holder's key is at hand: a compact JWS (RFC 7515 §7.1) of the kind that OpenID4VCI 1.0 §8.2.1.1 describes. */
export async function proveHolder(signer: Signer, { audience, subject, issuedAt }: HolderClaim): Promise<string> {
  const header = { alg: signer.algorithm, typ: type, kid: signer.verificationMethod }
  const payload = { aud: audience, sub: subject, iat: issuedAt }
  const signed = [header, payload].map((part) => encodeBase64url(new TextEncoder().encode(JSON.stringify(part)))).join('.')
  return `${signed}.${encodeBase64url(await signer.sign(new TextEncoder().encode(signed)))}`
}

/**
 * What is wrong with a proof that should be by the key of `holder`, a did:key; undefined when nothing is. Never throws for what the proof holds.
 * @throws CredentialError CREDENTIAL_DID_INVALID when `holder` is no did:key
 */
export async function checkHolderProof(
  proof: string,
  { holder, audience, subject, now }: { holder: string; audience: string; subject: string; now: number },
): Promise<HolderProofProblem | undefined> {
  const key = resolveDidKey(holder)
  const [header = '', payload = '', signature = '', ...rest] = proof.split('.')
  const [head, said, bytes] = [readPart(header), readPart(payload), readBytes(signature)]
  if (rest.length > 0 || !head || !said || !bytes || head['typ'] !== type || head['alg'] !== key.algorithm) return 'malformed'
  if (!(await key.verify(new TextEncoder().encode(`${header}.${payload}`), bytes))) return 'signature'
  if (said['aud'] !== audience || said['sub'] !== subject) return 'other-occasion'
  const { iat } = said
  return typeof iat === 'number' && Math.abs(now - iat) <= tolerance ? undefined : 'too-old'
}

function readPart(part: string): JsonObject | undefined {
  const bytes = readBytes(part)
  try {
    const value = bytes && parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function readBytes(part: string): Uint8Array | undefined {
  try {
    return decodeBase64url(part)
  } catch {
    return undefined
  }
}

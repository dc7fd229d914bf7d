import { CredentialError } from '../errors.ts'
import { eddsaRdfc2022 } from './data-integrity/eddsa-rdfc-2022.ts'
import type { FormatId, JsonObject, ProofFormat, Secured } from './format.ts'
import { vcJwt } from './jose/vc-jwt.ts'
import { isJsonObject, parseJsonObject } from './json.ts'

/** The proof formats. To add one, add its file and its row. */
export const proofFormats: Readonly<Record<FormatId, ProofFormat>> = {
  'vc+jwt': vcJwt,
  'eddsa-rdfc-2022': eddsaRdfc2022,
}

/** A secured document that was recognised: `document` is what is inside, without proof; `format` undefined when nothing secures it. */
export interface RecognisedDocument {
  secured: Secured
  document: JsonObject
  format: ProofFormat | undefined
}

const envelope = /^data:(application\/v[cp]\+jwt),(.*)$/s

/**
 * Reads a credential or presentation in any known format from text (compact JWS or JSON) or from a parsed object.
 * An enveloped one (VC Data Model 2.0 §4.12) is opened.
 * @throws CredentialError CREDENTIAL_MALFORMED or CREDENTIAL_TOO_LARGE.
 */
export function recogniseDocument(input: Secured): RecognisedDocument {
  const secured = openEnvelope(typeof input === 'string' ? readText(input.trim()) : input)
  const format = Object.values(proofFormats).find((candidate) => candidate.recognise(secured))
  if (format) return { secured, document: format.read(secured), format }
  if (isJsonObject(secured)) return { secured, document: secured, format: undefined }
  throw new CredentialError('CREDENTIAL_MALFORMED', 'The text is neither JSON nor a compact token.')
}

function readText(text: string): Secured {
  return text.startsWith('{') ? parseJsonObject(text) : text
}

function openEnvelope(secured: Secured): Secured {
  const id = typeof secured === 'object' ? secured['id'] : secured
  const token = typeof id === 'string' ? envelope.exec(id) : null
  return token?.[2] ?? secured
}

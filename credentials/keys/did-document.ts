import { CredentialError } from '../errors.ts'
import type { JsonObject, JsonValue } from '../formats/format.ts'
import { isJsonObject } from '../formats/json.ts'
import { verifyingKeyOf } from './did-key.ts'
import type { VerifyingKey } from './key.ts'
import { decodeMultikey, encodeMultikey, type PublicKey } from './multikey.ts'

/** What a base publishes about itself in its DID document (DID Core 1.0). */
export interface DidDocumentParts {
  /** The keys that issue credentials, each under `<did>#<publicKeyMultibase>`. */
  issuingKeys: readonly PublicKey[]
  /** Service entries, for instance where the base answers. */
  services?: readonly { id: string; type: string; serviceEndpoint: string }[]
  alsoKnownAs?: readonly string[]
}

/** The DID document of a base: every issuing key may assert and authenticate. */
export function buildDidDocument(did: string, { issuingKeys, services = [], alsoKnownAs = [] }: DidDocumentParts): JsonObject {
  const methods = issuingKeys.map((key) => {
    const publicKeyMultibase = encodeMultikey(key)
    return { id: `${did}#${publicKeyMultibase}`, type: 'Multikey', controller: did, publicKeyMultibase }
  })
  const ids = methods.map(({ id }) => id)
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did,
    ...(alsoKnownAs.length === 0 ? {} : { alsoKnownAs: [...alsoKnownAs] }),
    verificationMethod: methods,
    authentication: ids,
    assertionMethod: [...ids],
    ...(services.length === 0 ? {} : { service: services.map((service) => ({ ...service })) }),
  }
}

/**
 * The key that a DID document has under a verification method for a purpose; undefined when it has none for it.
 * @throws CredentialError CREDENTIAL_KEY_MALFORMED when the method is there but holds no key that is read here.
 */
export function findDocumentKey(
  document: JsonObject,
  verificationMethod: string,
  proofPurpose = 'assertionMethod',
): VerifyingKey | undefined {
  const did = String(document['id'])
  const isNamed = (id: JsonValue | undefined) => typeof id === 'string' && (id.startsWith('#') ? `${did}${id}` : id) === verificationMethod
  const methods = listOf(document['verificationMethod'])
  const purposes = listOf(document[proofPurpose])
  const embedded = purposes.find((entry) => isJsonObject(entry) && isNamed(entry['id']))
  const isReferred = purposes.some((entry) => isNamed(entry))
  const method = embedded ?? (isReferred ? methods.find((entry) => isJsonObject(entry) && isNamed(entry['id'])) : undefined)
  if (!isJsonObject(method)) return undefined
  const { publicKeyMultibase } = method
  if (typeof publicKeyMultibase !== 'string') {
    throw new CredentialError('CREDENTIAL_KEY_MALFORMED', `${verificationMethod.slice(0, 120)} is no Multikey.`)
  }
  return verifyingKeyOf(decodeMultikey(publicKeyMultibase))
}

/**
 * The same document as did:web, for resolvers that know no did:webvh (did:webvh 1.0 §3.7.10): names replaced, the did:webvh in `alsoKnownAs`.
 */
export function toDidWebDocument(document: JsonObject): JsonObject {
  const did = String(document['id'])
  const web = did.replace(/^did:webvh:[^:]+:/, 'did:web:')
  const replaced: JsonObject = JSON.parse(JSON.stringify(document).replaceAll(did, web))
  return { ...replaced, alsoKnownAs: [...new Set([did, ...listOf(document['alsoKnownAs'])])] }
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return value === undefined ? [] : [value].flat()
}

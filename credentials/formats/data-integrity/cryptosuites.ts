import { sha256 } from '@noble/hashes/sha2.js'
import type { KeyAlgorithm } from '../../keys/key.ts'
import type { JsonObject } from '../format.ts'
import { canonicalJson } from '../json.ts'
import { canonicalise } from '../json-ld/canonicalise.ts'
import type { Refusal } from '../reasons.ts'

/** A Data Integrity cryptosuite: which key it takes and how a document becomes canonical text. All of them hash with SHA-256. */
export interface Cryptosuite {
  keyAlgorithm: KeyAlgorithm
  /** Canonical form of the document, or of the proof options with the document's `@context`. */
  transform(document: JsonObject): Promise<{ canonical: string } | Refusal>
}

const canonicaliseJson = async (document: JsonObject) => ({ canonical: canonicalJson(document) })

/** The cryptosuites verified here, by the name in `proof.cryptosuite`: Data Integrity EdDSA 1.0 §3.2, §3.3, Data Integrity ECDSA 1.0 §3.2, §3.3 (P-256). */
export const cryptosuites: Readonly<Record<string, Cryptosuite>> = {
  'eddsa-rdfc-2022': { keyAlgorithm: 'EdDSA', transform: canonicalise },
  'eddsa-jcs-2022': { keyAlgorithm: 'EdDSA', transform: canonicaliseJson },
  'ecdsa-rdfc-2019': { keyAlgorithm: 'ES256', transform: canonicalise },
  'ecdsa-jcs-2019': { keyAlgorithm: 'ES256', transform: canonicaliseJson },
}

const utf8 = new TextEncoder()

/** SHA-256 of a text's UTF-8: 32 bytes. */
export function hashText(text: string): Uint8Array {
  return sha256(utf8.encode(text))
}

/** What is signed: hash of the proof options, then hash of the document (Data Integrity EdDSA 1.0 §3.2.4), 64 bytes. */
export function joinHashes(proofHash: Uint8Array, documentHash: Uint8Array): Uint8Array {
  const joined = new Uint8Array(64)
  joined.set(proofHash)
  joined.set(documentHash, 32)
  return joined
}

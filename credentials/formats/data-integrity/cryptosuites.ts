import { sha256 } from '@noble/hashes/sha2.js'
import type { KeyAlgorithm } from '../../keys/key.ts'
import type { JsonObject } from '../format.ts'
import { canonicalJson } from '../json.ts'
import { canonicalise } from '../json-ld/canonicalise.ts'
import { findHiddenPart } from '../json-ld/compact-form.ts'
import type { Refusal } from '../reasons.ts'

/** A Data Integrity cryptosuite: which key it takes and how a document becomes canonical text. All of them hash with SHA-256. */
export interface Cryptosuite {
  keyAlgorithm: KeyAlgorithm
  /** Canonical form of the document, or of the proof options with the document's `@context`. */
  transform(document: JsonObject): Promise<{ canonical: string } | Refusal>
  /** The document and the proof options as they are signed, or undefined when their contexts do not go together. */
  settleContext(document: JsonObject, options: JsonObject): SettledContext | undefined
  /** Why a fitting signature would not cover what a reader sees; undefined when it does. */
  findHiddenPart(document: JsonObject): Refusal | undefined
  /** Whether a new proof carries the document's context itself. */
  copiesContext: boolean
}

/** What is transformed: the document, and the proof options in their context. */
interface SettledContext {
  document: JsonObject
  options: JsonObject
}

const rdfc = { transform: canonicalise, settleContext: settleLinkedData, findHiddenPart, copiesContext: false }
const jcs = {
  transform: async (document: JsonObject) => ({ canonical: canonicalJson(document) }),
  settleContext: settleJson,
  findHiddenPart: () => undefined,
  copiesContext: true,
}

/** The cryptosuites verified here, by the name in `proof.cryptosuite`: Data Integrity EdDSA 1.0 §3.2, §3.3, Data Integrity ECDSA 1.0 §3.2, §3.3 (P-256). */
export const cryptosuites: Readonly<Record<string, Cryptosuite>> = {
  'eddsa-rdfc-2022': { keyAlgorithm: 'EdDSA', ...rdfc },
  'eddsa-jcs-2022': { keyAlgorithm: 'EdDSA', ...jcs },
  'ecdsa-rdfc-2019': { keyAlgorithm: 'ES256', ...rdfc },
  'ecdsa-jcs-2019': { keyAlgorithm: 'ES256', ...jcs },
}

/** The suite of a name, undefined for any other text: `constructor` and the like are no suites. */
export function findCryptosuite(name: string): Cryptosuite | undefined {
  return Object.hasOwn(cryptosuites, name) ? cryptosuites[name] : undefined
}

/** Data Integrity EdDSA 1.0 §3.2.5: the options are read in the document's context; another one in the proof would not be signed. */
function settleLinkedData(document: JsonObject, options: JsonObject): SettledContext | undefined {
  const { '@context': own, ...rest } = options
  const context = document['@context']
  if (own !== undefined && JSON.stringify(own) !== JSON.stringify(context)) return undefined
  return { document, options: context === undefined ? rest : { ...rest, '@context': context } }
}

/** Data Integrity EdDSA 1.0 §3.3.2: the proof's context must begin the document's, and stands for it. */
function settleJson(document: JsonObject, options: JsonObject): SettledContext | undefined {
  const own = options['@context']
  if (own === undefined) return { document, options }
  const present = [document['@context'] ?? []].flat()
  const isBeginning = [own].flat().every((entry, index) => JSON.stringify(entry) === JSON.stringify(present[index]))
  return isBeginning ? { document: { ...document, '@context': own }, options } : undefined
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

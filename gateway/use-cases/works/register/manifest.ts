import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { bilingual, cid, count, digest, flag, line, list, nullable, object, oneOf } from '../../../api/fields.ts'
import { account, type Terms, terms, workKinds } from '../../../api/works/fields.ts'

const bits64 = () => Type.String({ pattern: '^0x[0-9a-f]{16}$' })

/** What remains of a file's content for comparing: SHA-256 of its normalised text, simhash of that, difference hash of a picture. */
const fingerprint = object({ text: nullable(digest()), simhash: nullable(bits64()), image: nullable(bits64()) })
export type Fingerprint = Type.Static<typeof fingerprint>

/** One file of a version; `sha256` and `sizeBytes` are the plaintext's, `cid` names what is on IPFS. */
const file = object({
  path: line(400),
  mediaType: line(120),
  sizeBytes: count(),
  sha256: digest(),
  cid: cid(),
  sealed: flag(),
  fingerprint,
})

/**
 * The public description of one version, whose CID is what the ledger names. Nothing personal is in it but what a creator chose to be called by.
 */
const manifest = object({
  type: oneOf(['GuildhallWorkManifest'] as const),
  format: Type.Literal(1),
  kind: oneOf(workKinds),
  title: bilingual(120),
  summary: bilingual(1_000),
  languages: list(line(20), 20),
  files: list(file, 500),
  /** A picture that everyone may see. */
  cover: nullable(cid()),
  creators: list(object({ account: account(), name: nullable(line(80)) }), 64),
  terms: nullable(terms),
})
export type WorkManifest = Type.Static<typeof manifest>

/** A description is one raw block, so that the digest on the ledger is that of its bytes. */
export const mostManifestBytes = 1_048_576

const check = Compile(manifest)

/** The bytes of a description: canonical JSON (RFC 8785), so that the same one has the same CID. */
export function writeManifest(value: WorkManifest): Uint8Array {
  return Buffer.from(canonicalize(value) ?? '')
}

/** Reads a description that anyone may have written; undefined for anything that is not one. */
export function parseManifest(bytes: Uint8Array): WorkManifest | undefined {
  if (bytes.byteLength > mostManifestBytes) return undefined
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return check.Check(value) ? value : undefined
  } catch {
    // Not UTF-8, or not JSON.
    return undefined
  }
}

/** SHA-256 of the terms in canonical JSON: what the ledger keeps of them (`0x…`). */
export function hashTerms(value: Terms): string {
  return `0x${createHash('sha256')
    .update(canonicalize(value) ?? '')
    .digest('hex')}`
}

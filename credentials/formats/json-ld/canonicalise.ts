import type { JsonObject } from '../format.ts'
import { expandBundled } from './expand-bundled.ts'
import { type Refusal, refusal } from './refusal.ts'
import { canonicaliseStatements } from './statements.ts'

/**
 * The canonical N-Quads of a JSON-LD document (RDF Dataset Canonicalization 1.0, SHA-256), or why there are none. Documents of the bundled
 * contexts go the short way; jsonld.js and rdf-canonize, which decide everything else, are loaded when the first such document comes.
 */
export async function canonicalise(document: JsonObject): Promise<{ canonical: string } | Refusal> {
  const canonical = canonicaliseBundled(document)
  const result = canonical === undefined ? await canonicaliseWithLibrary(document) : { canonical }
  // Half a surrogate pair has no UTF-8: it would be hashed as another character.
  if ('canonical' in result && !result.canonical.isWellFormed())
    return refusal('failed', 'proof-malformed', { detail: 'it has half a surrogate pair' })
  return result
}

/** The short way: undefined when the document is not covered. */
export function canonicaliseBundled(document: JsonObject): string | undefined {
  const expansion = expandBundled(document)
  return expansion && canonicaliseStatements(expansion.statements, expansion.blankNodes)
}

async function canonicaliseWithLibrary(document: JsonObject): Promise<{ canonical: string } | Refusal> {
  const library = await import('./canonicalise-with-library.ts')
  return library.canonicaliseWithLibrary(document)
}

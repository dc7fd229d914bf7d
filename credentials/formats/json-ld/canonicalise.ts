import type { JsonObject } from '../format.ts'
import { type Refusal, refusal } from '../reasons.ts'
import { expandBundled } from './expand-bundled.ts'
import { canonicaliseStatements } from './statements.ts'

/**
 * The canonical N-Quads of a JSON-LD document (RDF Dataset Canonicalization 1.0, SHA-256), or why there are none. Documents of the bundled
 * contexts go the short way; jsonld.js, which decides everything else, is loaded when the first such document comes.
 */
export async function canonicalise(document: JsonObject): Promise<{ canonical: string } | Refusal> {
  const result = (await canonicaliseBundled(document)) ?? (await canonicaliseWithLibrary(document))
  // Half a surrogate pair has no UTF-8: it would be hashed as another character.
  if ('canonical' in result && !result.canonical.isWellFormed())
    return refusal('failed', 'proof-malformed', { detail: 'it has half a surrogate pair' })
  return result
}

/** The short way: undefined when the document is not covered. */
export async function canonicaliseBundled(document: JsonObject): Promise<{ canonical: string } | Refusal | undefined> {
  const expansion = expandBundled(document)
  const result = expansion && canonicaliseStatements(expansion.statements, expansion.blankNodes)
  if (!result || 'canonical' in result) return result
  const { canonicaliseAlike } = await import('./canonicalise-alike.ts')
  return canonicaliseAlike(result.alike)
}

async function canonicaliseWithLibrary(document: JsonObject): Promise<{ canonical: string } | Refusal> {
  const library = await import('./canonicalise-with-library.ts')
  return library.canonicaliseWithLibrary(document)
}

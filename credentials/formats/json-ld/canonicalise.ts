import { canonize } from 'rdf-canonize'
import type { JsonObject } from '../format.ts'
import { expandWithLibrary } from './expand-with-library.ts'
import { type Refusal, refusal } from './quads.ts'

/** The canonical N-Quads of a JSON-LD document (RDF Dataset Canonicalization 1.0, SHA-256), or why there are none. */
export async function canonicalise(document: JsonObject): Promise<{ canonical: string } | Refusal> {
  const expanded = await expandWithLibrary(document)
  if (!('quads' in expanded)) return expanded
  try {
    // maxWorkFactor stays at its default: a graph made to cost exponential work ("poison") is refused instead of computed.
    return { canonical: await canonize(expanded.quads, { algorithm: 'RDFC-1.0', format: 'application/n-quads' }) }
  } catch {
    return refusal('unknown', 'proof-suite-unsupported', { suite: 'a graph too symmetric to be put in order' })
  }
}

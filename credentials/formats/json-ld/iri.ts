import type { TermDefinition } from './active-context.ts'

/** What jsonld.js takes for an absolute IRI; kept to the letter, because the two must agree. */
const absoluteIri = /^([A-Za-z][A-Za-z0-9+-.]*|_):[^\s]*$/
/** Characters that N-Quads writes as escapes in an IRI; such IRIs are left to jsonld.js. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the grammar of N-Quads names them
const escapedInIri = /[\u0000-\u0020<>"{}|^`\\]/

/** Whether jsonld.js would call a text an absolute IRI. */
export function isAbsoluteIri(text: string): boolean {
  return absoluteIri.test(text)
}

/** Whether an expanded IRI can be written as it is: absolute, no blank node, nothing to escape. */
export function isPlainIri(iri: string): boolean {
  return absoluteIri.test(iri) && !iri.startsWith('_:') && !escapedInIri.test(iri)
}

/**
 * IRI expansion (JSON-LD 1.1 API §5.2.2) of a property or type (`vocabulary`: terms count) or of an id (`document`: only prefixes count, and
 * there is no base). Gives an absolute IRI, `@id` or `@type`; undefined for everything else, which is left to jsonld.js.
 */
export function expandIri(
  context: { terms: ReadonlyMap<string, TermDefinition>; vocabulary: string | undefined },
  value: string,
  relativeTo: 'vocabulary' | 'document',
): string | undefined {
  if (value.startsWith('@')) return undefined
  if (relativeTo === 'vocabulary') {
    const definition = context.terms.get(value)
    if (definition) return definition.iri
  }
  const colon = value.indexOf(':')
  if (colon > 0) {
    if (value.startsWith('_:')) return undefined
    const prefix = value.startsWith('//', colon + 1) ? undefined : context.terms.get(value.slice(0, colon))
    const iri = prefix?.isPrefix ? prefix.iri + value.slice(colon + 1) : value
    return isPlainIri(iri) ? iri : undefined
  }
  if (relativeTo === 'document' || context.vocabulary === undefined) return undefined
  const iri = context.vocabulary + value
  return isPlainIri(iri) ? iri : undefined
}

import type { JsonObject, JsonValue } from '../format.ts'
import { isJsonObject } from '../json.ts'
import { type ActiveContext, createActiveContext, type TermDefinition } from './active-context.ts'
import { expandIri, isAbsoluteIri } from './iri.ts'

/** Members of a term definition that are understood; a definition with another one is left to jsonld.js. */
const understood = new Set(['@id', '@type', '@container', '@context', '@protected'])
const containers = new Set<unknown>([undefined, '@set', '@list', '@graph'])

interface Compilation {
  local: JsonObject
  terms: Map<string, TermDefinition>
  vocabulary: string | undefined
  mayOverride: boolean
  isProtected: boolean
  state: Map<string, 'open' | 'done'>
}

/**
 * The context that a local context makes of the active one (JSON-LD 1.1 API §4.1.2, §4.2.2), or undefined when it needs a feature that
 * the bundled contexts do not use, or when it is wrong (a protected term redefined): then jsonld.js has the word.
 */
export function compileTerms(
  active: ActiveContext,
  local: JsonObject,
  { mayOverride }: { mayOverride: boolean },
): ActiveContext | undefined {
  const vocabulary = local['@vocab'] ?? active.vocabulary
  if (vocabulary !== undefined && !(typeof vocabulary === 'string' && isAbsoluteIri(vocabulary))) return undefined
  const compilation: Compilation = {
    local,
    terms: new Map(active.terms),
    vocabulary,
    mayOverride,
    isProtected: local['@protected'] === true,
    state: new Map(),
  }
  for (const term of Object.keys(local)) {
    if (term === '@protected' || term === '@vocab' || (term === '@version' && local[term] === 1.1)) continue
    if (term.startsWith('@') || term === '' || !defineTerm(compilation, term)) return undefined
  }
  return createActiveContext({ terms: compilation.terms, vocabulary, previous: active.previous })
}

/** False when the definition is beyond what is understood. */
function defineTerm(compilation: Compilation, term: string): boolean {
  const { state, local, terms } = compilation
  const seen = state.get(term)
  if (seen !== undefined) return seen === 'done'
  state.set(term, 'open')
  const value = local[term]
  const before = terms.get(term)
  terms.delete(term)
  const definition = readDefinition(compilation, term, value)
  if (!definition) return false
  if (before?.isProtected && !compilation.mayOverride) {
    // JSON-LD 1.1 API §4.2.2, 27: a protected term may only be said again in the same words.
    definition.isProtected = true
    if (!isSameDefinition(before, definition)) return false
  }
  terms.set(term, definition)
  state.set(term, 'done')
  return true
}

function readDefinition(compilation: Compilation, term: string, value: JsonValue | undefined): TermDefinition | undefined {
  const isSimple = typeof value === 'string'
  const members = isSimple ? { '@id': value } : value
  if (!isJsonObject(members) || !Object.keys(members).every((member) => understood.has(member))) return undefined
  const { '@container': container, '@context': context, '@protected': isProtected, '@type': type } = members
  if (!containers.has(container) || (context !== undefined && context !== null && !isJsonObject(context))) return undefined
  const iri = readIri(compilation, term, members['@id'])
  if (iri === undefined) return undefined
  const datatype = type === undefined ? undefined : readType(compilation, type)
  if (type !== undefined && datatype === undefined) return undefined
  return {
    iri,
    isPrefix: isSimple && !term.includes(':') && /[:/?#[\]@]$/.test(iri) && iri !== term,
    isProtected: isProtected === true || (compilation.isProtected && isProtected !== false),
    type: datatype,
    container: container as TermDefinition['container'],
    context,
  }
}

function readIri(compilation: Compilation, term: string, id: JsonValue | undefined): string | undefined {
  if (id === '@id' || id === '@type') return id
  if (term.includes(':') || term.includes('/')) return undefined
  if (id === undefined || id === term) return compilation.vocabulary === undefined ? undefined : compilation.vocabulary + term
  return typeof id === 'string' ? expandLocal(compilation, id) : undefined
}

function readType(compilation: Compilation, type: JsonValue): string | undefined {
  if (type === '@id' || type === '@vocab' || type === '@json') return type
  return typeof type === 'string' ? expandLocal(compilation, type) : undefined
}

/** Expands an IRI inside a context, where the terms and prefixes that it uses may stand further down. */
function expandLocal(compilation: Compilation, value: string): string | undefined {
  const prefix = value.slice(0, Math.max(0, value.indexOf(':')))
  for (const needed of [value, prefix]) {
    if (needed === '' || !Object.hasOwn(compilation.local, needed) || needed.startsWith('@')) continue
    if (!defineTerm(compilation, needed)) return undefined
  }
  return expandIri(compilation, value, 'vocabulary')
}

function isSameDefinition(one: TermDefinition, other: TermDefinition): boolean {
  return (
    one.iri === other.iri &&
    one.isPrefix === other.isPrefix &&
    one.isProtected === other.isProtected &&
    one.type === other.type &&
    one.container === other.container &&
    (one.context === other.context || JSON.stringify(one.context) === JSON.stringify(other.context))
  )
}

import { bundledContexts, guildhallTerms } from '../contexts/index.ts'
import type { JsonObject, JsonValue } from '../format.ts'
import { isJsonObject } from '../json.ts'
import { compileTerms } from './compile-terms.ts'

/** What a term means (JSON-LD 1.1 §9.15.1); only the members that the bundled contexts use. `iri` may be `@id` or `@type` for an alias. */
export interface TermDefinition {
  iri: string
  /** Whether `term:suffix` is short for an IRI. */
  isPrefix: boolean
  isProtected: boolean
  /** `@id`, `@vocab`, `@json` or the IRI of a datatype. */
  type: string | undefined
  container: '@set' | '@list' | '@graph' | undefined
  /** The scoped context: an object, null (forget all terms), or undefined for none. */
  context: JsonObject | null | undefined
}

/** The terms in force at a place of a document. Never changed after it was made, so that a place can be named by it. */
export interface ActiveContext {
  terms: ReadonlyMap<string, TermDefinition>
  vocabulary: string | undefined
  /** Where nested nodes go back to when this one has type-scoped terms (JSON-LD 1.1 §4.1.8). */
  previous: ActiveContext | undefined
  /** Scoped contexts on top of this one, compiled once: a table of the bundled contexts, not of any document. */
  byProperty: Map<JsonObject | null, ActiveContext | undefined>
  byType: Map<JsonObject | null, ActiveContext | undefined>
  byDocument: Map<string, ActiveContext | undefined>
}

/** Makes an active context. */
export function createActiveContext(parts: Pick<ActiveContext, 'terms' | 'vocabulary' | 'previous'>): ActiveContext {
  return { ...parts, byProperty: new Map(), byType: new Map(), byDocument: new Map() }
}

/** Most compiled contexts that are kept; documents that mix the bundled ones in ever new ways only make the table start anew. */
const maxCompiled = 400
const maxDocumentContexts = 8
const guildhallDefinitions = new Map(Object.entries(guildhallTerms).map(([term, definition]) => [term, inOrder(definition)]))
const guildhallName = 'guildhall'
const forgotten = createActiveContext({ terms: new Map(), vocabulary: undefined, previous: undefined })
let compiled = 0
let root = createActiveContext({ terms: new Map(), vocabulary: undefined, previous: undefined })

/** The context in which a document starts. Ask for it once a document, not once a process. */
export function initialContext(): ActiveContext {
  if (compiled > maxCompiled) {
    compiled = 0
    root = createActiveContext({ terms: new Map(), vocabulary: undefined, previous: undefined })
    for (const table of [forgotten.byProperty, forgotten.byType, forgotten.byDocument]) table.clear()
  }
  return root
}

/** Applies a `@context` member. Undefined when it has anything but bundled URLs and our own terms, or they contradict each other. */
export function applyDocumentContext(active: ActiveContext, value: JsonValue): ActiveContext | undefined {
  const entries = Array.isArray(value) ? value : [value]
  if (entries.length === 0 || entries.length > maxDocumentContexts) return undefined
  let result: ActiveContext | undefined = active
  for (const entry of entries) {
    const name: string | undefined = typeof entry === 'string' ? entry : nameOfInline(entry)
    if (name === undefined) return undefined
    result = result.byDocument.has(name) ? result.byDocument.get(name) : compileDocumentContext(result, name)
    if (!result) return undefined
  }
  return result
}

/** The context inside the value of a property that has a scoped context (JSON-LD 1.1 §4.1.8): it may redefine protected terms. */
export function applyPropertyContext(active: ActiveContext, scoped: JsonObject | null): ActiveContext | undefined {
  if (scoped === null) return forgotten
  if (active.byProperty.has(scoped)) return active.byProperty.get(scoped)
  return keep(active.byProperty, scoped, compileTerms(active, scoped, { mayOverride: true }))
}

/** The context of a node with a type that has a scoped context; it does not reach into nested nodes. */
export function applyTypeContext(active: ActiveContext, scoped: JsonObject | null): ActiveContext | undefined {
  if (scoped === null) return undefined
  if (active.byType.has(scoped)) return active.byType.get(scoped)
  const onTop = compileTerms(active, scoped, { mayOverride: false })
  return keep(active.byType, scoped, onTop && createActiveContext({ ...onTop, previous: active.previous ?? active }))
}

/**
 * Whether a context in full has only terms of our own, in our words: whatever the order of its members, which a store or a canonical form may have
 * changed, and also without those that were added later.
 */
export function isGuildhallTerms(entry: JsonObject): boolean {
  return Object.keys(entry).every((term) => guildhallDefinitions.get(term) === inOrder(entry[term] as JsonValue))
}

function inOrder(definition: JsonValue): string {
  return JSON.stringify(isJsonObject(definition) ? Object.entries(definition).sort() : definition)
}

function nameOfInline(entry: JsonValue): string | undefined {
  const isWhole = isJsonObject(entry) && Object.keys(entry).length === guildhallDefinitions.size
  return isWhole && isGuildhallTerms(entry) ? guildhallName : undefined
}

function compileDocumentContext(active: ActiveContext, name: string): ActiveContext | undefined {
  const document = name === guildhallName ? { '@context': guildhallTerms } : bundledContexts.get(name)
  // An unknown URL is not remembered: it comes from outside.
  if (!document || !('@context' in document) || !isJsonObject(document['@context'])) return undefined
  return keep(active.byDocument, name, compileTerms(active, document['@context'], { mayOverride: false }))
}

function keep<Key>(table: Map<Key, ActiveContext | undefined>, key: Key, value: ActiveContext | undefined): ActiveContext | undefined {
  compiled++
  table.set(key, value)
  return value
}

import type { JsonObject, JsonValue } from '../../formats/format.ts'
import { isJsonObject } from '../../formats/json.ts'
import { isUrl, type Report } from './problem.ts'

/** The base context of VC Data Model 2.0 (§4.3), and that of 1.1. */
export const baseContext = 'https://www.w3.org/ns/credentials/v2'
export const legacyContext = 'https://www.w3.org/2018/credentials/v1'

/** The contexts that are kept here: URL → the document with its `@context`. */
export type HeldContexts = ReadonlyMap<string, object>

/** What the contexts of a document make of its words. */
export interface Vocabulary {
  /** Every term that some context defines, at any depth. */
  terms: ReadonlySet<string>
  /** True when undefined words still mean something (`@vocab`), or may do so in a context that is not kept here. */
  isOpen: boolean
  /** Contexts that are named but not kept here. */
  notHeld: readonly string[]
}

/** Checks `@context` (VC Data Model 2.0 §4.3) and collects its words. */
export function readContexts(contexts: JsonValue | undefined, held: HeldContexts, report: Report): Vocabulary {
  const scope = { terms: new Map<string, string>(), guarded: new Map<string, string>(), isOpen: false, notHeld: [] as string[] }
  const vocabulary = () => ({ terms: new Set(scope.terms.keys()), isOpen: scope.isOpen, notHeld: scope.notHeld })
  if (!Array.isArray(contexts)) {
    report('@context', contexts === undefined ? 'is missing' : 'is not an ordered list')
    return vocabulary()
  }
  if (contexts[0] !== baseContext) report('@context[0]', `is not ${baseContext}`)
  for (const [at, context] of contexts.entries()) readContext(context, { scope, held, report, path: `@context[${at}]` })
  return vocabulary()
}

interface Scope {
  terms: Map<string, string>
  guarded: Map<string, string>
  isOpen: boolean
  notHeld: string[]
}

interface Reading {
  scope: Scope
  held: HeldContexts
  report: Report
  path: string
}

function readContext(context: JsonValue, reading: Reading): void {
  const { scope, held, report, path } = reading
  if (typeof context === 'string') {
    if (!isUrl(context)) {
      report(path, 'is not a URL')
      return
    }
    const document = held.get(context)
    if (isJsonObject(document) && document['@context'] !== undefined) {
      readHeld(document['@context'], scope)
      return
    }
    scope.notHeld.push(context)
    scope.isOpen = true
    return
  }
  if (!isJsonObject(context)) {
    report(path, 'is neither a URL nor a context object')
    return
  }
  readInline(context, reading)
}

/** A context of ours is right: only its words and which of them are protected are taken. */
function readHeld(context: JsonValue, scope: Scope): void {
  for (const part of Array.isArray(context) ? context : [context]) {
    if (!isJsonObject(part)) continue
    if (typeof part['@vocab'] === 'string') scope.isOpen = true
    const isProtected = part['@protected'] === true
    for (const [term, definition] of Object.entries(part)) {
      if (term.startsWith('@')) continue
      if (isProtected || (isJsonObject(definition) && definition['@protected'] === true)) scope.guarded.set(term, meaningOf(definition))
    }
    collectTerms(part, scope.terms)
  }
}

/** Words at any depth: scoped contexts (`@context` inside a definition) define words too. */
function collectTerms(context: JsonObject, terms: Map<string, string>): void {
  for (const [term, definition] of Object.entries(context)) {
    if (!term.startsWith('@')) terms.set(term, meaningOf(definition))
    if (isJsonObject(definition)) {
      const inner = definition['@context']
      for (const part of Array.isArray(inner) ? inner : [inner]) if (isJsonObject(part)) collectTerms(part, terms)
    }
  }
}

/** JSON-LD 1.1 §4.1.11: a protected term may only be defined again with the same meaning. */
function readInline(context: JsonObject, { scope, report, path }: Reading): void {
  if (typeof context['@vocab'] === 'string') scope.isOpen = true
  const isProtected = context['@protected'] === true
  for (const [term, definition] of Object.entries(context)) {
    if (term.startsWith('@')) {
      checkKeyword(term, definition, path, report)
      continue
    }
    const meaning = meaningOf(definition)
    if (scope.guarded.has(term) && scope.guarded.get(term) !== meaning) report(`${path}.${term}`, 'defines a protected word again')
    if (!isMappable(definition, context, scope)) report(`${path}.${term}`, 'does not stand for a URL')
    if (isProtected || (isJsonObject(definition) && definition['@protected'] === true)) scope.guarded.set(term, meaning)
  }
  collectTerms(context, scope.terms)
}

const keywords: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  '@version': (value) => value === 1.1,
  '@protected': (value) => typeof value === 'boolean',
  '@propagate': (value) => typeof value === 'boolean',
  '@vocab': (value) => value === null || typeof value === 'string',
  '@base': (value) => value === null || typeof value === 'string',
  '@language': (value) => value === null || typeof value === 'string',
  '@direction': (value) => value === null || value === 'ltr' || value === 'rtl',
  '@import': (value) => isUrl(value),
}

function checkKeyword(keyword: string, value: JsonValue, path: string, report: Report): void {
  // Object.hasOwn: `@constructor` and the like are no keywords.
  const allows = Object.hasOwn(keywords, keyword) ? keywords[keyword] : undefined
  if (allows === undefined) report(`${path}.${keyword}`, 'is not a word that a context may use')
  else if (!allows(value)) report(`${path}.${keyword}`, 'has a value that it can not have')
}

const aliases = new Set([
  '@id',
  '@type',
  '@value',
  '@graph',
  '@json',
  '@none',
  '@list',
  '@set',
  '@language',
  '@direction',
  '@included',
  '@nest',
  '@index',
  '@reverse',
])

function isMappable(definition: JsonValue, context: JsonObject, scope: Scope): boolean {
  if (definition === null) return true
  const id = isJsonObject(definition) ? (definition['@id'] ?? definition['@reverse']) : definition
  if (id === undefined || id === null) return isJsonObject(definition)
  if (typeof id !== 'string') return false
  if (aliases.has(id) || isUrl(id) || scope.isOpen || typeof context['@vocab'] === 'string') return true
  return Object.hasOwn(context, id) || scope.terms.has(id)
}

function meaningOf(definition: JsonValue | undefined): string {
  if (!isJsonObject(definition)) return JSON.stringify(definition ?? null)
  const { '@protected': _, ...rest } = definition
  const keys = Object.keys(rest)
  return keys.length === 1 && keys[0] === '@id' ? JSON.stringify(rest['@id']) : JSON.stringify(rest, Object.keys(rest).sort())
}

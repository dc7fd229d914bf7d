import type { JsonObject, JsonValue } from '../format.ts'
import { canonicalJson, isJsonObject } from '../json.ts'
import {
  type ActiveContext,
  applyDocumentContext,
  applyPropertyContext,
  applyTypeContext,
  initialContext,
  type TermDefinition,
} from './active-context.ts'
import { expandIri, isPlainIri } from './iri.ts'
import { isNaturalScalar, jsonDatatype, languageDatatype, writeLiteral, writeScalar } from './literals.ts'
import type { Statement, StatementTerm } from './statements.ts'

/** The statements of a document; blank nodes are numbered from 0. */
export interface Expansion {
  statements: Statement[]
  blankNodes: number
}

const rdf = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'
const maxDepth = 64
/** Thrown inside to leave a document to jsonld.js: for what is not covered, and for all that is wrong. */
const notCovered = Symbol('not covered')

/**
 * JSON-LD → RDF of documents that use bundled contexts only, in one pass, straight to statements. It covers what credentials are made of:
 * ids, types, literals, `@json`, sets, lists, graphs, scoped and protected terms. For anything else, errors included, it answers
 * undefined and jsonld.js decides: what it gives is what jsonld.js would give (proved by tests), what it does not give costs only time.
 */
export function expandBundled(document: JsonObject): Expansion | undefined {
  const expansion: Expansion = { statements: [], blankNodes: 0 }
  try {
    expandNode({ element: document, property: null, active: initialContext(), graph: '', depth: 0 }, expansion)
    return expansion
  } catch (error) {
    if (error === notCovered) return undefined
    throw error
  }
}

interface Place {
  element: JsonObject
  /** The term that led here, null at the top. */
  property: string | null
  active: ActiveContext
  graph: StatementTerm
  depth: number
}

interface Member {
  key: string
  iri: string
  definition: TermDefinition | undefined
  value: JsonValue
}

/** Writes a node's statements and gives its name. Follows JSON-LD 1.1 API §5.1.2, in the order that jsonld.js keeps. */
function expandNode(place: Place, expansion: Expansion): StatementTerm {
  if (place.depth > maxDepth) throw notCovered
  const { element, property, graph, depth } = place
  const typeScope = contextOfNode(place)
  const active = contextOfTypes(typeScope, element)
  const { id, types, members } = readMembers(element, active, typeScope)
  const subject = id ?? expansion.blankNodes++
  for (const type of types) expansion.statements.push({ subject, predicate: `<${rdf}type>`, object: type, graph })
  let count = (id === undefined ? 0 : 1) + (types.length === 0 ? 0 : 1)
  for (const member of members) {
    if (expandMember(member, { active, subject, graph, depth }, expansion)) count++
  }
  const isLoose = property === null || active.terms.get(property)?.container === '@graph'
  // JSON-LD 1.1 API §5.1.2, 19: a free-floating node that says nothing; safe mode refuses it.
  if (isLoose && (count === 0 || (count === 1 && id !== undefined))) throw notCovered
  return subject
}

function contextOfNode({ element, property, active, depth }: Place): ActiveContext {
  const scoped = property === null ? undefined : active.terms.get(property)?.context
  let context = active
  if (active.previous && !isBareReference(element, active)) context = active.previous
  if (scoped !== undefined) context = covered(applyPropertyContext(context, scoped))
  const local = element['@context']
  if (local !== undefined) context = covered(applyDocumentContext(context, local))
  else if (depth === 0) throw notCovered
  return context
}

/** A node with an id alone does not leave the scope of its parent's type (JSON-LD 1.1 API §5.1.2, 7). */
function isBareReference(element: JsonObject, active: ActiveContext): boolean {
  const [key, ...others] = Object.keys(element)
  return key !== undefined && others.length === 0 && expandIri(active, key, 'vocabulary') === '@id'
}

/** JSON-LD 1.1 API §5.1.2, 11: the scoped contexts of the types, in the order of their names. */
function contextOfTypes(typeScope: ActiveContext, element: JsonObject): ActiveContext {
  let context = typeScope
  for (const key of Object.keys(element)) {
    if (typeScope.terms.get(key)?.iri !== '@type') continue
    for (const type of textsOf(element[key]).sort()) {
      const scoped = typeScope.terms.get(type)?.context
      if (scoped !== undefined) context = covered(applyTypeContext(context, scoped))
    }
  }
  return context
}

function readMembers(element: JsonObject, active: ActiveContext, typeScope: ActiveContext) {
  let id: string | undefined
  let types: string[] = []
  const members: Member[] = []
  for (const key of Object.keys(element)) {
    if (key === '@context') continue
    const value = element[key] as JsonValue
    const definition = active.terms.get(key)
    const iri = definition ? definition.iri : expandIri(active, key, 'vocabulary')
    if (iri === undefined) throw notCovered
    if (iri === '@id') {
      if (id !== undefined || typeof value !== 'string') throw notCovered
      id = `<${covered(expandIri(active, value, 'document'))}>`
    } else if (iri === '@type') {
      if (types.length > 0) throw notCovered
      types = textsOf(value).map((type) => `<${expandType(typeScope, type)}>`)
    } else {
      members.push({ key, iri, definition, value })
    }
  }
  return { id, types, members }
}

function expandType(typeScope: ActiveContext, type: string): string {
  const iri = covered(expandIri(typeScope, type, 'vocabulary'))
  if (!isPlainIri(iri)) throw notCovered
  return iri
}

interface Holder {
  active: ActiveContext
  subject: StatementTerm
  graph: StatementTerm
  depth: number
}

/** Writes the statements of one member. False when the member counts as absent (null). */
function expandMember({ key, iri, definition, value }: Member, holder: Holder, expansion: Expansion): boolean {
  // As a property, rdf:type is not the same as @type to jsonld.js.
  if (!isPlainIri(iri) || iri === `${rdf}type`) throw notCovered
  const { active, subject, graph, depth } = holder
  const predicate = `<${iri}>`
  const container = definition?.container
  const inside = definition?.context === undefined ? active : covered(applyPropertyContext(active, definition.context))
  if (definition?.type === '@json') {
    if (container !== undefined && container !== '@set') throw notCovered
    expansion.statements.push({ subject, predicate, object: writeJson(value), graph })
    return true
  }
  if (value === null) return false
  const items = Array.isArray(value) ? value : [value]
  const place = { property: key, active: inside, graph, depth: depth + 1 }
  if (container === '@list') {
    const object = expandList(
      items.map((item) => expandItem(item, place, expansion)),
      graph,
      expansion,
    )
    expansion.statements.push({ subject, predicate, object, graph })
    return true
  }
  let written = 0
  for (const item of items) {
    if (item === null) continue
    written++
    if (container === '@graph') expandGraph(item, { ...holder, ...place, predicate }, expansion)
    else expansion.statements.push({ subject, predicate, object: expandItem(item, place, expansion), graph })
  }
  return written > 0 || container !== '@graph'
}

/** JSON-LD 1.1 §4.9.2: the value stands in a graph of its own, which has no name. */
function expandGraph(
  item: JsonValue,
  place: Omit<Place, 'element'> & { subject: StatementTerm; predicate: string },
  expansion: Expansion,
): void {
  if (!isJsonObject(item)) throw notCovered
  const { subject, predicate, graph, property, active, depth } = place
  const name = expansion.blankNodes++
  expansion.statements.push({ subject, predicate, object: name, graph })
  const before = expansion.statements.length
  expandNode({ element: item, property, active, graph: name, depth }, expansion)
  if (expansion.statements.length === before) throw notCovered
}

function expandItem(item: JsonValue, place: Omit<Place, 'element'>, expansion: Expansion): StatementTerm {
  if (item === null || Array.isArray(item)) throw notCovered
  if (isJsonObject(item)) return expandNode({ ...place, element: item }, expansion)
  const { active, property } = place
  const definition = property === null ? undefined : active.terms.get(property)
  if (definition?.iri.startsWith('@') || definition?.type === '@json' || definition?.type === languageDatatype) throw notCovered
  const type = definition?.type
  if (typeof item === 'string' && type === '@id') return `<${covered(expandIri(active, item, 'document'))}>`
  if (typeof item === 'string' && type === '@vocab') return `<${expandType(active, item)}>`
  const datatype = type?.startsWith('@') ? undefined : type
  if (!isNaturalScalar(item, datatype)) throw notCovered
  return writeScalar(item, datatype)
}

function expandList(items: readonly StatementTerm[], graph: StatementTerm, expansion: Expansion): StatementTerm {
  let rest: StatementTerm = `<${rdf}nil>`
  for (const object of [...items].reverse()) {
    const cell = expansion.blankNodes++
    expansion.statements.push({ subject: cell, predicate: `<${rdf}first>`, object, graph })
    expansion.statements.push({ subject: cell, predicate: `<${rdf}rest>`, object: rest, graph })
    rest = cell
  }
  return rest
}

function writeJson(value: JsonValue): string {
  try {
    return writeLiteral(canonicalJson(value), jsonDatatype)
  } catch {
    throw notCovered
  }
}

function textsOf(value: JsonValue | undefined): string[] {
  const texts = Array.isArray(value) ? [...value] : [value]
  if (texts.length === 0 || !texts.every((text) => typeof text === 'string')) throw notCovered
  return texts
}

function covered<T>(value: T | undefined): T {
  if (value === undefined) throw notCovered
  return value
}

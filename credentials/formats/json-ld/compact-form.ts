import { bundledContexts } from '../contexts/index.ts'
import type { JsonObject, JsonValue } from '../format.ts'
import { isJsonObject } from '../json.ts'
import { type Refusal, refusal } from '../reasons.ts'
import { isGuildhallTerms } from './active-context.ts'

/**
 * Whether a document is in the form in which readers look for its parts. A signature over statements (RDF) does not change when a member
 * is renamed to another name of the same statement: `credentialStatus` to its full IRI, to an alias from a context put in, or moved into a
 * second node of the same id. The signature would still fit, and a reader would miss the part. VC Data Model 2.0 §1.5 asks for the
 * compacted form, Data Integrity 1.0 §4.6 for known contexts; what is otherwise is refused here.
 */
export function findHiddenPart(document: JsonObject): Refusal | undefined {
  const id = document['id']
  const visit = (value: JsonValue, isTop: boolean): Refusal | undefined => {
    if (typeof value !== 'object' || value === null) return undefined
    if (Array.isArray(value)) return firstOf(value, (item) => visit(item, false))
    const members = Object.keys(value)
    // A mention of the document with no more than its id and a type (a refresh service at its own address) hides nothing.
    const saysMore = members.some((member) => member !== 'id' && member !== 'type')
    if (!isTop && typeof id === 'string' && value['id'] === id && saysMore) return hidden('a second node with the id of the document')
    return firstOf(members, (member) => {
      if (member === '@context') return findRenamingContext(value[member] as JsonValue)
      if (!isPlainName(member, value)) return hidden(`the member ${member}`)
      return visit(value[member] as JsonValue, false)
    })
  }
  return visit(document, true)
}

/** Types of Open Badges 3.0 whose IRI is a property's too (`Achievement`, `achievement`): as a member's name they would be its alias. */
export const typesNamedLikeProperties: ReadonlySet<string> = new Set([
  'Achievement',
  'Address',
  'Criteria',
  'GeoCoordinates',
  'Image',
  'Profile',
])

const valueKeywords = new Set(['@value', '@language', '@direction'])

/** A term; or a member of a text with its language (VC Data Model 2.0 §11.1). */
function isPlainName(member: string, node: JsonObject): boolean {
  if (member.startsWith('@')) return valueKeywords.has(member) && typeof node['@value'] === 'string'
  return !member.includes(':') && !typesNamedLikeProperties.has(member)
}

const plainDefinition = new Set(['@id', '@type', '@protected'])

/** Contexts by URL are bundled or the proof is unknown; one in full may only name what no bundled context has a name for. */
function findRenamingContext(context: JsonValue): Refusal | undefined {
  return firstOf([context].flat(), (entry) => {
    if (!isJsonObject(entry) || isGuildhallTerms(entry)) return undefined
    return firstOf(Object.keys(entry), (term) => judgeDefinition(term, entry[term] as JsonValue))
  })
}

function judgeDefinition(term: string, definition: JsonValue): Refusal | undefined {
  if (term === '@protected' || term === '@version') return undefined
  const members = isJsonObject(definition) ? definition : { '@id': definition }
  const iri = members['@id']
  // Whatever else a context in full can say (aliases of keywords, vocabularies, scopes) can rename too; it is not looked through.
  if (
    term.startsWith('@') ||
    typeof iri !== 'string' ||
    !/^https?:\/\//.test(iri) ||
    !Object.keys(members).every((member) => plainDefinition.has(member))
  ) {
    return refusal('unknown', 'proof-context-unknown', { context: `given in full, with ${term}` })
  }
  const names = namesOfIris().get(iri)
  return names && !names.has(term) ? hidden(`another name, ${term}, for ${[...names].join(', ')}`) : undefined
}

let names: ReadonlyMap<string, ReadonlySet<string>> | undefined

/** Every IRI that a bundled context has a name for, and those names. Made when the first context in full is met. */
function namesOfIris(): ReadonlyMap<string, ReadonlySet<string>> {
  if (names) return names
  const found = new Map<string, Set<string>>()
  const read = (context: JsonObject, prefixes: JsonObject) => {
    const known = { ...prefixes, ...context }
    for (const [term, definition] of Object.entries(context)) {
      const members = isJsonObject(definition) ? definition : { '@id': definition }
      const iri = members['@id']
      if (typeof iri === 'string') {
        const [prefix = '', suffix = ''] = iri.split(/:(.*)/s)
        const expansion = known[prefix]
        const full = typeof expansion === 'string' ? expansion + suffix : iri
        found.set(full, (found.get(full) ?? new Set()).add(term))
      }
      if (isJsonObject(members['@context'])) read(members['@context'], known)
    }
  }
  for (const document of bundledContexts.values()) read((document as { '@context': JsonObject })['@context'], {})
  names = found
  return found
}

function hidden(part: string): Refusal {
  return refusal('failed', 'proof-malformed', { detail: `it has ${part}, which a reader could miss` })
}

function firstOf<T>(items: readonly T[], judge: (item: T) => Refusal | undefined): Refusal | undefined {
  for (const item of items) {
    const found = judge(item)
    if (found) return found
  }
  return undefined
}

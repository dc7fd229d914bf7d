import type { JsonObject, JsonValue } from '../../formats/format.ts'
import { isJsonObject } from '../../formats/json.ts'
import { type HeldContexts, readContexts, type Vocabulary } from './contexts.ts'
import { parseInstant } from './instant.ts'
import { checkLanguage } from './language.ts'
import { eachObject, isUrl, listOf, type Problem, type Report, typesOf } from './problem.ts'
import { checkRelatedResources } from './related-resource.ts'

/** What the validation of a document brought: no problem means that it conforms. */
export interface Validation {
  problems: readonly Problem[]
  /** Contexts that are named but not kept here. */
  contextsNotHeld: readonly string[]
}

/** Validates a credential without its envelope against VC Data Model 2.0 §4 and §5.3. Never throws. */
export function validateCredential(credential: JsonObject, held: HeldContexts): Validation {
  const problems: Problem[] = []
  const report: Report = (path, problem) => {
    problems.push({ path, problem })
  }
  const vocabulary = readContexts(credential['@context'], held, report)
  checkType(credential, 'VerifiableCredential', vocabulary, report)
  checkId(credential, '', report)
  checkIssuer(credential['issuer'], report)
  checkSubjects(credential['credentialSubject'], report)
  checkPeriod(credential, report)
  for (const member of ['name', 'description']) checkLanguage(credential[member], member, report)
  for (const [member, idRule] of Object.entries(typedMembers)) checkTyped(credential[member], { member, idRule, vocabulary, report })
  checkRelatedResources(credential['relatedResource'], report)
  return { problems, contextsNotHeld: vocabulary.notHeld }
}

/** The members whose objects must have a `type` (VC Data Model 2.0 §4.10–§4.13, §5), and whether they need an `id`. */
const typedMembers: Readonly<Record<string, 'required' | 'optional'>> = {
  credentialStatus: 'optional',
  credentialSchema: 'required',
  refreshService: 'optional',
  termsOfUse: 'optional',
  evidence: 'optional',
  proof: 'optional',
  renderMethod: 'optional',
  confidenceMethod: 'optional',
}

/** `type` of a credential or presentation (§4.5): words that the contexts define, or URLs, with the one that is needed among them. */
export function checkType(node: JsonObject, needed: string, vocabulary: Vocabulary, report: Report): void {
  const types = node['type']
  checkTypeWords(types, 'type', vocabulary, report)
  if (types !== undefined && !listOf(types).includes(needed)) report('type', `does not include ${needed}`)
}

function checkTypeWords(types: JsonValue | undefined, path: string, vocabulary: Vocabulary, report: Report): void {
  if (types === undefined) {
    report(path, 'is missing')
    return
  }
  const words = listOf(types)
  if (words.length === 0) report(path, 'is an empty list')
  for (const word of words) {
    if (typeof word !== 'string' || word === '') report(path, 'is not a text')
    else if (!isUsableType(word, vocabulary)) {
      report(path, `names ${word.slice(0, 60)}, which is neither a URL nor a word of its contexts`)
    }
  }
}

/** An open vocabulary makes something of any word; a compact URL counts as a word. */
function isUsableType(word: string, vocabulary: Vocabulary): boolean {
  if (vocabulary.terms.has(word) || isUrl(word)) return true
  return vocabulary.isOpen && /^[^\s:@][^\s:]*(:\S+)?$/.test(word)
}

/** `id` is optional, and one URL where it is there (§4.4). */
export function checkId(node: JsonObject, path: string, report: Report): void {
  const place = path === '' ? 'id' : `${path}.id`
  if (node['id'] !== undefined && !isUrl(node['id'])) report(place, 'is not one URL')
}

/** `issuer` (§4.7): a URL, or an object whose `id` is one. */
function checkIssuer(issuer: JsonValue | undefined, report: Report): void {
  if (issuer === undefined) {
    report('issuer', 'is missing')
    return
  }
  if (!isJsonObject(issuer)) {
    if (!isUrl(issuer)) report('issuer', 'is not a URL')
    return
  }
  if (!isUrl(issuer['id'])) report('issuer.id', issuer['id'] === undefined ? 'is missing' : 'is not a URL')
  for (const member of ['name', 'description']) checkLanguage(issuer[member], `issuer.${member}`, report)
}

/** `credentialSubject` (§4.8): one or more objects, each with a claim at least. */
function checkSubjects(subject: JsonValue | undefined, report: Report): void {
  if (subject === undefined) {
    report('credentialSubject', 'is missing')
    return
  }
  eachObject(subject, 'credentialSubject', report, (node, path) => {
    if (Object.keys(node).length === 0) report(path, 'claims nothing')
    checkId(node, path, report)
  })
}

/** `validFrom`, `validUntil` (§4.9): times with a zone, the second not before the first. */
function checkPeriod(credential: JsonObject, report: Report): void {
  const [from, until] = ['validFrom', 'validUntil'].map((member) => {
    const value = credential[member]
    const instant = parseInstant(value)
    if (value !== undefined && instant === undefined) report(member, 'is not a date and time with a zone')
    return instant
  })
  if (from !== undefined && until !== undefined && until < from) report('validUntil', 'lies before validFrom')
}

interface TypedMember {
  member: string
  idRule: 'required' | 'optional'
  vocabulary: Vocabulary
  report: Report
}

function checkTyped(value: JsonValue | undefined, { member, idRule, vocabulary, report }: TypedMember): void {
  if (value === undefined) return
  eachObject(value, member, report, (node, path) => {
    if (idRule === 'required' && node['id'] === undefined) report(`${path}.id`, 'is missing')
    checkId(node, path, report)
    // A proof's suite is judged by the proof check, which knows more of them than the contexts name.
    if (member === 'proof') {
      if (typesOf(node).length === 0) report(`${path}.type`, 'is missing')
    } else checkTypeWords(node['type'], `${path}.type`, vocabulary, report)
  })
}

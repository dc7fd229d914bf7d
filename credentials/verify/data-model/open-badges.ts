import type { JsonObject, JsonValue } from '../../formats/format.ts'
import { isJsonObject } from '../../formats/json.ts'
import { badgeClasses, wordLists } from './open-badges-classes.ts'
import { listOf, type Problem, type Report, typesOf } from './problem.ts'

/** The 1EdTech profile that a credential claims by its types, and the class of the table that checks it. */
const profiles: readonly { types: readonly string[]; className: string; name: string; context: RegExp }[] = [
  {
    types: ['OpenBadgeCredential', 'AchievementCredential'],
    className: 'AchievementCredential',
    name: 'Open Badges 3.0',
    context: /^https:\/\/purl\.imsglobal\.org\/spec\/ob\/v3p0\/context(-3\.\d\.\d)*\.json$/,
  },
  {
    types: ['EndorsementCredential'],
    className: 'EndorsementCredential',
    name: 'Open Badges 3.0',
    context: /^https:\/\/purl\.imsglobal\.org\/spec\/ob\/v3p0\/context(-3\.\d\.\d)*\.json$/,
  },
  {
    types: ['ClrCredential'],
    className: 'ClrCredential',
    name: 'CLR 2.0',
    context: /^https:\/\/purl\.imsglobal\.org\/spec\/clr\/v2p0\/context(-2\.\d\.\d)*\.json$/,
  },
]

/** Name of the profile that a credential claims, or undefined for one that claims none. */
export function badgeProfileOf(credential: JsonObject): string | undefined {
  return profileOf(credential)?.name
}

/** Validates a credential against the profile that its types claim (Open Badges 3.0 §B, CLR 2.0); no problem when it claims none. */
export function validateBadge(credential: JsonObject): Problem[] {
  const profile = profileOf(credential)
  if (profile === undefined) return []
  const problems: Problem[] = []
  const report: Report = (path, problem) => {
    problems.push({ path, problem })
  }
  const contexts = credential['@context']
  const second = Array.isArray(contexts) ? contexts[1] : undefined
  if (typeof second !== 'string' || !profile.context.test(second)) report('@context[1]', `is not the context of ${profile.name}`)
  checkClass(credential, profile.className, { path: '', report })
  return problems
}

interface Place {
  path: string
  report: Report
}

function profileOf(credential: JsonObject) {
  const types = typesOf(credential)
  // A nested class scope: these words mean the profile only in the company of VerifiableCredential.
  return profiles.find((profile) => profile.types.some((type) => types.includes(type)))
}

function checkClass(node: JsonObject, className: string, { path, report }: Place): void {
  const definition = badgeClasses[className]
  if (definition === undefined) return
  const at = (member: string) => (path === '' ? member : `${path}.${member}`)
  if (definition.type !== undefined && !typesOf(node).includes(definition.type)) report(at('type'), `does not include ${definition.type}`)
  for (const [member, spec] of Object.entries(definition.fields)) {
    const isRequired = spec.startsWith('!')
    const value = node[member]
    if (value === undefined) {
      if (isRequired) report(at(member), 'is missing')
      continue
    }
    checkField(value, isRequired ? spec.slice(1) : spec, { path: at(member), report })
  }
  if (definition.isOpen === false) {
    for (const member of Object.keys(node)) {
      if (member !== 'type' && !Object.hasOwn(definition.fields, member)) report(at(member), `is not a member of ${className}`)
    }
  }
}

function checkField(value: JsonValue, spec: string, place: Place): void {
  const isList = spec.endsWith('*')
  const kind = isList ? spec.slice(0, -1) : spec
  if (Array.isArray(value) && !isList) {
    place.report(place.path, 'is a list')
    return
  }
  listOf(value).forEach((item, at) => {
    const path = Array.isArray(value) ? `${place.path}[${at}]` : place.path
    checkValue(item, kind, { path, report: place.report })
  })
}

function checkValue(value: JsonValue, kind: string, { path, report }: Place): void {
  const rule = kinds[kind]
  if (rule !== undefined) {
    if (!rule.test(value)) report(path, rule.problem)
    return
  }
  const list = wordLists[kind]
  if (list !== undefined) {
    const isWord =
      typeof value === 'string' && (list.words.has(value) || (list.allowsExtension && /(ext:)[a-z|A-Z|0-9|.|\-|_]+/.test(value)))
    if (!isWord) report(path, 'is not one of the words allowed here')
    return
  }
  if (kind === 'ProfileRef') {
    if (isText(value)) return
    checkValue(value, 'Profile', { path, report })
    return
  }
  if (!isJsonObject(value)) {
    report(path, 'is not an object')
    return
  }
  checkClass(value, kind, { path, report })
}

const instant = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)$/
const language = /^[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$/
const token = /^[\w-]+\.[\w-]*\.[\w-]+$/

const kinds: Readonly<Record<string, { test: (value: JsonValue) => boolean; problem: string }>> = {
  text: { test: isText, problem: 'is not a text' },
  number: { test: (value) => typeof value === 'number', problem: 'is not a number' },
  boolean: { test: (value) => typeof value === 'boolean', problem: 'is neither true nor false' },
  object: { test: isJsonObject, problem: 'is not an object' },
  instant: { test: (value) => typeof value === 'string' && instant.test(value), problem: 'is not a date and time with a zone' },
  date: { test: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value), problem: 'is not a date' },
  language: { test: (value) => isTextLike(value, (text) => language.test(text)), problem: 'is not a language tag' },
  token: { test: (value) => isTextLike(value, (text) => token.test(text)), problem: 'is not a compact token' },
}

function isText(value: JsonValue): boolean {
  return isTextLike(value, () => true)
}

/** A text, or one a language: `{ "zh": "…", "en-GB": "…" }`, as the published schemas allow. */
function isTextLike(value: JsonValue, test: (text: string) => boolean): boolean {
  if (typeof value === 'string') return test(value)
  if (!isJsonObject(value)) return false
  return Object.entries(value).every(([tag, text]) => /^[a-z]{2}(-[A-Z]{2})?$/.test(tag) && typeof text === 'string' && test(text))
}

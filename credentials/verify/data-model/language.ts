import type { JsonValue } from '../../formats/format.ts'
import { isJsonObject } from '../../formats/json.ts'
import { listOf, type Report } from './problem.ts'

const members = new Set(['@value', '@language', '@direction'])

/** A text, a language value object, or a list of them (VC Data Model 2.0 §11.1: only `@value`, `@language`, `@direction`). */
export function checkLanguage(value: JsonValue | undefined, path: string, report: Report): void {
  if (Array.isArray(value) && value.length === 0) report(path, 'is an empty list')
  for (const item of listOf(value)) {
    if (typeof item === 'string') continue
    if (!isJsonObject(item)) {
      report(path, 'is neither a text nor a language value')
      continue
    }
    if (typeof item['@value'] !== 'string') report(`${path}.@value`, 'is not a text')
    if (item['@language'] !== undefined && !isLanguageTag(item['@language'])) report(`${path}.@language`, 'is not a language tag (BCP 47)')
    if (item['@direction'] !== undefined && item['@direction'] !== 'ltr' && item['@direction'] !== 'rtl') {
      report(`${path}.@direction`, 'is neither ltr nor rtl')
    }
    for (const member of Object.keys(item)) if (!members.has(member)) report(`${path}.${member}`, 'is not allowed in a language value')
  }
}

/** Well-formed by RFC 5646 §2.1, without looking up the subtags. */
function isLanguageTag(value: JsonValue): boolean {
  if (typeof value !== 'string' || value.length > 100) return false
  return /^([a-z]{2,8}(-[a-z]{3}){0,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z\d]{5,8}|\d[a-z\d]{3}))*(-[a-wyz\d](-[a-z\d]{2,8})+)*(-x(-[a-z\d]{1,8})+)?|x(-[a-z\d]{1,8})+)$/i.test(
    value,
  )
}

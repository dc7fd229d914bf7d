import type { JsonObject, JsonValue } from '../../formats/format.ts'
import { isJsonObject } from '../../formats/json.ts'

/** One place where a document breaks the data model: a path like `credentialSubject[0].id`, and a sentence without a full stop. */
export interface Problem {
  path: string
  problem: string
}

/** Collects problems while a document is walked. */
export type Report = (path: string, problem: string) => void

/** Whether a value is one absolute URL (VC Data Model 2.0 §2: URL Standard, with a scheme and without spaces). */
export function isUrl(value: unknown): value is string {
  if (typeof value !== 'string' || (value.length > 8192 && !value.startsWith('data:'))) return false
  if (!/^[a-z][a-z0-9+.-]*:[^\s<>"\\^`{|}]+$/i.test(value)) return false
  if (/^(https?|wss?|ftp):/i.test(value) && !/^[a-z]+:\/\//i.test(value)) return false
  if (/^did:/i.test(value)) return /^did:[a-z0-9]+:[A-Za-z0-9._:%-]+([/?#].*)?$/.test(value)
  return URL.canParse(value)
}

/** The value as a list: JSON-LD says one thing and a list of one thing alike. */
export function listOf(value: JsonValue | undefined): JsonValue[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

/** The values of `type` that are texts. */
export function typesOf(node: JsonValue | undefined): string[] {
  if (!isJsonObject(node)) return []
  return listOf(node['type']).filter((type): type is string => typeof type === 'string')
}

/** Reports everything in `value` that is not an object; calls `check` for each object. An empty list is reported. */
export function eachObject(value: JsonValue, path: string, report: Report, check: (node: JsonObject, path: string) => void): void {
  const nodes = listOf(value)
  if (nodes.length === 0) report(path, 'is an empty list')
  nodes.forEach((node, at) => {
    const place = Array.isArray(value) ? `${path}[${at}]` : path
    if (isJsonObject(node)) check(node, place)
    else report(place, 'is not an object')
  })
}

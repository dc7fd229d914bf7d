import type { JsonObject } from '../formats/format.ts'
import { isJsonObject } from '../formats/json.ts'
import { type Reason, reason } from './reasons.ts'
import type { Overall, Verdict } from './verdict.ts'

/** Most certificates inside one that are looked at, all levels together, and how many levels deep. Keeps hostile nesting off. */
export const insideLimits = { credentials: 64, depth: 3 } as const

/** How far a verification has gone into what is nested: the level, and how many may still be looked at (shared by all levels). */
export interface Nesting {
  depth: number
  budget: { left: number }
}

/** What stands inside a certificate: the verdicts of what was looked at, and how much was not. */
export interface Inside {
  verdicts: readonly Verdict[]
  omitted: number
}

/** Nothing inside, as in most certificates. */
export const nothingInside: Inside = { verdicts: [], omitted: 0 }

/** Where a verification starts. */
export function outermost(): Nesting {
  return { depth: 0, budget: { left: insideLimits.credentials } }
}

/**
 * The credentials inside one, secured: a Comprehensive Learner Record's (CLR 2.0 §B.1.3 ClrSubject, `verifiableCredential`). What is no object is
 * given too, so that it is judged and not passed over.
 */
function listInside(document: JsonObject): (JsonObject | string)[] {
  const subjects = [document['credentialSubject'] ?? []].flat().filter(isJsonObject)
  const inside = subjects.flatMap((subject) => [subject['verifiableCredential'] ?? []].flat())
  return inside.map((value) => (isJsonObject(value) ? value : String(value)))
}

/** Calls `visit` for each certificate inside, one level deeper, within the limits. */
export async function walkInside<T>(
  document: JsonObject,
  { depth, budget }: Nesting,
  visit: (secured: JsonObject | string, nesting: Nesting) => Promise<T>,
): Promise<{ visited: readonly T[]; omitted: number }> {
  const inside = listInside(document)
  const visited: T[] = []
  for (const secured of inside) {
    if (depth >= insideLimits.depth || budget.left <= 0) break
    budget.left--
    visited.push(await visit(secured, { depth: depth + 1, budget }))
  }
  return { visited, omitted: inside.length - visited.length }
}

/** The overall word of a certificate together with those inside: one that failed fails the whole, one that is unknown leaves it unconfirmed. */
export function overallWith(own: Overall, { verdicts, omitted }: Inside): Overall {
  const words = [own, ...verdicts.map(({ overall }) => overall)]
  if (words.includes('not-valid')) return 'not-valid'
  return omitted > 0 || words.includes('unconfirmed') ? 'unconfirmed' : 'valid'
}

/** What is to be said of those inside when the certificate itself has nothing against it; undefined when all of them are valid. */
export function sentenceInside({ verdicts, omitted }: Inside): Reason | undefined {
  const count = (word: Overall) => verdicts.filter(({ overall }) => overall === word).length
  const of = verdicts.length + omitted
  if (count('not-valid') > 0) return reason('VERDICT_INSIDE_NOT_VALID', { count: count('not-valid'), of })
  if (omitted > 0) return reason('VERDICT_INSIDE_OMITTED', { omitted, of, limit: insideLimits.credentials })
  if (count('unconfirmed') > 0) return reason('VERDICT_INSIDE_UNCONFIRMED', { count: count('unconfirmed'), of })
  return undefined
}

import { isJsonObject } from '../../formats/json.ts'
import type { Provenance, StatusListName } from '../../ports.ts'
import { findSince, type Since } from '../../status/find-since.ts'
import { type ListAnswer, lookUpList } from '../../status/look-up-list.ts'
import { maxStatusEntries, readStatusEntry, type StatusEntry, statusEntriesOf } from '../../status/status-entry.ts'
import { supersessionAt } from '../../status/status-list-credential.ts'
import type { Case } from '../case.ts'
import { type Reason, reason } from '../reasons.ts'
import type { Check } from '../verdict.ts'
import { checkOf, clockToleranceSeconds, instantText, knownUntil } from './check.ts'

/** Check 5: neither revoked nor suspended nor superseded, by the issuer's status lists (Bitstring Status List 1.0 §3.2), as of a time. */
export async function checkStatus(verification: Case): Promise<Check> {
  const { document, legacy } = verification
  if (legacy !== undefined) return checkOf('status', reason('STATUS_LEGACY'))
  const entries = statusEntriesOf(document)
  if (entries.length === 0) return checkOf('status', reason('STATUS_NOT_DECLARED'))
  if (entries.length > maxStatusEntries) {
    return checkOf('status', reason('STATUS_ENTRY_INVALID', { problem: `there are more than ${maxStatusEntries}` }))
  }
  const judgements: Judgement[] = []
  for (const entry of entries) judgements.push(await judgeEntry(entry, verification))
  const checks = judgements.map(({ why, notes, answeredBy }) => checkOf('status', why, { notes, answeredBy }))
  const decisive =
    checks.find(({ outcome }) => outcome === 'failed') ?? checks.find(({ outcome }) => outcome === 'unknown') ?? oldest(checks)
  return { ...decisive, notes: checks.flatMap(({ notes }) => notes), answeredBy: checks.flatMap(({ answeredBy }) => answeredBy) }
}

/** Purposes of which it is known what a set bit means (Bitstring Status List 1.0 §2.2); `refresh` says that there is a newer one, no more. */
const understoodPurposes: ReadonlySet<string> = new Set(['revocation', 'suspension', 'refresh'])

interface Judgement {
  why: Reason
  notes: readonly Reason[]
  answeredBy: readonly Provenance[]
}

/** Of several clear answers, the one that is furthest back is shown. */
function oldest(checks: readonly Check[]): Check {
  const asOf = (check: Check) => Math.min(...check.answeredBy.map(knownUntil))
  return checks.reduce((first, check) => (asOf(check) < asOf(first) ? check : first))
}

async function judgeEntry(entry: unknown, verification: Case): Promise<Judgement> {
  if (!isJsonObject(entry)) return say(reason('STATUS_ENTRY_INVALID', { problem: 'it is not an object' }))
  const types = [entry['type']].flat()
  if (!types.includes('BitstringStatusListEntry')) return say(reason('STATUS_TYPE_UNSUPPORTED', { type: String(types[0]).slice(0, 60) }))
  const read = readStatusEntry(entry)
  if ('problem' in read) return say(reason('STATUS_ENTRY_INVALID', { problem: read.problem }))
  const name = await nameOf(read.url, verification)
  const answer = await lookUpList(name, read, verification)
  if ('why' in answer) return { ...say(answer.why), answeredBy: answer.answeredBy }
  return judgeValue({ answer, entry: read, name }, verification)
}

interface Found {
  answer: ListAnswer
  entry: StatusEntry
  name: StatusListName
}

async function judgeValue({ answer, entry, name }: Found, verification: Case): Promise<Judgement> {
  const { now, maxStatusAgeSeconds = 86_400 } = verification.options
  const { value, provenance } = answer
  const answeredBy = [provenance]
  const message = entry.messages.get(value)
  const notes = message === undefined ? [] : [reason('STATUS_MESSAGE', { message, value })]
  const isWithdrawn = value !== 0 && (entry.purpose === 'revocation' || entry.purpose === 'suspension')
  if (isWithdrawn) {
    const since = await findSince(name, entry, { verification, answer })
    return { why: withdrawnReason(entry, answer, since), notes, answeredBy }
  }
  if (value !== 0 && !understoodPurposes.has(entry.purpose)) {
    return { why: reason('STATUS_TYPE_UNSUPPORTED', { type: entry.purpose.slice(0, 60) }), notes, answeredBy }
  }
  const age = now - knownUntil(provenance)
  const asOf = instantText(knownUntil(provenance))
  // Whoever tells of the future can tell it as fresh for ever.
  if (age < -clockToleranceSeconds) return { why: reason('STATUS_CLOCK_WRONG', { asOf, now: instantText(now) }), notes, answeredBy }
  if (age > maxStatusAgeSeconds) return { why: reason('STATUS_STALE', { asOf, hours: Math.floor(age / 3600) }), notes, answeredBy }
  return { why: reason('STATUS_CLEAR', { asOf }), notes, answeredBy }
}

function withdrawnReason({ purpose, index }: StatusEntry, { list }: ListAnswer, { time, isExact }: Since): Reason {
  const since = instantText(time)
  if (purpose === 'suspension') return reason(isExact ? 'STATUS_SUSPENDED' : 'STATUS_SUSPENDED_AT_LATEST', { since })
  const superseded = supersessionAt(list, index)
  if (superseded !== undefined) return reason('STATUS_SUPERSEDED', { since, ...superseded })
  return reason(isExact ? 'STATUS_REVOKED' : 'STATUS_REVOKED_AT_LATEST', { since })
}

async function nameOf(url: string, verification: Case): Promise<StatusListName> {
  const base = verification.programme === undefined ? undefined : await verification.base()
  return {
    networkId: verification.programme?.networkId,
    baseId: base?.outcome === 'found' ? base.value.baseId : undefined,
    url,
    listId:
      new URL(url).pathname
        .split('/')
        .filter((part) => part !== '')
        .at(-1) ?? '',
  }
}

function say(why: Reason): Judgement {
  return { why, notes: [], answeredBy: [] }
}

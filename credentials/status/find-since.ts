import type { StatusListName, UnixSeconds } from '../ports.ts'
import type { Case } from '../verify/case.ts'
import { parseInstant } from '../verify/data-model/instant.ts'
import { type ListAnswer, readPastValue } from './look-up-list.ts'
import type { StatusEntry } from './status-entry.ts'

/** Most lists that are read to find when a bit was set. */
const maximumLists = 64

/** Since when an entry has been set: exactly (the head that set it), or at the latest. */
export interface Since {
  time: UnixSeconds
  isExact: boolean
}

/** Walks the heads on the ledger back from the newest until one has not set the entry. */
export async function findSince(
  name: StatusListName,
  entry: StatusEntry,
  { verification, answer }: { verification: Case; answer: ListAnswer },
): Promise<Since> {
  const { options } = verification
  const heads = await options.ports.status.listHeads(name, { signal: options.signal })
  if (heads.outcome !== 'found') return { time: latest(answer), isExact: false }
  let since = latest(answer)
  for (const head of [...heads.value].reverse().slice(0, maximumLists)) {
    const value = await readPastValue(name, head, { entry, verification })
    if (value === undefined) return { time: since, isExact: false }
    if (value === 0) return { time: since, isExact: true }
    since = Math.min(since, head.recordedAt)
  }
  // Set from the list's very first head on: that head set it.
  return { time: since, isExact: heads.value.length > 0 && heads.value.length <= maximumLists }
}

/** Without history: the list was made with the bit set, so its own date, or when it was read. */
function latest({ list, provenance, head }: ListAnswer): UnixSeconds {
  const made = parseInstant(list['validFrom'])
  const times = [provenance.asOf, head?.recordedAt, made === undefined ? undefined : Math.floor(made)]
  return Math.min(...times.filter((time) => time !== undefined))
}

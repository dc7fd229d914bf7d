import type { JsonObject, JsonValue } from '../formats/format.ts'
import { isJsonObject, itemsOf } from '../formats/json.ts'

/** One readable status entry (Bitstring Status List 1.0 §2.1). */
export interface StatusEntry {
  url: string
  index: number
  purpose: string
  /** Bits of one status. */
  size: number
  messages: ReadonlyMap<number, string>
}

/** Most entries of one credential that are looked up: each is a list to fetch, prove and unpack. */
export const maxStatusEntries = 16

/**
 * Every status entry of a credential, unread: its `credentialStatus`, one or several (VC Data Model 2.0 §4.10), each followed by the entry for
 * suspension that certificates of bases carry inside it, since Open Badges 3.0 has room for one.
 */
export function statusEntriesOf(document: JsonObject): JsonValue[] {
  const { credentialStatus } = document
  if (credentialStatus === undefined) return []
  return itemsOf(credentialStatus).flatMap((entry) => {
    const inside = isJsonObject(entry) ? itemsOf(entry['suspension']) : []
    // Of others' credentials nothing but what could be an entry, or name one.
    return [entry, ...inside.filter((value) => typeof value === 'string' || isJsonObject(value))]
  })
}

/** Reads a status entry, or says what is wrong with it. */
export function readStatusEntry(entry: JsonObject): StatusEntry | { problem: string } {
  const { statusListCredential: url, statusListIndex, statusPurpose: purpose, statusSize = 1, statusMessage } = entry
  if (typeof url !== 'string' || !URL.canParse(url)) return { problem: 'statusListCredential is not a URL' }
  if (typeof purpose !== 'string' || purpose === '') return { problem: 'statusPurpose is missing' }
  const index = readIndex(statusListIndex)
  if (index === undefined) return { problem: 'statusListIndex is not a whole number from 0' }
  if (typeof statusSize !== 'number' || !Number.isInteger(statusSize) || statusSize < 1 || statusSize > 32) {
    return { problem: 'statusSize is not a number of bits' }
  }
  const messages = readMessages(statusMessage)
  // §2.1: with more than one bit the messages are required, one for each value.
  if (statusSize > 1 && messages.size !== 2 ** statusSize) return { problem: 'statusMessage does not have one message for each value' }
  return { url, index, purpose, size: statusSize, messages }
}

/** The text of a whole number; numbers are read too, since many issuers write them so. */
function readIndex(value: JsonValue | undefined): number | undefined {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && /^(0|[1-9]\d{0,9})$/.test(text) ? Number(text) : undefined
}

function readMessages(value: JsonValue | undefined): Map<number, string> {
  const messages = new Map<number, string>()
  for (const item of [value].flat()) {
    if (!isJsonObject(item) || typeof item['status'] !== 'string' || typeof item['message'] !== 'string') continue
    if (/^0x[0-9a-f]{1,8}$/i.test(item['status'])) messages.set(Number(item['status']), item['message'].slice(0, 200))
  }
  return messages
}

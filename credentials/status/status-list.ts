import { gunzipSync, gzipSync } from 'fflate'
import { CredentialError } from '../errors.ts'
import { decodeBase64url, encodeBase64url } from '../formats/base64url.ts'

/** Bitstring Status List 1.0 §6.1: the shortest list that may be published, in entries, so that a look-up tells nothing. */
export const minimumListLength = 131_072
/** Longest bitstring that is read, in bytes once unpacked (16 Mi bits): keeps a bomb of zeros out. */
const maximumBytes = 2_097_152

/** A status list in memory: `length` entries of `entrySize` bits, first entry in the most significant bits (§2.2). */
export interface StatusList {
  length: number
  entrySize: number
  bytes: Uint8Array
}

/**
 * An empty list. Entries have one bit unless told.
 * @throws CredentialError CREDENTIAL_STATUS_LIST_MALFORMED when it would be shorter than 131,072 entries, longer than 16 Mi bits, or no whole number of bytes.
 */
export function createStatusList(length: number = minimumListLength, entrySize = 1): StatusList {
  const bits = length * entrySize
  if (
    !Number.isSafeInteger(bits) ||
    length < minimumListLength ||
    bits % 8 !== 0 ||
    bits / 8 > maximumBytes ||
    entrySize < 1 ||
    entrySize > 32
  ) {
    throw new CredentialError(
      'CREDENTIAL_STATUS_LIST_MALFORMED',
      `A status list has from ${minimumListLength} entries to ${maximumBytes * 8} bits in whole bytes; ${length} entries of ${entrySize} bits were asked for.`,
    )
  }
  return { length, entrySize, bytes: new Uint8Array(bits / 8) }
}

/**
 * The value of an entry.
 * @throws CredentialError CREDENTIAL_STATUS_INDEX_OUT_OF_RANGE
 */
export function readStatus(list: StatusList, index: number): number {
  assertIndex(list, index)
  let value = 0
  for (let at = index * list.entrySize; at < (index + 1) * list.entrySize; at++)
    value = value * 2 + (((list.bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1)
  return value
}

/**
 * A copy of the list with one entry changed.
 * @throws CredentialError CREDENTIAL_STATUS_INDEX_OUT_OF_RANGE for an index outside the list, or a value that does not fit.
 */
export function writeStatus(list: StatusList, index: number, value: number): StatusList {
  assertIndex(list, index)
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** list.entrySize) {
    throw new CredentialError('CREDENTIAL_STATUS_INDEX_OUT_OF_RANGE', `The status ${value} does not fit into ${list.entrySize} bits.`)
  }
  const bytes = list.bytes.slice()
  for (let bit = 0; bit < list.entrySize; bit++) {
    const at = index * list.entrySize + bit
    const mask = 1 << (7 - (at & 7))
    const isSet = Math.floor(value / 2 ** (list.entrySize - 1 - bit)) % 2 === 1
    bytes[at >> 3] = isSet ? (bytes[at >> 3] ?? 0) | mask : (bytes[at >> 3] ?? 0) & ~mask
  }
  return { ...list, bytes }
}

/** `encodedList` of a list: multibase base64url of its gzip (§2.2). The same list always gives the same text. */
export function encodeStatusList(list: StatusList): string {
  return `u${encodeBase64url(gzipSync(list.bytes, { mtime: 0, level: 9 }))}`
}

/**
 * Reads an `encodedList` (§3.4). Texts without the multibase `u` are read too: lists published before 2024 lack it.
 * @throws CredentialError CREDENTIAL_STATUS_LIST_MALFORMED for what is no such text, too short (§3.2), or unpacks to more than 16 Mi bits.
 */
export function decodeStatusList(encodedList: string, entrySize = 1): StatusList {
  if (!Number.isInteger(entrySize) || entrySize < 1 || entrySize > 32) throw malformed(`an entry can not have ${entrySize} bits`)
  const packed = unpackText(encodedList)
  // RFC 1952 §2.3.1: the last four bytes say how long the content is.
  const said = packed.length < 18 ? 0 : new DataView(packed.buffer, packed.byteOffset).getUint32(packed.length - 4, true)
  if (said === 0 || said > maximumBytes) throw malformed(`it would unpack to ${said} bytes`)
  let unpacked: Uint8Array
  // Into a buffer one byte longer than allowed, so that what unpacks to more than it says is cut there and seen by its length.
  try {
    unpacked = gunzipSync(packed, { out: new Uint8Array(maximumBytes + 1) })
  } catch (cause) {
    throw malformed('it is not gzip', cause)
  }
  if (unpacked.length !== said) throw malformed('its length is not the one it says')
  const length = Math.floor((unpacked.length * 8) / entrySize)
  if (length < minimumListLength) throw malformed(`it has ${length} entries, ${minimumListLength} are needed`)
  return { length, entrySize, bytes: unpacked }
}

/**
 * Takes a free place at random, so that neighbours in the list are no neighbours in life (§6.3).
 * `isTaken` tells which are in use; `random` gives a fresh number in [0, 1) each time.
 * @throws CredentialError CREDENTIAL_STATUS_LIST_FULL when no free place was found in 64 draws: begin a new list when half are taken.
 */
export function allocateIndex(length: number, isTaken: (index: number) => boolean, random: () => number): number {
  for (let draw = 0; draw < 64; draw++) {
    const index = Math.floor(random() * length)
    if (index >= 0 && index < length && !isTaken(index)) return index
  }
  throw new CredentialError('CREDENTIAL_STATUS_LIST_FULL', `No free place was found among ${length}. Begin a new status list.`)
}

function unpackText(encodedList: string): Uint8Array<ArrayBuffer> {
  if (encodedList.length > maximumBytes * 2) throw malformed('it is too long')
  const text = encodedList.startsWith('u') ? encodedList.slice(1) : encodedList
  try {
    return decodeBase64url(text.replaceAll('=', ''))
  } catch (cause) {
    throw malformed('it is not base64url', cause)
  }
}

function assertIndex(list: StatusList, index: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= list.length) {
    throw new CredentialError('CREDENTIAL_STATUS_INDEX_OUT_OF_RANGE', `The list has ${list.length} entries; there is no ${index}.`)
  }
}

function malformed(problem: string, cause?: unknown): CredentialError {
  return new CredentialError('CREDENTIAL_STATUS_LIST_MALFORMED', `The status list can not be read: ${problem}.`, { cause })
}

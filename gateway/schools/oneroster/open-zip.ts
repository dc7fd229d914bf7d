import { crc32, inflateRawSync } from 'node:zlib'
import type { RosterProblem } from './problems.ts'
import { problemAt } from './problems.ts'

/** What a zip may hold before it is refused, in bytes and entries. */
export interface ZipLimits {
  readonly zipBytes: number
  readonly entryBytes: number
  readonly totalBytes: number
  readonly entries: number
}

/** Room for a district of some 300,000 people. */
export const ZIP_LIMITS: ZipLimits = { zipBytes: 64e6, entryBytes: 128e6, totalBytes: 256e6, entries: 200 }

/** The files of a zip by name without their common folder, or why it was refused. */
export type OpenedZip = { readonly files: ReadonlyMap<string, Uint8Array> } | { readonly problem: RosterProblem }

interface Entry {
  readonly name: string
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly size: number
  readonly offset: number
}

/** Reads a zip (APPNOTE 6.3.10, without zip64 and encryption) from memory. Sizes, paths and checksums are checked before and after unpacking. */
export const openZip = (bytes: Uint8Array, limits: ZipLimits = ZIP_LIMITS): OpenedZip => {
  if (bytes.length > limits.zipBytes) return { problem: tooLarge(limits.zipBytes, 'bytes') }
  try {
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const entries = readDirectory(view, limits).filter((entry) => !isLitter(entry.name))
    const problem = checkEntries(entries, limits)
    if (problem) return { problem }
    return unpackAll(view, entries)
  } catch (error) {
    if (error instanceof ZipRefused) return { problem: error.problem }
    // RangeError of a read outside the buffer and zlib's own errors both mean bytes that are not a sound zip.
    return { problem: problemAt('ROSTER_ZIP_UNREADABLE', {}, { detail: 'damaged' }) }
  }
}

class ZipRefused extends Error {
  readonly problem: RosterProblem
  constructor(problem: RosterProblem) {
    super(problem.code)
    this.problem = problem
  }
}

const tooLarge = (limit: number, unit: string): RosterProblem => problemAt('ROSTER_ZIP_TOO_LARGE', {}, { limit, unit })
const unreadable = (detail: string): ZipRefused => new ZipRefused(problemAt('ROSTER_ZIP_UNREADABLE', {}, { detail }))

const findEnd = (view: Buffer): number => {
  // The end record is the last thing but a comment of at most 65,535 bytes (APPNOTE §4.3.16).
  for (let at = view.length - 22; at >= Math.max(0, view.length - 22 - 0xffff); at -= 1) {
    if (view.readUInt32LE(at) === 0x06054b50) return at
  }
  throw unreadable('no directory')
}

const readDirectory = (view: Buffer, limits: ZipLimits): Entry[] => {
  const end = findEnd(view)
  const count = view.readUInt16LE(end + 10)
  let at = view.readUInt32LE(end + 16)
  if (count === 0xffff || at === 0xffffffff) throw unreadable('zip64')
  if (count > limits.entries) throw new ZipRefused(tooLarge(limits.entries, 'files'))
  const entries: Entry[] = []
  for (let index = 0; index < count; index += 1) {
    if (view.readUInt32LE(at) !== 0x02014b50) throw unreadable('damaged directory')
    const nameLength = view.readUInt16LE(at + 28)
    const nameEnd = at + 46 + nameLength
    if (nameEnd > view.length) throw unreadable('damaged directory')
    entries.push({
      name: view.toString('utf8', at + 46, nameEnd),
      flags: view.readUInt16LE(at + 8),
      method: view.readUInt16LE(at + 10),
      crc: view.readUInt32LE(at + 16),
      packed: view.readUInt32LE(at + 20),
      size: view.readUInt32LE(at + 24),
      offset: view.readUInt32LE(at + 42),
    })
    at = nameEnd + view.readUInt16LE(at + 30) + view.readUInt16LE(at + 32)
  }
  return entries
}

/** Folders, and what macOS and Windows put beside the files. */
const isLitter = (name: string): boolean => name.endsWith('/') || /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$|\._)/.test(name)

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const isTrick = (name: string): boolean => name === '' || /[\\:\u0000-\u001f]|^\/|(^|\/)\.\.(\/|$)/.test(name)

const checkEntries = (entries: readonly Entry[], limits: ZipLimits): RosterProblem | null => {
  if (entries.length === 0) return problemAt('ROSTER_ZIP_UNREADABLE', {}, { detail: 'empty' })
  if (entries.some((entry) => isTrick(entry.name))) return problemAt('ROSTER_ZIP_PATH')
  if (entries.some((entry) => (entry.flags & 0x41) !== 0)) return problemAt('ROSTER_ZIP_ENCRYPTED')
  if (entries.some((entry) => entry.size > limits.entryBytes)) return tooLarge(limits.entryBytes, 'bytes')
  if (entries.reduce((sum, entry) => sum + entry.size, 0) > limits.totalBytes) return tooLarge(limits.totalBytes, 'bytes')
  return null
}

const unpackAll = (view: Buffer, entries: readonly Entry[]): OpenedZip => {
  const folder = commonFolder(entries)
  const files = new Map<string, Uint8Array>()
  for (const entry of entries) {
    const name = entry.name.slice(folder.length)
    if (files.has(name)) return { problem: problemAt('ROSTER_ZIP_DUPLICATE', { file: name }) }
    files.set(name, unpack(view, entry))
  }
  return { files }
}

/** Schools often zip the folder rather than the files in it. */
const commonFolder = (entries: readonly Entry[]): string => {
  const first = entries[0]?.name ?? ''
  const folder = first.slice(0, first.lastIndexOf('/') + 1)
  return entries.every((entry) => entry.name.startsWith(folder)) ? folder : ''
}

const unpack = (view: Buffer, entry: Entry): Uint8Array => {
  if (view.readUInt32LE(entry.offset) !== 0x04034b50) throw unreadable('damaged entry')
  const start = entry.offset + 30 + view.readUInt16LE(entry.offset + 26) + view.readUInt16LE(entry.offset + 28)
  if (start + entry.packed > view.length) throw unreadable('cut short')
  const packed = view.subarray(start, start + entry.packed)
  const data = entry.method === 0 ? packed : entry.method === 8 ? inflate(packed, entry.size) : null
  if (data === null) throw unreadable('unknown compression')
  if (data.length !== entry.size || crc32(data) !== entry.crc) throw unreadable('checksum')
  return data
}

/** Never unpacks more than the directory promised, whatever the stream holds. */
const inflate = (packed: Uint8Array, size: number): Buffer => inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) })

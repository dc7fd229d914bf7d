import { mkdirSync, readdirSync, readFileSync, truncateSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { LabsError } from '../errors.ts'
import type { LogEntry } from './log-record.ts'
import { encodeEntry, hasEntryAfter, readEntry } from './log-record.ts'

/** Where an entry lies: number of its file, offset and size in bytes. */
export interface LogPlace {
  readonly file: number
  readonly offset: number
  readonly size: number
}

/** An append-only log in numbered files. One writer; `append` calls must not overlap. */
export interface AppendLog {
  /** Writes the entries and resolves when they are on disk (fdatasync). On failure nothing of them remains. @throws LABS_LOG_FAILED */
  append(entries: readonly LogEntry[]): Promise<readonly LogPlace[]>
  /** The entry at a place. @throws LABS_LOG_DAMAGED */
  read(place: LogPlace): Promise<LogEntry>
  close(): Promise<void>
}

/** Settings of a log. */
export interface LogSettings {
  readonly folder: string
  /** A new file is begun when one has reached this size. */
  readonly fileBytes?: number
  /** Called for every entry that is found at the start, in order. */
  readonly onFound: (entry: LogEntry, place: LogPlace) => void
  /** Called when a torn end was cut off. */
  readonly onTornEnd?: (file: string, bytes: number) => void
}

const FILE_BYTES = 64 * 1024 * 1024
const nameOf = (file: number): string => `${String(file).padStart(8, '0')}.log`

/**
 * Opens a log: reads every file, cuts a torn end off the last one, and goes on there. What was never acknowledged may be torn;
 * damage before sound entries means that acknowledged readings were lost, and is told instead of cut.
 * @throws LABS_LOG_DAMAGED
 */
export const openLog = async (settings: LogSettings): Promise<AppendLog> => {
  const { folder } = settings
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const files = readdirSync(folder)
    .filter((name) => /^\d{8}\.log$/.test(name))
    .sort()
    .map((name) => Number(name.slice(0, 8)))
  let size = 0
  for (const file of files) size = scanFile(file, { settings, isLast: file === files.at(-1) })
  return createWriter(settings, { file: files.at(-1) ?? 0, size })
}

const scanFile = (file: number, { settings, isLast }: { settings: LogSettings; isLast: boolean }): number => {
  const path = join(settings.folder, nameOf(file))
  const bytes = readFileSync(path)
  let offset = 0
  for (let found = readEntry(bytes, offset); found; found = readEntry(bytes, offset)) {
    settings.onFound(found.entry, { file, offset, size: found.size })
    offset += found.size
  }
  if (offset === bytes.length) return offset
  if (!isLast || hasEntryAfter(bytes, offset)) throw new LabsError('LABS_LOG_DAMAGED', { file: nameOf(file), offset })
  truncateSync(path, offset)
  settings.onTornEnd?.(nameOf(file), bytes.length - offset)
  return offset
}

const createWriter = async (settings: LogSettings, from: { file: number; size: number }): Promise<AppendLog> => {
  const fileBytes = settings.fileBytes ?? FILE_BYTES
  let { file, size } = from
  let handle = await openFile(settings.folder, file)
  const readers = new Map<number, Promise<FileHandle>>()

  const roll = async () => {
    await handle.close()
    file += 1
    size = 0
    handle = await openFile(settings.folder, file)
  }
  const append = async (entries: readonly LogEntry[]): Promise<readonly LogPlace[]> => {
    try {
      if (size >= fileBytes) await roll()
      const buffers = entries.map(encodeEntry)
      const places = placesOf(buffers, { file, offset: size })
      await writeAll(handle, Buffer.concat(buffers), size)
      await handle.datasync()
      size = places.reduce((end, place) => Math.max(end, place.offset + place.size), size)
      return places
    } catch (cause) {
      // What was written in part must not be found at the next start.
      await handle.truncate(size).catch(() => undefined)
      throw new LabsError('LABS_LOG_FAILED', { detail: codeOf(cause) }, cause)
    }
  }
  const read = async (place: LogPlace): Promise<LogEntry> => {
    const reader = readers.get(place.file) ?? open(join(settings.folder, nameOf(place.file)), 'r')
    readers.set(place.file, reader)
    const bytes = Buffer.alloc(place.size)
    await (await reader).read(bytes, 0, place.size, place.offset)
    const found = readEntry(bytes, 0)
    if (found === undefined) throw new LabsError('LABS_LOG_DAMAGED', { file: nameOf(place.file), offset: place.offset })
    return found.entry
  }
  const close = async () => {
    await handle.close()
    for (const reader of readers.values()) await (await reader).close()
    readers.clear()
  }
  return { append, read, close }
}

const codeOf = (cause: unknown): string => (cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown')

const placesOf = (buffers: readonly Buffer[], from: { file: number; offset: number }): LogPlace[] => {
  let { offset } = from
  return buffers.map(({ length }) => {
    const place = { file: from.file, offset, size: length }
    offset += length
    return place
  })
}

const writeAll = async (handle: FileHandle, bytes: Buffer, position: number): Promise<void> => {
  let written = 0
  while (written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written)
    written += bytesWritten
  }
}

/** Opens or creates a file of the log; a new name is made durable by syncing its folder. */
const openFile = async (folder: string, file: number): Promise<FileHandle> => {
  const handle = await open(join(folder, nameOf(file)), 'a+', 0o600).then(async (created) => {
    await created.close()
    return open(join(folder, nameOf(file)), 'r+')
  })
  const directory = await open(folder, 'r')
  await directory.sync()
  await directory.close()
  return handle
}

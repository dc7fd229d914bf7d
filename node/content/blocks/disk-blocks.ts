import { createHash } from 'node:crypto'
import { unlinkSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { NextToLast } from 'blockstore-fs/sharding'
import type { HeliaInit } from 'helia'
import type { CID } from 'multiformats/cid'
import { NodeError } from '../../errors.ts'

type Blockstore = NonNullable<HeliaInit['blockstore']>
type BlockInput = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>
type Abortable = { signal?: AbortSignal }

/** SHA2-256 in the multicodec table; the only hash this store accepts, so that every read can be checked. */
const SHA2_256 = 0x12
/** The largest block that is stored (and IPFS's soft limit): a larger one would make bitswap's splitter of messages turn for ever. */
export const MAX_BLOCK_BYTES = 2_097_152
const TEMPORARY = '.tmp'
const DAMAGED = '.damaged'

/**
 * Blocks on disk, each in the file where blockstore-fs would look for it, with three promises that blockstore-fs does not make:
 * a file is synced before it gets its name, a read is hashed before it is handed out, and a damaged file is set aside, never served.
 */
export interface DiskBlocks extends Blockstore {
  /** Makes the folder and clears what an interrupted write left in the temporary folder. */
  open(): Promise<void>
  /** Reads and checks one block. Throws an error named `NotFoundError`, `CONTENT_NOT_FOUND` when it is absent, `CONTENT_BLOCK_DAMAGED` when it just was found so. */
  read(cid: CID, options?: Abortable): Promise<Uint8Array>
  /** 'absent', 'damaged' (the file is set aside) or 'whole', by hashing the file. */
  check(cid: CID): Promise<'whole' | 'damaged' | 'absent'>
  /** Syncs the folders of everything put since the last call: after it, no put block can vanish in a power cut. */
  flush(): Promise<void>
  /** Deletes without a pause, so that a decision and the deletion are one step for everyone else. */
  deleteNow(cid: CID): void
  /** Names (see `blockName`) of all blocks that are at least `minAgeMs` old at `nowMs`. */
  listNames(options: { nowMs: number; minAgeMs: number }): Promise<string[]>
}

/** The name of a block in this store: its multihash in upper-case base32, the same for every codec (as in blockstore-fs). */
export function blockName(cid: CID): string {
  return naming.encode(cid).file.slice(0, -naming.extension.length)
}

/** The CID (its codec unknown, so version 0) that a name of `listNames` stands for; only good for reading and deleting the block. */
export function blockFromName(name: string): CID {
  return naming.decode(name)
}

/**
 * A block store in the folder `path`.
 * `onDamaged` hears the name of each block that failed its hash when it was read.
 */
export function createDiskBlocks(path: string, onDamaged: (name: string) => void = () => {}): DiskBlocks {
  const writer = createWriter(path)
  const fileOf = (cid: CID) => join(path, naming.encode(cid).dir, naming.encode(cid).file)

  async function read(cid: CID, options: Abortable = {}): Promise<Uint8Array> {
    options.signal?.throwIfAborted()
    const bytes = await readFile(fileOf(cid)).catch((error: unknown) => {
      throw isAbsent(error) ? new BlockNotFoundError('CONTENT_NOT_FOUND', `The block ${cid} is not on this disk.`) : error
    })
    if (hasHash(cid, bytes)) return bytes
    await rename(fileOf(cid), join(path, DAMAGED, blockName(cid)))
    onDamaged(blockName(cid))
    throw new BlockNotFoundError('CONTENT_BLOCK_DAMAGED', `The block ${cid} was damaged on this disk and has been set aside.`)
  }

  async function put(cid: CID, value: BlockInput, options: Abortable = {}): Promise<CID> {
    options.signal?.throwIfAborted()
    const bytes = await toBytes(value)
    assertStorable(cid, bytes)
    const present = await readFile(fileOf(cid)).catch(() => undefined)
    if (present === undefined || Buffer.compare(present, bytes) !== 0) await writer.write(cid, bytes)
    return cid
  }

  const has = (cid: CID) =>
    stat(fileOf(cid)).then(
      (found) => found.isFile(),
      () => false,
    )

  function deleteNow(cid: CID): void {
    try {
      unlinkSync(fileOf(cid))
    } catch (error) {
      if (!isAbsent(error)) throw error
    }
  }

  async function check(cid: CID): Promise<'whole' | 'damaged' | 'absent'> {
    if (!(await has(cid))) return 'absent'
    return read(cid).then(
      () => 'whole',
      () => 'damaged',
    )
  }

  return {
    open: () => prepareFolder(path),
    flush: writer.flush,
    listNames: (age) => listNames(path, age),
    ...{ read, put, has, deleteNow, check },
    ...manyAtATime({ put, read, deleteNow, path }),
  }
}

async function prepareFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  await rm(join(path, TEMPORARY), { recursive: true, force: true })
  await mkdir(join(path, TEMPORARY), { mode: 0o700 })
  await mkdir(join(path, DAMAGED), { recursive: true, mode: 0o700 })
  await syncFolder(path)
}

/** Writes a file whole or not at all: synced under a temporary name, then renamed; `flush` makes the names themselves durable. */
function createWriter(path: string) {
  const unsynced = new Set<string>()
  const known = new Set<string>()
  let counter = 0
  let flushing = Promise.resolve()

  async function write(cid: CID, bytes: Uint8Array): Promise<void> {
    const { dir, file } = naming.encode(cid)
    const folder = join(path, dir)
    const temporary = join(path, TEMPORARY, `${process.pid}-${counter++}`)
    try {
      if (!known.has(folder)) {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        known.add(folder)
        unsynced.add(path)
      }
      const handle = await open(temporary, 'wx', 0o600)
      await handle
        .writeFile(bytes)
        .then(() => handle.datasync())
        .finally(() => handle.close())
      await rename(temporary, join(folder, file))
    } catch (error) {
      await rm(temporary, { force: true })
      throw diskError(error)
    }
    unsynced.add(folder)
  }

  async function syncAll(): Promise<void> {
    const folders = [...unsynced]
    unsynced.clear()
    // Not all at once: a thousand open folders would meet the limit of open files.
    for (let start = 0; start < folders.length; start += 32) await Promise.all(folders.slice(start, start + 32).map(syncFolder))
  }

  return {
    write,
    /** One after another: whoever finds the list empty must still wait for the one who is syncing it. */
    flush(): Promise<void> {
      flushing = flushing.catch(() => {}).then(syncAll)
      return flushing
    },
  }
}

async function listNames(path: string, { nowMs, minAgeMs }: { nowMs: number; minAgeMs: number }): Promise<string[]> {
  const names: string[] = []
  for (const folder of await readdir(path, { withFileTypes: true })) {
    if (!folder.isDirectory() || folder.name.startsWith('.')) continue
    for (const file of await readdir(join(path, folder.name))) {
      if (!file.endsWith(naming.extension)) continue
      const found = await stat(join(path, folder.name, file)).catch(() => undefined)
      if (found !== undefined && nowMs - found.mtimeMs >= minAgeMs) names.push(file.slice(0, -naming.extension.length))
    }
  }
  return names
}

/** The plural half of the blockstore interface, which nothing here needs to be fast. */
function manyAtATime(
  one: Pick<DiskBlocks, 'put' | 'read' | 'deleteNow'> & { path: string },
): Pick<Blockstore, 'get' | 'delete' | 'putMany' | 'getMany' | 'deleteMany' | 'getAll'> {
  return {
    async *get(cid, options) {
      yield await one.read(cid, options)
    },
    delete(cid) {
      one.deleteNow(cid)
    },
    async *putMany(pairs, options) {
      for await (const { cid, bytes } of pairs) yield await one.put(cid, bytes, options)
    },
    async *getMany(cids, options) {
      for await (const cid of cids) yield { cid, bytes: only(await one.read(cid, options)) }
    },
    async *deleteMany(cids) {
      for await (const cid of cids) {
        one.deleteNow(cid)
        yield cid
      }
    },
    async *getAll() {
      for (const folder of await readdir(one.path)) {
        if (folder.startsWith('.')) continue
        for (const file of await readdir(join(one.path, folder))) {
          const cid = naming.decode(file)
          yield { cid, bytes: only(await one.read(cid)) }
        }
      }
    },
  }
}

const naming = new NextToLast()

function assertStorable(cid: CID, bytes: Uint8Array): void {
  if (cid.multihash.code !== SHA2_256) {
    throw new NodeError('CONTENT_CID_INVALID', `The block ${cid} is not named by SHA-256; this store holds no other.`)
  }
  if (bytes.byteLength > MAX_BLOCK_BYTES)
    throw new NodeError('CONTENT_TOO_LARGE', `The block ${cid} is larger than ${MAX_BLOCK_BYTES} bytes.`)
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function toBytes(value: BlockInput): Promise<Uint8Array> {
  if (value instanceof Uint8Array) return value
  const parts: Uint8Array[] = []
  for await (const part of value) parts.push(part)
  return Buffer.concat(parts)
}

function hasHash(cid: CID, bytes: Uint8Array): boolean {
  return cid.multihash.code === SHA2_256 && createHash('sha256').update(bytes).digest().equals(cid.multihash.digest)
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function diskError(error: unknown): unknown {
  const isFull = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
  if (!isFull) return error
  return new NodeError('CONTENT_DISK_FULL', 'The disk of the data folder is full: nothing was stored. Free some room and try again.', {
    cause: error,
  })
}

/** Bitswap answers "do not have" only to an error of this name (interface-store). */
class BlockNotFoundError extends NodeError {
  override name = 'NotFoundError'
}

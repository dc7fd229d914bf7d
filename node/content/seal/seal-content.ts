import { randomBytes } from 'node:crypto'
import { NodeError } from '../../errors.ts'
import type { Content } from '../create-content.ts'
import type { HoldOptions } from '../hold-content.ts'
import type { ByteSource } from '../unixfs/import-file.ts'
import { SALT_BYTES } from './envelope.ts'
import { openSealed, openSealedRange } from './open-sealed.ts'
import { type SealSummary, sealStream } from './seal-stream.ts'

/** Sealed content as it is kept: the CID of the ciphertext and its length, and what only the base knows of the plaintext. */
export interface SealedContent extends SealSummary {
  cid: string
  /** Bytes of ciphertext, header included. */
  size: number
}

/** How to keep sealed content. With the same `salt` the same content gets the same CID again: how a repeated step stays one step. */
export interface SealAndAddOptions extends HoldOptions {
  /** 16 bytes; random when absent. Never the same for two different contents under one key. */
  salt?: Uint8Array
  frameBytes?: number
}

/** Encrypts a content under a key of 32 bytes while it is being added; plaintext never touches the disk. */
export async function sealAndAdd(
  content: Pick<Content, 'add'>,
  source: ByteSource,
  options: SealAndAddOptions & { key: Uint8Array },
): Promise<SealedContent> {
  const { key, salt = randomBytes(SALT_BYTES), frameBytes, ...hold } = options
  const sealing = sealStream(source instanceof Uint8Array ? [source] : source, {
    key,
    salt,
    ...(frameBytes !== undefined && { frameBytes }),
  })
  let summary: SealSummary | undefined
  async function* sealed(): AsyncGenerator<Uint8Array> {
    summary = yield* sealing
  }
  const { cid, bytes } = await content.add(sealed(), hold)
  if (summary === undefined)
    throw new NodeError('SEAL_FORMAT_INVALID', 'The content was not read to its end while it was sealed. Try again.')
  return { cid, size: bytes, ...summary }
}

/** Reads sealed content by its CID, from this disk or another base, and decrypts it: all of it, or a range of the plaintext. */
export async function* getSealed(
  content: Pick<Content, 'get' | 'stat'>,
  cid: string,
  options: { key: Uint8Array; offset?: number; length?: number; signal?: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const { key, offset, length, signal } = options
  const reading = signal === undefined ? {} : { signal }
  if (offset === undefined || length === undefined) {
    yield* openSealed(content.get(cid, reading), key)
    return
  }
  const { bytes: sealedBytes } = await content.stat(cid, reading)
  const read = (from: number, count: number) => content.get(cid, { offset: from, length: count, ...reading })
  yield* openSealedRange({ sealedBytes, read }, key, { offset, length })
}

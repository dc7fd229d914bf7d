import { createDecipheriv } from 'node:crypto'
import { NodeError } from '../../errors.ts'
import { deriveFrameKey, frameNonce, HEADER_BYTES, measureSealed, parseHeader, TAG_BYTES } from './envelope.ts'

/** A sealed content of known length that can be read anywhere, such as `content.get(cid, { offset, length })`. */
export interface SealedSource {
  sealedBytes: number
  read(offset: number, length: number): AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/**
 * Decrypts a stream. Every byte it yields belongs to a frame that was checked; a stream that was cut throws at its end.
 * Throws `SEAL_KEY_INVALID`, `SEAL_FORMAT_INVALID` and `SEAL_BROKEN`.
 */
export async function* openSealed(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, key: Uint8Array): AsyncGenerator<Uint8Array> {
  const reader = createReader(source)
  try {
    const header = await reader.take(HEADER_BYTES)
    const { frameBytes } = parseHeader(header)
    const open = createFrameOpener(header, key)
    for (let index = 0; ; index++) {
      const frame = await reader.take(frameBytes + TAG_BYTES)
      const isLast = await reader.isAtEnd()
      yield open(frame, { index, isLast })
      if (isLast) return
    }
  } finally {
    await reader.close()
  }
}

/**
 * Decrypts `length` bytes of plaintext from `offset`, reading only the frames that hold them.
 * Throws as `openSealed`, and `CONTENT_RANGE_INVALID`.
 */
export async function* openSealedRange(
  source: SealedSource,
  key: Uint8Array,
  range: { offset: number; length: number },
): AsyncGenerator<Uint8Array> {
  const header = await readAll(source.read(0, HEADER_BYTES), HEADER_BYTES)
  const { frameBytes } = parseHeader(header)
  const { frames, plaintextBytes } = measureSealed(source.sealedBytes, frameBytes)
  const end = range.offset + range.length
  const isInside =
    Number.isSafeInteger(range.offset) && Number.isSafeInteger(end) && range.offset >= 0 && range.length >= 0 && end <= plaintextBytes
  if (!isInside)
    throw new NodeError(
      'CONTENT_RANGE_INVALID',
      `Bytes ${range.offset} to ${end} do not lie within the ${plaintextBytes} bytes of the content.`,
    )
  const open = createFrameOpener(header, key)
  const sealedFrame = frameBytes + TAG_BYTES
  const first = Math.min(Math.floor(range.offset / frameBytes), frames - 1)
  const last = Math.max(first, Math.min(Math.ceil(end / frameBytes), frames) - 1)
  const start = HEADER_BYTES + first * sealedFrame
  // One stream over all the frames: what lies behind it may fetch ahead, which a read a frame would not let it.
  const reader = createReader(source.read(start, Math.min(HEADER_BYTES + (last + 1) * sealedFrame, source.sealedBytes) - start))
  try {
    for (let index = first; index <= last; index++) {
      const frame = await reader.take(Math.min(sealedFrame, source.sealedBytes - HEADER_BYTES - index * sealedFrame))
      const plain = open(frame, { index, isLast: index === frames - 1 })
      const wanted = plain.subarray(Math.max(0, range.offset - index * frameBytes), Math.min(plain.byteLength, end - index * frameBytes))
      if (wanted.byteLength > 0) yield wanted
    }
  } finally {
    await reader.close()
  }
}

function createFrameOpener(header: Uint8Array, key: Uint8Array) {
  const frameKey = deriveFrameKey(key, parseHeader(header).salt)
  return (frame: Uint8Array, { index, isLast }: { index: number; isLast: boolean }): Uint8Array => {
    const plainBytes = frame.byteLength - TAG_BYTES
    if (plainBytes < 0 || (plainBytes === 0 && index > 0)) throw broken(index)
    const decipher = createDecipheriv('aes-256-gcm', frameKey, frameNonce(index, isLast), { authTagLength: TAG_BYTES })
    decipher.setAAD(header)
    decipher.setAuthTag(frame.subarray(plainBytes))
    const plain = decipher.update(frame.subarray(0, plainBytes))
    try {
      decipher.final()
    } catch (cause) {
      throw broken(index, cause)
    }
    return plain
  }
}

/** Takes exact amounts from a stream of parts of any size; less only at its end. */
function createReader(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
  const parts = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let hasEnded = false
  async function fill(bytes: number): Promise<void> {
    while (waitingBytes < bytes && !hasEnded) {
      const next = await parts.next()
      if (next.done) hasEnded = true
      else {
        waiting.push(next.value)
        waitingBytes += next.value.byteLength
      }
    }
  }
  return {
    async take(bytes: number): Promise<Uint8Array> {
      await fill(bytes)
      const [head] = waiting
      // Parts are often many frames long: only what lies across two of them is copied.
      const all = head !== undefined && waiting.length === 1 ? head : Buffer.concat(waiting)
      waiting = all.byteLength > bytes ? [all.subarray(bytes)] : []
      waitingBytes = Math.max(0, all.byteLength - bytes)
      return all.subarray(0, bytes)
    },
    async isAtEnd(): Promise<boolean> {
      await fill(1)
      return waitingBytes === 0
    },
    async close(): Promise<void> {
      await parts.return?.()
    },
  }
}

async function readAll(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, expectedBytes: number): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const part of parts) all.push(part)
  const bytes = Buffer.concat(all)
  if (bytes.byteLength !== expectedBytes)
    throw new NodeError('SEAL_BROKEN', `The sealed content ended early: ${bytes.byteLength} of ${expectedBytes} bytes came.`)
  return bytes
}

function broken(index: number, cause?: unknown): NodeError {
  return new NodeError(
    'SEAL_BROKEN',
    `Frame ${index} of the sealed content does not open: the key is another one, or the content was changed or cut. Fetch it again by its CID.`,
    { cause },
  )
}

import { createCipheriv, createHash } from 'node:crypto'
import { DEFAULT_FRAME_BYTES, deriveFrameKey, encodeHeader, frameNonce, TAG_BYTES } from './envelope.ts'

/** How to seal: a key of 32 bytes, a random salt of 16, and how much plaintext goes into a frame (64 KiB unless told). */
export interface SealOptions {
  key: Uint8Array
  salt: Uint8Array
  frameBytes?: number
}

/** What was sealed, known when the last byte has been read. */
export interface SealSummary {
  plaintextBytes: number
  /** SHA-256 of the plaintext, `0x…`. Keep it beside the key; only a salted commitment to it may leave the base. */
  plaintextDigest: `0x${string}`
  frames: number
}

/**
 * Encrypts a stream, a frame at a time. The generator's return value is the summary.
 * Throws `SEAL_KEY_INVALID` and `SEAL_FORMAT_INVALID` before the first byte.
 */
export async function* sealStream(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: SealOptions,
): AsyncGenerator<Uint8Array, SealSummary> {
  const { key, salt, frameBytes = DEFAULT_FRAME_BYTES } = options
  const header = encodeHeader({ frameBytes, salt })
  const frameKey = deriveFrameKey(key, salt)
  const digest = createHash('sha256')
  yield header
  let frames = 0
  let plaintextBytes = 0
  for await (const { bytes, isLast } of framesOf(source, frameBytes)) {
    digest.update(bytes)
    const cipher = createCipheriv('aes-256-gcm', frameKey, frameNonce(frames, isLast), { authTagLength: TAG_BYTES })
    cipher.setAAD(header)
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
    frames += 1
    plaintextBytes += bytes.byteLength
  }
  return { plaintextBytes, plaintextDigest: `0x${digest.digest('hex')}`, frames }
}

/** Full frames, one held back until it is known whether another follows; an empty source gives one empty last frame. */
async function* framesOf(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  frameBytes: number,
): AsyncGenerator<{ bytes: Uint8Array; isLast: boolean }> {
  let frame = Buffer.alloc(frameBytes)
  let filled = 0
  for await (const part of source) {
    let rest = part
    while (rest.byteLength > 0) {
      if (filled === frameBytes) {
        yield { bytes: frame, isLast: false }
        frame = Buffer.alloc(frameBytes)
        filled = 0
      }
      const taken = rest.subarray(0, frameBytes - filled)
      frame.set(taken, filled)
      filled += taken.byteLength
      rest = rest.subarray(taken.byteLength)
    }
  }
  yield { bytes: frame.subarray(0, filled), isLast: true }
}

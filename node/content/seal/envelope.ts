import { hkdfSync } from 'node:crypto'
import { NodeError } from '../../errors.ts'

/**
 * The envelope of sealed content, version 1. All integers are big-endian.
 *
 *     header  'GHSEAL' (6 bytes) ‖ version 1 (1) ‖ algorithm 1 = AES-256-GCM (1) ‖ bytes of plaintext in a frame (4) ‖ salt (16)
 *     frame   ciphertext (as long as the plaintext) ‖ tag (16); every frame but the last is full; there is always a last one
 *
 * Frame key = HKDF-SHA-256(content key, salt, 'guildhall/v1/seal'), so that a content key used twice never repeats a nonce.
 * Nonce = 7 zero bytes ‖ frame index (4) ‖ 1 for the last frame, else 0 (the STREAM construction: a frame that was moved, dropped,
 * repeated, or made the last one, does not open). Additional data = the header.
 */
export const HEADER_BYTES = 28
export const TAG_BYTES = 16
export const SALT_BYTES = 16
const KEY_BYTES = 32

const MAGIC = Buffer.from('GHSEAL', 'ascii')
const VERSION = 1
const AES_256_GCM = 1
const MIN_FRAME_BYTES = 65_536
const MAX_FRAME_BYTES = 1_048_576
const MAX_FRAMES = 0xffff_ffff

/** Small enough that reading one value of a recording opens little, large enough that tags cost 0.02 %. */
export const DEFAULT_FRAME_BYTES = 65_536

/** What the header says. */
export interface SealHeader {
  /** Bytes of plaintext in a full frame: a power of two from 64 KiB to 1 MiB. */
  frameBytes: number
  /** 16 bytes, random for each envelope. */
  salt: Uint8Array
}

/** The shape of a whole envelope, known from its length. */
export interface SealShape {
  frames: number
  plaintextBytes: number
}

/** Writes a header. Throws `SEAL_FORMAT_INVALID` for a frame size or salt that no reader accepts. */
export function encodeHeader({ frameBytes, salt }: SealHeader): Uint8Array {
  assertFrameBytes(frameBytes)
  if (salt.byteLength !== SALT_BYTES) throw invalid(`its salt has ${salt.byteLength} bytes, not ${SALT_BYTES}`)
  const header = Buffer.alloc(HEADER_BYTES)
  MAGIC.copy(header)
  header[6] = VERSION
  header[7] = AES_256_GCM
  header.writeUInt32BE(frameBytes, 8)
  header.set(salt, 12)
  return header
}

/** Reads a header from the first 28 bytes. Throws `SEAL_FORMAT_INVALID`. */
export function parseHeader(bytes: Uint8Array): SealHeader {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (header.byteLength < HEADER_BYTES) throw invalid(`it has ${header.byteLength} bytes, a header has ${HEADER_BYTES}`)
  if (!header.subarray(0, 6).equals(MAGIC)) throw invalid('it does not begin as one')
  if (header[6] !== VERSION) throw invalid(`its version is ${header[6]}, this base reads version ${VERSION}`)
  if (header[7] !== AES_256_GCM) throw invalid(`its algorithm is ${header[7]}, this base reads ${AES_256_GCM}`)
  const frameBytes = header.readUInt32BE(8)
  assertFrameBytes(frameBytes)
  return { frameBytes, salt: header.subarray(12, HEADER_BYTES) }
}

/** How many frames and bytes of plaintext an envelope of `sealedBytes` holds. Throws `SEAL_FORMAT_INVALID` for a length no envelope has. */
export function measureSealed(sealedBytes: number, frameBytes: number): SealShape {
  const body = sealedBytes - HEADER_BYTES
  const frames = Math.ceil(body / (frameBytes + TAG_BYTES))
  const lastBytes = body - (frames - 1) * (frameBytes + TAG_BYTES) - TAG_BYTES
  // A last frame without plaintext is only that of an empty content.
  if (!Number.isSafeInteger(body) || frames < 1 || frames > MAX_FRAMES || lastBytes < 0 || (lastBytes === 0 && frames > 1)) {
    throw invalid(`no envelope is ${sealedBytes} bytes long`)
  }
  return { frames, plaintextBytes: (frames - 1) * frameBytes + lastBytes }
}

/** The length of the envelope of `plaintextBytes`. */
export function sealedLength(plaintextBytes: number, frameBytes: number = DEFAULT_FRAME_BYTES): number {
  return HEADER_BYTES + plaintextBytes + Math.max(1, Math.ceil(plaintextBytes / frameBytes)) * TAG_BYTES
}

/** The key of the frames of one envelope. Throws `SEAL_KEY_INVALID` unless the content key has 32 bytes. */
export function deriveFrameKey(contentKey: Uint8Array, salt: Uint8Array): Uint8Array {
  if (contentKey.byteLength !== KEY_BYTES)
    throw new NodeError('SEAL_KEY_INVALID', `A content key has ${KEY_BYTES} bytes, this one ${contentKey.byteLength}.`)
  return new Uint8Array(hkdfSync('sha256', contentKey, salt, 'guildhall/v1/seal', KEY_BYTES))
}

/** The nonce of a frame. Throws `SEAL_FORMAT_INVALID` beyond 2^32 frames. */
export function frameNonce(index: number, isLast: boolean): Uint8Array {
  if (index >= MAX_FRAMES) throw invalid('it has more frames than an envelope may have')
  const nonce = Buffer.alloc(12)
  nonce.writeUInt32BE(index, 7)
  nonce[11] = isLast ? 1 : 0
  return nonce
}

function assertFrameBytes(frameBytes: number): void {
  const isPowerOfTwo = Number.isInteger(frameBytes) && Number.isInteger(Math.log2(frameBytes))
  if (!isPowerOfTwo || frameBytes < MIN_FRAME_BYTES || frameBytes > MAX_FRAME_BYTES) throw invalid(`its frames have ${frameBytes} bytes`)
}

function invalid(why: string): NodeError {
  return new NodeError('SEAL_FORMAT_INVALID', `This is not a sealed content that can be opened: ${why}.`)
}

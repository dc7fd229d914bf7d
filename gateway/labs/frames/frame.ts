import { createHash } from 'node:crypto'
import { encode, rfc8949EncodeOptions } from 'cborg'
import type { QuarantineReason, Reading } from './channels.ts'
import { judgeReading } from './channels.ts'
import type { Sign1 } from './cose-sign1.ts'
import { decodeStrictly, isCoseSignedBy, parseCose, signCose } from './cose-sign1.ts'
import type { DevicePublicKey, DeviceSigner } from './device-key.ts'

/** What a device says in one frame. */
export interface Frame {
  readonly deviceId: string
  /** Rises by one or more whenever the device lost its place; `seq` then begins anew at 1. */
  readonly epoch: number
  readonly seq: number
  /** SHA-256 of the frame before (all its bytes); 32 zeros when the device remembers none. */
  readonly prevHash: Uint8Array
  readonly readings: readonly Reading[]
}

/** Bounds of a frame: readings in it, and its bytes on the wire. */
export const FRAME_LIMITS = { leastReadings: 10, mostReadings: 50, bytes: 16_384 } as const

/** Why a frame is refused before its place in the chain is looked at. */
export type FrameRefusal = 'too-large' | 'not-cose' | 'unknown-device' | 'bad-signature' | 'bad-payload' | 'wrong-device' | 'reading-count'

/** A frame as read, or why not. */
export type FrameReading = { readonly frame: Frame } | { readonly refusal: FrameRefusal }

/** 32 zero bytes: the hash before the first frame. */
export const NO_HASH = new Uint8Array(32)

/** Hash that the next frame must name. */
export const hashFrame = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()

/** A signed frame as bytes: COSE_Sign1 (RFC 9052) over deterministic CBOR `{device, epoch, seq, prevHash, readings: [[atMs, name, value], …]}`. */
export const encodeFrame = (frame: Frame, signer: DeviceSigner): Uint8Array => {
  const { deviceId, epoch, seq, prevHash } = frame
  const readings = frame.readings.map(({ atMs, name, value }) => [atMs, name, value])
  return signCose(encode({ device: deviceId, epoch, seq, prevHash, readings }, rfc8949EncodeOptions), signer)
}

/** Reads a frame without checking its signature: for frames that were checked before they were stored. */
export const readFrame = (bytes: Uint8Array): FrameReading => {
  if (bytes.length > FRAME_LIMITS.bytes) return { refusal: 'too-large' }
  const message = parseCose(bytes)
  return message ? readPayload(message) : { refusal: 'not-cose' }
}

/** Reads a frame that `key` must have signed and that must name `deviceId`. */
export const verifyFrame = (bytes: Uint8Array, from: { readonly deviceId: string; readonly key: DevicePublicKey }): FrameReading => {
  if (bytes.length > FRAME_LIMITS.bytes) return { refusal: 'too-large' }
  const message = parseCose(bytes)
  if (message === undefined) return { refusal: 'not-cose' }
  if (!isCoseSignedBy(message, from.key)) return { refusal: 'bad-signature' }
  const reading = readPayload(message)
  return 'frame' in reading && reading.frame.deviceId !== from.deviceId ? { refusal: 'wrong-device' } : reading
}

/** A reading that was set aside, by its place in the frame. */
export interface Quarantined {
  readonly index: number
  readonly reason: QuarantineReason
}

/** Which readings of a frame are unusable. They stay in the frame, which is signed as a whole, and count for nothing. */
export const judgeReadings = (frame: Frame): Quarantined[] =>
  frame.readings.flatMap((reading, index) => {
    const reason = judgeReading(reading)
    return reason === null ? [] : [{ index, reason }]
  })

/** The usable readings of a stored frame; none when the bytes are no frame. */
export const soundReadings = (bytes: Uint8Array): Reading[] => {
  const read = readFrame(bytes)
  return 'frame' in read ? read.frame.readings.filter((reading) => judgeReading(reading) === null) : []
}

const MOST = 0xffffffff
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST

const readPayload = (message: Sign1): FrameReading => {
  const fields = decodeStrictly(message.payload)
  if (!(fields instanceof Map) || fields.size !== 5) return { refusal: 'bad-payload' }
  const [deviceId, epoch, seq, prevHash, list] = ['device', 'epoch', 'seq', 'prevHash', 'readings'].map((name): unknown => fields.get(name))
  if (typeof deviceId !== 'string' || deviceId.length > 64 || !isCount(epoch) || !isCount(seq)) return { refusal: 'bad-payload' }
  if (!(prevHash instanceof Uint8Array) || prevHash.length !== 32 || !Array.isArray(list)) return { refusal: 'bad-payload' }
  if (list.length < FRAME_LIMITS.leastReadings || list.length > FRAME_LIMITS.mostReadings) return { refusal: 'reading-count' }
  const readings = list.map(readReading)
  if (readings.some((reading) => reading === null)) return { refusal: 'bad-payload' }
  return { frame: { deviceId, epoch, seq, prevHash, readings: readings.filter((reading) => reading !== null) } }
}

const readReading = (item: unknown): Reading | null => {
  if (!Array.isArray(item) || item.length !== 3) return null
  const [atMs, name, value] = item as readonly unknown[]
  if (typeof atMs !== 'number' || !Number.isSafeInteger(atMs) || atMs < 0) return null
  if (typeof name !== 'string' || name.length > 60) return null
  const isValue = typeof value === 'number' || (typeof value === 'string' && value.length <= 200)
  return isValue ? { atMs, name, value } : null
}

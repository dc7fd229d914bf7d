import { encode, rfc8949EncodeOptions } from 'cborg'
import { decodeStrictly, isCoseSignedBy, parseCose, signCose } from './cose-sign1.ts'
import type { DevicePublicKey, DeviceSigner } from './device-key.ts'

/**
 * What the base tells a device: the last frame of its chain that is on disk. `durable`: go on. `gap`: what came after it is missing,
 * send again from there. `refused`: the frame after it is not accepted (`reason`), begin a new epoch.
 */
export interface Acknowledgement {
  readonly deviceId: string
  readonly epoch: number
  readonly seq: number
  readonly status: 'durable' | 'gap' | 'refused'
  readonly reason: string | null
}

/** A signed acknowledgement: a device that checks it cannot be told by another that its readings are safe. */
export const encodeAcknowledgement = (acknowledgement: Acknowledgement, signer: DeviceSigner): Uint8Array => {
  const { deviceId, epoch, seq, status, reason } = acknowledgement
  return signCose(encode({ device: deviceId, epoch, seq, status, reason }, rfc8949EncodeOptions), signer)
}

/** Reads an acknowledgement for `deviceId` that the base's key signed; undefined for anything else. */
export const parseAcknowledgement = (
  bytes: Uint8Array,
  expected: { readonly deviceId: string; readonly key: DevicePublicKey },
): Acknowledgement | undefined => {
  const message = bytes.length <= 1024 ? parseCose(bytes) : undefined
  if (message === undefined || !isCoseSignedBy(message, expected.key)) return undefined
  const fields = decodeStrictly(message.payload)
  if (!(fields instanceof Map)) return undefined
  const [deviceId, epoch, seq, status, reason] = ['device', 'epoch', 'seq', 'status', 'reason'].map((name): unknown => fields.get(name))
  const isStatus = status === 'durable' || status === 'gap' || status === 'refused'
  if (deviceId !== expected.deviceId || !isPlace(epoch) || !isPlace(seq) || !isStatus) return undefined
  return { deviceId: expected.deviceId, epoch, seq, status, reason: typeof reason === 'string' ? reason : null }
}

const isPlace = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0

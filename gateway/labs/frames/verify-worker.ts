import { parentPort } from 'node:worker_threads'
import type { DevicePublicKey } from './device-key.ts'
import { parseDeviceKey } from './device-key.ts'
import { hashFrame, judgeReadings, verifyFrame } from './frame.ts'
import type { FrameFinding, FrameToVerify } from './frame-verifier.ts'

/** Keys read once; a base has tens of devices, and the cache is emptied long before it could be filled by others. */
const keys = new Map<string, DevicePublicKey>()
const KEY_LIMIT = 10_000

const keyOf = (multibase: string): DevicePublicKey => {
  const known = keys.get(multibase)
  if (known) return known
  if (keys.size >= KEY_LIMIT) keys.clear()
  const key = parseDeviceKey(multibase)
  keys.set(multibase, key)
  return key
}

const examine = ({ bytes, deviceId, publicKeyMultibase }: FrameToVerify): FrameFinding => {
  const read = verifyFrame(bytes, { deviceId, key: keyOf(publicKeyMultibase) })
  if ('refusal' in read) return read
  const { epoch, seq, prevHash, readings } = read.frame
  return { epoch, seq, prevHash, hash: hashFrame(bytes), readings: readings.length, quarantined: judgeReadings(read.frame) }
}

parentPort?.on('message', (frames: readonly FrameToVerify[]) => parentPort?.postMessage(frames.map(examine)))

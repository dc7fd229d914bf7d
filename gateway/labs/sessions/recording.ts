import { decodeFirst, encode, rfc8949EncodeOptions, Tagged } from 'cborg'
import { LabsError } from '../errors.ts'
import { decodeStrictly, STRICT_CBOR } from '../frames/cose-sign1.ts'
import { parseDeviceKey } from '../frames/device-key.ts'
import { hashFrame, judgeReadings, verifyFrame } from '../frames/frame.ts'
import { createMerkleSegment } from './merkle-segment.ts'
import type { SessionSummary } from './summarise-readings.ts'
import { sumReadings } from './summarise-readings.ts'

/** First item of a recording: whose frames follow. A recording is a CBOR sequence (RFC 8742): this map, then every frame as it was signed. */
export interface RecordingHeader {
  readonly type: 'GuildhallRecording'
  readonly version: 1
  readonly session: string
  readonly machine: string
  readonly openedAt: number
  readonly closedAt: number
  readonly devices: readonly {
    readonly device: string
    readonly publicKey: string
    readonly attestation: string
    readonly frames: number
  }[]
}

/** What a recording proves by itself. */
export interface RecordingFacts {
  readonly header: RecordingHeader
  readonly root: string
  readonly treeSize: number
  readonly summary: SessionSummary
}

/** The header as bytes. */
export const encodeRecordingHeader = (header: RecordingHeader): Uint8Array => encode(header, rfc8949EncodeOptions)

/**
 * Reads a recording from scratch: every signature, every chain, the tree, the summary. Needs nothing but the bytes.
 * @throws LABS_RECORDING_DAMAGED
 */
export const verifyRecording = (bytes: Uint8Array): RecordingFacts => {
  const [headerItem, afterHeader] = nextItem(bytes)
  const header = readHeader(headerItem)
  const keys = new Map(header.devices.map(({ device, publicKey }) => [device, readKey(publicKey)]))
  const heads = new Map<string, Uint8Array>()
  const segment = createMerkleSegment()
  const sum = sumReadings()
  let rest = afterHeader
  for (const { device: deviceId, frames } of header.devices) {
    const key = keys.get(deviceId)
    for (let count = 0; count < frames && key; count += 1) {
      const [frameBytes, after] = nextItem(rest)
      const read = verifyFrame(frameBytes, { deviceId, key })
      if ('refusal' in read) return damaged(`frame ${segment.treeSize} is ${read.refusal}`)
      const head = heads.get(deviceId)
      const isNext = head === undefined || read.frame.seq === 1 || Buffer.compare(head, read.frame.prevHash) === 0
      if (!isNext) return damaged(`frame ${segment.treeSize} does not follow the one before`)
      heads.set(deviceId, hashFrame(frameBytes))
      segment.add(frameBytes)
      const bad = new Set(judgeReadings(read.frame).map(({ index }) => index))
      for (const [index, reading] of read.frame.readings.entries()) if (!bad.has(index)) sum.add(reading)
      rest = after
    }
  }
  if (rest.length > 0) return damaged('there is something after the last frame')
  return { header, root: segment.root(), treeSize: segment.treeSize, summary: sum.summary() }
}

const damaged = (detail: string): never => {
  throw new LabsError('LABS_RECORDING_DAMAGED', { detail })
}

const nextItem = (bytes: Uint8Array): readonly [Uint8Array, Uint8Array] => {
  try {
    const [, rest] = decodeFirst(bytes, { ...STRICT_CBOR, useMaps: true, tags: { 18: Tagged.decoder(18) } })
    return [bytes.subarray(0, bytes.length - rest.length), rest]
  } catch (cause) {
    throw new LabsError('LABS_RECORDING_DAMAGED', { detail: 'it ends in the middle, or is not CBOR' }, cause)
  }
}

const readKey = (publicKey: string) => {
  try {
    return parseDeviceKey(publicKey)
  } catch (cause) {
    throw new LabsError('LABS_RECORDING_DAMAGED', { detail: 'a key that cannot be read' }, cause)
  }
}

const readHeader = (item: Uint8Array): RecordingHeader => {
  const map = decodeStrictly(item)
  if (!(map instanceof Map) || map.get('type') !== 'GuildhallRecording' || map.get('version') !== 1)
    return damaged('its header is not a recording of version 1')
  const devices: unknown = map.get('devices')
  const list = Array.isArray(devices) ? devices.map(readDevice) : []
  if (list.length === 0 || list.length > 100) return damaged('its header names no device')
  const [session, machine, openedAt, closedAt] = ['session', 'machine', 'openedAt', 'closedAt'].map((name): unknown => map.get(name))
  if (typeof session !== 'string' || typeof machine !== 'string' || typeof openedAt !== 'number' || typeof closedAt !== 'number') {
    return damaged('its header is incomplete')
  }
  return { type: 'GuildhallRecording', version: 1, session, machine, openedAt, closedAt, devices: list }
}

const readDevice = (item: unknown): RecordingHeader['devices'][number] => {
  const fields = item instanceof Map ? ['device', 'publicKey', 'attestation', 'frames'].map((name): unknown => item.get(name)) : []
  const [device, publicKey, attestation, frames] = fields
  if (typeof device !== 'string' || typeof publicKey !== 'string' || typeof attestation !== 'string' || typeof frames !== 'number') {
    return damaged('a device in its header is incomplete')
  }
  return { device, publicKey, attestation, frames }
}

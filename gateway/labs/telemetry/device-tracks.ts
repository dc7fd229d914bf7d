import { NO_HASH } from '../frames/frame.ts'
import type { LogPlace } from './append-log.ts'
import type { LogEntry } from './log-record.ts'

/** The newest frame of a device's chain; all zero before the first. */
export interface ChainHead {
  readonly epoch: number
  readonly seq: number
  readonly hash: Uint8Array
}

/** Head of a device that has sent nothing. */
export const EMPTY_HEAD: ChainHead = { epoch: 0, seq: 0, hash: NO_HASH }

/** What the log holds of one device, in order. Frames are counted from 0 in the order of the log: their ordinal never changes. */
export interface DeviceTrack {
  readonly deviceId: string
  frames: number
  readings: number
  quarantined: number
  lastReceivedMs: number
  head: ChainHead
  /** Where each frame lies, by ordinal. */
  readonly places: LogPlace[]
  /** Readings and quarantined readings up to and without each frame, by ordinal. */
  readonly readingsBefore: number[]
  readonly quarantinedBefore: number[]
  /** Epochs with the ordinal of their first frame, which has seq 1. */
  readonly epochs: { readonly epoch: number; readonly firstOrdinal: number }[]
}

/** The index of the log in memory: rebuilt from the files at each start. */
export interface DeviceTracks {
  find(deviceId: string): DeviceTrack | undefined
  head(deviceId: string): ChainHead
  /** Adds a durable frame. */
  add(entry: LogEntry, place: LogPlace, hash: Uint8Array): void
}

/** An empty index. */
export const createTracks = (): DeviceTracks => {
  const tracks = new Map<string, DeviceTrack>()
  const add = (entry: LogEntry, place: LogPlace, hash: Uint8Array) => {
    const track = tracks.get(entry.deviceId) ?? emptyTrack(entry.deviceId)
    tracks.set(entry.deviceId, track)
    if (track.head.epoch !== entry.epoch) track.epochs.push({ epoch: entry.epoch, firstOrdinal: track.frames })
    track.places.push(place)
    track.readingsBefore.push(track.readings)
    track.quarantinedBefore.push(track.quarantined)
    track.frames += 1
    track.readings += entry.readings
    track.quarantined += entry.quarantined
    track.lastReceivedMs = entry.receivedMs
    track.head = { epoch: entry.epoch, seq: entry.seq, hash }
  }
  return { find: (deviceId) => tracks.get(deviceId), head: (deviceId) => tracks.get(deviceId)?.head ?? EMPTY_HEAD, add }
}

const emptyTrack = (deviceId: string): DeviceTrack => ({
  deviceId,
  frames: 0,
  readings: 0,
  quarantined: 0,
  lastReceivedMs: 0,
  head: EMPTY_HEAD,
  places: [],
  readingsBefore: [],
  quarantinedBefore: [],
  epochs: [],
})

/** Epoch and seq of the frame with an ordinal: within an epoch nothing is ever missing. */
export const positionOf = (track: DeviceTrack, ordinal: number): { readonly epoch: number; readonly seq: number } => {
  const run = track.epochs.findLast(({ firstOrdinal }) => firstOrdinal <= ordinal)
  return run ? { epoch: run.epoch, seq: ordinal - run.firstOrdinal + 1 } : { epoch: 0, seq: 0 }
}

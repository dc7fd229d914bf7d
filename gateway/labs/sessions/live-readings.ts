import type { Reading } from '../frames/channels.ts'
import { unitOf } from '../frames/channels.ts'
import { soundReadings } from '../frames/frame.ts'
import type { LogEntry } from '../telemetry/log-record.ts'
import type { SessionState } from './segment.ts'

/** Newest durable readings, for screens. Frames are decoded only when somebody looks. */
export interface LiveReadings {
  take(entries: readonly LogEntry[]): void
  latest(deviceIds: readonly string[]): SessionState['latest']
  watch(listener: (deviceId: string, readings: readonly Reading[]) => void): () => void
}

/** Frames remembered for each device: enough that every channel of a slow one is among them. */
const REMEMBERED = 8

/** Nothing seen yet. */
export const createLiveReadings = (): LiveReadings => {
  const recent = new Map<string, Uint8Array[]>()
  const listeners = new Set<(deviceId: string, readings: readonly Reading[]) => void>()
  const take = (entries: readonly LogEntry[]) => {
    for (const { deviceId, frame } of entries) {
      const frames = recent.get(deviceId) ?? []
      frames.push(frame)
      if (frames.length > REMEMBERED) frames.shift()
      recent.set(deviceId, frames)
      if (listeners.size === 0) continue
      const readings = soundReadings(frame)
      for (const listener of listeners) listener(deviceId, readings)
    }
  }
  const latest = (deviceIds: readonly string[]) => {
    const readings = deviceIds.flatMap((deviceId) => (recent.get(deviceId) ?? []).flatMap(soundReadings))
    const newest = new Map(readings.map((reading) => [reading.name, reading]))
    return [...newest.values()].map(({ atMs, name, value }) => ({ at: atMs / 1000, name, value, unit: unitOf(name) }))
  }
  const watch = (listener: (deviceId: string, readings: readonly Reading[]) => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  return { take, latest, watch }
}

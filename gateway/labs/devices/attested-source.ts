import type { Acknowledgement } from '../frames/acknowledgement.ts'
import type { Reading } from '../frames/channels.ts'
import type { DeviceSigner } from '../frames/device-key.ts'
import { FRAME_LIMITS } from '../frames/frame.ts'
import { createFrameSender } from '../frames/frame-sender.ts'
import type { ChainHead } from '../telemetry/device-tracks.ts'

/** What a source works with. */
export interface AttestedSourceParts {
  readonly deviceId: string
  /** The base's gateway key: the source says what it heard from a machine that cannot sign. */
  readonly signer: DeviceSigner
  readonly head: ChainHead
  /** Hands a frame to ingest; false when it has no room. */
  readonly submit: (frame: Uint8Array) => boolean
  readonly nowMs: () => number
}

/** Readings of a machine that cannot sign, signed by the base and marked as such. They take the same way as a device's own frames. */
export interface AttestedSource {
  readonly deviceId: string
  add(readings: readonly Reading[]): void
  acknowledge(acknowledgement: Acknowledgement): void
  /** Puts what is left into a last frame, filled up with the newest reading of each channel. */
  finish(): void
  /** Whether anything added is not durable yet. */
  isWaiting(): boolean
  stop(): void
}

/** A machine that says little still has its readings on disk after this time. */
const FLUSH_MS = 2000

/** Starts a source; it goes on behind the newest durable frame. */
export const createAttestedSource = (parts: AttestedSourceParts): AttestedSource => {
  const { deviceId, signer, submit, nowMs } = parts
  const sender = createFrameSender({ deviceId, signer, send: (frame) => void submit(frame) })
  sender.begin(parts.head)
  const newest = new Map<string, Reading>()
  const add = (readings: readonly Reading[]) => {
    for (const reading of readings) newest.set(reading.name, reading)
    sender.add(readings)
  }
  const finish = () => {
    const lacking = FRAME_LIMITS.leastReadings - sender.backlog.readings
    if (sender.backlog.readings === 0) return
    // A heartbeat with what is known; it repeats the newest state at a later time and adds nothing to any sum.
    const state = [...newest.values()].filter(({ name }) => !name.startsWith('job.'))
    const uptime: Reading = { atMs: nowMs(), name: 'device.uptime', value: Math.round(performance.now() / 1000) }
    for (let at = 0; at < lacking; at += 1) sender.add([{ ...(state[at] ?? uptime), atMs: nowMs() }])
    sender.flush()
  }
  const timer = setInterval(() => (sender.backlog.frames > 0 ? sender.resend() : finish()), FLUSH_MS)
  timer.unref()
  const isWaiting = () => sender.backlog.frames > 0 || sender.backlog.readings > 0
  return { deviceId, add, finish, isWaiting, acknowledge: sender.acknowledge, stop: () => clearInterval(timer) }
}

/** What a reading may be about, with the bounds outside of which it is quarantined. */
export interface Channel {
  readonly kind: 'number' | 'text'
  readonly unit: string | null
  readonly minimum: number
  readonly maximum: number
  /** Texts must match; numbers ignore it. */
  readonly pattern: RegExp
}

/** One reading: the device's clock in milliseconds since 1970 (a hint; order comes from the frame's sequence), a channel, a value. */
export interface Reading {
  readonly atMs: number
  readonly name: string
  readonly value: number | string
}

/** Why a reading was set aside. */
export type QuarantineReason = 'unknown-channel' | 'wrong-kind' | 'out-of-range' | 'not-finite' | 'bad-time'

const number = (unit: string | null, minimum: number, maximum: number): Channel => ({
  kind: 'number',
  unit,
  minimum,
  maximum,
  pattern: /^/,
})
const text = (pattern: RegExp): Channel => ({ kind: 'text', unit: null, minimum: 0, maximum: 0, pattern })

/**
 * The channels that every base understands. Adding one is adding a row.
 * A job's file name is never a reading: children name files after themselves, and the log is not encrypted; its digest is.
 */
export const CHANNELS: Readonly<Record<string, Channel>> = {
  // SHA-256 of the job file, or `unknown` where the machine tells no more than that a job began.
  'job.started': text(/^(0x[0-9a-f]{64}|unknown)$/),
  'job.name-digest': text(/^0x[0-9a-f]{64}$/),
  'job.ended': text(/^(completed|cancelled|failed)$/),
  'job.state': text(/^[a-z-]{1,32}$/),
  'job.progress': number('%', 0, 100),
  'job.elapsed': number('s', 0, 4e6),
  // What went through the nozzle, counted by the machine.
  'filament.extruded': number('mm', 0, 1e8),
  // What the slicer or OctoPrint expects the whole job to use.
  'filament.planned': number('mm', 0, 1e8),
  'layer.current': number(null, 0, 1e6),
  'position.x': number('mm', -1e4, 1e4),
  'position.y': number('mm', -1e4, 1e4),
  'position.z': number('mm', -1e4, 1e4),
  'temperature.nozzle': number('°C', -50, 600),
  'temperature.nozzle.target': number('°C', 0, 600),
  'temperature.bed': number('°C', -50, 300),
  'temperature.bed.target': number('°C', 0, 300),
  'temperature.chamber': number('°C', -50, 300),
  'temperature.chamber.target': number('°C', 0, 300),
  'fan.speed': number('%', 0, 100),
  'feedrate.current': number('mm/s', 0, 1e4),
  'device.uptime': number('s', 0, 1e9),
  'power.active': number('W', -1e6, 1e6),
  'air.temperature': number('°C', -60, 100),
  'air.humidity': number('%', 0, 100),
  'air.particles': number('µg/m³', 0, 1e5),
}

/** Unit of a channel, null where it has none or is unknown. */
export const unitOf = (name: string): string | null => CHANNELS[name]?.unit ?? null

/** 2020-01-01: no device that keeps time says anything earlier. */
const EARLIEST_MS = 1_577_836_800_000
const LATEST_MS = 4_102_444_800_000

/** Null when the reading is sound, else why it is set aside. */
export const judgeReading = (reading: Reading): QuarantineReason | null => {
  const channel = Object.hasOwn(CHANNELS, reading.name) ? CHANNELS[reading.name] : undefined
  if (channel === undefined) return 'unknown-channel'
  if (reading.atMs < EARLIEST_MS || reading.atMs > LATEST_MS) return 'bad-time'
  if (typeof reading.value === 'string') return channel.kind === 'text' && channel.pattern.test(reading.value) ? null : 'wrong-kind'
  if (channel.kind !== 'number') return 'wrong-kind'
  if (!Number.isFinite(reading.value)) return 'not-finite'
  return reading.value < channel.minimum || reading.value > channel.maximum ? 'out-of-range' : null
}

import type { Reading } from '../frames/channels.ts'

/** What the readings of a session add up to. Nothing here comes from anywhere but the readings. */
export interface SessionSummary {
  /** SHA-256 of the job that the machine says it ran (`0x…`), of the last job where there were several; null when it named none. */
  readonly jobDigest: string | null
  /** From the job's start to its end, in seconds of the machine's own count; from first to last reading when there was no job. */
  readonly durationSeconds: number
  /** Filament that left the nozzle; null when the machine tells none. */
  readonly filamentMm: number | null
  /** `measured` when the machine counted it; `planned` when the job was completed and only its plan is known. */
  readonly filamentSource: 'measured' | 'planned' | null
  readonly layers: number | null
  readonly maxNozzleCelsius: number | null
  readonly maxBedCelsius: number | null
  readonly progressPercent: number | null
  readonly ending: 'completed' | 'cancelled' | 'failed' | 'unknown'
  readonly completed: boolean
  readonly readings: number
}

/** Adds up readings one by one in the order of the recording, in constant memory. */
export interface ReadingSum {
  add(reading: Reading): void
  summary(): SessionSummary
}

interface Tally {
  isJob: boolean
  jobDigest: string | null
  jobAtMs: number | null
  elapsed: number | null
  ending: SessionSummary['ending']
  firstMs: number | null
  lastMs: number
  highest: Map<string, number>
  readings: number
}

const emptyTally = (): Tally => ({
  isJob: false,
  jobDigest: null,
  jobAtMs: null,
  elapsed: null,
  ending: 'unknown',
  firstMs: null,
  lastMs: 0,
  highest: new Map(),
  readings: 0,
})

/** Channels of which the summary keeps the highest value since the job began. */
const HIGHEST = new Set(['filament.extruded', 'filament.planned', 'layer.current', 'temperature.nozzle', 'temperature.bed', 'job.progress'])

/** A running summary. A new `job.started` begins the count anew, so that a session is judged by its last job. */
export const sumReadings = (): ReadingSum => {
  let tally = emptyTally()
  const startJob = (reading: Reading) => {
    const jobDigest = reading.value === 'unknown' ? null : String(reading.value)
    tally = { ...emptyTally(), readings: tally.readings, isJob: true, jobDigest, jobAtMs: reading.atMs, firstMs: reading.atMs }
  }
  const isSameJob = (reading: Reading) =>
    tally.isJob && (reading.value === tally.jobDigest || reading.value === 'unknown') && tally.ending === 'unknown'
  const add = (reading: Reading) => {
    // A job that is announced again (a resync after a lost link) is the same job.
    if (reading.name === 'job.started' && !isSameJob(reading)) startJob(reading)
    tally.readings += 1
    tally.firstMs ??= reading.atMs
    tally.lastMs = reading.atMs
    if (reading.name === 'job.elapsed') tally.elapsed = Math.max(tally.elapsed ?? 0, Number(reading.value))
    if (reading.name === 'job.ended') tally.ending = reading.value as SessionSummary['ending']
    if (HIGHEST.has(reading.name)) tally.highest.set(reading.name, Math.max(tally.highest.get(reading.name) ?? 0, Number(reading.value)))
  }
  return { add, summary: () => conclude(tally) }
}

/** The summary of a whole list of readings. */
export const summariseReadings = (readings: Iterable<Reading>): SessionSummary => {
  const sum = sumReadings()
  for (const reading of readings) sum.add(reading)
  return sum.summary()
}

const conclude = (tally: Tally): SessionSummary => ({
  jobDigest: tally.jobDigest,
  durationSeconds: tally.elapsed ?? Math.max(0, tally.lastMs - (tally.jobAtMs ?? tally.firstMs ?? tally.lastMs)) / 1000,
  ...concludeFilament(tally),
  layers: tally.highest.get('layer.current') ?? null,
  maxNozzleCelsius: tally.highest.get('temperature.nozzle') ?? null,
  maxBedCelsius: tally.highest.get('temperature.bed') ?? null,
  progressPercent: tally.highest.get('job.progress') ?? null,
  ending: tally.ending,
  completed: tally.ending === 'completed',
  readings: tally.readings,
})

const concludeFilament = (tally: Tally): Pick<SessionSummary, 'filamentMm' | 'filamentSource'> => {
  const measured = tally.highest.get('filament.extruded')
  if (measured !== undefined) return { filamentMm: measured, filamentSource: 'measured' }
  const planned = tally.highest.get('filament.planned')
  if (planned !== undefined && tally.ending === 'completed') return { filamentMm: planned, filamentSource: 'planned' }
  return { filamentMm: null, filamentSource: null }
}

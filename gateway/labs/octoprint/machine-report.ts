import { createHash } from 'node:crypto'
import type { Reading } from '../frames/channels.ts'

/** What an OctoPrint told at one moment, whichever way it came; what it did not tell is left out. */
export interface MachineReport {
  readonly atMs: number
  readonly nozzle?: { readonly actual?: number; readonly target?: number }
  readonly bed?: { readonly actual?: number; readonly target?: number }
  readonly chamber?: { readonly actual?: number; readonly target?: number }
  /** Percent of the job. */
  readonly progress?: number
  readonly elapsedSeconds?: number
  /** Filament that OctoPrint expects the whole job to use, in mm. */
  readonly filamentMm?: number
  readonly zMm?: number
  /** One of OctoPrint's states in lower case, such as `printing`. */
  readonly state?: string
  readonly job?:
    | { readonly event: 'started'; readonly fileName?: string; readonly digest?: string }
    | { readonly event: 'completed' | 'cancelled' | 'failed' }
}

/** The readings of a report, in a fixed order. File names become digests: children name files after themselves. */
export const toReadings = (report: MachineReport): Reading[] => {
  const { atMs, job } = report
  const numbers: readonly (readonly [string, number | undefined])[] = [
    ['temperature.nozzle', report.nozzle?.actual],
    ['temperature.nozzle.target', report.nozzle?.target],
    ['temperature.bed', report.bed?.actual],
    ['temperature.bed.target', report.bed?.target],
    ['temperature.chamber', report.chamber?.actual],
    ['temperature.chamber.target', report.chamber?.target],
    ['job.progress', report.progress],
    ['job.elapsed', report.elapsedSeconds],
    ['filament.planned', report.filamentMm],
    ['position.z', report.zMm],
  ]
  const texts: readonly (readonly [string, string | undefined])[] = [
    ['job.state', report.state],
    ['job.started', job?.event === 'started' ? (job.digest ?? 'unknown') : undefined],
    ['job.name-digest', job?.event === 'started' && job.fileName !== undefined ? digestOfName(job.fileName) : undefined],
  ]
  const found = [...texts, ...numbers].flatMap(([name, value]) => (value === undefined ? [] : [{ atMs, name, value }]))
  // The end comes last, so that what was told with it still counts for the job.
  return job !== undefined && job.event !== 'started' ? [...found, { atMs, name: 'job.ended', value: job.event }] : found
}

/** SHA-256 of a file's name as `0x…`. */
export const digestOfName = (name: string): string => `0x${createHash('sha256').update(name, 'utf8').digest('hex')}`

/** A finite number, or nothing: OctoPrint writes null for what it does not know. */
export const numberOf = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)

/** A plain object, or an empty one. */
export const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

/** A text of sensible length, or nothing. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length > 0 && value.length <= 500 ? value : undefined

/** Actual and target of one heater. */
export const heaterOf = (value: unknown): { actual?: number; target?: number } => {
  const fields = objectOf(value)
  const [actual, target] = [numberOf(fields['actual']), numberOf(fields['target'])]
  return { ...(actual !== undefined && { actual }), ...(target !== undefined && { target }) }
}

/** OctoPrint's state as a word of ours: `Printing from SD` → `printing-from-sd`. */
export const stateOf = (value: unknown): string | undefined => {
  const word = textOf(value)
    ?.toLowerCase()
    .replace(/[^a-z]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 32)
  return word === '' ? undefined : word
}

/** What OctoPrint calls the ends of a job. */
export const JOB_ENDS: Readonly<Record<string, 'completed' | 'cancelled' | 'failed'>> = {
  PrintDone: 'completed',
  PrintCancelled: 'cancelled',
  PrintFailed: 'failed',
}

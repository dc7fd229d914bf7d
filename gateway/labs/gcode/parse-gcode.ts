import { createHash } from 'node:crypto'
import { LabsError } from '../errors.ts'
import type { JobLimits, JobStep } from './interpret-job.ts'
import { interpretJob, JOB_LIMITS } from './interpret-job.ts'

/** What a job is, read from its file alone. Lengths in mm, times in seconds, temperatures in °C. */
export interface JobFacts {
  /** SHA-256 of the file as `0x…`. */
  readonly digest: string
  readonly bytes: number
  readonly commands: number
  readonly moves: number
  /** Filament that leaves the nozzle: the highest net extrusion. What slicers call filament used. */
  readonly filamentMm: number
  /** Sum of all retractions. */
  readonly retractedMm: number
  /** Path while extruding, and path without. */
  readonly printMm: number
  readonly travelMm: number
  readonly layers: number
  /** By our own model of a plain printer; other machines take other times. */
  readonly estimatedSeconds: number
  readonly maxNozzleCelsius: number
  readonly maxBedCelsius: number
  /** Of what is extruded; null for a job that extrudes nothing. */
  readonly boundingBox: { readonly minimum: readonly [number, number, number]; readonly maximum: readonly [number, number, number] } | null
  /** Commands that this interpreter does not know, with their counts: not fatal. */
  readonly unknownCommands: Readonly<Record<string, number>>
}

/** Steps between two pauses that let the base do other work. */
const BREATH = 5000
/** Different unknown commands that are told apart. */
const UNKNOWN_LIMIT = 100

/**
 * Reads a job strictly, without blocking the base for long.
 * @throws LABS_JOB_REFUSED naming line and detail: not G-code, damaged, out of reach of any printer, or nothing to do
 */
export const parseGcode = async (bytes: Uint8Array, limits: JobLimits = JOB_LIMITS): Promise<JobFacts> => {
  const tally = createTally()
  let steps = 0
  for (const step of interpretJob(bytes, limits)) {
    tally.add(step)
    steps += 1
    if (steps % BREATH === 0) await new Promise(setImmediate)
  }
  return tally.conclude(bytes)
}

interface Tally {
  add(step: JobStep): void
  conclude(bytes: Uint8Array): JobFacts
}

const createTally = (): Tally => {
  const sum = { commands: 0, moves: 0, filamentMm: 0, retractedMm: 0, printMm: 0, travelMm: 0, layers: 0, estimatedSeconds: 0 }
  const highest = { maxNozzleCelsius: 0, maxBedCelsius: 0 }
  const minimum: [number, number, number] = [Infinity, Infinity, Infinity]
  const maximum: [number, number, number] = [-Infinity, -Infinity, -Infinity]
  const unknown = new Map<string, number>()
  let from: [number, number, number] = [0, 0, 0]
  const stretch = (point: readonly number[]) => {
    for (const axis of [0, 1, 2] as const) {
      minimum[axis] = Math.min(minimum[axis], point[axis] ?? 0)
      maximum[axis] = Math.max(maximum[axis], point[axis] ?? 0)
    }
  }
  const addMove = (step: Extract<JobStep['step'], { kind: 'move' }>, to: [number, number, number]) => {
    sum.moves += 1
    if (step.extrusion < 0) sum.retractedMm -= step.extrusion
    if (step.extrusion > 0 && step.distance > 0) {
      sum.printMm += step.distance
      stretch(from)
      stretch(to)
    } else sum.travelMm += step.distance
  }
  const add = ({ command, step, seconds, state, layers }: JobStep) => {
    const to: [number, number, number] = [state.x, state.y, state.z]
    sum.commands += 1
    sum.estimatedSeconds += seconds
    sum.layers = layers
    sum.filamentMm = state.extruded
    highest.maxNozzleCelsius = Math.max(highest.maxNozzleCelsius, state.nozzleTarget)
    highest.maxBedCelsius = Math.max(highest.maxBedCelsius, state.bedTarget)
    if (step.kind === 'move') addMove(step, to)
    const isNew = step.kind === 'other' && !step.known && (unknown.has(command.code) || unknown.size < UNKNOWN_LIMIT)
    if (isNew) unknown.set(command.code, (unknown.get(command.code) ?? 0) + 1)
    from = to
  }
  const conclude = (bytes: Uint8Array): JobFacts => {
    if (sum.commands === 0) throw new LabsError('LABS_JOB_REFUSED', { line: 1, detail: 'nothing that a machine could do' })
    const digest = `0x${createHash('sha256').update(bytes).digest('hex')}`
    const boundingBox = sum.printMm > 0 ? { minimum, maximum } : null
    return { digest, bytes: bytes.length, ...sum, ...highest, boundingBox, unknownCommands: Object.fromEntries(unknown) }
  }
  return { add, conclude }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { JobFacts, JobStep } from '@guildhall/gateway/labs'
import { interpretJob } from '@guildhall/gateway/labs'

/** What the printer's firmware knows at one moment. Positions in mm, times in seconds of the machine, temperatures in °C. */
export interface Sample {
  readonly elapsed: number
  readonly progress: number
  readonly x: number
  readonly y: number
  readonly z: number
  readonly extruded: number
  readonly layer: number
  readonly nozzle: number
  readonly nozzleTarget: number
  readonly bed: number
  readonly bedTarget: number
  readonly fanPercent: number
  readonly feedrate: number
}

/** How a job is run. */
export interface RunSettings {
  /** Machine seconds that pass in one real second. */
  readonly speed: number
  /** Machine seconds between two samples. */
  readonly interval: number
  readonly signal: AbortSignal
}

/** Longest stretch of real time in which the machine runs ahead before it waits, in ms. */
const TURN_MS = 10

/**
 * Runs a job as a printer does: carries out each command, moves along each path in time, and is asked for its state at fixed intervals.
 * Everything in a sample follows from the file. The last sample is the state after the last command.
 */
export async function* runJob(bytes: Uint8Array, facts: JobFacts, settings: RunSettings): AsyncGenerator<Sample> {
  const begun = performance.now()
  let elapsed = 0
  let due = 0
  let last: Sample = { ...COLD }
  for (const step of interpretJob(bytes)) {
    const from = last
    const until = elapsed + step.seconds
    for (; due < until; due += settings.interval) {
      // Where the machine is on its way through this command.
      const part = (due - elapsed) / step.seconds
      yield { ...between(from, toSample(step), part), elapsed: due, progress: Math.min(100, (due / facts.estimatedSeconds) * 100) }
    }
    elapsed = until
    last = { ...toSample(step), elapsed, progress: Math.min(100, (elapsed / facts.estimatedSeconds) * 100) }
    const ahead = (elapsed / settings.speed) * 1000 - (performance.now() - begun)
    if (ahead > TURN_MS) await sleep(ahead, undefined, { signal: settings.signal })
    settings.signal.throwIfAborted()
  }
  yield { ...last, progress: 100 }
}

const COLD: Sample = {
  elapsed: 0,
  progress: 0,
  x: 0,
  y: 0,
  z: 0,
  extruded: 0,
  layer: 0,
  nozzle: 22,
  nozzleTarget: 0,
  bed: 22,
  bedTarget: 0,
  fanPercent: 0,
  feedrate: 0,
}

const toSample = ({ state, clock, layers }: JobStep): Omit<Sample, 'elapsed' | 'progress'> => ({
  x: state.x,
  y: state.y,
  z: state.z,
  extruded: state.extruded,
  layer: layers,
  nozzle: clock.nozzle,
  nozzleTarget: state.nozzleTarget,
  bed: clock.bed,
  bedTarget: state.bedTarget,
  fanPercent: state.fanPercent,
  feedrate: state.feedrate,
})

const between = (from: Sample, to: Omit<Sample, 'elapsed' | 'progress'>, part: number): Omit<Sample, 'elapsed' | 'progress'> => {
  const mix = (a: number, b: number) => a + (b - a) * part
  return {
    ...to,
    x: mix(from.x, to.x),
    y: mix(from.y, to.y),
    z: mix(from.z, to.z),
    extruded: mix(from.extruded, to.extruded),
    nozzle: mix(from.nozzle, to.nozzle),
    bed: mix(from.bed, to.bed),
  }
}

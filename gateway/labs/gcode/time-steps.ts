import type { MachineStep } from './machine.ts'

/** Seconds that steps take on a plain school printer: trapezoidal speed over each move, heaters that climb at a steady rate. */
export interface StepClock {
  /** Seconds for a step at a feed rate in mm/s. */
  take(step: MachineStep, feedrate: number): number
  /** What nozzle and bed have reached, in °C. */
  readonly nozzle: number
  readonly bed: number
}

/** mm/s² until the job says otherwise (`M204`). */
const ACCELERATION = 1500
/** Speed at which moves join without stopping, in mm/s: stands for the planner's look-ahead. */
const JOINT_SPEED = 8
const ROOM = 22
/** °C a second. */
const CLIMB = { nozzle: 3, bed: 0.8 } as const
const COOL = { nozzle: 1.2, bed: 0.1 } as const
const HOME_SECONDS = 6

/** A clock for one job, from a cold machine. */
export const createStepClock = (): StepClock => {
  let acceleration = ACCELERATION
  const reached = { nozzle: ROOM, bed: ROOM }
  const target = { nozzle: 0, bed: 0 }
  const pass = (seconds: number) => {
    for (const part of ['nozzle', 'bed'] as const) {
      const aim = Math.max(ROOM, target[part])
      const gap = aim - reached[part]
      const step = Math.min(Math.abs(gap), seconds * (gap > 0 ? CLIMB[part] : COOL[part]))
      reached[part] += Math.sign(gap) * step
    }
    return seconds
  }
  const wait = (part: 'nozzle' | 'bed') => pass(Math.max(0, target[part] - reached[part]) / CLIMB[part])
  const take = (step: MachineStep, feedrate: number): number => {
    if (step.kind === 'move') return pass(moveSeconds(Math.max(step.distance, Math.abs(step.extrusion)), feedrate, acceleration))
    if (step.kind === 'dwell') return pass(step.seconds)
    if (step.kind === 'home') return pass(HOME_SECONDS)
    if (step.kind === 'acceleration') acceleration = step.mmPerSecond2
    if (step.kind !== 'heat') return 0
    target[step.part] = step.target
    return step.wait ? wait(step.part) : 0
  }
  return {
    take,
    get nozzle() {
      return reached.nozzle
    },
    get bed() {
      return reached.bed
    },
  }
}

const moveSeconds = (distance: number, feedrate: number, acceleration: number): number => {
  if (distance === 0) return 0
  const joint = Math.min(feedrate, JOINT_SPEED)
  const ramp = (feedrate ** 2 - joint ** 2) / acceleration
  if (distance >= ramp) return (2 * (feedrate - joint)) / acceleration + (distance - ramp) / feedrate
  const peak = Math.sqrt(acceleration * distance + joint ** 2)
  return (2 * (peak - joint)) / acceleration
}

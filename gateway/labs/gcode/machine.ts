import type { GcodeCommand } from './parse-line.ts'

/** Where the machine stands; positions in mm, feed rate in mm/s, temperatures in °C. Positions are physical: `G92` moves only the origin of the words. */
export interface MachineState {
  x: number
  y: number
  z: number
  /** Net filament since the job began, in mm: retractions count negative. */
  e: number
  /** Highest `e` so far: filament that has left the nozzle, plus what stands in it. */
  extruded: number
  feedrate: number
  nozzleTarget: number
  bedTarget: number
  fanPercent: number
}

/** What a command does to the machine. `distance` is the path in mm (arcs along the arc). */
export type MachineStep =
  | { readonly kind: 'move'; readonly distance: number; readonly extrusion: number; readonly rapid: boolean }
  | { readonly kind: 'dwell'; readonly seconds: number }
  | { readonly kind: 'home' }
  | { readonly kind: 'heat'; readonly part: 'nozzle' | 'bed'; readonly target: number; readonly wait: boolean }
  | { readonly kind: 'fan'; readonly percent: number }
  | { readonly kind: 'acceleration'; readonly mmPerSecond2: number }
  | { readonly kind: 'other'; readonly known: boolean }

/** The interpreter of one job: `run` carries out a command and says what it did, or why it is refused. */
export interface Machine {
  readonly state: Readonly<MachineState>
  run(command: GcodeCommand): MachineStep | { readonly refusal: string }
}

interface Modes {
  absolute: boolean
  absoluteE: boolean
  /** Millimetres in one unit of the words: 25.4 after G20. */
  unit: number
  /** Percent of M220 and M221 as factors. */
  speed: number
  flow: number
  /** What the words count from, in mm. */
  offset: { x: number; y: number; z: number; e: number }
  /** E words in mm of the job's own count: `state.e` differs from it by G92 and by M221. */
  logicalE: number
}

type Run = (context: Context, command: GcodeCommand) => MachineStep | { readonly refusal: string }

interface Context {
  readonly state: MachineState
  readonly modes: Modes
}

/** No printer of a school is larger than 10 m; a job that goes further is broken or hostile. */
const REACH = 10_000
const done: MachineStep = { kind: 'other', known: true }

/** A machine at rest at the origin, in millimetres, absolute positions and absolute E (what Marlin boots into). */
export const createMachine = (): Machine => {
  const state: MachineState = { x: 0, y: 0, z: 0, e: 0, extruded: 0, feedrate: 50, nozzleTarget: 0, bedTarget: 0, fanPercent: 0 }
  const modes: Modes = { absolute: true, absoluteE: true, unit: 1, speed: 1, flow: 1, offset: { x: 0, y: 0, z: 0, e: 0 }, logicalE: 0 }
  const context = { state, modes }
  const run = (command: GcodeCommand) => {
    if (/^T\d/.test(command.code) && command.code !== 'T0') return { refusal: 'a tool other than T0' }
    const carryOut = Object.hasOwn(COMMANDS, command.code) ? COMMANDS[command.code] : undefined
    return carryOut ? carryOut(context, command) : { kind: 'other' as const, known: false }
  }
  return { state, run }
}

const word = (command: GcodeCommand, letter: string): number | null => {
  const value = command.words.get(letter)
  return value === undefined || Number.isNaN(value) ? null : value
}

const AXES = ['x', 'y', 'z'] as const
type Point = Record<(typeof AXES)[number], number>

const targetOf = ({ state, modes }: Context, command: GcodeCommand): Point => {
  const axis = (name: keyof Point) => {
    const said = word(command, name.toUpperCase())
    if (said === null) return state[name]
    return modes.absolute ? said * modes.unit + modes.offset[name] : state[name] + said * modes.unit
  }
  return { x: axis('x'), y: axis('y'), z: axis('z') }
}

/** Moves along a path of the given length and extrudes what the E word says. */
const travel = (context: Context, command: GcodeCommand, path: { readonly to: Point; readonly length: number | null }): ReturnType<Run> => {
  const { state, modes } = context
  const { to } = path
  const feed = word(command, 'F')
  if (feed !== null && feed <= 0) return { refusal: 'a feed rate that is not above zero' }
  if (feed !== null) state.feedrate = Math.max(0.001, (feed * modes.unit * modes.speed) / 60)
  if (AXES.some((axis) => Math.abs(to[axis]) > REACH)) return { refusal: `a position beyond ${REACH} mm` }
  const said = word(command, 'E')
  const logical = said === null ? 0 : modes.absoluteE ? said * modes.unit - modes.logicalE : said * modes.unit
  const extrusion = logical * modes.flow
  if (Math.abs(extrusion) > REACH) return { refusal: `more than ${REACH} mm of filament in one move` }
  const straight = Math.hypot(to.x - state.x, to.y - state.y, to.z - state.z)
  Object.assign(state, to)
  modes.logicalE += logical
  state.e += extrusion
  state.extruded = Math.max(state.extruded, state.e)
  return { kind: 'move', distance: path.length ?? straight, extrusion, rapid: command.code === 'G0' }
}

const move: Run = (context, command) => travel(context, command, { to: targetOf(context, command), length: null })

/** G2 and G3: by centre (I, J) or by radius (R), in the XY plane, with Z as a helix. */
const arc: Run = (context, command) => {
  const { state, modes } = context
  const to = targetOf(context, command)
  const clockwise = command.code === 'G2'
  const radius = word(command, 'R')
  const centre = radius === null ? offsetCentre(context, command) : radiusCentre(state, to, { radius: radius * modes.unit, clockwise })
  if (centre === null) return { refusal: 'an arc without a centre' }
  const [fromX, fromY, toX, toY] = [state.x - centre.x, state.y - centre.y, to.x - centre.x, to.y - centre.y]
  const size = Math.hypot(fromX, fromY)
  if (size < 1e-6 || size > REACH) return { refusal: 'an arc without a usable radius' }
  let angle = Math.atan2(fromX * toY - fromY * toX, fromX * toX + fromY * toY)
  if (clockwise) angle = -angle
  // A full circle ends where it began; otherwise the angle is brought into (0, 2π].
  if (angle <= 1e-9) angle += 2 * Math.PI
  return travel(context, command, { to, length: Math.hypot(size * angle, to.z - state.z) })
}

const offsetCentre = ({ state, modes }: Context, command: GcodeCommand) => {
  const [i, j] = [word(command, 'I'), word(command, 'J')]
  return i === null && j === null ? null : { x: state.x + (i ?? 0) * modes.unit, y: state.y + (j ?? 0) * modes.unit }
}

const radiusCentre = (from: Point, to: Point, { radius, clockwise }: { readonly radius: number; readonly clockwise: boolean }) => {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const chord = Math.hypot(dx, dy)
  if (chord < 1e-9 || chord > 2 * Math.abs(radius) + 1e-3) return null
  const height = Math.sqrt(Math.max(0, radius * radius - (chord * chord) / 4))
  // Negative R takes the longer way round, as in Marlin.
  const side = clockwise !== radius < 0 ? 1 : -1
  return { x: (from.x + to.x) / 2 + (side * height * dy) / chord, y: (from.y + to.y) / 2 - (side * height * dx) / chord }
}

const setPosition: Run = ({ state, modes }, command) => {
  for (const axis of AXES) {
    const said = word(command, axis.toUpperCase())
    if (said !== null) modes.offset[axis] = state[axis] - said * modes.unit
  }
  const e = word(command, 'E')
  if (e !== null) modes.logicalE = e * modes.unit
  // A bare G92 sets all axes to zero.
  if (command.words.size === 0) {
    modes.offset = { x: state.x, y: state.y, z: state.z, e: 0 }
    modes.logicalE = 0
  }
  return done
}

const home: Run = ({ state, modes }, command) => {
  const named = AXES.filter((axis) => command.words.has(axis.toUpperCase()))
  for (const axis of named.length === 0 ? AXES : named) {
    state[axis] = 0
    modes.offset[axis] = 0
  }
  return { kind: 'home' }
}

const heat =
  (part: 'nozzle' | 'bed', wait: boolean): Run =>
  ({ state }, command) => {
    const target = word(command, 'S') ?? word(command, 'R')
    if (target === null) return done
    const limit = part === 'nozzle' ? 350 : 150
    if (target < 0 || target > limit) return { refusal: `a temperature of the ${part} outside of 0 to ${limit} °C` }
    state[part === 'nozzle' ? 'nozzleTarget' : 'bedTarget'] = target
    return { kind: 'heat', part, target, wait }
  }

const fan =
  (on: boolean): Run =>
  ({ state }, command) => {
    const speed = on ? (word(command, 'S') ?? 255) : 0
    if (speed < 0 || speed > 255) return { refusal: 'a fan speed outside of 0 to 255' }
    state.fanPercent = Math.round((speed / 255) * 100)
    return { kind: 'fan', percent: state.fanPercent }
  }

const dwell: Run = (_, command) => {
  const seconds = word(command, 'S') ?? (word(command, 'P') ?? 0) / 1000
  return seconds < 0 || seconds > 86_400 ? { refusal: 'a pause outside of 0 to 86,400 s' } : { kind: 'dwell', seconds }
}

const factor =
  (name: 'speed' | 'flow'): Run =>
  ({ modes }, command) => {
    const percent = word(command, 'S')
    if (percent !== null && (percent < 1 || percent > 999)) return { refusal: 'a percentage outside of 1 to 999' }
    if (percent !== null) modes[name] = percent / 100
    return done
  }

const acceleration: Run = (_, command) => {
  const value = word(command, 'P') ?? word(command, 'S')
  return value !== null && value > 0 && value <= 1e6 ? { kind: 'acceleration', mmPerSecond2: value } : done
}

const set =
  (change: Partial<Modes>): Run =>
  ({ modes }) => {
    Object.assign(modes, change)
    return done
  }
const nothing: Run = () => done

/** What each command does. Adding one is adding a row; what is not here is counted and otherwise ignored. */
const COMMANDS: Readonly<Record<string, Run>> = {
  G0: move,
  G1: move,
  G2: arc,
  G3: arc,
  G4: dwell,
  G20: set({ unit: 25.4 }),
  G21: set({ unit: 1 }),
  G28: home,
  G90: set({ absolute: true, absoluteE: true }),
  G91: set({ absolute: false, absoluteE: false }),
  G92: setPosition,
  M82: set({ absoluteE: true }),
  M83: set({ absoluteE: false }),
  M104: heat('nozzle', false),
  M109: heat('nozzle', true),
  M140: heat('bed', false),
  M190: heat('bed', true),
  M106: fan(true),
  M107: fan(false),
  M204: acceleration,
  M220: factor('speed'),
  M221: factor('flow'),
  ...Object.fromEntries(
    'T0 G10 G11 M0 M1 M17 M18 M73 M77 M75 M84 M105 M110 M114 M115 M117 M118 M201 M203 M205 M206 M300 M301 M400 M420 M500 M501 M502 M503 M862.1 M862.3 M900 G29 G80'
      .split(' ')
      .map((code) => [code, nothing]),
  ),
}

import { LabsError } from '../errors.ts'
import type { Machine, MachineState, MachineStep } from './machine.ts'
import { createMachine } from './machine.ts'
import type { GcodeCommand } from './parse-line.ts'
import { parseLine } from './parse-line.ts'
import type { StepClock } from './time-steps.ts'
import { createStepClock } from './time-steps.ts'

/** One carried-out command: what it did, how long it takes, and the machine after it. */
export interface JobStep {
  /** 1-based line of the file. */
  readonly line: number
  readonly command: GcodeCommand
  readonly step: MachineStep
  readonly seconds: number
  /** The same object for every step; read it before the next. */
  readonly state: Readonly<MachineState>
  readonly clock: StepClock
  /** Different heights at which something was extruded so far. */
  readonly layers: number
}

/** How much a job may hold. */
export interface JobLimits {
  readonly bytes: number
  readonly lines: number
  readonly layers: number
}

/** A day's print of fine resolution has some 3 million lines. */
export const JOB_LIMITS: JobLimits = { bytes: 64e6, lines: 4_000_000, layers: 20_000 }

/** Carries out a job line by line. @throws LABS_JOB_REFUSED with line and detail */
export function* interpretJob(bytes: Uint8Array, limits: JobLimits = JOB_LIMITS): Generator<JobStep> {
  if (bytes.length > limits.bytes) refuse(1, `more than ${limits.bytes} bytes`)
  const interpreter = createInterpreter(limits)
  for (const text of splitLines(bytes)) {
    const step = interpreter.run(text)
    if (step) yield step
  }
}

interface Interpreter {
  run(text: string): JobStep | null
}

const createInterpreter = (limits: JobLimits): Interpreter => {
  const machine = createMachine()
  const clock = createStepClock()
  const heights = new Set<number>()
  let line = 0
  let expected: number | null = null
  const run = (text: string): JobStep | null => {
    line += 1
    if (line > limits.lines) refuse(line, `more than ${limits.lines} lines`)
    const parsed = parseLine(text)
    if ('refusal' in parsed) return refuse(line, parsed.refusal)
    const { command } = parsed
    if (command === null) return null
    expected = checkLineNumber(command, { line, expected })
    const step = runCommand(machine, command, line)
    if (step.kind === 'move' && step.extrusion > 0 && step.distance > 0) heights.add(Math.round(machine.state.z * 1000))
    if (heights.size > limits.layers) refuse(line, `more than ${limits.layers} layers`)
    const seconds = clock.take(step, machine.state.feedrate)
    return { line, command, step, seconds, state: machine.state, clock, layers: heights.size }
  }
  return { run }
}

const refuse = (line: number, detail: string): never => {
  throw new LabsError('LABS_JOB_REFUSED', { line, detail })
}

const runCommand = (machine: Machine, command: GcodeCommand, line: number): MachineStep => {
  const step = machine.run(command)
  return 'refusal' in step ? refuse(line, step.refusal) : step
}

/** Numbered lines must follow one another; `M110` sets the count anew. */
const checkLineNumber = (command: GcodeCommand, at: { line: number; expected: number | null }): number | null => {
  const { lineNumber } = command
  if (lineNumber === null) return at.expected
  if (command.code === 'M110') return (command.words.get('N') ?? lineNumber) + 1
  if (at.expected !== null && lineNumber !== at.expected) refuse(at.line, `line number ${lineNumber} where ${at.expected} should follow`)
  return lineNumber + 1
}

/** Longest stretch without a line end: what is longer is not G-code, and is not searched to its end. */
const STRETCH = 64 * 1024

/** Lines of a file as latin1 text (comments may be in any encoding). */
function* splitLines(bytes: Uint8Array): Generator<string> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let start = view[0] === 0xef && view[1] === 0xbb && view[2] === 0xbf ? 3 : 0
  while (start < view.length) {
    const found = view.indexOf(10, start)
    const end = found < 0 ? view.length : found
    yield view.toString('latin1', start, Math.min(end, start + STRETCH)).replace(/\r$/, '')
    start = end + 1
  }
}

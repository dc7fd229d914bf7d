import type { MachineReport } from './machine-report.ts'
import { heaterOf, JOB_ENDS, numberOf, objectOf, textOf } from './machine-report.ts'

/** Longest payload of the OctoPrint-MQTT plug-in that is read; real ones are below 2 kB. */
const PAYLOAD_LIMIT = 32_768

/**
 * Reads a message of the OctoPrint-MQTT plug-in: `event/<Name>`, `progress/printing`, `temperature/<heater>`, each with JSON.
 * `path` is the topic without the plug-in's prefix. Undefined for what says nothing about the machine.
 */
export const readMqttMessage = (path: string, payload: Uint8Array, nowMs: number): MachineReport | undefined => {
  const [kind, name = ''] = path.split('/')
  const fields = payload.length <= PAYLOAD_LIMIT ? parseObject(payload) : undefined
  if (fields === undefined) return undefined
  // The plug-in stamps seconds; its clock is only a hint.
  const stamp = numberOf(fields['_timestamp'])
  const atMs = stamp !== undefined && stamp > 1e9 && stamp < 4e9 ? Math.round(stamp * 1000) : nowMs
  if (kind === 'event') return readEvent(name, fields, atMs)
  if (kind === 'progress') return readProgress(name, fields, atMs)
  return kind === 'temperature' ? readTemperature(name, fields, atMs) : undefined
}

type Fields = Readonly<Record<string, unknown>>

const parseObject = (payload: Uint8Array): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
  } catch {
    // Not JSON: not a message of the plug-in.
    return undefined
  }
}

const readEvent = (name: string, fields: Fields, atMs: number): MachineReport | undefined => {
  const elapsed = numberOf(fields['time'])
  if (name === 'PrintStarted') {
    const fileName = textOf(fields['name']) ?? textOf(fields['filename'])
    return { atMs, job: { event: 'started', ...(fileName !== undefined && { fileName }) } }
  }
  const event = Object.hasOwn(JOB_ENDS, name) ? JOB_ENDS[name] : undefined
  if (event !== undefined)
    return {
      atMs,
      job: { event },
      ...(event === 'completed' && { progress: 100 }),
      ...(elapsed !== undefined && { elapsedSeconds: elapsed }),
    }
  if (name === 'ZChange') {
    const z = numberOf(fields['new'])
    return z === undefined ? undefined : { atMs, zMm: z }
  }
  const state = Object.hasOwn(STATES, name) ? STATES[name] : undefined
  return state === undefined ? undefined : { atMs, state }
}

const STATES: Readonly<Record<string, string>> = {
  PrintPaused: 'paused',
  PrintResumed: 'printing',
  Connected: 'operational',
  Disconnected: 'offline',
  Error: 'error',
}

const readProgress = (name: string, fields: Fields, atMs: number): MachineReport | undefined => {
  const progress = numberOf(fields['progress'])
  if (name !== 'printing' || progress === undefined) return undefined
  const data = objectOf(fields['printer_data'])
  const elapsed = numberOf(objectOf(data['progress'])['printTime'])
  const filament = numberOf(objectOf(objectOf(objectOf(data['job'])['filament'])['tool0'])['length'])
  return {
    atMs,
    progress,
    ...(elapsed !== undefined && { elapsedSeconds: elapsed }),
    ...(filament !== undefined && { filamentMm: filament }),
  }
}

const readTemperature = (name: string, fields: Fields, atMs: number): MachineReport | undefined => {
  const heater = heaterOf(fields)
  if (name === 'tool0') return { atMs, nozzle: heater }
  if (name === 'bed') return { atMs, bed: heater }
  return name === 'chamber' ? { atMs, chamber: heater } : undefined
}

import type { MachineReport } from './machine-report.ts'
import { heaterOf, JOB_ENDS, numberOf, objectOf, stateOf, textOf } from './machine-report.ts'

/** What a message of OctoPrint's push socket means. */
export type PushMessage =
  /** First after connecting: authentication is asked for. */
  | { readonly kind: 'connected'; readonly version: string | null }
  | { readonly kind: 'reauth' }
  | { readonly kind: 'reports'; readonly reports: readonly MachineReport[] }
  /** A job began: its file is to be fetched for its digest. */
  | {
      readonly kind: 'started'
      readonly atMs: number
      readonly fileName: string | null
      readonly origin: string
      readonly path: string | null
    }
  | { readonly kind: 'other' }

/** Longest message that is read; `history` after a long job has some hundred kB. */
const MESSAGE_LIMIT = 4_000_000

/** Reads one message of `/sockjs/websocket` (OctoPrint push API): a JSON object with one key. Anything else is `other`. */
export const readPushMessage = (text: string, nowMs: number): PushMessage => {
  const message = text.length <= MESSAGE_LIMIT ? parseObject(text) : {}
  if ('connected' in message) return { kind: 'connected', version: textOf(objectOf(message['connected'])['version']) ?? null }
  if ('reauthRequired' in message) return { kind: 'reauth' }
  if ('event' in message) return readEvent(objectOf(message['event']), nowMs)
  if ('history' in message) return { kind: 'reports', reports: readState(withoutPast(objectOf(message['history'])), nowMs) }
  if ('current' in message) return { kind: 'reports', reports: readState(objectOf(message['current']), nowMs) }
  return { kind: 'other' }
}

const parseObject = (text: string): Readonly<Record<string, unknown>> => {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    // Not JSON: nothing that we know.
    return {}
  }
}

type Fields = Readonly<Record<string, unknown>>

/** The history has half an hour of temperatures, perhaps of another learner's job: only the newest is ours. */
const withoutPast = (history: Fields): Fields => ({ ...history, temps: Array.isArray(history['temps']) ? history['temps'].slice(-1) : [] })

const readEvent = (event: Fields, nowMs: number): PushMessage => {
  const name = textOf(event['type']) ?? ''
  const payload = objectOf(event['payload'])
  if (name === 'PrintStarted') {
    const [fileName, path] = [textOf(payload['name']) ?? null, textOf(payload['path']) ?? null]
    return { kind: 'started', atMs: nowMs, fileName, path, origin: payload['origin'] === 'sdcard' ? 'sdcard' : 'local' }
  }
  const end = Object.hasOwn(JOB_ENDS, name) ? JOB_ENDS[name] : undefined
  if (end === undefined) return { kind: 'other' }
  const elapsed = numberOf(payload['time'])
  return {
    kind: 'reports',
    reports: [
      {
        atMs: nowMs,
        job: { event: end },
        ...(end === 'completed' && { progress: 100 }),
        ...(elapsed !== undefined && { elapsedSeconds: elapsed }),
      },
    ],
  }
}

const readState = (state: Fields, nowMs: number): MachineReport[] => {
  const temperatures = Array.isArray(state['temps']) ? state['temps'].map(objectOf) : []
  const reports = temperatures.map((temperature): MachineReport => {
    const seconds = numberOf(temperature['time'])
    const atMs = seconds !== undefined && seconds > 1e9 && seconds < 4e9 ? Math.round(seconds * 1000) : nowMs
    return { atMs, nozzle: heaterOf(temperature['tool0']), bed: heaterOf(temperature['bed']), chamber: heaterOf(temperature['chamber']) }
  })
  return [...reports, readJob(state, nowMs)]
}

const readJob = (state: Fields, atMs: number): MachineReport => {
  const progress = objectOf(state['progress'])
  const [completion, elapsed] = [numberOf(progress['completion']), numberOf(progress['printTime'])]
  const filament = numberOf(objectOf(objectOf(objectOf(state['job'])['filament'])['tool0'])['length'])
  const z = numberOf(state['currentZ'])
  const word = stateOf(objectOf(state['state'])['text'])
  return {
    atMs,
    ...(completion !== undefined && { progress: Math.min(100, Math.max(0, completion)) }),
    ...(elapsed !== undefined && elapsed >= 0 && { elapsedSeconds: elapsed }),
    ...(filament !== undefined && filament > 0 && { filamentMm: filament }),
    ...(z !== undefined && { zMm: z }),
    ...(word !== undefined && { state: word }),
  }
}

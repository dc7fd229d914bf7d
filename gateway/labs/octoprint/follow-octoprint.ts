import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { LabsError } from '../errors.ts'
import type { Reading } from '../frames/channels.ts'
import { parseGcode } from '../gcode/parse-gcode.ts'
import type { OctoPrintLink, OctoPrintState, OctoPrintTarget } from './link.ts'
import type { MachineReport } from './machine-report.ts'
import { toReadings } from './machine-report.ts'
import type { PushMessage } from './read-push-message.ts'
import { readPushMessage } from './read-push-message.ts'
import type { RestClient } from './rest-client.ts'
import { createRestClient } from './rest-client.ts'

/** What following works with. */
export interface FollowParts {
  readonly target: OctoPrintTarget
  readonly deviceId: string
  readonly nowMs: () => number
  readonly onReadings: (readings: readonly Reading[]) => void
  /** A job ended: what is left may be put into a frame. */
  readonly onJobEnd: () => void
}

/** Waits between attempts, in ms: the last one is kept. */
const WAITS_MS = [500, 1000, 2000, 5000, 10_000]
/** OctoPrint sends several messages a second while it prints; silence for this long means that the line is dead. */
const SILENCE_MS = 30_000

/** Follows an OctoPrint: passive login, push socket, and after every reconnection the job that runs now, so that nothing is taken for ended or missed. */
export const followOctoPrint = (parts: FollowParts): OctoPrintLink => {
  const rest = createRestClient(parts.target)
  const stopping = new AbortController()
  let state: OctoPrintState = { state: 'connecting', detail: null }
  const run = async () => {
    for (let attempt = 0; !stopping.signal.aborted; attempt += 1) {
      try {
        await followOnce({ parts, rest, signal: stopping.signal, onOpen: () => (state = { state: 'connected', detail: null }) })
        attempt = 0
        state = { state: 'connecting', detail: 'closed' }
      } catch (error) {
        state = stateOfError(error)
      }
      await sleep(WAITS_MS[Math.min(attempt, WAITS_MS.length - 1)], undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    deviceId: parts.deviceId,
    state: () => state,
    identify: () => rest.version(),
    sendJob: (job) => rest.upload(job),
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

const stateOfError = (error: unknown): OctoPrintState => {
  if (!(error instanceof LabsError)) return { state: 'unreachable', detail: error instanceof Error ? error.message.slice(0, 120) : null }
  return { state: error.code === 'LABS_OCTOPRINT_REFUSED' ? 'refused' : 'unreachable', detail: error.message }
}

interface Attempt {
  readonly parts: FollowParts
  readonly rest: RestClient
  readonly signal: AbortSignal
  readonly onOpen: () => void
}

/** One connection from login to its end. Messages are handled one after another, in the order in which they came. */
const followOnce = async (attempt: Attempt): Promise<void> => {
  const { parts, rest, signal } = attempt
  const session = await rest.login()
  const socket = new WebSocket(`${parts.target.url.replace(/^http/, 'ws').replace(/\/+$/, '')}/sockjs/websocket`)
  const ended = Promise.withResolvers<void>()
  let queue = Promise.resolve()
  let heardAt = performance.now()
  const close = () => {
    socket.close()
    // A dead peer never answers the closing handshake.
    ended.resolve()
  }
  const watch = setInterval(() => performance.now() - heardAt > SILENCE_MS && close(), 1000)
  socket.addEventListener('message', ({ data }) => {
    heardAt = performance.now()
    const message = readPushMessage(String(data), parts.nowMs())
    queue = queue.then(() => handleMessage(message, { ...attempt, socket, session })).catch((error) => ended.reject(error))
  })
  socket.addEventListener('close', () => ended.resolve())
  socket.addEventListener('error', () => ended.reject(new LabsError('LABS_OCTOPRINT_UNREACHABLE', { detail: 'push socket' })))
  signal.addEventListener('abort', close, { once: true })
  try {
    await ended.promise
    await queue
  } finally {
    clearInterval(watch)
    signal.removeEventListener('abort', close)
    socket.close()
  }
}

const handleMessage = async (message: PushMessage, context: Attempt & { socket: WebSocket; session: string }): Promise<void> => {
  const { parts, rest, socket, session, onOpen } = context
  const tell = (report: MachineReport) => parts.onReadings(toReadings(report))
  if (message.kind === 'connected') {
    socket.send(JSON.stringify({ auth: session }))
    // One `current` message every second is enough for evidence.
    socket.send(JSON.stringify({ throttle: 2 }))
    onOpen()
    const job = await rest.runningJob()
    if (job) tell(await startOf({ atMs: parts.nowMs(), fileName: job.name, path: job.path }, rest))
    return
  }
  if (message.kind === 'reauth') return socket.close()
  if (message.kind === 'started') return tell(await startOf(message, rest))
  if (message.kind !== 'reports') return
  for (const report of message.reports) tell(report)
  if (message.reports.some((report) => report.job !== undefined)) parts.onJobEnd()
}

interface Start {
  readonly atMs: number
  readonly fileName: string | null
  readonly path: string | null
}

/** Digest and planned filament come from the file itself; where it cannot be had (SD card), the start is told without them. */
const startOf = async ({ atMs, fileName, path }: Start, rest: RestClient): Promise<MachineReport> => {
  const bytes = path === null ? undefined : await rest.download(path).catch(() => undefined)
  const facts = bytes && (await parseGcode(bytes).catch(() => undefined))
  const digest = bytes && `0x${createHash('sha256').update(bytes).digest('hex')}`
  const job = { event: 'started' as const, ...(fileName !== null && { fileName }), ...(digest !== undefined && { digest }) }
  return { atMs, job, ...(facts && { filamentMm: facts.filamentMm }) }
}

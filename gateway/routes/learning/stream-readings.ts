import type { Reading } from '../../labs/index.ts'
import type { IssuingBase } from '../../use-cases/base/issuing.ts'

/** Events that wait for a slow screen before it is let go: it can ask for the session again. */
const maxWaiting = 1_000
const pingMs = 15_000

/** Server-sent events (WHATWG HTML §9.2) of a session until the caller goes away or the session ends. @throws NOT_FOUND */
export function streamReadings(base: IssuingBase, sessionId: string, signal: AbortSignal): AsyncIterable<string> {
  base.records.sessions.get(sessionId)
  return follow(base, sessionId, signal)
}

async function* follow(base: IssuingBase, sessionId: string, signal: AbortSignal): AsyncGenerator<string> {
  const waiting: string[] = []
  let wake = () => {}
  const put = (event: string, data: unknown) => {
    if (waiting.length < maxWaiting) waiting.push(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    wake()
  }
  const stateNow = () => base.records.sessions.get(sessionId).state
  const unwatch = stateNow() === 'open' ? base.labs.watchSession(sessionId, (readings) => put('reading', readings.map(plain))) : () => {}
  const ping = setInterval(() => put(stateNow() === 'open' ? 'ping' : 'state', { state: stateNow() }), pingMs)
  const end = () => wake()
  signal.addEventListener('abort', end)
  put('state', { state: stateNow() })
  try {
    while (!signal.aborted) {
      yield waiting.splice(0).join('')
      if (stateNow() !== 'open') return
      await new Promise<void>((resolve) => {
        wake = resolve
        if (waiting.length > 0 || signal.aborted) resolve()
      })
    }
  } finally {
    clearInterval(ping)
    unwatch()
    signal.removeEventListener('abort', end)
  }
}

const plain = (reading: Reading): Reading => reading

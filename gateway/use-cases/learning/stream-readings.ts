import type { Reading } from '../../labs/index.ts'
import type { IssuingBase } from '../base/issuing.ts'
import { getSession } from './show-session.ts'

/** Between two signs of life, in milliseconds: a proxy closes what is silent. */
const pingMs = 15_000
/** Readings kept for a reader who is slow; older ones are dropped, the newest matter on a live screen. */
const backlogLimit = 500

/** Server-sent events of an open session: `state`, then `readings` as they become durable, `ping` in between; ends with the session. */
export async function* streamReadings(
  base: Pick<IssuingBase, 'records' | 'labs'>,
  { sessionId, signal }: { sessionId: string; signal: AbortSignal },
): AsyncGenerator<string> {
  let backlog: Reading[] = []
  let wake = () => {}
  const stop = base.labs.watchSession(sessionId, (readings) => {
    backlog = [...backlog, ...readings].slice(-backlogLimit)
    wake()
  })
  signal.addEventListener('abort', () => wake(), { once: true })
  try {
    let state = getSession(base, sessionId).state
    yield event('state', { state })
    while (!signal.aborted && state === 'open') {
      if (backlog.length === 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, pingMs)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      const readings = backlog
      backlog = []
      yield readings.length > 0 ? event('readings', readings) : event('ping', {})
      state = getSession(base, sessionId).state
    }
    yield event('state', { state })
  } finally {
    stop()
  }
}

const event = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`

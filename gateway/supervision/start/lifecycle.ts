import type { Log } from '../../base.ts'
import { traceOf } from '../http/report-problem.ts'

/** The parts of a running base, in the order in which they were started. */
export type Lifecycle = {
  /** Remembers how to stop a part that has just been started. */
  add(name: string, stop: () => unknown): void
  /** Stops everything in the reverse order, each within the limit. Called twice it waits for the first. */
  stop(): Promise<void>
}

/** Makes the lifecycle of one process. @param limitMs how long one part may take to stop */
export const createLifecycle = (log: Log, limitMs = 10_000): Lifecycle => {
  const parts: { name: string; stop: () => unknown }[] = []
  let stopping: Promise<void> | undefined
  const stopAll = async () => {
    for (const { name, stop } of parts.reverse()) {
      try {
        await withinLimit(Promise.resolve(stop()), limitMs)
      } catch (cause) {
        // The rest is stopped all the same: a part that hangs must not keep the others from writing down what they have.
        log.error({ part: name, ...traceOf(cause) }, 'a part did not stop well')
      }
    }
  }
  return {
    add: (name, stop) => parts.push({ name, stop }),
    stop: () => {
      stopping ??= stopAll()
      return stopping
    },
  }
}

const withinLimit = async (work: Promise<unknown>, limitMs: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${limitMs} ms`)), limitMs)
  })
  try {
    await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

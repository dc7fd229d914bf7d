import { performance } from 'node:perf_hooks'

/** One step of a demo as it went. */
type Step = { name: string; seconds: number; said: string }

/** A demo under way: names its steps, times them, and stops at the first that does not hold. */
export type Walk = {
  /** Runs one step and prints what it says. */
  step<T>(name: string, work: (say: (text: string) => void) => Promise<T> | T): Promise<T>
  /** Prints the time of the whole, and how many steps held. */
  conclude(): void
}

/** Begins a demo; what it prints goes to standard output. */
export function beginWalk(title: string): Walk {
  const steps: Step[] = []
  const began = performance.now()
  console.log(`${title}\n`)
  return {
    step: async (name, work) => {
      const started = performance.now()
      const lines: string[] = []
      try {
        const result = await work((text) => lines.push(text))
        const seconds = (performance.now() - started) / 1000
        steps.push({ name, seconds, said: lines.join(' ') })
        console.log(`✓ ${name}  ${seconds.toFixed(2)} s`)
        for (const line of lines) console.log(`    ${line}`)
        return result
      } catch (error) {
        console.log(`✗ ${name}  ${((performance.now() - started) / 1000).toFixed(2)} s`)
        throw error
      }
    },
    conclude: () => console.log(`\n${steps.length} steps held in ${((performance.now() - began) / 1000).toFixed(1)} s`),
  }
}

/** Stops the demo when something that it shows is not so. */
export function hold(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new Error(`does not hold: ${claim}`)
}

/** Asks again until the answer is there. @throws after `timeoutMs`, naming what was waited for */
export async function until<T>(what: string, timeoutMs: number, ask: () => Promise<T | undefined | false>): Promise<T> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > end) throw new Error(`waited ${timeoutMs / 1000} s for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

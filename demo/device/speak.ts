import type { Sample } from './run-job.ts'

/** How the printer tells what it does: its own signed frames, or OctoPrint's topics. */
export interface Speaker {
  started(job: { readonly name: string; readonly digest: string }): Promise<void>
  sample(sample: Sample): Promise<void>
  /** Resolves when what was told is safe, as far as the way of speaking knows. */
  ended(ending: 'completed' | 'cancelled' | 'failed', last: Sample, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

import { Worker } from 'node:worker_threads'
import type { FrameRefusal, Quarantined } from './frame.ts'

/** A frame to be verified: its bytes, and who must have signed it. */
export interface FrameToVerify {
  readonly bytes: Uint8Array
  readonly deviceId: string
  readonly publicKeyMultibase: string
}

/** What the worker found. `hash` is that of the whole frame. */
export type FrameFinding =
  | { readonly refusal: FrameRefusal }
  | {
      readonly epoch: number
      readonly seq: number
      readonly prevHash: Uint8Array
      readonly hash: Uint8Array
      readonly readings: number
      readonly quarantined: readonly Quarantined[]
    }

/** Verifies frames beside the main thread; findings come in the order of the frames. */
export interface FrameVerifier {
  verify(frames: readonly FrameToVerify[]): Promise<readonly FrameFinding[]>
  stop(): Promise<void>
}

interface Waiting {
  resolve(findings: readonly FrameFinding[]): void
  reject(error: Error): void
}

/** Starts the verifying worker: signatures are what limits a base (some 4,700 a second a thread), so they have a thread of their own. */
export const startFrameVerifier = (): FrameVerifier => {
  const worker = new Worker(new URL('./verify-worker.ts', import.meta.url))
  const waiting: Waiting[] = []
  const failAll = (error: Error) => {
    for (const one of waiting.splice(0)) one.reject(error)
  }
  worker.on('message', (findings: readonly FrameFinding[]) => waiting.shift()?.resolve(findings))
  worker.on('error', (error) => failAll(error instanceof Error ? error : new Error(String(error))))
  worker.on('exit', () => failAll(new Error('the verifying worker ended')))
  worker.unref()
  return {
    verify: (frames) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        worker.postMessage(frames)
      }),
    stop: async () => {
      await worker.terminate()
    },
  }
}

import type { BenchOptions, Measurement } from '../run.ts'
import { FRAME_SIZE, startBase } from './base.ts'

/** Milliseconds within which 99 of 100 frames are acknowledged as durable while 20,000 readings a second come in. At most 50. */
export const figure = 'telemetry.ack-p99'

const SHORT_SECONDS = 10
const READINGS_PER_SECOND = 20_000
const LIMIT_MS = 50

/** `--seconds 60` is the long form; `--count` is the number of readings to send. */
export async function run({ count, seconds }: BenchOptions): Promise<Measurement[]> {
  const length = seconds ?? (count === undefined ? SHORT_SECONDS : Math.max(1, Math.ceil(count / READINGS_PER_SECOND)))
  const base = await startBase()
  try {
    const { p50, p99, worst, acknowledged } = await base.send({ seconds: length, framesPerSecond: READINGS_PER_SECOND / FRAME_SIZE })
    console.error(`${figure}: ${acknowledged} frames, p50 ${p50.toFixed(1)} ms, worst ${worst.toFixed(1)} ms`)
    const value = Number(p99.toFixed(1))
    return [{ figure, value, unit: 'ms', peer: 'limit', peerValue: LIMIT_MS, ratio: Number((value / LIMIT_MS).toFixed(3)) }]
  } finally {
    await base.stop()
  }
}

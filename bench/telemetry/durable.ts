import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'
import { fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchOptions, Measurement } from '../run.ts'
import { FRAME_SIZE, measureRate, startBase } from './base.ts'

/** Readings a second that are verified, on disk and acknowledged, from eight devices over MQTT, 25 a frame, each frame signed. At least 20,000. */
export const figure = 'telemetry.durable'

const SHORT_SECONDS = 10
/** Bytes of a frame of 25 readings, for the limits. */
const FRAME_BYTES = 1024

/** `--seconds 60` is the long form; `--count` is the number of readings after which to stop. */
export async function run({ count, seconds }: BenchOptions): Promise<Measurement[]> {
  const length = seconds ?? (count === undefined ? SHORT_SECONDS : Math.max(1, Math.ceil(count / 20_000)))
  const base = await startBase()
  try {
    const sending = base.send({ seconds: length + 3, framesPerSecond: null })
    const value = Math.round(await measureRate(base.labs, length))
    await sending
    const refused = base.labs.counters().framesRefused
    if (refused > 0) throw new Error(`${refused} frames were refused`)
    const limits = { 'signature checks of one thread × 25': verifyLimit(), 'one fdatasync a frame × 25': syncLimit() }
    return Object.entries(limits).map(([peer, peerValue]) => ({
      figure,
      value,
      unit: 'readings/s',
      peer,
      peerValue,
      ratio: Number((value / peerValue).toFixed(3)),
    }))
  } finally {
    await base.stop()
  }
}

/** Ed25519 signatures over a frame that one thread checks in a second, as readings. */
const verifyLimit = (): number => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const message = randomBytes(FRAME_BYTES)
  const signature = sign(null, message, privateKey)
  return perSecond(() => verify(null, message, publicKey, signature))
}

/** Frames that are written and synced one by one in a second, as readings: what a base without group commit could do at most. */
const syncLimit = (): number => {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-bench-sync-'))
  const file = openSync(join(folder, 'log'), 'a')
  const frame = randomBytes(FRAME_BYTES)
  try {
    return perSecond(() => {
      writeSync(file, frame)
      fdatasyncSync(file)
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const perSecond = (work: () => unknown): number => {
  const begun = performance.now()
  let done = 0
  for (; performance.now() - begun < 2000; done += 1) work()
  return Math.round((done / (performance.now() - begun)) * 1000 * FRAME_SIZE)
}

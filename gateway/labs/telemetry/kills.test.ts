import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import {
  createDeviceLink,
  type PairedDevice,
  pairingStatement,
  type Reading,
  type SessionSegment,
  signerOfSeed,
  verifyRecording,
} from '../index.ts'

const KILLS = 6
const READINGS = 6000

const folder = mkdtempSync(join(tmpdir(), 'guildhall-kills-'))
const seed = randomBytes(32).toString('hex')
let child: ChildProcess
let close = async (): Promise<void> => undefined
afterEach(async () => {
  await close()
  child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

const answer = <T>(): Promise<T> =>
  new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T))
    child.once('exit', () => reject(new Error('labs ended')))
  })
const start = async (port: string): Promise<string> => {
  child = fork(join(import.meta.dirname, 'fixtures', 'labs-process.ts'), [folder, port, seed])
  return (await answer<{ url: string }>()).url
}
const ask = <T>(order: object): Promise<T> => {
  const answered = answer<T>()
  child.send(order)
  return answered
}

it('loses nothing acknowledged and doubles nothing when it is killed in the middle of a session', { timeout: 120_000 }, async () => {
  const url = await start('0')
  const port = new URL(url).port
  const machineId = randomUUID()
  const { code } = await ask<{ code: string }>({ kind: 'pair', machineId })
  const signer = signerOfSeed(randomBytes(32))
  const signature = Buffer.from(signer.sign(pairingStatement(code, 'https://base.example'))).toString('base64url')
  const request = { code, publicKeyMultibase: signer.publicKeyMultibase, signature, label: 'printer' }
  const paired = await ask<PairedDevice>({ kind: 'claim', request })
  const sessionId = randomUUID()
  await ask({ kind: 'open', opening: { sessionId, machineId } })

  let acknowledged = 0
  const link = createDeviceLink({
    ...paired,
    url,
    password: paired.broker.password,
    signer,
    window: 16,
    onAcknowledged: () => (acknowledged += 1),
  })
  close = link.close
  await link.whenReady(AbortSignal.timeout(10_000))
  const sending = sendSlowly(link.send)
  const seen: number[] = []
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = acknowledged
    while (acknowledged < before + 8) await sleep(5)
    await sleep(Math.random() * 40)
    child.kill('SIGKILL')
    seen.push(acknowledged)
    await start(port)
  }
  await sending
  await link.finish(AbortSignal.timeout(60_000))
  const { segment, recording } = await ask<{ segment: SessionSegment; recording: string }>({ kind: 'close', sessionId })

  expect(segment.readings).toBe(READINGS)
  expect(segment.summary.filamentMm).toBe(READINGS - 1)
  expect(segment.devices).toMatchObject([{ first: { epoch: 1, seq: 1 }, last: { epoch: 1, seq: READINGS / 25 } }])
  expect(verifyRecording(Buffer.from(recording, 'base64'))).toMatchObject({ root: segment.root, treeSize: READINGS / 25 })
  console.log(
    `${KILLS} kills after ${seen.join(', ')} acknowledged frames of ${READINGS / 25}; ${segment.replays} resends recorded, none lost`,
  )
})

const sendSlowly = async (send: (readings: readonly Reading[]) => Promise<void>): Promise<void> => {
  for (let at = 0; at < READINGS; at += 25) {
    await send(
      Array.from({ length: 25 }, (_, offset) => ({ atMs: 1_790_000_000_000 + at + offset, name: 'filament.extruded', value: at + offset })),
    )
    await sleep(20)
  }
}

import { fork } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLabs, type Labs, pairingStatement, signerOfSeed } from '@guildhall/gateway/labs'
import type { SenderOrder, SenderReport } from './sender.ts'

/** Readings in a frame of the figures. */
export const FRAME_SIZE = 25
/** Devices that send at once. */
const DEVICES = 8

/** A base with paired devices, whose senders are a process of their own. */
export interface BenchBase {
  readonly labs: Labs
  /** Lets the devices send for a time, at a rate of frames a second over all of them, or as fast as acknowledgements let them. */
  send(order: { readonly seconds: number; readonly framesPerSecond: number | null }): Promise<SenderReport>
  stop(): Promise<void>
}

/** Starts labs with a broker of their own on a folder that is removed afterwards. */
export const startBase = async (): Promise<BenchBase> => {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-bench-telemetry-'))
  const database = new DatabaseSync(join(folder, 'base.db'))
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  const origin = 'https://bench.localhost'
  const random = { randomBytes: (length: number) => randomBytes(length), uuid: () => randomUUID() }
  const labs = createLabs({
    database,
    folder,
    origin,
    broker: { kind: 'own', port: 0 },
    gatewaySeed: randomBytes(32),
    nowMs: Date.now,
    ...random,
  })
  await labs.start()
  const devices = Array.from({ length: DEVICES }, () => pair(labs, origin))
  const send = (order: { readonly seconds: number; readonly framesPerSecond: number | null }) =>
    runSender({ ...order, url: labs.broker().url, frameSize: FRAME_SIZE, devices })
  const stop = async () => {
    await labs.stop()
    database.close()
    rmSync(folder, { recursive: true })
  }
  return { labs, send, stop }
}

const pair = (labs: Labs, origin: string): SenderOrder['devices'][number] => {
  const seed = randomBytes(32)
  const signer = signerOfSeed(seed)
  const { code } = labs.createPairingCode(randomUUID())
  const signature = Buffer.from(signer.sign(pairingStatement(code, origin))).toString('base64url')
  const paired = labs.pairDevice({ code, publicKeyMultibase: signer.publicKeyMultibase, signature, label: 'bench' })
  return {
    deviceId: paired.deviceId,
    password: paired.broker.password,
    acknowledgementKey: paired.acknowledgementKey,
    seed: seed.toString('hex'),
  }
}

const runSender = async (order: SenderOrder): Promise<SenderReport> => {
  const child = fork(join(import.meta.dirname, 'sender.ts'))
  const report = new Promise<SenderReport>((resolve, reject) => {
    child.on('message', (message) => resolve(message as SenderReport))
    child.on('exit', (code) => reject(new Error(`the senders ended with ${code} before they had reported`)))
  })
  child.send(order)
  try {
    return await report
  } finally {
    child.kill()
  }
}

/** Durable readings a second while `work` runs, without its first second. */
export const measureRate = async (labs: Labs, seconds: number): Promise<number> => {
  while (labs.counters().framesDurable === 0) await sleep(5)
  await sleep(1000)
  const [from, begun] = [labs.counters().readingsDurable, performance.now()]
  await sleep(seconds * 1000)
  return (labs.counters().readingsDurable - from) / ((performance.now() - begun) / 1000)
}

import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import {
  createDeviceLink,
  createLabs,
  createSigner,
  type Labs,
  type LabsInit,
  pairOverMqtt,
  type Reading,
  verifyRecording,
} from './index.ts'

const clean: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const step of clean.splice(0).reverse()) await step()
})

const seed = randomBytes(32)
const makeInit = (folder: string, database: DatabaseSync): LabsInit => ({
  database,
  folder,
  broker: { kind: 'own', port: 0 },
  origin: 'https://base.example',
  gatewaySeed: seed,
  nowMs: Date.now,
  randomBytes: (length) => randomBytes(length),
  uuid: () => randomUUID(),
})

const startLabs = async (): Promise<{ labs: Labs; init: LabsInit }> => {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-labs-'))
  const database = new DatabaseSync(join(folder, 'base.db'))
  const init = makeInit(folder, database)
  const labs = createLabs(init)
  await labs.start()
  clean.push(() => {
    database.close()
    rmSync(folder, { recursive: true })
  })
  clean.push(() => labs.stop())
  return { labs, init }
}

const pairDevice = async (labs: Labs, machineId: string) => {
  const signer = createSigner(generateKeyPairSync('ed25519').privateKey)
  const { code } = labs.createPairingCode(machineId)
  const paired = await pairOverMqtt({ url: labs.broker().url, code, signer, label: 'printer', signal: AbortSignal.timeout(5000) })
  const link = createDeviceLink({ ...paired, url: paired.broker.url, password: paired.broker.password, signer })
  clean.push(() => link.close())
  await link.whenReady(AbortSignal.timeout(5000))
  return { paired, link, signer, code }
}

const readings = (count: number, from = 0): Reading[] =>
  Array.from({ length: count }, (_, at) => ({ atMs: 1_790_000_000_000 + (from + at) * 100, name: 'filament.extruded', value: from + at }))

describe('labs', () => {
  it('pairs a device once, records its session, and makes a segment that the recording proves by itself', async () => {
    const { labs } = await startLabs()
    const machineId = randomUUID()
    const { paired, link } = await pairDevice(labs, machineId)
    const sessionId = randomUUID()
    const heard: Reading[] = []
    expect(labs.openSession({ sessionId, machineId })).toMatchObject({ state: 'open', attestation: 'device-signed', frames: 0 })
    labs.watchSession(sessionId, (some) => heard.push(...some))
    await link.send(readings(260))
    await link.finish(AbortSignal.timeout(5000))
    expect(labs.getSession(sessionId)).toMatchObject({ frames: 11, readings: 260 })
    const segment = await labs.closeSession(sessionId)
    expect(segment).toMatchObject({ treeSize: 11, readings: 260, gaps: 0, replays: 0, attestation: 'device-signed' })
    expect(segment.devices).toMatchObject([{ did: paired.did, first: { epoch: 1, seq: 1 }, last: { epoch: 1, seq: 11 } }])
    expect(segment.summary.filamentMm).toBe(259)
    expect(heard).toEqual(readings(260))
    expect(await labs.closeSession(sessionId)).toEqual(segment)
    const recording = Buffer.concat(await Array.fromAsync(labs.readRecording(sessionId)))
    expect(verifyRecording(recording)).toMatchObject({ root: segment.root, treeSize: 11, summary: segment.summary })
  })

  it('refuses a second use of a pairing code', async () => {
    const { labs } = await startLabs()
    const { signer, code } = await pairDevice(labs, randomUUID())
    const again = pairOverMqtt({ url: labs.broker().url, code, signer, label: 'x', signal: AbortSignal.timeout(5000) })
    await expect(again).rejects.toMatchObject({ code: 'LABS_PAIRING_REFUSED' })
  })
})

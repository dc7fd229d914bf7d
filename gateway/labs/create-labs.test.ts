import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import { startOwnBroker } from './broker/own-broker.ts'
import type { BrokerAccount } from './broker/topics.ts'
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

const startLabs = async (change: Partial<LabsInit> = {}): Promise<{ labs: Labs; init: LabsInit }> => {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-labs-'))
  const database = new DatabaseSync(join(folder, 'base.db'))
  const init = { ...makeInit(folder, database), ...change }
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

  it('stops hearing a device as soon as it is revoked', async () => {
    const { labs } = await startLabs()
    const machineId = randomUUID()
    const { paired, link } = await pairDevice(labs, machineId)
    await link.send(readings(25))
    await link.finish(AbortSignal.timeout(5000))
    expect(labs.listDevices(machineId)).toMatchObject([{ deviceId: paired.deviceId, frames: 1, online: true, revokedAt: null }])
    labs.revokeDevice(paired.deviceId)
    await link.send(readings(25, 25))
    await expect(link.finish(AbortSignal.timeout(300))).rejects.toThrow()
    expect(labs.listDevices(machineId)).toMatchObject([{ frames: 1, online: false, revokedAt: expect.any(Number) }])
  })

  it('sets unusable readings aside, says why, and counts them in the segment', async () => {
    const { labs } = await startLabs()
    const machineId = randomUUID()
    const { paired, link } = await pairDevice(labs, machineId)
    const sessionId = randomUUID()
    labs.openSession({ sessionId, machineId })
    await link.send([...readings(24), { atMs: 1_790_000_000_000, name: 'temperature.nozzle', value: 9000 }])
    await link.finish(AbortSignal.timeout(5000))
    expect(await labs.closeSession(sessionId)).toMatchObject({ readings: 24, quarantined: 1, summary: { maxNozzleCelsius: null } })
    expect(labs.listObservations(paired.deviceId, 10)).toMatchObject([{ kind: 'quarantine:out-of-range', seq: 1 }])
  })

  it('refuses sessions that cannot be: no device, a busy machine, the same id, nothing heard', async () => {
    const { labs } = await startLabs()
    const machineId = randomUUID()
    const sessionId = randomUUID()
    expect(() => labs.openSession({ sessionId, machineId })).toThrow(expect.objectContaining({ code: 'LABS_MACHINE_SILENT' }))
    await pairDevice(labs, machineId)
    labs.openSession({ sessionId, machineId })
    expect(() => labs.openSession({ sessionId: randomUUID(), machineId })).toThrow(expect.objectContaining({ code: 'LABS_MACHINE_BUSY' }))
    expect(() => labs.openSession({ sessionId, machineId })).toThrow(expect.objectContaining({ code: 'LABS_SESSION_EXISTS' }))
    await expect(labs.closeSession(sessionId)).rejects.toMatchObject({ code: 'LABS_SESSION_EMPTY' })
    labs.abandonSession(sessionId)
    expect(labs.getSession(sessionId).state).toBe('abandoned')
    expect(() => labs.getSession('nothing')).toThrow(expect.objectContaining({ code: 'LABS_SESSION_UNKNOWN' }))
  })

  it('gives two sessions of one machine the frames that came in each, and the same answers after a restart', async () => {
    const { labs, init } = await startLabs()
    const machineId = randomUUID()
    const { link } = await pairDevice(labs, machineId)
    const segments = []
    for (const from of [0, 100]) {
      const sessionId = randomUUID()
      labs.openSession({ sessionId, machineId })
      await link.send(readings(100, from))
      await link.finish(AbortSignal.timeout(5000))
      segments.push(await labs.closeSession(sessionId))
    }
    expect(segments.map(({ devices }) => [devices[0]?.first.seq, devices[0]?.last.seq])).toEqual([
      [1, 4],
      [5, 8],
    ])
    expect(segments.map(({ summary }) => summary.filamentMm)).toEqual([99, 199])
    await link.close()
    await labs.stop()
    const again = createLabs(init)
    await again.start()
    clean.push(() => again.stop())
    for (const segment of segments) expect(await again.closeSession(segment.sessionId)).toEqual(segment)
  })

  it('hears devices through an external broker over TLS with the same code', async () => {
    const accounts: Record<string, BrokerAccount> = { base: { kind: 'base' }, machines: { kind: 'base' } }
    const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'broker', 'fixtures', name), 'utf8')
    const authorityPem = fixture('localhost.pem')
    const network = {
      listenOn: '127.0.0.1',
      host: 'localhost',
      port: 0,
      certificatePem: authorityPem,
      keyPem: fixture('localhost-key.pem'),
    }
    const external = await startOwnBroker({ kind: 'own', port: 0, network }, ({ username, password }) =>
      password === 'secret' ? accounts[username] : undefined,
    )
    clean.push(() => external.stop())
    const url = external.networkUrl ?? ''
    const { labs } = await startLabs({ broker: { kind: 'external', url, username: 'base', password: 'secret', authorityPem } })
    while (!labs.broker().connected) await new Promise((resolve) => setTimeout(resolve, 5))
    const machineId = randomUUID()
    const signer = createSigner(generateKeyPairSync('ed25519').privateKey)
    const { code } = labs.createPairingCode(machineId)
    const login = { username: 'machines', password: 'secret' }
    const paired = await pairOverMqtt({ url, authorityPem, code, signer, login, label: 'printer', signal: AbortSignal.timeout(5000) })
    const link = createDeviceLink({ ...paired, ...login, url, authorityPem, signer })
    clean.push(() => link.close())
    const sessionId = randomUUID()
    labs.openSession({ sessionId, machineId })
    await link.whenReady(AbortSignal.timeout(5000))
    await link.send(readings(50))
    await link.finish(AbortSignal.timeout(5000))
    expect(await labs.closeSession(sessionId)).toMatchObject({ treeSize: 2, attestation: 'device-signed' })
  })
})

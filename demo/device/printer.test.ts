import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createLabs, type Labs, parseGcode, type SessionSegment, verifyRecording } from '@guildhall/gateway/labs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'guildhall-printer-'))
const fileOf = (name: string) => join(import.meta.dirname, '..', 'files', name)
let labs: Labs

beforeAll(async () => {
  const database = new DatabaseSync(join(folder, 'base.db'))
  const random = { randomBytes: (length: number) => randomBytes(length), uuid: () => randomUUID() }
  labs = createLabs({
    database,
    folder,
    broker: { kind: 'own', port: 0 },
    origin: 'https://base.example',
    gatewaySeed: randomBytes(32),
    nowMs: Date.now,
    ...random,
  })
  await labs.start()
})
afterAll(async () => {
  await labs.stop()
  rmSync(folder, { recursive: true })
})

/** Runs the printer as its own process and gives its lines. */
const print = async (...args: string[]): Promise<{ code: number | null; lines: Record<string, unknown>[] }> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'printer.ts'), '--broker', labs.broker().url, ...args])
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  const said = Buffer.concat(output).toString().trim()
  expect(said, 'the printer says JSON only').toMatch(/^\{/)
  return { code, lines: said.split('\n').map((line) => JSON.parse(line)) }
}

const printSession = async (job: string, ...args: string[]): Promise<SessionSegment> => {
  const machineId = randomUUID()
  const { code } = labs.createPairingCode(machineId)
  const stateFile = join(folder, `${machineId}.json`)
  const tiny = join(import.meta.dirname, 'fixtures', 'tiny.gcode')
  expect((await print('--job', tiny, '--pairing', code, '--state', stateFile, '--speed', '100000', ...args)).code).toBe(0)
  const sessionId = randomUUID()
  labs.openSession({ sessionId, machineId })
  const run = await print('--job', fileOf(job), '--state', stateFile, '--speed', '100000', '--interval', '2')
  expect(run.lines.at(-1)).toMatchObject({ event: 'completed' })
  const segment = await labs.closeSession(sessionId)
  const recording = Buffer.concat(await Array.fromAsync(labs.readRecording(sessionId)))
  expect(verifyRecording(recording)).toMatchObject({ root: segment.root, summary: segment.summary })
  return segment
}

describe('the demo printer', () => {
  it.each(['cube.gcode', 'keychain.gcode'])('reports of %s what follows from the file, filament within 0.1 %%', async (job) => {
    const facts = await parseGcode(readFileSync(fileOf(job)))
    const { summary, attestation } = await printSession(job)
    expect(attestation).toBe('device-signed')
    expect(summary).toMatchObject({ jobDigest: facts.digest, layers: facts.layers, completed: true, filamentSource: 'measured' })
    expect(Math.abs((summary.filamentMm ?? 0) / facts.filamentMm - 1)).toBeLessThan(0.001)
    expect(Math.abs(summary.durationSeconds / facts.estimatedSeconds - 1)).toBeLessThan(0.001)
    expect(Math.abs((summary.maxNozzleCelsius ?? 0) - facts.maxNozzleCelsius)).toBeLessThan(0.5)
  })

  it('signs with a P-256 key where it is asked to', async () => {
    expect((await printSession('keychain.gcode', '--key', 'p256')).devices[0]?.did).toMatch(/^did:key:zDn/)
  })

  it('speaks as an OctoPrint over MQTT, which the base marks as gateway-attested', async () => {
    const machineId = randomUUID()
    const { username, password } = labs.createOctoPrintAccount(machineId)
    const sessionId = randomUUID()
    labs.openSession({ sessionId, machineId })
    const login = ['--mode', 'octoprint', '--username', username, '--password', password]
    const run = await print('--job', fileOf('keychain.gcode'), '--speed', '100000', '--interval', '20', ...login)
    expect(run.code).toBe(0)
    const segment = await labs.closeSession(sessionId)
    expect(segment.attestation).toBe('gateway-attested')
    expect(segment.summary).toMatchObject({ completed: true, progressPercent: 100, filamentMm: null })
    expect(segment.summary.maxNozzleCelsius).toBeGreaterThan(200)
  })

  it('says what is wrong and ends with 1 when the pairing code is wrong', async () => {
    const { code, lines } = await print('--job', fileOf('cube.gcode'), '--pairing', 'AAAAAAAA')
    expect(code).toBe(1)
    expect(lines.at(-1)).toMatchObject({ event: 'failed', message: expect.stringContaining('pairing code') })
  })
})

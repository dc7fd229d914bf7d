import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import type { Reading } from '../frames/channels.ts'
import { summariseReadings } from '../sessions/summarise-readings.ts'
import { followOctoPrint } from './follow-octoprint.ts'
import type { OctoPrintLink } from './link.ts'

const clean: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of clean.splice(0).reverse()) await step()
})

const recorded = readFileSync(join(import.meta.dirname, 'fixtures', 'push-1.11.8.jsonl'), 'utf8')
  .trim()
  .split('\n')
const job = 'M83\nG1 X10 E5 F600\nG1 X20 E5\n'
const API_KEY = '0123456789ABCDEF'

interface Scene {
  /** What each connection of the push socket is told, in turn. */
  readonly connections: string[][]
  readonly isPrinting: boolean
}

/** Plays back what a real OctoPrint 1.11.8 said; the last connection stays open. */
const replay = async ({ connections, isPrinting }: Scene) => {
  const auths: string[] = []
  const file = isPrinting ? { name: 'keychain.gcode', path: 'keychain.gcode', origin: 'local' } : { name: null, path: null }
  const answers: Readonly<Record<string, string>> = {
    'POST /api/login': JSON.stringify({ name: 'base', session: 'S1' }),
    'GET /api/version': JSON.stringify({ api: '0.1', server: '1.11.8', text: 'OctoPrint 1.11.8' }),
    'GET /api/connection': JSON.stringify({ current: { state: 'Operational', printerProfile: '_default' } }),
    'GET /api/job': JSON.stringify({ state: isPrinting ? 'Printing' : 'Operational', job: { file } }),
    'GET /downloads/files/local/keychain.gcode': job,
  }
  const server = createServer((request, response) => {
    const isKnown = request.headers['x-api-key'] === API_KEY
    response.writeHead(isKnown ? 200 : 403).end(isKnown ? answers[`${request.method} ${request.url}`] : '{}')
  })
  server.on('upgrade', (request, socket: Duplex) => {
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    for (const line of connections.shift() ?? []) socket.write(textFrame(line))
    socket.on('data', (chunk: Buffer) => auths.push(...readFrames(chunk)))
    socket.on('error', () => undefined)
    if (connections.length > 0) setTimeout(() => socket.destroy(), 50)
    sockets.push(socket)
  })
  const sockets: Duplex[] = []
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  clean.push(async () => {
    for (const socket of sockets) socket.destroy()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, auths }
}

/** An unmasked text frame (RFC 6455 §5.2). */
const textFrame = (text: string): Buffer => {
  const payload = Buffer.from(text)
  const head = payload.length < 126 ? [0x81, payload.length] : [0x81, 126, payload.length >> 8, payload.length & 0xff]
  return Buffer.concat([Uint8Array.from(head), payload])
}

/** Short masked frames of a client. */
const readFrames = (bytes: Buffer): string[] => {
  const found: string[] = []
  for (let at = 0; at + 6 <= bytes.length; ) {
    const length = (bytes[at + 1] ?? 0) & 0x7f
    const mask = bytes.subarray(at + 2, at + 6)
    found.push(Buffer.from(bytes.subarray(at + 6, at + 6 + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0))).toString())
    at += 6 + length
  }
  return found
}

const follow = (url: string, apiKey = API_KEY): { link: OctoPrintLink; heard: Reading[]; ends: number[] } => {
  const heard: Reading[] = []
  const ends: number[] = []
  const link = followOctoPrint({
    target: { url, apiKey },
    deviceId: 'd',
    nowMs: Date.now,
    onReadings: (readings) => void heard.push(...readings),
    onJobEnd: () => void ends.push(heard.length),
  })
  clean.push(link.stop)
  return { link, heard, ends }
}
const until = async (isDone: () => boolean) => {
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('following an OctoPrint', () => {
  it('logs in passively, and hears a whole print with the digest and the filament of its file', async () => {
    const { url, auths } = await replay({ connections: [recorded], isPrinting: false })
    const { link, heard, ends } = follow(url)
    await until(() => ends.length > 0)
    expect(link.state()).toEqual({ state: 'connected', detail: null })
    expect(auths[0]).toBe('{"auth":"base:S1"}')
    expect(await link.identify()).toEqual({ version: '1.11.8', printer: '_default' })
    const summary = summariseReadings(heard)
    expect(summary).toMatchObject({
      jobDigest: expect.stringMatching(/^0x/),
      completed: true,
      maxNozzleCelsius: 205,
      filamentSource: 'planned',
    })
  })

  it('connects again after a lost line, and goes on with the job that runs', async () => {
    const start = recorded.findIndex((line) => line.includes('"PrintStarted"'))
    const { url } = await replay({
      connections: [recorded.slice(0, start + 3), [recorded[0] ?? '', ...recorded.slice(start + 3)]],
      isPrinting: true,
    })
    const { heard, ends } = follow(url)
    await until(() => ends.length > 0)
    const digests = new Set(heard.filter(({ name }) => name === 'job.started').map(({ value }) => value))
    expect(digests.size).toBe(1)
    expect(summariseReadings(heard)).toMatchObject({ completed: true, maxNozzleCelsius: 205 })
  })

  it('says when the key is refused and when nobody is there', async () => {
    const { url } = await replay({ connections: [[]], isPrinting: false })
    const refused = follow(url, 'WRONGKEY')
    await until(() => refused.link.state().state === 'refused')
    expect(refused.link.state().detail).toContain('403')
    await expect(refused.link.identify()).rejects.toMatchObject({ code: 'LABS_OCTOPRINT_REFUSED' })
    const lost = follow('http://127.0.0.1:1')
    await until(() => lost.link.state().state === 'unreachable')
  })

  it('takes a page of something else for no OctoPrint', async () => {
    const server = createServer((_, response) => response.end('<html>Welcome</html>'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    clean.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()))
    const other = follow(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await until(() => other.link.state().detail !== null)
    await expect(other.link.identify()).rejects.toMatchObject({ code: 'LABS_OCTOPRINT_UNREACHABLE' })
  })
})

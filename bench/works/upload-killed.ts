/**
 * A film that is uploaded to a real base whose process is killed five times meanwhile (SIGKILL, at a fifth of the way each), and started again
 * on the same data folder. Afterwards the file on the base's disk has the SHA-256 of what was sent. Fails where it has not, or where a base
 * that was started again has fewer bytes than its last answer said.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BenchOptions, Measurement } from '../run.ts'

/** The figure's name. */
export const figure = 'upload.killed'

const MIB = 1_048_576
const KILLS = 5
const command = join(import.meta.dirname, '../../gateway/cli/guildhall.js')

/** `count`: MiB of the film; 128 unless told, 2048 for the whole 2 GB. */
export async function run({ count = 128 }: BenchOptions): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-upload-'))
  const film = { key: randomBytes(32), bytes: count * MIB }
  let base = await start(folder)
  try {
    const cookie = await signIn(base)
    const path = await begin(base, cookie, film.bytes)
    const file = join(folder, 'uploads', path.split('/').at(-1) ?? '')
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const offset = await offsetOf(base, { cookie, path })
      const goal = Math.floor((film.bytes * kill) / (KILLS + 1))
      const sending = send(base, { cookie, path, offset, film })
      await whenAsLong(file, goal)
      await base.kill()
      await sending
      const left = statSync(file).size
      base = await start(folder)
      const after = await offsetOf(base, { cookie, path })
      process.stderr.write(`upload.killed: kill ${kill} at ${left} of ${film.bytes} bytes, the base has ${after}\n`)
      if (after !== left || after < offset || after >= film.bytes) throw new Error(`the base has ${after} bytes, ${left} are on its disk`)
    }
    await send(base, { cookie, path, offset: await offsetOf(base, { cookie, path }), film })
    const [received, sent] = [await digestOf(createReadStream(file)), await digestOf(Readable.from(readFilm(film, 0)))]
    if (received !== sent) throw new Error(`the file has SHA-256 ${received}, ${sent} was sent`)
    process.stderr.write(`upload.killed: ${film.bytes} bytes, SHA-256 ${received} on both sides\n`)
    const none = { peer: null, peerValue: null, ratio: null }
    return [
      { figure, value: KILLS, unit: 'kills', ...none },
      { figure: `${figure}.bytes`, value: film.bytes, unit: 'bytes', ...none },
    ]
  } finally {
    await base.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Film = { key: Uint8Array; bytes: number }
type Base = { origin: string; link: string | null; kill(): Promise<void> }
type Upload = { cookie: string; path: string }

/** Starts a base on a folder and waits until it is ready. */
function start(dataDir: string): Promise<Base> {
  const env = { ...process.env, PORT: '0', DATA_DIR: dataDir, RATE_LIMIT_FACTOR: '1000' }
  const child = spawn(process.execPath, [command, 'start', '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const words: string[] = []
  child.stderr.on('data', (chunk: Buffer) => words.push(chunk.toString()))
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the base ended with ${code}: ${words.join('').slice(-500)}`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{"')) return
      const said = JSON.parse(line) as { event?: string; origin: string; operatorLink: string | null }
      if (said.event === 'ready') resolve({ origin: said.origin, link: said.operatorLink, kill: () => kill(child) })
    })
  })
}

function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

async function signIn({ origin, link }: Base): Promise<string> {
  const body = JSON.stringify({ token: new URL(link ?? '').hash.slice(1) })
  const answer = await fetch(`${origin}/api/sign-in/link`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
}

const tus = { 'tus-resumable': '1.0.0' }

async function begin({ origin }: Base, cookie: string, bytes: number): Promise<string> {
  const headers = { ...tus, cookie, 'upload-length': String(bytes) }
  const answer = await fetch(`${origin}/api/uploads`, { method: 'POST', headers })
  if (answer.status !== 201) throw new Error(`the upload was not begun: ${answer.status} ${await answer.text()}`)
  return answer.headers.get('location') ?? ''
}

async function offsetOf({ origin }: Base, { cookie, path }: Upload): Promise<number> {
  const answer = await fetch(origin + path, { method: 'HEAD', headers: { ...tus, cookie } })
  if (answer.status !== 200) throw new Error(`the upload is not known: ${answer.status}`)
  return Number(answer.headers.get('upload-offset'))
}

/** Sends from an offset to the end in one request; ends without an error where the base does. */
async function send({ origin }: Base, { cookie, path, offset, film }: Upload & { offset: number; film: Film }): Promise<void> {
  const type = { 'content-type': 'application/offset+octet-stream', 'content-length': String(film.bytes - offset) }
  const headers = { ...tus, ...type, cookie, 'upload-offset': String(offset) }
  const call = request(origin + path, { method: 'PATCH', headers })
  const answered = new Promise<number>((resolve) => {
    call.once('response', (answer) => resolve(answer.resume().statusCode ?? 0)).once('error', () => resolve(0))
  })
  await pipeline(Readable.from(readFilm(film, offset)), call).catch(() => undefined)
  const status = await answered
  if (status !== 0 && status !== 204) throw new Error(`the base answered ${status}`)
}

async function whenAsLong(file: string, bytes: number): Promise<void> {
  const until = performance.now() + 120_000
  while (statSync(file).size < bytes) {
    if (performance.now() > until) throw new Error(`the upload did not come to ${bytes} bytes`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** The film from an offset: a key stream, which is made again from anywhere (NIST SP 800-38A: counter mode). */
function* readFilm({ key, bytes }: Film, offset: number): Generator<Uint8Array> {
  const counter = Buffer.alloc(16)
  counter.writeBigUInt64BE(BigInt(Math.floor(offset / 16)), 8)
  const stream = createCipheriv('aes-256-ctr', key, counter)
  stream.update(Buffer.alloc(offset % 16))
  for (let at = offset; at < bytes; at += MIB) yield stream.update(Buffer.alloc(Math.min(MIB, bytes - at)))
}

async function digestOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of source) hash.update(chunk)
  return hash.digest('hex')
}

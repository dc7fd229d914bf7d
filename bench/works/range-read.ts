/**
 * Reading 1 MiB out of the middle of a large sealed film that another base has, over libp2p on loopback; the peer is the same range of the
 * same film unsealed, by the same path. Each reading begins at a base that has none of the film. Milliseconds to the last byte, the median.
 */
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type BaseNode, createBaseNode, getSealed, sealAndAdd } from '@guildhall/node'
import type { BenchOptions, Measurement } from '../run.ts'

/** The figure's name. */
export const figure = 'seal.range-read'

const MIB = 1_048_576
const RANGE = MIB
const clock = () => Math.floor(Date.now() / 1_000)

/** `count`: MiB of the film; 256 unless told. */
export async function run({ count = 256 }: BenchOptions): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-range-'))
  const home = await start(join(folder, 'home'))
  try {
    const key = randomBytes(32)
    const sealed = await sealAndAdd(home.content, film(count), { key })
    const plain = await home.content.add(film(count))
    // Off every boundary of frames and blocks, as a seek is.
    const places = [0.25, 0.5, 0.75].map((share) => Math.floor(count * MIB * share) + 12_345)
    const readings: Reading[] = []
    for (const [round, offset] of places.entries()) {
      for (const [kind, cid] of [
        ['sealed', sealed.cid],
        ['plain', plain.cid],
      ] as const) {
        const reader = await start(join(folder, `${kind}-${round}`), home.peer.addresses()[0])
        readings.push({ kind, ...(await read(reader, { cid, key: kind === 'sealed' ? key : undefined, offset })) })
        await reader.stop()
      }
    }
    return report(readings)
  } finally {
    await home.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Reading = { kind: 'sealed' | 'plain'; ms: number; fetchedBytes: number; digest: string }

async function start(dataDir: string, peer?: string): Promise<BaseNode> {
  mkdirSync(dataDir, { recursive: true })
  const db = new DatabaseSync(join(dataDir, 'base.db'))
  const mirror = { kinds: [], maxBytes: 0, maxTotalBytes: 0 }
  const node = await createBaseNode({
    dataDir,
    db,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    peers: peer === undefined ? [] : [peer],
    mirror,
    clock,
  })
  await node.start()
  const until = performance.now() + 20_000
  while (peer !== undefined && node.peer.libp2p.getPeers().length === 0) {
    if (performance.now() > until) throw new Error('the bases did not find each other')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  // What bases say to each other when they meet is over before the clock starts.
  await new Promise((resolve) => setTimeout(resolve, 500))
  return node
}

async function read(
  { content, peer }: BaseNode,
  { cid, key, offset }: { cid: string; key: Uint8Array | undefined; offset: number },
): Promise<Omit<Reading, 'kind'>> {
  const before = peer.totals().receivedBytes
  const began = performance.now()
  const part = { offset, length: RANGE }
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of key === undefined ? content.get(cid, part) : getSealed(content, cid, { key, ...part })) {
    hash.update(piece)
    bytes += piece.byteLength
  }
  const ms = performance.now() - began
  if (bytes !== RANGE) throw new Error(`${bytes} bytes came of ${RANGE}`)
  return { ms, fetchedBytes: peer.totals().receivedBytes - before, digest: hash.digest('hex') }
}

function report(readings: readonly Reading[]): Measurement[] {
  const [sealed, plain] = (['sealed', 'plain'] as const).map((kind) => readings.filter((one) => one.kind === kind)) as [
    Reading[],
    Reading[],
  ]
  if (sealed.some(({ digest }, index) => digest !== plain[index]?.digest))
    throw new Error('the sealed film does not open to the same bytes')
  const peer = 'the same range of the film unsealed, by the same path'
  const line = (name: string, unit: string, of: (one: Reading) => number): Measurement => {
    const [value, peerValue] = [median(sealed.map(of)), median(plain.map(of))]
    return { figure: name, value, unit, peer, peerValue, ratio: value / peerValue }
  }
  return [line(figure, 'ms', ({ ms }) => ms), line(`${figure}.bytes`, 'bytes fetched', ({ fetchedBytes }) => fetchedBytes)]
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** The same film each time: a key stream, which compresses no better than a video. */
function* film(mebibytes: number): Generator<Uint8Array> {
  const stream = createCipheriv('aes-256-ctr', Buffer.alloc(32, 1), Buffer.alloc(16))
  for (let index = 0; index < mebibytes; index += 1) yield stream.update(Buffer.alloc(MIB))
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { Acknowledgement } from '../frames/acknowledgement.ts'
import { signerOfSeed } from '../frames/device-key.ts'
import { encodeFrame, hashFrame, NO_HASH } from '../frames/frame.ts'
import { startFrameVerifier } from '../frames/frame-verifier.ts'
import { openLog } from './append-log.ts'
import { createTracks, EMPTY_HEAD, positionOf } from './device-tracks.ts'
import { createIngest } from './ingest.ts'
import { judgePlace } from './judge-place.ts'
import type { LogEntry } from './log-record.ts'
import type { Observation } from './observations.ts'

const seed = Date.now() % 2 ** 31
console.log(`ingest: fast-check seed ${seed}`)
const deviceId = '6f1c2c1e-0a1b-4000-8000-000000000001'
const signer = signerOfSeed(new Uint8Array(32).fill(3))
const verifier = startFrameVerifier()
const folders: string[] = []
afterAll(async () => {
  await verifier.stop()
  for (const folder of folders) rmSync(folder, { recursive: true })
})

const readings = Array.from({ length: 10 }, (_, at) => ({ atMs: 1_790_000_000_000 + at, name: 'position.x', value: at }))
/** A chain of signed frames: epoch 1 with seq 1 to `count`. */
const chainOf = (count: number, epoch = 1, from: Uint8Array = NO_HASH): Uint8Array[] => {
  const frames: Uint8Array[] = []
  let prevHash = from
  for (let seq = 1; seq <= count; seq += 1) {
    const bytes = encodeFrame({ deviceId, epoch, seq, prevHash, readings }, signer)
    frames.push(bytes)
    prevHash = hashFrame(bytes)
  }
  return frames
}

const openIngest = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-ingest-'))
  folders.push(folder)
  const log = await openLog({ folder, onFound: () => undefined })
  const tracks = createTracks()
  const [durable, acknowledged, observed]: [LogEntry[], Acknowledgement[], Observation[]] = [[], [], []]
  const ingest = createIngest({
    log,
    tracks,
    verifier,
    keyOf: (id) => (id === deviceId ? signer.publicKeyMultibase : undefined),
    nowMs: Date.now,
    acknowledge: (one) => void acknowledged.push(one),
    onDurable: (entries) => void durable.push(...entries),
    observe: (one) => void observed.push(one),
    onFailure: (error) => {
      throw error
    },
  })
  return { ingest, tracks, log, durable, acknowledged, observed, kinds: () => observed.map(({ kind }) => kind) }
}

describe('ingest', () => {
  it('makes frames durable in order and acknowledges the last', async () => {
    const { ingest, durable, acknowledged, log } = await openIngest()
    for (const frame of chainOf(5)) ingest.submit(deviceId, frame)
    await ingest.drain()
    expect(durable.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5])
    expect(acknowledged.at(-1)).toEqual({ deviceId, epoch: 1, seq: 5, status: 'durable', reason: null })
    await log.close()
  })

  it('records a gap once, asks for what is missing, and never reorders', async () => {
    const { ingest, durable, acknowledged, kinds, log } = await openIngest()
    const frames = chainOf(5)
    for (const at of [0, 2, 3, 4]) ingest.submit(deviceId, frames[at] as Uint8Array)
    await ingest.drain()
    expect(acknowledged.at(-1)).toMatchObject({ seq: 1, status: 'gap' })
    for (const at of [1, 2, 3, 4]) ingest.submit(deviceId, frames[at] as Uint8Array)
    await ingest.drain()
    expect(durable.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5])
    expect(kinds()).toEqual(['gap'])
    await log.close()
  })

  it('records a replay, and acknowledges again what is durable', async () => {
    const { ingest, durable, acknowledged, kinds, log } = await openIngest()
    const [first, second] = chainOf(2) as [Uint8Array, Uint8Array]
    for (const frame of [first, second, first]) ingest.submit(deviceId, frame)
    await ingest.drain()
    expect(durable).toHaveLength(2)
    expect(kinds()).toEqual(['replay'])
    expect(acknowledged.at(-1)).toMatchObject({ seq: 2, status: 'durable' })
    await log.close()
  })

  it('refuses a frame that names another past, and takes a new epoch that says it lost its place', async () => {
    const { ingest, durable, acknowledged, kinds, tracks, log } = await openIngest()
    const [first] = chainOf(1) as [Uint8Array]
    ingest.submit(deviceId, first)
    ingest.submit(deviceId, encodeFrame({ deviceId, epoch: 1, seq: 2, prevHash: new Uint8Array(32).fill(1), readings }, signer))
    await ingest.drain()
    expect(acknowledged.at(-1)).toMatchObject({ status: 'refused', reason: 'broken-chain' })
    for (const frame of chainOf(2, 4)) ingest.submit(deviceId, frame)
    await ingest.drain()
    expect(kinds()).toEqual(['broken-chain', 'new-epoch-unlinked'])
    expect(durable.map(({ epoch, seq }) => [epoch, seq])).toEqual([
      [1, 1],
      [4, 1],
      [4, 2],
    ])
    const track = tracks.find(deviceId)
    expect(track && [0, 1, 2].map((ordinal) => positionOf(track, ordinal))).toEqual([
      { epoch: 1, seq: 1 },
      { epoch: 4, seq: 1 },
      { epoch: 4, seq: 2 },
    ])
    await log.close()
  })

  it('refuses what an unknown device sends and what another signed, without an answer', async () => {
    const { ingest, durable, acknowledged, kinds, log } = await openIngest()
    expect(ingest.submit('6f1c2c1e-0a1b-4000-8000-00000000000f', chainOf(1)[0] as Uint8Array)).toBe(false)
    const stranger = signerOfSeed(new Uint8Array(32).fill(9))
    ingest.submit(deviceId, encodeFrame({ deviceId, epoch: 1, seq: 1, prevHash: NO_HASH, readings }, stranger))
    await ingest.drain()
    expect([durable, acknowledged, kinds()]).toEqual([[], [], ['refused:bad-signature']])
    await log.close()
  })

  it('keeps one unbroken chain whatever is lost, doubled and shuffled on the way', async () => {
    const frames = chainOf(12)
    const journeys = fc.array(fc.nat(frames.length - 1), { minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(journeys, async (journey) => {
        const { ingest, durable, tracks, log } = await openIngest()
        for (const at of journey) ingest.submit(deviceId, frames[at] as Uint8Array)
        await ingest.drain()
        expect(durable.map(({ seq }) => seq)).toEqual(durable.map((_, at) => at + 1))
        expect(tracks.head(deviceId).seq).toBe(durable.length)
        await log.close()
      }),
      { numRuns: 60, seed },
    )
  })
})

describe('judgePlace', () => {
  it('takes nothing but the next frame or the first of a later epoch', () => {
    const places = fc.record({
      epoch: fc.integer({ min: 0, max: 4 }),
      seq: fc.integer({ min: 0, max: 6 }),
      hash: fc.constantFrom(NO_HASH, new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)),
    })
    fc.assert(
      fc.property(places, places, (head, { epoch, seq, hash: prevHash }) => {
        const place = judgePlace(head, { epoch, seq, prevHash })
        const isTaken = place === 'next' || place.startsWith('new-epoch')
        if (isTaken)
          expect(place === 'next' ? [epoch, seq] : [epoch > head.epoch, seq]).toEqual(
            place === 'next' ? [head.epoch, head.seq + 1] : [true, 1],
          )
      }),
      { numRuns: 1000, seed },
    )
    expect(judgePlace(EMPTY_HEAD, { epoch: 1, seq: 1, prevHash: NO_HASH })).toBe('new-epoch-linked')
  })
})

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LabsError } from '../errors.ts'
import { signerOfSeed } from '../frames/device-key.ts'
import { encodeFrame, hashFrame, NO_HASH } from '../frames/frame.ts'
import { commitFact, commitFacts, FACT_COUNT } from './commit-facts.ts'
import { createMerkleSegment, hashLeaf, proveLeaf } from './merkle-segment.ts'
import { encodeRecordingHeader, verifyRecording } from './recording.ts'
import { summariseReadings } from './summarise-readings.ts'

const seed = Date.now() % 2 ** 31
console.log(`sessions: fast-check seed ${seed}`)
const runs = { numRuns: 1000, seed }
const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()

/** RFC 9162 §2.1.1 as it is written: split at the largest power of two below the size. */
const rootByTheBook = (leaves: readonly Uint8Array[]): Uint8Array => {
  if (leaves.length === 0) return sha256()
  if (leaves.length === 1) return sha256(Uint8Array.of(0), leaves[0] as Uint8Array)
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return sha256(Uint8Array.of(1), rootByTheBook(leaves.slice(0, split)), rootByTheBook(leaves.slice(split)))
}

describe('a Merkle segment', () => {
  it('has the root and the paths of RFC 9162', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 40 }), fc.nat(), (leaves, pick) => {
        const segment = createMerkleSegment()
        for (const leaf of leaves) segment.add(leaf)
        const root = Buffer.from(rootByTheBook(leaves)).toString('hex')
        expect(segment.root()).toBe(`0x${root}`)
        if (leaves.length === 0) return
        const at = pick % leaves.length
        let [hash, index, last] = [hashLeaf(leaves[at] as Uint8Array), at, leaves.length - 1]
        const path = proveLeaf(leaves.map(hashLeaf), at).map((node) => Buffer.from(node.slice(2), 'hex'))
        for (; last > 0; index >>= 1, last >>= 1) {
          if (index === last && index % 2 === 0) continue
          const sibling = path.shift() as Uint8Array
          hash = index % 2 === 1 ? sha256(Uint8Array.of(1), sibling, hash) : sha256(Uint8Array.of(1), hash, sibling)
        }
        expect([path.length, Buffer.from(hash).toString('hex')]).toEqual([0, root])
      }),
      { ...runs, numRuns: 300 },
    )
  })
})

const at = (seconds: number, name: string, value: number | string) => ({ atMs: 1_790_000_000_000 + seconds * 1000, name, value })
const job = `0x${'ab'.repeat(32)}`

describe('the summary', () => {
  it('follows from the readings of the last job alone', () => {
    const readings = [
      at(0, 'temperature.nozzle', 280),
      at(1, 'job.started', `0x${'cd'.repeat(32)}`),
      at(2, 'filament.extruded', 900),
      at(3, 'job.ended', 'cancelled'),
      at(10, 'job.started', job),
      at(20, 'temperature.nozzle', 210),
      at(30, 'filament.extruded', 120.5),
      at(31, 'layer.current', 4),
      at(40, 'job.elapsed', 28.5),
      at(50, 'job.ended', 'completed'),
    ]
    expect(summariseReadings(readings)).toEqual({
      jobDigest: job,
      durationSeconds: 28.5,
      filamentMm: 120.5,
      filamentSource: 'measured',
      layers: 4,
      maxNozzleCelsius: 210,
      maxBedCelsius: null,
      progressPercent: null,
      ending: 'completed',
      completed: true,
      readings: 10,
    })
  })

  it('goes on with the same job when it is announced again after a lost link', () => {
    const readings = [at(0, 'job.started', job), at(1, 'filament.extruded', 5), at(2, 'job.started', job), at(3, 'job.ended', 'completed')]
    expect(summariseReadings(readings)).toMatchObject({ filamentMm: 5, completed: true, durationSeconds: 3 })
  })

  it('takes planned filament only for a job that was completed', () => {
    const readings = [at(0, 'job.started', job), at(1, 'filament.planned', 77)]
    expect(summariseReadings(readings)).toMatchObject({ filamentMm: null, filamentSource: null })
    expect(summariseReadings([...readings, at(2, 'job.ended', 'completed')])).toMatchObject({ filamentMm: 77, filamentSource: 'planned' })
  })

  it('is committed to fact by fact, each with its own salt', () => {
    const salts = Array.from({ length: FACT_COUNT }, (_, index) => new Uint8Array(16).fill(index))
    const facts = commitFacts(summariseReadings([at(0, 'job.started', job)]), salts)
    expect(facts[0]).toEqual({
      name: 'jobDigest',
      value: job,
      salt: `0x${'00'.repeat(16)}`,
      commitment: commitFact(new Uint8Array(16), 'jobDigest', job),
    })
    expect(facts[0]?.commitment).toBe(
      `0x${sha256(Uint8Array.of(0), new Uint8Array(16), Buffer.from(`["jobDigest","${job}"]`)).toString('hex')}`,
    )
    expect(new Set(facts.map(({ commitment }) => commitment)).size).toBe(FACT_COUNT)
  })
})

const signer = signerOfSeed(new Uint8Array(32).fill(5))
const makeRecording = (): Uint8Array => {
  const device = '6f1c2c1e-0a1b-4000-8000-000000000001'
  const frames: Uint8Array[] = []
  let prevHash: Uint8Array = NO_HASH
  for (let seq = 1; seq <= 3; seq += 1) {
    const readings = Array.from({ length: 10 }, (_, index) => at(seq, 'filament.extruded', seq * 10 + index))
    const frame = encodeFrame({ deviceId: device, epoch: 1, seq, prevHash, readings }, signer)
    frames.push(frame)
    prevHash = hashFrame(frame)
  }
  const devices = [{ device, publicKey: signer.publicKeyMultibase, attestation: 'device-signed', frames: 3 }]
  const header = { type: 'GuildhallRecording', version: 1, session: 's', machine: 'm', openedAt: 1, closedAt: 2, devices } as const
  return Buffer.concat([encodeRecordingHeader(header), ...frames])
}

describe('a recording', () => {
  it('proves its tree and its summary by itself', () => {
    expect(verifyRecording(makeRecording())).toMatchObject({ treeSize: 3, summary: { filamentMm: 39, readings: 30 } })
  })

  it('is damaged when any byte is changed, or gives the same root', () => {
    const recording = makeRecording()
    const { root } = verifyRecording(recording)
    fc.assert(
      fc.property(fc.nat(recording.length - 1), fc.integer({ min: 1, max: 255 }), (index, by) => {
        const changed = Uint8Array.from(recording)
        changed[index] = (changed[index] ?? 0) ^ by
        try {
          // The header's own words (session, times) are not under the root; the sealed evidence and the receipt hold them.
          expect(verifyRecording(changed).root).toBe(root)
        } catch (error) {
          expect(error).toBeInstanceOf(LabsError)
          expect(error).toMatchObject({ code: 'LABS_RECORDING_DAMAGED' })
        }
      }),
      runs,
    )
  })

  it('is damaged when it is cut short, and when a frame is left out', () => {
    const recording = makeRecording()
    for (const size of [0, 1, 50, recording.length - 1]) expect(() => verifyRecording(recording.subarray(0, size))).toThrow(LabsError)
  })
})

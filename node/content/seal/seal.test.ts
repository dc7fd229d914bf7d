import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collect } from '../../base-node-for-tests.ts'
import { NodeError } from '../../errors.ts'
import { HEADER_BYTES, measureSealed, parseHeader, sealedLength, TAG_BYTES } from './envelope.ts'
import { openSealed, openSealedRange } from './open-sealed.ts'
import { type SealSummary, sealStream } from './seal-stream.ts'

const FRAME = 65_536
const STEP = FRAME + TAG_BYTES
const key = randomBytes(32)
const salt = randomBytes(16)

async function seal(plain: Uint8Array, frameBytes = FRAME): Promise<{ sealed: Buffer; summary: SealSummary }> {
  const stream = sealStream([plain], { key, salt, frameBytes })
  const parts: Uint8Array[] = []
  for (let next = await stream.next(); ; next = await stream.next()) {
    if (next.done) return { sealed: Buffer.concat(parts), summary: next.value }
    parts.push(next.value)
  }
}

const open = (sealed: Uint8Array, withKey: Uint8Array = key) => collect(openSealed([sealed], withKey))
const sourceOf = (sealed: Buffer) => ({
  sealedBytes: sealed.byteLength,
  read: (offset: number, length: number) => [sealed.subarray(offset, offset + length)],
})

describe('sealed content', () => {
  test.each([0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 3 * FRAME + 777])('opens again, %i bytes', async (length) => {
    const plain = randomBytes(length)
    const { sealed, summary } = await seal(plain)
    expect(summary).toEqual({
      plaintextBytes: length,
      plaintextDigest: `0x${createHash('sha256').update(plain).digest('hex')}`,
      frames: Math.max(1, Math.ceil(length / FRAME)),
    })
    expect(sealed.byteLength).toBe(sealedLength(length, FRAME))
    expect(measureSealed(sealed.byteLength, FRAME)).toEqual({ frames: summary.frames, plaintextBytes: length })
    expect((await open(sealed)).equals(plain)).toBe(true)
  })

  test('does not depend on how the bytes arrive', async () => {
    const plain = randomBytes(2 * FRAME + 5)
    const { sealed } = await seal(plain)
    async function* inPieces(bytes: Uint8Array, size: number) {
      for (let start = 0; start < bytes.byteLength; start += size) yield bytes.subarray(start, start + size)
    }
    expect((await collect(sealStream(inPieces(plain, 1_013), { key, salt }))).equals(sealed)).toBe(true)
    expect((await collect(openSealed(inPieces(sealed, 9_999), key))).equals(plain)).toBe(true)
  })

  test('opens a range and reads only the frames of that range', async () => {
    const plain = randomBytes(5 * FRAME + 100)
    const { sealed } = await seal(plain)
    for (const [offset, length] of [
      [0, 10],
      [FRAME - 5, 10],
      [2 * FRAME, FRAME],
      [5 * FRAME, 100],
      [0, plain.byteLength],
      [plain.byteLength, 0],
    ] as const) {
      expect(
        (await collect(openSealedRange(sourceOf(sealed), key, { offset, length }))).equals(plain.subarray(offset, offset + length)),
      ).toBe(true)
    }
    const asked: number[] = []
    const source = {
      sealedBytes: sealed.byteLength,
      read(offset: number, length: number) {
        asked.push(offset)
        return sourceOf(sealed).read(offset, length)
      },
    }
    await collect(openSealedRange(source, key, { offset: 3 * FRAME + 1, length: 2 }))
    expect(asked).toEqual([0, HEADER_BYTES + 3 * STEP])
    await expect(collect(openSealedRange(source, key, { offset: 0, length: plain.byteLength + 1 }))).rejects.toMatchObject({
      code: 'CONTENT_RANGE_INVALID',
    })
  })

  test.each<[string, (sealed: Buffer) => Buffer]>([
    ['a changed byte', (sealed) => Buffer.from(sealed.map((byte, at) => (at === HEADER_BYTES + STEP + 9 ? byte ^ 1 : byte)))],
    ['a changed salt', (sealed) => Buffer.from(sealed.map((byte, at) => (at === 20 ? byte ^ 1 : byte)))],
    ['a cut after a whole frame', (sealed) => sealed.subarray(0, HEADER_BYTES + STEP)],
    ['a cut inside a frame', (sealed) => sealed.subarray(0, sealed.byteLength - 3)],
    ['no frame at all', (sealed) => sealed.subarray(0, HEADER_BYTES)],
    [
      'two frames changed about',
      (sealed) =>
        Buffer.concat([sealed.subarray(0, HEADER_BYTES), frame(sealed, 1), frame(sealed, 0), sealed.subarray(HEADER_BYTES + 2 * STEP)]),
    ],
    ['a frame left out', (sealed) => Buffer.concat([sealed.subarray(0, HEADER_BYTES), sealed.subarray(HEADER_BYTES + STEP)])],
    ['a frame twice', (sealed) => Buffer.concat([sealed.subarray(0, HEADER_BYTES + STEP), sealed.subarray(HEADER_BYTES)])],
    ['something after the end', (sealed) => Buffer.concat([sealed, Buffer.alloc(20)])],
    ['an empty frame after the end', (sealed) => Buffer.concat([sealed, Buffer.alloc(16)])],
  ])('refuses %s', async (_what, change) => {
    const { sealed } = await seal(randomBytes(2 * FRAME + 50))
    await expect(open(change(sealed))).rejects.toMatchObject({ code: 'SEAL_BROKEN' })
  })

  test('refuses another key, and a key that is no key', async () => {
    const { sealed } = await seal(randomBytes(10))
    await expect(open(sealed, randomBytes(32))).rejects.toMatchObject({ code: 'SEAL_BROKEN' })
    await expect(open(sealed, randomBytes(16))).rejects.toMatchObject({ code: 'SEAL_KEY_INVALID' })
    await expect(collect(sealStream([], { key: randomBytes(31), salt }))).rejects.toMatchObject({ code: 'SEAL_KEY_INVALID' })
    await expect(collect(sealStream([], { key, salt: randomBytes(8) }))).rejects.toMatchObject({ code: 'SEAL_FORMAT_INVALID' })
    await expect(collect(sealStream([], { key, salt, frameBytes: 1_000 }))).rejects.toMatchObject({ code: 'SEAL_FORMAT_INVALID' })
  })

  test('uses another key for each salt, so that one content key twice repeats no keystream', async () => {
    const plain = Buffer.alloc(100)
    const first = await collect(sealStream([plain], { key, salt: Buffer.alloc(16, 1) }))
    const second = await collect(sealStream([plain], { key, salt: Buffer.alloc(16, 2) }))
    expect(first.subarray(HEADER_BYTES).equals(second.subarray(HEADER_BYTES))).toBe(false)
  })

  test('answers every hostile envelope with an error of its own, and never with a byte that was not sealed', async () => {
    const plain = randomBytes(FRAME + 10)
    const { sealed } = await seal(plain)
    const mutation = fc.record({ at: fc.nat(sealed.byteLength - 1), value: fc.nat(255), cut: fc.option(fc.nat(sealed.byteLength)) })
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 200 }).map((rest) => Buffer.concat([sealed.subarray(0, HEADER_BYTES), rest])),
      mutation.map(({ at, value, cut }) => {
        const changed = Buffer.from(sealed)
        changed[at] = value
        return changed.subarray(0, cut ?? changed.byteLength)
      }),
    )
    const seed = Date.now() % 2 ** 31
    console.info(`seal: 1,500 hostile envelopes, seed ${seed}`)
    await fc.assert(
      fc.asyncProperty(hostile, async (bytes) => {
        const opened = await open(bytes).catch((error: unknown) => error)
        // Else it was a change that changed nothing.
        if (opened instanceof NodeError) expect(['SEAL_BROKEN', 'SEAL_FORMAT_INVALID']).toContain(opened.code)
        else expect(Buffer.from(bytes).equals(sealed) && plain.equals(opened as Buffer)).toBe(true)
      }),
      { seed, numRuns: 1_500 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.double(), (bytes, length) => {
        for (const read of [() => parseHeader(bytes), () => measureSealed(length, FRAME)]) {
          try {
            read()
          } catch (error) {
            expect(error).toMatchObject({ code: 'SEAL_FORMAT_INVALID' })
          }
        }
      }),
      { seed, numRuns: 1_000 },
    )
  })
})

function frame(sealed: Buffer, index: number): Buffer {
  return sealed.subarray(HEADER_BYTES + index * STEP, HEADER_BYTES + (index + 1) * STEP)
}

import { generateKeyPairSync } from 'node:crypto'
import { decode, encode, Tagged } from 'cborg'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeAcknowledgement, parseAcknowledgement } from './acknowledgement.ts'
import { CHANNELS } from './channels.ts'
import { signCose } from './cose-sign1.ts'
import { createSigner, parseDeviceKey, signerOfSeed } from './device-key.ts'
import { encodeFrame, type Frame, judgeReadings, NO_HASH, readFrame, verifyFrame } from './frame.ts'

const seed = Date.now() % 2 ** 31
console.log(`frames: fast-check seed ${seed}`)
const runs = { numRuns: 1000, seed }

const deviceId = '6f1c2c1e-0a1b-4000-8000-000000000001'
const ed25519 = signerOfSeed(new Uint8Array(32).fill(7))
const p256 = createSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
const keyOf = (signer: typeof ed25519) => parseDeviceKey(signer.publicKeyMultibase)

const readings = fc.array(
  fc.record({
    atMs: fc.integer({ min: 0, max: 2 ** 52 }),
    name: fc.oneof(fc.constantFrom(...Object.keys(CHANNELS)), fc.string({ maxLength: 60 })),
    value: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.string({ maxLength: 200 })),
  }),
  { minLength: 10, maxLength: 50 },
)
const frames: fc.Arbitrary<Frame> = fc.record({
  deviceId: fc.constant(deviceId),
  epoch: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  seq: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  prevHash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  readings,
})
const sound: Frame = {
  deviceId,
  epoch: 1,
  seq: 1,
  prevHash: NO_HASH,
  readings: Array.from({ length: 10 }, (_, at) => ({ atMs: 1_790_000_000_000 + at, name: 'position.x', value: at })),
}

describe('frames', () => {
  it.each([
    ['Ed25519', ed25519],
    ['P-256', p256],
  ] as const)('are read back as they were signed with %s', (_, signer) => {
    fc.assert(
      fc.property(frames, (frame) => {
        const read = verifyFrame(encodeFrame(frame, signer), { deviceId, key: keyOf(signer) })
        expect(read).toEqual({
          frame: {
            ...frame,
            readings: frame.readings.map((reading) => ({ ...reading, value: Object.is(reading.value, -0) ? 0 : reading.value })),
          },
        })
      }),
      { ...runs, numRuns: 200 },
    )
  })

  it('sign the Sig_structure of RFC 9052 §4.4 and are tagged 18', () => {
    const bytes = encodeFrame(sound, ed25519)
    const tagged = decode(bytes, { useMaps: true, tags: Tagged.preserve(18) }) as Tagged & {
      value: [Uint8Array, Map<number, unknown>, Uint8Array, Uint8Array]
    }
    const [header, , payload, signature] = tagged.value
    expect(Buffer.from(header).toString('hex')).toBe('a10127')
    const expected = encode(['Signature1', header, new Uint8Array(), payload])
    expect(Buffer.from(signature)).toEqual(Buffer.from(ed25519.sign(expected)))
  })

  it('are refused when any byte is changed', () => {
    const bytes = encodeFrame(sound, ed25519)
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Uint8Array.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ by
        expect(verifyFrame(changed, { deviceId, key: keyOf(ed25519) })).toHaveProperty('refusal')
      }),
      runs,
    )
  })

  it('answer any bytes without throwing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.anything().map((value) => tryEncode(value)),
        ),
        (bytes) => {
          expect(verifyFrame(bytes, { deviceId, key: keyOf(ed25519) })).toHaveProperty('refusal')
          expect(readFrame(bytes)).toHaveProperty('refusal')
          expect(parseAcknowledgement(bytes, { deviceId, key: keyOf(ed25519) })).toBeUndefined()
        },
      ),
      runs,
    )
  })

  it('answer any signed payload without throwing', () => {
    fc.assert(
      fc.property(
        fc.anything().map((value) => signCose(tryEncode(value), ed25519)),
        (bytes) => {
          expect(verifyFrame(bytes, { deviceId, key: keyOf(ed25519) })).toHaveProperty('refusal')
        },
      ),
      runs,
    )
  })

  it.each([
    ['another device', { deviceId: '6f1c2c1e-0a1b-4000-8000-000000000002' }, 'wrong-device'],
    ['nine readings', { readings: sound.readings.slice(0, 9) }, 'reading-count'],
    ['51 readings', { readings: Array.from({ length: 51 }, () => ({ atMs: 1, name: 'a', value: 1 })) }, 'reading-count'],
    ['seq 0', { seq: 0 }, 'bad-payload'],
    ['a short hash', { prevHash: new Uint8Array(31) }, 'bad-payload'],
  ])('are refused that name %s', (_, change, refusal) => {
    expect(verifyFrame(encodeFrame({ ...sound, ...change }, ed25519), { deviceId, key: keyOf(ed25519) })).toEqual({ refusal })
  })

  it('are refused under the key of another, and under an algorithm that is not the key’s', () => {
    const bytes = encodeFrame(sound, ed25519)
    expect(verifyFrame(bytes, { deviceId, key: keyOf(signerOfSeed(new Uint8Array(32).fill(8))) })).toEqual({ refusal: 'bad-signature' })
    expect(verifyFrame(bytes, { deviceId, key: keyOf(p256) })).toEqual({ refusal: 'bad-signature' })
  })

  it('keep unusable readings but set them aside with the reason', () => {
    const bad = [
      { atMs: 1_790_000_000_000, name: 'nonsense', value: 1 },
      { atMs: 1_790_000_000_000, name: 'temperature.nozzle', value: 5000 },
      { atMs: 1_790_000_000_000, name: 'temperature.nozzle', value: 'hot' },
      { atMs: 12, name: 'position.x', value: 1 },
      { atMs: 1_790_000_000_000, name: 'job.started', value: '小明的钥匙扣.gcode' },
      { atMs: 1_790_000_000_000, name: '__proto__', value: 1 },
    ]
    expect(judgeReadings({ ...sound, readings: bad }).map(({ reason }) => reason)).toEqual([
      'unknown-channel',
      'out-of-range',
      'wrong-kind',
      'bad-time',
      'wrong-kind',
      'unknown-channel',
    ])
  })
})

describe('acknowledgements', () => {
  it('count only when the base signed them for this device', () => {
    const acknowledgement = { deviceId, epoch: 2, seq: 9, status: 'durable', reason: null } as const
    const bytes = encodeAcknowledgement(acknowledgement, ed25519)
    expect(parseAcknowledgement(bytes, { deviceId, key: keyOf(ed25519) })).toEqual(acknowledgement)
    expect(parseAcknowledgement(bytes, { deviceId, key: keyOf(p256) })).toBeUndefined()
    expect(parseAcknowledgement(bytes, { deviceId: 'other', key: keyOf(ed25519) })).toBeUndefined()
  })
})

const tryEncode = (value: unknown): Uint8Array => {
  try {
    return encode(value)
  } catch {
    return new Uint8Array()
  }
}

import { generateKeyPair } from '@libp2p/crypto/keys'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { NodeError } from '../../errors.ts'
import { type Announcement, encodeAnnouncement, parseAnnouncement, type SignedAnnouncement, signAnnouncement } from './announcement.ts'

const announcement: Announcement = {
  baseId: 7,
  kind: 'did-log',
  cid: 'bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4',
  at: 1_790_000_000,
}
let signed: SignedAnnouncement
let bytes: Uint8Array
let other: SignedAnnouncement

beforeAll(async () => {
  ;({ signed, bytes } = await signAnnouncement(announcement, await generateKeyPair('Ed25519')))
  ;({ signed: other } = await signAnnouncement(announcement, await generateKeyPair('Ed25519')))
})

const refused = { code: 'NODE_ANNOUNCEMENT_INVALID' }

describe('an announcement', () => {
  test('is read as it was signed', async () => {
    expect(await parseAnnouncement(bytes)).toEqual(signed)
    expect(encodeAnnouncement(signed)).toEqual(bytes)
    expect(signed).toMatchObject(announcement)
  })

  test('is refused when anything in it was changed', async () => {
    const changes: Partial<SignedAnnouncement>[] = [
      { baseId: 8 },
      { kind: 'bundle' },
      { at: 1 },
      { peerId: other.peerId },
      { signature: other.signature },
    ]
    for (const change of changes)
      await expect(parseAnnouncement(encodeAnnouncement({ ...signed, ...change }))).rejects.toMatchObject(refused)
  })

  test('has one encoding only', async () => {
    for (const text of [
      ` ${Buffer.from(bytes)}`,
      JSON.stringify({ ...signed, more: 1 }),
      JSON.stringify(Object.fromEntries(Object.entries(signed).reverse())),
    ]) {
      await expect(parseAnnouncement(Buffer.from(text))).rejects.toMatchObject(refused)
    }
  })

  test('is not signed when it would be refused', async () => {
    const key = await generateKeyPair('Ed25519')
    const wrong: Partial<Announcement>[] = [
      { baseId: 0 },
      { baseId: 1.5 },
      { cid: 'x' },
      { at: -1 },
      { cid: 'QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n' },
    ]
    for (const change of wrong) await expect(signAnnouncement({ ...announcement, ...change }, key)).rejects.toMatchObject(refused)
  })

  test('is refused with an error of its own whatever the bytes are', async () => {
    const seed = Date.now() % 2 ** 31
    console.info(`announcement: 2,000 hostile messages, seed ${seed}`)
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 1_200 }),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .record({
          baseId: fc.oneof(fc.anything(), fc.constant(7)),
          kind: fc.oneof(fc.anything(), fc.constant('did-log')),
          cid: fc.oneof(fc.string(), fc.constant(announcement.cid)),
          at: fc.oneof(fc.double(), fc.constant(announcement.at)),
          peerId: fc.oneof(fc.string(), fc.constantFrom('toString', other.peerId)),
          signature: fc.oneof(fc.string(), fc.constantFrom(other.signature, 'A'.repeat(86))),
        })
        .map((value) => Buffer.from(JSON.stringify(value) ?? '')),
      fc.tuple(fc.nat(400), fc.nat(255)).map(([at, value]) => bytes.map((byte, index) => (index === at % bytes.byteLength ? value : byte))),
    )
    await fc.assert(
      fc.asyncProperty(hostile, async (message) => {
        const read = await parseAnnouncement(message).catch((error: unknown) => error)
        if (read instanceof NodeError) expect(read.code).toBe('NODE_ANNOUNCEMENT_INVALID')
        // Put together again by chance, one of the two that were really signed.
        else expect([bytes, encodeAnnouncement(other)].some((good) => Buffer.from(message).equals(good))).toBe(true)
      }),
      { seed, numRuns: 2_000 },
    )
  })
})

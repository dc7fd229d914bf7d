import fc from 'fast-check'
import { gzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { CredentialError } from '../errors.ts'
import { encodeBase64url } from '../formats/base64url.ts'
import {
  allocateIndex,
  createStatusList,
  decodeStatusList,
  encodeStatusList,
  minimumListLength,
  readStatus,
  writeStatus,
} from './status-list.ts'
import { buildStatusEntry, buildStatusListCredential, supersessionAt } from './status-list-credential.ts'

describe('a status list', () => {
  it('keeps the first entry in the highest bit of the first byte', () => {
    const list = writeStatus(writeStatus(createStatusList(), 0, 1), 9, 1)
    expect([...list.bytes.subarray(0, 2)]).toEqual([0x80, 0x40])
    expect([0, 1, 9].map((index) => readStatus(list, index))).toEqual([1, 0, 1])
    expect(readStatus(writeStatus(list, 9, 0), 9)).toBe(0)
  })

  it('reads what it wrote, for any entries of any size', () => {
    const seed = Date.now() & 0x7fffffff
    console.info(`status lists: seed ${seed}`)
    const entries = fc.array(fc.tuple(fc.nat(minimumListLength - 1), fc.nat(3)), { maxLength: 5 })
    fc.assert(
      fc.property(entries, (written) => {
        const list = written.reduce((before, [index, value]) => writeStatus(before, index, value), createStatusList(minimumListLength, 2))
        const decoded = decodeStatusList(encodeStatusList(list), 2)
        for (const [index, value] of new Map(written)) expect(readStatus(decoded, index)).toBe(value)
      }),
      { numRuns: 30, seed },
    )
  })

  it('is small when empty, and the same list is the same text', () => {
    const text = encodeStatusList(createStatusList())
    expect(text).toMatch(/^u/)
    expect(text.length).toBeLessThan(120)
    expect(encodeStatusList(createStatusList())).toBe(text)
  })

  it('refuses a short list, an index outside, and a value that does not fit', () => {
    expect(() => createStatusList(8)).toThrow(CredentialError)
    expect(() => decodeStatusList(`u${encodeBase64url(gzipSync(new Uint8Array(100)))}`)).toThrow('131072 are needed')
    expect(() => readStatus(createStatusList(), minimumListLength)).toThrow('131072')
    expect(() => readStatus(createStatusList(), -1)).toThrow(CredentialError)
    expect(() => writeStatus(createStatusList(), 0, 2)).toThrow('bits')
  })

  it('refuses a bomb, also one that lies about its size', () => {
    const bomb = gzipSync(new Uint8Array(20_000_000))
    expect(() => decodeStatusList(`u${encodeBase64url(bomb)}`)).toThrow(CredentialError)
    const liar = bomb.slice()
    new DataView(liar.buffer).setUint32(liar.length - 4, 16_384, true)
    expect(() => decodeStatusList(`u${encodeBase64url(liar)}`)).toThrow(CredentialError)
  })

  it('answers hostile texts with a CredentialError', () => {
    const seed = Date.now() & 0x7fffffff
    console.info(`hostile status lists: seed ${seed}`)
    const good = encodeStatusList(writeStatus(createStatusList(), 94_567, 1))
    const text = fc.oneof(
      fc.string({ maxLength: 80 }),
      fc
        .tuple(fc.nat(good.length - 1), fc.constantFrom(...'AZaz09-_=+'))
        .map(([at, letter]) => good.slice(0, at) + letter + good.slice(at + 1)),
    )
    fc.assert(
      fc.property(text, fc.integer({ min: -1, max: 40 }), (hostile, size) => {
        try {
          decodeStatusList(hostile, size)
        } catch (error) {
          expect(error).toBeInstanceOf(CredentialError)
        }
      }),
      { numRuns: 1_000, seed },
    )
  })

  it('gives out free places at random, and says when the list is full', () => {
    const draws = [0.1, 0.1, 0.5]
    const taken = new Set<number>([13_107])
    expect(
      allocateIndex(
        minimumListLength,
        (index) => taken.has(index),
        () => draws.shift() ?? 0,
      ),
    ).toBe(65_536)
    expect(() =>
      allocateIndex(
        10,
        () => true,
        () => 0.5,
      ),
    ).toThrow('Begin a new status list')
  })

  it('becomes a credential and entries as the standard writes them', () => {
    const url = 'https://base.example/status/1'
    const supersessions = new Map([[7, { by: 'urn:uuid:new', why: 'level' }]])
    const details = {
      url,
      issuerId: 'did:example:base',
      purpose: 'revocation',
      list: createStatusList(),
      validFrom: '2026-01-01T00:00:00Z',
    } as const
    const credential = buildStatusListCredential({ ...details, supersessions })
    expect(buildStatusListCredential(details)['credentialSubject']).toEqual({
      id: `${url}#list`,
      type: 'BitstringStatusList',
      statusPurpose: 'revocation',
      encodedList: encodeStatusList(details.list),
    })
    expect([supersessionAt(credential, 7), supersessionAt(credential, 8)]).toEqual([{ by: 'urn:uuid:new', why: 'level' }, undefined])
    expect(buildStatusEntry({ url, purpose: 'suspension', index: 5 })).toEqual({
      id: `${url}#5`,
      type: 'BitstringStatusListEntry',
      statusPurpose: 'suspension',
      statusListIndex: '5',
      statusListCredential: url,
    })
  })
})

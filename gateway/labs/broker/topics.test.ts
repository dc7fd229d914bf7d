import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLengthReader } from './guard-packets.ts'
import { type BrokerAccount, mayHear, mayUseClientId, parseBaseTopic, topicAllowed, topics } from './topics.ts'

const seed = Date.now() % 2 ** 31
console.log(`topics: fast-check seed ${seed}`)
const runs = { numRuns: 1000, seed }

const [mine, other] = ['6f1c2c1e-0a1b-4000-8000-000000000001', '6f1c2c1e-0a1b-4000-8000-000000000002']
const accounts: readonly BrokerAccount[] = [
  { kind: 'device', deviceId: mine },
  { kind: 'octoprint', deviceId: mine },
  { kind: 'pairing', clientId: 'pair-12345678' },
]
const parts = fc.array(
  fc.oneof(
    fc.constantFrom(
      'guildhall',
      'v1',
      mine,
      other,
      'frames',
      'hello',
      'acks',
      'octoprint',
      'octoPrint',
      'event',
      'PrintStarted',
      'pairing',
      'request',
      'base',
      '..',
      '',
      '+',
      '#',
    ),
    fc.string({ maxLength: 8 }),
  ),
  { maxLength: 7 },
)
const anyTopic = parts.map((list) => list.join('/'))

describe('topics', () => {
  it('let nobody but the base speak for another device or as the base', () => {
    fc.assert(
      fc.property(fc.constantFrom(...accounts), anyTopic, (account, topic) => {
        const allowed = topicAllowed(account, topic)
        if (allowed === undefined) return
        const read = parseBaseTopic(allowed)
        expect(
          read === undefined ? account : read.kind === 'pairing' ? { clientId: read.clientId } : { deviceId: read.deviceId },
        ).toMatchObject(account.kind === 'pairing' ? { clientId: account.clientId } : { deviceId: mine })
        expect(allowed).not.toMatch(/acks|answer|\/base$|[+#]/)
      }),
      runs,
    )
  })

  it('let nobody but the base hear frames or the words of others', () => {
    fc.assert(
      fc.property(fc.constantFrom(...accounts), anyTopic, (account, filter) => {
        if (mayHear(account, filter))
          expect([topics.acknowledgements(mine), topics.base, topics.pairingAnswer('pair-12345678')]).toContain(filter)
      }),
      runs,
    )
  })

  it('are read without throwing, whatever they are', () => {
    fc.assert(
      fc.property(fc.oneof(anyTopic, fc.string({ unit: 'binary', maxLength: 200 })), (topic) => {
        const read = parseBaseTopic(topic)
        if (read?.kind === 'frames') expect(topic).toBe(topics.frames(read.deviceId))
      }),
      runs,
    )
  })

  it('put the device of an OctoPrint in front of the topics of its plug-in', () => {
    const account = accounts[1] as BrokerAccount
    expect(topicAllowed(account, 'octoPrint/event/PrintStarted')).toBe(`guildhall/v1/${mine}/octoprint/event/PrintStarted`)
    expect(topicAllowed(account, 'school/room 3/octoPrint/temperature/tool0')).toBeUndefined()
    expect(topicAllowed(account, 'room-3/octoPrint/temperature/tool0')).toBe(`guildhall/v1/${mine}/octoprint/temperature/tool0`)
  })

  it('let a device use its own client id and no other', () => {
    expect(mayUseClientId({ kind: 'device', deviceId: mine }, mine)).toBe(true)
    expect(mayUseClientId({ kind: 'device', deviceId: mine }, other)).toBe(false)
    expect(mayUseClientId({ kind: 'octoprint', deviceId: mine }, other)).toBe(false)
    expect(mayUseClientId({ kind: 'pairing', clientId: 'x' }, 'guildhall-base')).toBe(false)
  })
})

describe('the packet guard', () => {
  const header = (length: number): number[] => {
    const bytes = [0x30]
    let rest = length
    do {
      bytes.push((rest % 128) | (rest >= 128 ? 0x80 : 0))
      rest = Math.floor(rest / 128)
    } while (rest > 0)
    return bytes
  }

  it('finds the one packet that is too large, however the stream is cut', () => {
    const stream = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 12 })
    fc.assert(
      fc.property(stream, fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }), (lengths, cuts) => {
        const bytes = Uint8Array.from(lengths.flatMap((length) => [...header(length), ...new Uint8Array(length)]))
        const isTooLarge = createLengthReader(2000)
        let found = false
        for (let at = 0, turn = 0; at < bytes.length && !found; turn += 1) {
          const size = cuts[turn % cuts.length] ?? 1
          found = isTooLarge(bytes.subarray(at, at + size))
          at += size
        }
        expect(found).toBe(lengths.some((length) => length > 2000))
      }),
      runs,
    )
  })
})

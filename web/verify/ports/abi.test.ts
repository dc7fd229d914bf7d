import { baseRegistryReaderAbi, entitlementsReaderAbi, statusListsReaderAbi } from '@guildhall/contracts/abi'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AbiItem, bytes32Of, decodeLog, decodeResult, encodeCall, encodeWord, itemOf, topicOf } from './abi.ts'

const word = (value: number | bigint) => encodeWord('uint256', value)
const transfer: AbiItem = {
  type: 'event',
  name: 'Transfer',
  inputs: [
    { name: 'from', type: 'address', indexed: true },
    { name: 'to', type: 'address', indexed: true },
    { name: 'value', type: 'uint256' },
  ],
}

describe('the ABI codec', () => {
  it('names functions and events as the specification does', () => {
    const balanceOf: AbiItem = { type: 'function', name: 'balanceOf', inputs: [{ name: 'owner', type: 'address' }] }
    expect(encodeCall(balanceOf, [`0x${'11'.repeat(20)}`])).toBe(`0x70a08231${'00'.repeat(12)}${'11'.repeat(20)}`)
    expect(topicOf(transfer)).toBe('0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef')
  })

  it('writes a contract name as the Directory keeps it', () => {
    expect(bytes32Of('StatusLists')).toBe(`0x5374617475734c69737473${'00'.repeat(21)}`)
  })

  it('reads a tuple of words by name', () => {
    const key = itemOf(entitlementsReaderAbi, 'issuerKeyOf')
    expect(decodeResult(key, `0x${[1_790_000_000, 1_890_000_000, 0, 7].map(word).join('')}`)).toEqual({
      from: 1_790_000_000,
      until: 1_890_000_000,
      retiredAt: 0,
      compromisedAt: 7,
    })
  })

  it('reads several answers with a tuple among them', () => {
    const entitlement = itemOf(entitlementsReaderAbi, 'entitlementOf')
    expect(decodeResult(entitlement, `0x${[5, 4, 7, 1].map(word).join('')}`)).toEqual({
      reason: 5,
      records: { accreditationId: 4, standingId: 7 },
      isFinal: true,
    })
  })

  it('reads a list of texts', () => {
    const text = (value: string) => word(value.length) + Buffer.from(value).toString('hex').padEnd(64, '0')
    const data = [word(32), word(2), word(64), word(128), text('one'), text('two')].join('')
    expect(decodeResult(itemOf(baseRegistryReaderAbi, 'peersOf'), `0x${data}`)).toEqual(['one', 'two'])
  })

  it('reads a log with indexed values and a text', () => {
    const item = itemOf(statusListsReaderAbi, 'StatusListPublished')
    const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
    const tail = word(cid.length) + Buffer.from(cid).toString('hex').padEnd(128, '0')
    const data = `0x${'aa'.repeat(32)}${'bb'.repeat(32)}${word(96)}${tail}`
    const topics = [topicOf(item), ...[3, 1, 9].map((value) => `0x${word(value)}`)]
    expect(decodeLog(item, { topics, data })).toEqual({
      baseId: 3,
      listId: 1,
      sequence: 9,
      digest: `0x${'aa'.repeat(32)}`,
      previous: `0x${'bb'.repeat(32)}`,
      cid,
    })
  })

  it('refuses hostile data with a RangeError and nothing else', () => {
    const items = [
      itemOf(baseRegistryReaderAbi, 'peersOf'),
      itemOf(entitlementsReaderAbi, 'entitlementOf'),
      itemOf(baseRegistryReaderAbi, 'didLogOf'),
    ]
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.array(fc.constantFrom(0, 0x20, 0x40, 0xff), { maxLength: 300 }).map((all) => Uint8Array.from(all)),
    )
    fc.assert(
      fc.property(hostile, fc.constantFrom(...items), (bytes, item) => {
        try {
          decodeResult(item, `0x${Buffer.from(bytes).toString('hex')}`)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
      { numRuns: 1_000, verbose: 1 },
    )
  })
})

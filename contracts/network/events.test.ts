import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { EventFragment, hexlify, ZeroHash } from 'ethers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ASSESSMENT_KINDS, ENTITLEMENT_REASONS } from '../abi.ts'
import { planAddresses } from '../deploy.ts'
import { CONTRACTS_ERROR_CODES, ContractsError } from '../errors.ts'
import { encodeCall } from './connect.ts'
import { contractEventNames, decodeEvent, interfaces } from './events.ts'

const addresses = planAddresses(`0x${'11'.repeat(20)}`, 0)
const digest = `0x${'ab'.repeat(32)}`

describe('decodeEvent', () => {
  it('turns small integers into numbers, wide ones into bigints, and arrays into arrays', () => {
    const peers = interfaces.BaseRegistry.encodeEventLog('PeersChanged', [7, ['/dns/a', '/dns/b']])
    expect(decodeEvent(addresses, { address: addresses.BaseRegistry.toLowerCase(), ...peers })).toEqual({
      contract: 'BaseRegistry',
      event: 'PeersChanged',
      args: { baseId: 7, peers: ['/dns/a', '/dns/b'] },
    })
    const services = interfaces.BaseRegistry.encodeEventLog('ServicesChanged', [7, 2n ** 200n])
    expect(decodeEvent(addresses, { address: addresses.BaseRegistry, ...services })?.args).toEqual({ baseId: 7, services: 2n ** 200n })
  })

  it('answers undefined for another contract and for an unknown event', () => {
    const log = interfaces.StatusLists.encodeEventLog('StatusListPublished', [1, 1, 1, digest, ZeroHash, 'cid'])
    expect(decodeEvent(addresses, { address: `0x${'22'.repeat(20)}`, ...log })).toBeUndefined()
    expect(decodeEvent(addresses, { address: addresses.BaseRegistry, topics: [digest], data: '0x' })).toBeUndefined()
  })

  it('reads any log or refuses it by the package’s error, 2,000 of them', () => {
    const topics = Object.values(interfaces).flatMap((codec) =>
      codec.fragments.flatMap((each) => (each instanceof EventFragment ? [each.topicHash] : [])),
    )
    const hex = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((each) => hexlify(each))
    const log = fc.record({
      address: fc.constantFrom(...Object.values(addresses)),
      topics: fc
        .tuple(fc.oneof(fc.constantFrom(...topics), hex(32)), fc.array(fc.oneof(hex(32), hex(1)), { maxLength: 4 }))
        .map(([first, rest]) => [first, ...rest]),
      data: fc.uint8Array({ maxLength: 320 }).map((each) => hexlify(each)),
    })
    fc.assert(
      fc.property(log, (each) => {
        try {
          decodeEvent(addresses, each)
        } catch (error) {
          expect(error).toBeInstanceOf(ContractsError)
        }
      }),
      { numRuns: 2000, verbose: true },
    )
  })

  it('knows every event by a name of its own', () => {
    expect(new Set(contractEventNames).size).toBe(contractEventNames.length)
    expect(contractEventNames).toContain('Entitlements.StandingChanged')
  })
})

describe('encodeCall', () => {
  it('gives the target and the data of one call', () => {
    const call = encodeCall(addresses, 'StatusLists.publishHead', [1, 2, ZeroHash, digest, 'cid'])
    expect(call.to).toBe(addresses.StatusLists)
    expect([...interfaces.StatusLists.decodeFunctionData('publishHead', call.data)]).toEqual([1n, 2n, ZeroHash, digest, 'cid'])
  })
})

describe('the door for browsers', () => {
  const source = (path: string) => readFileSync(`${import.meta.dirname}/../${path}`, 'utf8')

  it('names reasons and kinds in the order of the ledger', () => {
    const members = (path: string, name: string) =>
      (new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(source(path))?.[1] ?? '').split(',').map((each) => each.trim())
    expect(members('membership/IEntitlements.sol', 'Reason')).toEqual([...ENTITLEMENT_REASONS])
    expect(members('membership/IAssessments.sol', 'Kind').map((each) => each.toLowerCase())).toEqual([...ASSESSMENT_KINDS])
  })

  it('weighs less than two kilobytes', () => {
    expect(gzipSync(source('generated/reader.ts') + source('abi.ts')).length).toBeLessThan(3500)
    expect(gzipSync(source('generated/reader.ts')).length).toBeLessThan(2048)
  })
})

describe('errors', () => {
  it('each say what to do next', () => {
    for (const [code, advice] of Object.entries(CONTRACTS_ERROR_CODES)) expect(advice, code).toMatch(/; .+\.$/)
  })
})

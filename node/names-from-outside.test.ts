import { assert, constantFrom, oneof, property, string, tuple, uint8Array } from 'fast-check'
import { base32 } from 'multiformats/bases/base32'
import { describe, expect, it } from 'vitest'
import { parseCid } from './content/content-cid.ts'
import { NodeError } from './errors.ts'
import { parsePeerAddress } from './peer/dial-bases.ts'

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
const goodCid = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
const goodPeer = '/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWHFKTMzwerBtsVmtz4ZZEQy2heafxzWw6wNn5PPYkBxJ5'

/** Nonsense, near misses of a good text, and encodings of random bytes. */
const hostile = (good: string) =>
  oneof(
    string({ unit: 'binary', maxLength: 300 }),
    tuple(constantFrom(...[...good].keys()), string({ maxLength: 3 })).map(([at, put]) => good.slice(0, at) + put + good.slice(at + 1)),
    uint8Array({ maxLength: 64 }).map((bytes) => base32.encode(bytes)),
  )

/** Gives a value, or throws the error with this code; nothing else. */
const holds = (parse: (text: string) => unknown, code: string) => (text: string) => {
  try {
    expect(parse(text)).toBeDefined()
  } catch (error) {
    expect(error).toBeInstanceOf(NodeError)
    expect((error as NodeError).code).toBe(code)
  }
}

describe('names that come from outside', () => {
  console.log(`fast-check seed ${seed}`)

  it('reads a CID, or refuses it as one', () => {
    expect(parseCid(goodCid).toString()).toBe(goodCid)
    assert(property(hostile(goodCid), holds(parseCid, 'CONTENT_CID_INVALID')), { numRuns: 1_000, seed })
  })

  it('reads the address of a base, or refuses it as one', () => {
    expect(parsePeerAddress(goodPeer).peerId).toBe(goodPeer.split('/').at(-1))
    assert(property(hostile(goodPeer), holds(parsePeerAddress, 'NODE_PEER_ADDRESS_INVALID')), { numRuns: 1_000, seed })
  })
})

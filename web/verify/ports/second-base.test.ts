import { generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LedgerOutage } from './ledger.ts'
import { askThrough, keyOfPeer, openAnswer } from './second-base.ts'

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
const peerId = base58(Buffer.concat([Buffer.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20), raw]))
const other = { baseId: 2, peerId }
const now = Math.floor(Date.now() / 1000)
const call = { method: 'eth_blockNumber', params: [] }
const question = JSON.stringify(['eth_blockNumber', []])

/** What that base says and signs, to whichever question. */
function signed(answer: string, { to = question, at = now } = {}) {
  const text = `/guildhall/ask/1.0.0\n${JSON.stringify([peerId, to, answer, at])}`
  return { answer, at, signature: sign(null, Buffer.from(text), privateKey).toString('base64url') }
}

/** A page's own base that carries this answer, and what it was asked to fetch. */
function carrier(said: unknown, { status = 200, peers = [`/ip4/127.0.0.1/tcp/1/p2p/${peerId}`] } = {}) {
  const fetched: string[] = []
  const fetch = async (url: string | URL | Request) => {
    fetched.push(String(url))
    return new Response(JSON.stringify({ baseId: 2, peerId, said }), { status })
  }
  return { fetched, origin: '', name: 'own', fetch: fetch as typeof globalThis.fetch, reader: { call: async () => peers } }
}

const refusal = (asked: Promise<unknown>) => asked.then(JSON.stringify, (error: Error) => [error.name, error.message])

describe('a second base, asked through the first', () => {
  it('is heard when its answer is signed by the peer that the ledger lists', async () => {
    const own = carrier(signed('{"result":"0x10"}'))
    expect(await askThrough(own, other)(call)).toEqual({ result: '0x10' })
    expect(own.fetched).toEqual(['/rpc/2'])
  })

  it.each([
    ['was changed on the way', { ...signed('{"result":"0x10"}'), answer: '{"result":"0x11"}' }],
    ['was given to another question', signed('{"result":"0x10"}', { to: '["eth_chainId",[]]' })],
    ['was kept and is shown again', signed('{"result":"0x10"}', { at: now - 3_600 })],
    ['is not JSON', signed('not JSON')],
    ['is none', null],
  ])('is not heard when its answer %s', async (_why, said) => {
    expect(await refusal(askThrough(carrier(said), other)(call))).toEqual(['LedgerOutage', expect.any(String)])
  })

  it('is not heard when the ledger lists another peer for it', async () => {
    const own = carrier(signed('{"result":"0x10"}'), { peers: ['/ip4/127.0.0.1/tcp/1/p2p/12D3KooWother'] })
    expect(await refusal(askThrough(own, other)(call))).toEqual(['LedgerOutage', 'the second base could not be asked'])
  })

  it('is not asked again after it was silent once, so that it delays nothing', async () => {
    const own = carrier(null, { status: 429 })
    const ask = askThrough(own, other)
    for (const _ of [1, 2, 3]) expect(await refusal(ask(call))).toEqual(['LedgerOutage', expect.any(String)])
    expect(own.fetched).toHaveLength(1)
  })
})

describe('the key in a peer id', () => {
  it('is the raw Ed25519 key', () => {
    expect(Buffer.from(keyOfPeer(peerId) ?? []).toString('hex')).toBe(raw.toString('hex'))
    // A peer id as js-libp2p writes it.
    expect(keyOfPeer('12D3KooWHFKTMzwerBtsVmtz4ZZEQy2heafxzWw6wNn5PPYkBxJ5')).toHaveLength(32)
  })

  it('is absent, and no answer is believed, for whatever else is said', async () => {
    console.log(`fast-check seed ${seed}`)
    const good = signed('{"result":"0x10"}')
    const text = fc.oneof(fc.string({ maxLength: 90 }), fc.constantFrom('', '1', '1'.repeat(64), peerId.slice(1), `${peerId}1`))
    const said = fc.record({
      answer: fc.oneof(text, fc.constant(good.answer)),
      at: fc.oneof(fc.double(), fc.constant(good.at)),
      signature: fc.oneof(text, fc.constant(good.signature), fc.constant('A'.repeat(86))),
    })
    const isGood = (one: typeof good) => JSON.stringify(one) === JSON.stringify(good)
    await fc.assert(
      fc.asyncProperty(text, said, async (id, one) => {
        if (id !== peerId) expect(keyOfPeer(id)).toBeUndefined()
        if (!isGood(one)) await expect(openAnswer(one, { peerId, question })).rejects.toBeInstanceOf(LedgerOutage)
      }),
      { numRuns: 1_000, seed },
    )
  })
})

function base58(bytes: Uint8Array): string {
  let text = ''
  for (let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`); rest > 0n; rest /= 58n)
    text = `${'123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'[Number(rest % 58n)]}${text}`
  return '1'.repeat([...bytes].findIndex((byte) => byte !== 0)) + text
}

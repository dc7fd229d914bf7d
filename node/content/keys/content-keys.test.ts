import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { assert, asyncProperty, constantFrom, json, oneof, record, string, uint8Array } from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { NodeError } from '../../errors.ts'
import { createIndexTables } from '../../event-index/read-model.ts'
import { createPeer, type Peer } from '../../peer/create-peer.ts'
import { type ContentKeyStore, type ContentKeys, createContentKeys } from './content-keys.ts'
import { createKemKeys, wrapTo } from './hpke.ts'
import {
  CONTENT_KEYS_PROTOCOL,
  encodeWrapped,
  type Greeting,
  MAX_KEY_MESSAGE_BYTES,
  parseGreeting,
  parseKeyAnswer,
  parseKeyMessage,
  signKeyMessage,
  toText,
  wrapContextOf,
} from './key-messages.ts'

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
const HOME = 1
const READER = 3
const of = { workId: 7, version: 1 }
const secret = Buffer.alloc(32, 0xab)
let now = 1_790_000_000
let logIndex = 0
const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

type Member = { peer: Peer; keys: ContentKeys; db: DatabaseSync; held: Map<string, Uint8Array>; privateKey: PrivateKey }
let home: Member
let holder: Member
let reader: Member
beforeEach(async () => {
  now = 1_790_000_000
  ;[home, holder, reader] = await Promise.all([startMember(), startMember(), startMember()])
  const members = [home, holder, reader]
  for (const { db } of members) {
    for (const [index, { peer }] of members.entries()) admit(db, index + 1, peer)
    tell(db, 'index_works', { work_id: 7, home_base: HOME, holder: `0x${'77'.repeat(20)}`, terms_hash: '0x', asked_share: 0 })
    tell(db, 'index_work_versions', { work_id: 7, version: 1, content_digest: `0x${'11'.repeat(32)}`, codec: '0x55' })
    tell(db, 'index_listings', { work_id: 7, version: 1, previous: 0 })
  }
  home.held.set('7/1', secret)
  for (const { peer } of members)
    peer.setKnownPeers(members.filter((one) => one.peer !== peer).map((one) => ({ peerId: one.peer.id, addresses: one.peer.addresses() })))
  for (const { peer } of members) await expect.poll(() => peer.libp2p.getPeers().length, { timeout: 15_000, interval: 25 }).toBe(2)
})

async function startMember(): Promise<Member> {
  const privateKey = await generateKeyPair('Ed25519')
  const open = { isMember: () => true, speaksFor: () => true, now: () => now }
  const peer = await createPeer({ privateKey, listen: ['/ip4/127.0.0.1/tcp/0'], ...open })
  await peer.start()
  const db = new DatabaseSync(':memory:')
  createIndexTables(db)
  const held = new Map<string, Uint8Array>()
  const store: ContentKeyStore = {
    find: async ({ workId, version }) => held.get(`${workId}/${version}`),
    keep: async ({ workId, version, key }) => {
      const before = held.get(`${workId}/${version}`)
      if (before === undefined) held.set(`${workId}/${version}`, key)
      return before === undefined || Buffer.from(before).equals(key)
    },
  }
  const keys = createContentKeys({ libp2p: peer.libp2p, privateKey, db, store, now: () => now })
  await keys.start()
  stops.push(async () => {
    await keys.stop()
    await peer.stop()
  })
  return { peer, keys, db, held, privateKey }
}

/** A row as the index writes it for an event of this moment. */
function tell(db: DatabaseSync, table: string, values: Record<string, SQLInputValue>): void {
  logIndex += 1
  const row = { block: 1, log_index: logIndex, transaction_hash: '0x', time: now, ...values }
  const names = Object.keys(row)
  db.prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`).run(...Object.values(row))
}

function admit(db: DatabaseSync, baseId: number, peer: Peer): void {
  const admission = { base_id: baseId, account: `0x${String(baseId).repeat(40)}`, parent: 0, tier: 1, did_hash: '0x', invite_key: '0x' }
  tell(db, 'index_base_admissions', admission)
  tell(db, 'index_base_peers', { base_id: baseId, peers: JSON.stringify(peer.addresses()) })
}

function licence(db: DatabaseSync, until: number, baseId = READER): void {
  const given = { licence_id: 5, work_id: 7, base_id: baseId, holder: '0x', offer_id: 1, seats: 1, until, paid: '0' }
  tell(db, 'index_licences', given)
}

const deposit = () => home.keys.deposit(holder.peer.id, { ...of, baseId: HOME, key: secret })
const ask = (version = 1) => reader.keys.request(holder.peer.id, { workId: 7, version, baseId: READER })

describe('the key of a sealed work', () => {
  test('is kept by another base and given by it to a licensee while the home base is off', async () => {
    licence(holder.db, now + 60)
    expect(await ask()).toEqual({ outcome: 'unknown', reason: 'KEY_NOT_HELD' })
    expect(await deposit()).toEqual({ outcome: 'kept' })
    await home.peer.stop()
    const given = await ask()
    expect(given.outcome === 'released' && Buffer.from(given.key).equals(secret)).toBe(true)
  })

  test('is refused without a licence, after its end, when the work is down, and for a version never listed, with the reason', async () => {
    await deposit()
    expect(await ask()).toEqual({ outcome: 'refused', reason: 'LICENCE_MISSING' })
    licence(holder.db, now + 60)
    now += 60
    expect(await ask()).toEqual({ outcome: 'refused', reason: 'LICENCE_LAPSED' })
    now -= 30
    expect((await ask()).outcome).toBe('released')
    tell(holder.db, 'index_work_versions', { work_id: 7, version: 2, content_digest: `0x${'22'.repeat(32)}`, codec: '0x55' })
    expect(await ask(2)).toEqual({ outcome: 'refused', reason: 'VERSION_NOT_LISTED' })
    expect(await ask(3)).toEqual({ outcome: 'unknown', reason: 'VERSION_UNKNOWN' })
    tell(holder.db, 'index_work_takedowns', { work_id: 7, is_down: 1, by: '0x', reason: '0x' })
    expect(await ask()).toEqual({ outcome: 'refused', reason: 'WORK_TAKEN_DOWN' })
    tell(holder.db, 'index_work_takedowns', { work_id: 7, is_down: 0, by: '0x', reason: '0x' })
    tell(holder.db, 'index_licence_ends', { licence_id: 5, ending: 2, refunded: '0', reason: '0x' })
    expect(await ask()).toEqual({ outcome: 'refused', reason: 'LICENCE_ENDED' })
  })

  test('is given without a licence to a base whose member sits on a panel, as long as the member does', async () => {
    await deposit()
    tell(holder.db, 'index_panel_seats', { panel: 0, member: '0xm', base_id: READER, seated_from: now, until: now + 60 })
    expect((await ask()).outcome).toBe('released')
    tell(holder.db, 'index_panel_seats', { panel: 0, member: '0xm', base_id: 0, seated_from: 0, until: 0 })
    expect(await ask()).toEqual({ outcome: 'refused', reason: 'LICENCE_MISSING' })
  })

  test('is kept for the base that vouches for the work only, and not exchanged for another', async () => {
    const foreign = await reader.keys.deposit(holder.peer.id, { ...of, baseId: READER, key: secret })
    expect(foreign).toEqual({ outcome: 'refused', reason: 'BASE_NOT_HOME' })
    expect(await reader.keys.deposit(holder.peer.id, { ...of, baseId: HOME, key: secret })).toEqual({
      outcome: 'refused',
      reason: 'BASE_NOT_THAT_PEER',
    })
    await deposit()
    expect(await deposit()).toEqual({ outcome: 'kept' })
    expect(await home.keys.deposit(holder.peer.id, { ...of, baseId: HOME, key: Buffer.alloc(32) })).toEqual({
      outcome: 'refused',
      reason: 'KEY_DIFFERS',
    })
    expect(holder.held.get('7/1')?.[0]).toBe(0xab)
  })

  test('is not asked for in the name of another base', async () => {
    await deposit()
    licence(holder.db, now + 60, HOME)
    expect(await reader.keys.request(holder.peer.id, { ...of, baseId: HOME })).toEqual({ outcome: 'refused', reason: 'BASE_NOT_THAT_PEER' })
  })

  test('comes from nobody who is not connected', async () => {
    await holder.peer.stop()
    expect(await ask()).toEqual({ outcome: 'unknown', reason: 'NO_ANSWER' })
  })

  test('is refused for the rest of a minute to who asks too often', async () => {
    const reasons = new Set<string>()
    for (let round = 0; round < 25; round += 1) {
      const told = await Promise.all(Array.from({ length: 10 }, () => ask()))
      for (const one of told) reasons.add(one.outcome === 'released' ? one.outcome : one.reason)
    }
    expect([...reasons].sort()).toEqual(['LICENCE_MISSING', 'TOO_MANY_REQUESTS'])
    now += 60
    expect(await ask()).toEqual({ outcome: 'refused', reason: 'LICENCE_MISSING' })
  })
})

describe('what a peer says itself', () => {
  /** Talks to the holder by hand: hears the greeting, says something, hears the answer, or nothing. */
  async function talk(say: (greeting: Greeting) => Promise<string> | string): Promise<string> {
    const [connection] = reader.peer.libp2p.getConnections().filter((one) => one.remotePeer.toString() === holder.peer.id)
    if (connection === undefined) throw new Error('not connected')
    const stream = await connection.newStream(CONTENT_KEYS_PROTOCOL)
    const parts = stream[Symbol.asyncIterator]()
    try {
      const greeting = await parts.next()
      stream.send(Buffer.from(await say(parseGreeting(Buffer.from(greeting.value?.subarray() ?? []).toString()))))
      const answer = await parts.next()
      return answer.done ? '' : Buffer.from(answer.value.subarray()).toString().trim()
    } catch {
      return ''
    } finally {
      stream.abort(new Error('done'))
    }
  }
  const request = (publicKey = toText(createKemKeys().publicKey)) => ({ type: 'request', baseId: READER, ...of, publicKey }) as const

  test('is good for one challenge: a request that was heard is worth nothing when it is said again', async () => {
    await deposit()
    licence(holder.db, now + 60)
    let heard = ''
    const first = await talk(async ({ challenge }) => {
      heard = JSON.stringify(await signKeyMessage(request(), reader.privateKey, { to: holder.peer.id, challenge }))
      return `${heard}\n`
    })
    expect(parseKeyAnswer(first).outcome).toBe('released')
    expect(parseKeyAnswer(await talk(() => `${heard}\n`))).toEqual({ outcome: 'refused', reason: 'SIGNATURE_WRONG' })
    const misdirected = await talk(async ({ challenge }) => {
      const signed = await signKeyMessage(request(), reader.privateKey, { to: home.peer.id, challenge })
      return `${JSON.stringify(signed)}\n`
    })
    expect(parseKeyAnswer(misdirected)).toEqual({ outcome: 'refused', reason: 'SIGNATURE_WRONG' })
    const forged = await talk(async ({ challenge }) => {
      const signed = await signKeyMessage(request(), home.privateKey, { to: holder.peer.id, challenge })
      return `${JSON.stringify(signed)}\n`
    })
    expect(parseKeyAnswer(forged)).toEqual({ outcome: 'refused', reason: 'SIGNATURE_WRONG' })
  })

  test('is heard no further when it is long, in pieces without an end, or no message', async () => {
    for (const said of ['x'.repeat(MAX_KEY_MESSAGE_BYTES + 1), '{}\n', '\n', `${'{"type":'.repeat(40)}\n`, '{}\n{}\n', '\ud800\n'])
      expect(await talk(() => said)).toBe('')
    expect(await deposit()).toEqual({ outcome: 'kept' })
  })
})

test('a line about a key is read as it was written, or refused by one code, whatever it holds', async () => {
  console.log(`fast-check seed ${seed}`)
  const text32 = toText(Buffer.alloc(32, 5))
  const key = createKemKeys()
  const wrapped = encodeWrapped(wrapTo(key.publicKey, secret, wrapContextOf(of, { use: 'deposit', from: 'a', to: 'b', challenge: 'c' })))
  const signature = toText(Buffer.alloc(64, 1))
  const good = [
    { challenge: text32, publicKey: text32 },
    { type: 'request', baseId: 1, ...of, publicKey: text32, signature },
    { type: 'deposit', baseId: 1, ...of, ...wrapped, signature },
    { outcome: 'released', ...wrapped },
    { outcome: 'kept' },
    { outcome: 'refused', reason: 'LICENCE_MISSING' },
  ]
  const [greeting, asked, deposited, ...answers] = good.map((one) => JSON.stringify(one))
  expect(parseGreeting(greeting ?? '')).toEqual(good[0])
  expect([parseKeyMessage(asked ?? ''), parseKeyMessage(deposited ?? '')]).toEqual([good[1], good[2]])
  expect(answers.map(parseKeyAnswer)).toEqual(good.slice(3))
  const odd = constantFrom<unknown>(0, -1, 1.5, 2 ** 32, null, '', 'x', text32, `${text32}=`, signature, wrapped.ciphertext, {}, [])
  const near = record(
    {
      type: constantFrom<unknown>('request', 'deposit', 'other'),
      outcome: constantFrom<unknown>('kept', 'released', 'refused', 'unknown', 'no'),
      ...Object.fromEntries(
        ['baseId', 'workId', 'version', 'publicKey', 'enc', 'ciphertext', 'signature', 'challenge', 'reason', 'more'].map((name) => [
          name,
          odd,
        ]),
      ),
    },
    { requiredKeys: [] },
  )
  const line = oneof(
    json(),
    string({ unit: 'binary', maxLength: 300 }),
    near.map((value) => JSON.stringify(value)),
    uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  )
  await assert(
    asyncProperty(line, async (text) => {
      for (const parse of [parseGreeting, parseKeyMessage, parseKeyAnswer]) {
        try {
          const read = parse(text)
          expect(JSON.parse(text)).toEqual(read)
        } catch (error) {
          if (!(error instanceof NodeError)) throw error
          expect(error.code).toBe('NODE_KEY_MESSAGE_INVALID')
        }
      }
    }),
    { seed, numRuns: 2_000 },
  )
})

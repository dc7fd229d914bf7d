import { randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Connection, Libp2p, PrivateKey, Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { NodeError } from '../../errors.ts'
import { findReadingRight, findWorkVersion, type ReadingRefusal } from '../../event-index/queries/licences.ts'
import { listMemberPeers } from '../../event-index/queries/membership.ts'
import { createKemKeys, unwrap, wrapTo } from './hpke.ts'
import {
  CONTENT_KEYS_PROTOCOL,
  encodeWrapped,
  isKeyMessageBy,
  type KeyAnswer,
  type KeyDeposit,
  type KeyRequest,
  MAX_KEY_MESSAGE_BYTES,
  parseGreeting,
  parseKeyAnswer,
  parseKeyMessage,
  readWrapped,
  signKeyMessage,
  toText,
  type VersionOfWork,
  wrapContextOf,
} from './key-messages.ts'
import { readLine, writeLine } from './lines.ts'

/** Where a base keeps content keys: its own, and those that others gave it to keep. */
export interface ContentKeyStore {
  /** The key that this base may hand on: its own, or one that it keeps for another; never one it got by a licence. */
  find(of: VersionOfWork): Promise<Uint8Array | undefined>
  /** Resolves once the key is on the disk. False when it keeps another key for that version, which stays. */
  keep(of: VersionOfWork & { fromBase: number; key: Uint8Array }): Promise<boolean>
}

/** Why a base does not hand out or keep a key, as a stable code. */
type KeyRefusal =
  | ReadingRefusal
  | 'KEY_NOT_HELD'
  | 'KEY_DIFFERS'
  | 'BASE_NOT_THAT_PEER'
  | 'BASE_NOT_HOME'
  | 'SIGNATURE_WRONG'
  | 'TOO_MANY_REQUESTS'
  | 'NO_ANSWER'

/** What came of asking one base. `unknown`: not reached, does not hold the key, or has not read as much of the ledger. */
export type KeyOutcome = { outcome: 'released'; key: Uint8Array } | { outcome: 'refused' | 'unknown'; reason: string }
export type DepositOutcome = { outcome: 'kept' } | { outcome: 'refused' | 'unknown'; reason: string }

/** Content keys among bases: handing them out by the ledger's licences, and having others keep ours. */
export interface ContentKeys {
  start(): Promise<void>
  stop(): Promise<void>
  /** Asks a connected base for a key, for the base that this peer speaks for. Never throws but by its signal. */
  request(peerId: string, of: VersionOfWork & { baseId: number }, signal?: AbortSignal): Promise<KeyOutcome>
  /** Has a connected base keep a key. `kept` is said after it is on that base's disk. Never throws but by its signal. */
  deposit(peerId: string, of: VersionOfWork & { baseId: number; key: Uint8Array }, signal?: AbortSignal): Promise<DepositOutcome>
}

/** What this needs: the index to decide by, in the database, and a store; without them nothing is handed out or kept. */
export interface ContentKeysInit {
  libp2p: Libp2p
  privateKey: PrivateKey
  db: DatabaseSync
  store: ContentKeyStore
  /** UnixSeconds. */
  now: () => number
}

/** How many messages one base is answered in a minute, and how many at the same time. */
const MESSAGES_A_MINUTE = 240
const MESSAGES_AT_ONCE = 16
const TIMEOUT_MS = 10_000

/** Makes both sides of the protocol; nobody is answered before `start()`. */
export function createContentKeys(init: ContentKeysInit): ContentKeys {
  const { libp2p, privateKey } = init
  const self = libp2p.peerId.toString()
  const mayAsk = createLimit(init.now)

  async function listen(stream: Stream, connection: Connection): Promise<void> {
    const from = connection.remotePeer.toString()
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    try {
      await within(stream, signal, async (lines) => {
        const keys = createKemKeys()
        const challenge = toText(randomBytes(32))
        await writeLine(stream, JSON.stringify({ challenge, publicKey: toText(keys.publicKey) }), signal)
        const line = await readLine(lines, MAX_KEY_MESSAGE_BYTES)
        const said = mayAsk(from) ? await answer(parseKeyMessage(line), { from, to: self, challenge, keys }) : unknown('TOO_MANY_REQUESTS')
        await writeLine(stream, JSON.stringify(said), signal)
        await stream.close({ signal })
      })
    } catch (error) {
      // A base that does not keep to the form, or to the time, hears nothing.
      stream.abort(error instanceof Error ? error : new Error(String(error)))
    }
  }

  async function answer(message: KeyRequest | KeyDeposit, about: Exchange): Promise<KeyAnswer> {
    const key = peerIdFromString(about.from).publicKey
    if (!(await isKeyMessageBy(message, key, about))) return refused('SIGNATURE_WRONG')
    // The ledger says for whom a peer speaks; a base that is not on it yet may be there once more has been read.
    const bases = listMemberPeers(init.db).flatMap(({ peerId, baseId }) => (peerId === about.from ? [baseId] : []))
    if (!bases.includes(message.baseId)) return bases.length === 0 ? unknown('BASE_NOT_THAT_PEER') : refused('BASE_NOT_THAT_PEER')
    return message.type === 'request' ? release(init, message, about) : keep(init, message, about)
  }

  return {
    start: () =>
      libp2p.handle(CONTENT_KEYS_PROTOCOL, listen, {
        maxInboundStreams: MESSAGES_AT_ONCE,
        maxOutboundStreams: MESSAGES_AT_ONCE,
        runOnLimitedConnection: true,
      }),
    stop: () => libp2p.unhandle(CONTENT_KEYS_PROTOCOL),
    async request(peerId, { workId, version, baseId }, signal) {
      const keys = createKemKeys()
      const ask = { type: 'request', baseId, workId, version, publicKey: toText(keys.publicKey) } as const
      return converse({ libp2p, peerId, signal }, async ({ challenge }) => ({
        line: JSON.stringify(await signKeyMessage(ask, privateKey, { to: peerId, challenge })),
        read: (told) => {
          if (told.outcome !== 'released') return told.outcome === 'kept' ? unknown('NO_ANSWER') : told
          const context = wrapContextOf(ask, { use: 'request', from: self, to: peerId, challenge })
          return { outcome: 'released' as const, key: unwrap(keys, readWrapped(told), context) }
        },
      }))
    },
    async deposit(peerId, { workId, version, baseId, key }, signal) {
      return converse({ libp2p, peerId, signal }, async ({ challenge, publicKey }) => {
        const context = wrapContextOf({ workId, version }, { use: 'deposit', from: self, to: peerId, challenge })
        const wrapped = encodeWrapped(wrapTo(Buffer.from(publicKey, 'base64url'), key, context))
        const message = { type: 'deposit', baseId, workId, version, ...wrapped } as const
        return {
          line: JSON.stringify(await signKeyMessage(message, privateKey, { to: peerId, challenge })),
          read: (told) => (told.outcome === 'released' ? unknown('NO_ANSWER') : told),
        }
      })
    },
  }
}

type Exchange = { from: string; to: string; challenge: string; keys: ReturnType<typeof createKemKeys> }

/** By the base's own copy of the ledger; what was taken within this second may bear the time of a block that is a little ahead. */
async function release({ db, store, now }: ContentKeysInit, request: KeyRequest, { from, to, challenge }: Exchange): Promise<KeyAnswer> {
  const right = findReadingRight(db, { ...request, time: now() })
  if (!right.mayRead) return { outcome: right.outcome, reason: right.reason }
  const key = await store.find(request)
  if (key === undefined) return unknown('KEY_NOT_HELD')
  const context = wrapContextOf(request, { use: 'request', from, to, challenge })
  return { outcome: 'released', ...encodeWrapped(wrapTo(Buffer.from(request.publicKey, 'base64url'), key, context)) }
}

/** Only the base that vouches for a work has its key kept; the first key of a version stays. */
async function keep({ db, store }: ContentKeysInit, deposit: KeyDeposit, { from, to, challenge, keys }: Exchange): Promise<KeyAnswer> {
  const found = findWorkVersion(db, deposit.workId, deposit.version)
  if (found === undefined) return unknown('VERSION_UNKNOWN')
  if (found.homeBase !== deposit.baseId) return refused('BASE_NOT_HOME')
  const key = unwrap(keys, readWrapped(deposit), wrapContextOf(deposit, { use: 'deposit', from, to, challenge }))
  const isKept = await store.keep({ workId: deposit.workId, version: deposit.version, fromBase: deposit.baseId, key })
  return isKept ? { outcome: 'kept' } : refused('KEY_DIFFERS')
}

type Talk<Outcome> = { line: string; read: (told: KeyAnswer) => Outcome }
type Failed = { outcome: 'unknown'; reason: string }

async function converse<Outcome>(
  { libp2p, peerId, signal }: { libp2p: Libp2p; peerId: string; signal: AbortSignal | undefined },
  talk: (greeting: ReturnType<typeof parseGreeting>) => Promise<Talk<Outcome>>,
): Promise<Outcome | Failed> {
  signal?.throwIfAborted()
  const limit = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])])
  try {
    const [connection] = libp2p.getConnections(peerIdFromString(peerId))
    if (connection === undefined) return unknown('NO_ANSWER')
    const stream = await connection.newStream(CONTENT_KEYS_PROTOCOL, { signal: limit, runOnLimitedConnection: true })
    return await within(stream, limit, async (lines) => {
      const { line, read } = await talk(parseGreeting(await readLine(lines, MAX_KEY_MESSAGE_BYTES)))
      await writeLine(stream, line, limit)
      const told = parseKeyAnswer(await readLine(lines, MAX_KEY_MESSAGE_BYTES))
      await stream.close({ signal: limit })
      return read(told)
    })
  } catch (error) {
    signal?.throwIfAborted()
    // Neither reached nor understood: another base is asked, or this one later.
    if (error instanceof NodeError || error instanceof Error) return unknown('NO_ANSWER')
    throw error
  }
}

async function within<Value>(
  stream: Stream,
  signal: AbortSignal,
  work: (lines: AsyncIterator<Uint8Array>) => Promise<Value>,
): Promise<Value> {
  const abort = () => stream.abort(new Error('it took too long'))
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await work(bytesOf(stream))
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

async function* bytesOf(stream: Stream): AsyncGenerator<Uint8Array> {
  for await (const part of stream) yield part.subarray()
}

const refused = (reason: KeyRefusal): { outcome: 'refused'; reason: string } => ({ outcome: 'refused', reason })
const unknown = (reason: KeyRefusal): Failed => ({ outcome: 'unknown', reason })

/** So many messages a minute for each base, counted anew every minute. */
function createLimit(now: () => number): (peerId: string) => boolean {
  let minute = 0
  const asked = new Map<string, number>()
  return (peerId) => {
    const present = Math.floor(now() / 60)
    if (present !== minute) asked.clear()
    minute = present
    const count = (asked.get(peerId) ?? 0) + 1
    asked.set(peerId, count)
    return count <= MESSAGES_A_MINUTE
  }
}

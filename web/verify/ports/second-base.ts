import { ed25519VerifyingKey, type Lookup, type VerifierPorts } from '@guildhall/credentials'
import { LedgerOutage, type LedgerReader, type LedgerSource } from './ledger.ts'

/** Another base of the same network, as the page's own base names it. */
export interface OtherBase {
  baseId: number
  /** Its libp2p peer id, which holds the Ed25519 key that it signs its answers with. */
  peerId: string
}

/** How far a second base's clock may be from the page's, in seconds: an older answer could be one that was kept and is shown again. */
const clockSkewSeconds = 600
/** How long one answer may take. */
const patienceMs = 3_000

/**
 * Asks another base through the page's own, which only carries: question and answer are signed by the other one, whose peer the ledger must
 * list. After a first failure it is not asked again, so that a silent base delays nothing.
 */
export function askThrough(
  own: Pick<LedgerSource, 'origin' | 'name' | 'fetch'> & { reader: Pick<LedgerReader, 'call'> },
  other: OtherBase,
): NonNullable<LedgerSource['ask']> {
  let isSilent = false
  let listed: Promise<boolean> | undefined

  return async ({ method, params }, signal) => {
    if (isSilent) throw new LedgerOutage('the second base gave no answer before')
    try {
      listed ??= isListed(own.reader, other)
      const limit = AbortSignal.any([AbortSignal.timeout(patienceMs), ...(signal ? [signal] : [])])
      const body = JSON.stringify({ method, params })
      const init = { method: 'POST', body, headers: { 'content-type': 'application/json' }, credentials: 'omit', signal: limit } as const
      const response = await own.fetch(`${own.origin}/rpc/${other.baseId}`, init)
      const said = response.ok ? saidIn(await response.json()) : undefined
      if (!said || !(await listed)) throw new LedgerOutage('the second base could not be asked')
      return await openAnswer(said, { peerId: other.peerId, question: JSON.stringify([method, params]) })
    } catch (error) {
      signal?.throwIfAborted()
      isSilent = true
      throw error instanceof LedgerOutage ? error : new LedgerOutage('the second base did not answer', { cause: error })
    }
  }
}

/** What a base said, in the form in which its own base hands it on. */
interface Said {
  answer: string
  at: number
  signature: string
}

/**
 * What a base said to a question, once its signature holds.
 * @throws LedgerOutage when it does not, when it is not of now, or when it is no answer of JSON-RPC
 */
export async function openAnswer(
  { answer, at, signature }: Said,
  { peerId, question, now = Date.now() / 1000 }: { peerId: string; question: string; now?: number },
): Promise<unknown> {
  const key = keyOfPeer(peerId)
  const text = `/guildhall/ask/1.0.0\n${JSON.stringify([peerId, question, answer, at])}`
  const holds = key !== undefined && (await ed25519VerifyingKey(key).verify(new TextEncoder().encode(text), bytesOf(signature)))
  if (!holds) throw new LedgerOutage('the answer is not signed by the base that was asked')
  if (Math.abs(now - at) > clockSkewSeconds) throw new LedgerOutage('the answer is not of now')
  return readJson(answer)
}

/** The raw Ed25519 key in a peer id: base58btc of an identity multihash of the key in protobuf (libp2p peer ids specification). */
export function keyOfPeer(peerId: string): Uint8Array | undefined {
  const bytes = fromBase58(peerId)
  const prefix = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20]
  return bytes?.length === 38 && prefix.every((byte, at) => bytes[at] === byte) ? bytes.slice(6) : undefined
}

/** How often a second base was asked about a certificate, and how often it answered. */
export interface Tally {
  asked: number
  answered: number
}

/** The ports of a second base, counted. `take` gives the count since it was last taken. */
export function counted({ directory, status, evidence }: VerifierPorts): { ports: VerifierPorts; take(): Tally } {
  let tally: Tally = { asked: 0, answered: 0 }
  const count = (found: unknown): void => {
    // A list of networks is no look-up, and a network that this base does not read is none of its business.
    if (!isLookup(found) || (found.outcome === 'unreachable' && found.cause === 'not-covered')) return
    tally.asked += 1
    if (found.outcome !== 'unreachable') tally.answered += 1
  }
  return {
    ports: { directory: observed(directory, count), status: observed(status, count), evidence: observed(evidence, count) },
    take() {
      const taken = tally
      tally = { asked: 0, answered: 0 }
      return taken
    },
  }
}

/** The same port; `see` gets everything that it answers. */
function observed<Port extends object>(port: Port, see: (answer: unknown) => void): Port {
  const watch =
    (ask: (...query: unknown[]) => Promise<unknown>) =>
    async (...query: unknown[]) => {
      const answer = await ask(...query)
      see(answer)
      return answer
    }
  return Object.fromEntries(Object.entries(port).map(([name, ask]) => [name, watch(ask)])) as Port
}

function isLookup(value: unknown): value is Lookup<unknown> {
  return typeof value === 'object' && value !== null && 'outcome' in value
}

async function isListed(reader: Pick<LedgerReader, 'call'>, { baseId, peerId }: OtherBase): Promise<boolean> {
  const peers = await reader.call('BaseRegistry', 'peersOf', [baseId])
  return Array.isArray(peers) && peers.some((address) => String(address).endsWith(`/p2p/${peerId}`))
}

function saidIn(body: unknown): Said | undefined {
  const said = (body as { said?: unknown } | null)?.said
  if (typeof said !== 'object' || said === null) return undefined
  const { answer, at, signature } = said as Record<string, unknown>
  return typeof answer === 'string' && typeof at === 'number' && typeof signature === 'string' ? { answer, at, signature } : undefined
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new LedgerOutage('the answer is not JSON', { cause })
  }
}

function bytesOf(base64url: string): Uint8Array {
  if (!/^[\w-]{86}$/.test(base64url)) return new Uint8Array()
  return Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
}

function fromBase58(text: string): Uint8Array | undefined {
  if (!/^[1-9A-HJ-NP-Za-km-z]{1,64}$/.test(text)) return undefined
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
  let value = 0n
  for (const letter of text) value = value * 58n + BigInt(alphabet.indexOf(letter))
  const digits = value === 0n ? '' : value.toString(16)
  const zeros = '00'.repeat(/^1*/.exec(text)?.[0].length ?? 0)
  const hex = zeros + (digits.length % 2 === 0 ? digits : `0${digits}`)
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

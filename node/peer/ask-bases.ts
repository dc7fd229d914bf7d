import type { Connection, Libp2p, PrivateKey, Stream } from '@libp2p/interface'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { NodeError } from '../errors.ts'

/** Spoken by a base that asks another one: a line of question, and back a line of signed answer. */
const ASK_PROTOCOL = '/guildhall/ask/1.0.0'
/** No question is longer than this many bytes, and no answer. */
const MAX_QUESTION_BYTES = 16_384
export const MAX_SIGNED_ANSWER_BYTES = 1_048_576
/** How many questions one base is answered in a minute, and how many at the same time. */
const QUESTIONS_A_MINUTE = 1_200
const QUESTIONS_AT_ONCE = 32
const ANSWER_TIMEOUT_MS = 8_000

/** What another base said, word for word, with its own signature: whoever passes it on cannot change it. `at` is UnixSeconds on its clock. */
export interface SignedAnswer {
  peerId: string
  answer: string
  at: number
  /** Ed25519 by the peer's key over `signedAnswerText`, base64url. */
  signature: string
}

/** Asks other bases, and answers them, over the connections that the node has anyway. */
export interface Questions {
  start(): Promise<void>
  stop(): Promise<void>
  /**
   * Puts a question to a connected base; nobody is dialled for it.
   * @throws NodeError NODE_QUESTION_UNANSWERED when the base is not connected, says nothing in time, too much, or something that is not signed by it
   */
  ask(peerId: string, question: string, options?: { signal?: AbortSignal }): Promise<SignedAnswer>
}

/** What the questions of a peer need. */
export interface QuestionsInit {
  libp2p: Libp2p
  privateKey: PrivateKey
  /** Answers a question of another base, which is whatever that base chose to send; without it, nobody is answered. */
  answer?: ((question: string) => Promise<string>) | undefined
  /** UnixSeconds. */
  now: () => number
}

/** The text that an answer's signature covers: question and answer as they were sent. */
export function signedAnswerText(question: string, { peerId, answer, at }: Omit<SignedAnswer, 'signature'>): string {
  return `${ASK_PROTOCOL}\n${JSON.stringify([peerId, question, answer, at])}`
}

/** Reads a line of answer to a question. @throws NodeError NODE_QUESTION_UNANSWERED unless it has exactly these members and that peer signed it */
export async function parseSignedAnswer(line: string, { peerId, question }: { peerId: string; question: string }): Promise<SignedAnswer> {
  const signed = readMembers(line)
  if (signed === undefined || signed.peerId !== peerId) throw unanswered(peerId, 'it did not answer in the form that was agreed')
  const key = peerIdFromString(peerId).publicKey
  const bytes = Buffer.from(signed.signature, 'base64url')
  if (key?.type !== 'Ed25519' || !(await key.verify(Buffer.from(signedAnswerText(question, signed)), bytes)))
    throw unanswered(peerId, 'its answer is not signed by it')
  return signed
}

/** Makes the two sides of the protocol; nobody is answered before `start()`. */
export function createQuestions({ libp2p, privateKey, answer, now }: QuestionsInit): Questions {
  const peerId = peerIdFromPrivateKey(privateKey).toString()
  const mayAsk = createLimit(now)

  async function listen(stream: Stream, connection: Connection): Promise<void> {
    const timeout = setTimeout(() => stream.abort(new Error('the question took too long')), 2 * ANSWER_TIMEOUT_MS)
    try {
      const question = await readLine(stream, MAX_QUESTION_BYTES)
      if (answer === undefined || !mayAsk(connection.remotePeer.toString())) throw new Error('no more questions for now')
      const said = { peerId, answer: await answer(question), at: now() }
      const signature = Buffer.from(await privateKey.sign(Buffer.from(signedAnswerText(question, said)))).toString('base64url')
      await writeLine(stream, JSON.stringify({ ...said, signature } satisfies SignedAnswer), AbortSignal.timeout(ANSWER_TIMEOUT_MS))
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)))
    } finally {
      clearTimeout(timeout)
    }
  }

  return {
    start: () => libp2p.handle(ASK_PROTOCOL, listen, { maxInboundStreams: QUESTIONS_AT_ONCE, maxOutboundStreams: QUESTIONS_AT_ONCE }),
    stop: () => libp2p.unhandle(ASK_PROTOCOL),
    async ask(asked, question, { signal } = {}) {
      const peer = peerIdFromString(asked)
      const [connection] = libp2p.getConnections(peer)
      if (connection === undefined) throw unanswered(asked, 'it is not connected')
      const limit = AbortSignal.any([AbortSignal.timeout(ANSWER_TIMEOUT_MS), ...(signal ? [signal] : [])])
      const line = await exchange(connection, question, limit).catch((cause: unknown) => {
        throw unanswered(asked, 'it did not answer', cause)
      })
      return parseSignedAnswer(line, { peerId: asked, question })
    },
  }
}

async function exchange(connection: Connection, question: string, signal: AbortSignal): Promise<string> {
  const stream = await connection.newStream(ASK_PROTOCOL, { signal })
  const abort = () => stream.abort(new Error('the answer took too long'))
  signal.addEventListener('abort', abort, { once: true })
  try {
    const [line] = await Promise.all([readLine(stream, MAX_SIGNED_ANSWER_BYTES), writeLine(stream, question, signal)])
    return line
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

async function writeLine(stream: Stream, line: string, signal: AbortSignal): Promise<void> {
  if (!stream.send(Buffer.from(`${line}\n`))) await stream.onDrain({ signal })
  await stream.close({ signal })
}

/** The first line of a stream; what comes after it is nobody's. */
async function readLine(stream: Stream, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of stream) {
    const bytes = part.subarray()
    const end = bytes.indexOf(0x0a)
    parts.push(end < 0 ? bytes : bytes.subarray(0, end))
    length += end < 0 ? bytes.byteLength : end
    if (length > maxBytes) throw new Error('the line is longer than allowed')
    if (end >= 0) return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))
  }
  throw new Error('the other base ended the line before it was whole')
}

function readMembers(line: string): SignedAnswer | undefined {
  try {
    const { peerId, answer, at, signature, ...rest } = JSON.parse(line) as Record<string, unknown>
    if (typeof peerId !== 'string' || typeof answer !== 'string' || typeof signature !== 'string') return undefined
    if (!Number.isSafeInteger(at) || !/^[\w-]{86}$/.test(signature) || Object.keys(rest).length > 0) return undefined
    return { peerId, answer, at: at as number, signature }
  } catch {
    return undefined
  }
}

/** So many questions a minute for each base, counted anew every minute. */
function createLimit(now: () => number): (peerId: string) => boolean {
  let minute = 0
  const asked = new Map<string, number>()
  return (peerId) => {
    const present = Math.floor(now() / 60)
    if (present !== minute) asked.clear()
    minute = present
    const count = (asked.get(peerId) ?? 0) + 1
    asked.set(peerId, count)
    return count <= QUESTIONS_A_MINUTE
  }
}

function unanswered(peerId: string, why: string, cause?: unknown): NodeError {
  return new NodeError('NODE_QUESTION_UNANSWERED', `The base at ${peerId.slice(0, 80)} gave no answer: ${why}.`, { cause })
}

import type { Base, SignedWord } from '../../base.ts'
import { GuildhallError, notFound } from '../../errors.ts'
import type { LedgerCall } from './read-ledger.ts'

/** No question to another base is longer, in bytes; that base would not read it. */
const maxBytes = 16_000

/** What another base said. `said` is null when it could not be asked or gave no answer that it signed. */
export type OtherAnswer = { baseId: number; peerId: string; said: Omit<SignedWord, 'peerId'> | null }

/**
 * Puts a read-only question of a page to another base of the same network, over the connection that both have: only to a base whose peer the
 * ledger lists, never to an address that somebody names. The answer is passed on as it came.
 * @throws NOT_FOUND when the ledger lists no peer for that base, REQUEST_TOO_LARGE
 */
export async function askOtherBase(
  { node }: Pick<Base, 'node'>,
  { baseId, call, signal }: { baseId: number; call: LedgerCall; signal: AbortSignal },
): Promise<OtherAnswer> {
  const peerIds = node.otherBases.peersOf(baseId)
  const [first] = peerIds
  if (first === undefined) throw notFound('base')
  const question = writeQuestion(call)
  if (Buffer.byteLength(question) > maxBytes) throw new GuildhallError('REQUEST_TOO_LARGE', { maxBytes })
  for (const peerId of peerIds) {
    const said = await node.otherBases.ask(peerId, question, { signal })
    if (said !== null) return { baseId, peerId, said: { answer: said.answer, at: said.at, signature: said.signature } }
  }
  return { baseId, peerId: first, said: null }
}

/** The question as it travels and as the answer's signature covers it; a page that knows the call can write it itself. */
export function writeQuestion({ method, params = [] }: LedgerCall): string {
  return JSON.stringify([method, params])
}

/** A question as another base sent it. @throws SyntaxError for anything else */
export function parseQuestion(question: string): LedgerCall {
  const value: unknown = JSON.parse(question)
  if (!Array.isArray(value) || value.length !== 2) throw new SyntaxError('a question is a list of a method and its parameters')
  const [method, params] = value as [unknown, unknown]
  if (typeof method !== 'string' || !Array.isArray(params) || params.length > 4)
    throw new SyntaxError('a method or its parameters are missing')
  return { method, params }
}

import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { assert, asyncProperty, constantFrom, json, oneof, record, string } from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { NodeError } from '../errors.ts'
import { MAX_SIGNED_ANSWER_BYTES, parseSignedAnswer, signedAnswerText } from './ask-bases.ts'
import { createPeer, type Peer } from './create-peer.ts'

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

let now = 1_790_000_000
async function start(answer?: (question: string) => Promise<string>): Promise<Peer> {
  const privateKey = await generateKeyPair('Ed25519')
  const open = { isMember: () => true, speaksFor: () => true, now: () => now }
  const peer = await createPeer({ privateKey, listen: ['/ip4/127.0.0.1/tcp/0'], answer, ...open })
  await peer.start()
  stops.push(() => peer.stop())
  return peer
}

async function pair(answer?: (question: string) => Promise<string>): Promise<{ asking: Peer; asked: Peer }> {
  const [asking, asked] = await Promise.all([start(), start(answer)])
  asking.setKnownPeers([{ peerId: asked.id, addresses: asked.addresses() }])
  await expect.poll(() => asking.libp2p.getPeers().length, { timeout: 15_000, interval: 25 }).toBe(1)
  return { asking, asked }
}

const refusal = (asked: Promise<unknown>) => asked.then(String, (error: NodeError) => [error.code, error.message])

describe('a question to another base', () => {
  test('is answered in its words, with its signature over question and answer', async () => {
    const { asking, asked } = await pair(async (question) => question.toUpperCase())
    const answers = await Promise.all(['first', 'zweite 第二'].map((question) => asking.ask(asked.id, question)))
    expect(answers).toMatchObject([
      { peerId: asked.id, answer: 'FIRST', at: now },
      { peerId: asked.id, answer: 'ZWEITE 第二', at: now },
    ])
    const [first] = answers
    const line = JSON.stringify(first)
    expect(await parseSignedAnswer(line, { peerId: asked.id, question: 'first' })).toEqual(first)
    expect(await refusal(parseSignedAnswer(line.replace('FIRST', 'LAST'), { peerId: asked.id, question: 'first' }))).toEqual([
      'NODE_QUESTION_UNANSWERED',
      expect.stringContaining('not signed by it'),
    ])
    expect(await refusal(parseSignedAnswer(line, { peerId: asked.id, question: 'another' }))).toEqual([
      'NODE_QUESTION_UNANSWERED',
      expect.stringContaining('not signed by it'),
    ])
  })

  test('is not answered by a base that is not connected, and nobody is dialled for it', async () => {
    const asking = await start()
    const other = peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toString()
    expect(await refusal(asking.ask(other, 'anyone?'))).toEqual(['NODE_QUESTION_UNANSWERED', expect.stringContaining('not connected')])
  })

  test('is refused by a base that answers nobody, that fails, or that says too much', async () => {
    const silent = await pair()
    expect(await refusal(silent.asking.ask(silent.asked.id, 'hello'))).toEqual(['NODE_QUESTION_UNANSWERED', expect.any(String)])
    const tiresome = await pair(async (question) => {
      if (question === 'fail') throw new Error('no')
      return 'x'.repeat(MAX_SIGNED_ANSWER_BYTES)
    })
    expect(await refusal(tiresome.asking.ask(tiresome.asked.id, 'fail'))).toEqual(['NODE_QUESTION_UNANSWERED', expect.any(String)])
    expect(await refusal(tiresome.asking.ask(tiresome.asked.id, 'much'))).toEqual(['NODE_QUESTION_UNANSWERED', expect.any(String)])
  })

  test('is refused when it is too long, or the thousandth too many in a minute, and answered again in the next', async () => {
    const { asking, asked } = await pair(async () => 'yes')
    expect(await refusal(asking.ask(asked.id, 'x'.repeat(20_000)))).toEqual(['NODE_QUESTION_UNANSWERED', expect.any(String)])
    now += 60
    let answered = 0
    for (let round = 0; round < 61; round += 1) {
      const asks = await Promise.allSettled(Array.from({ length: 20 }, () => asking.ask(asked.id, 'again')))
      answered += asks.filter(({ status }) => status === 'fulfilled').length
    }
    expect(answered).toBe(1_200)
    now += 60
    expect((await asking.ask(asked.id, 'again')).answer).toBe('yes')
  })

  test('waits no longer than its signal allows', async () => {
    const { asking, asked } = await pair(() => new Promise(() => {}))
    const began = performance.now()
    const waiting = asking.ask(asked.id, 'well?', { signal: AbortSignal.timeout(200) })
    expect(await refusal(waiting)).toEqual(['NODE_QUESTION_UNANSWERED', expect.any(String)])
    expect(performance.now() - began).toBeLessThan(5_000)
  })
})

test('a line that pretends to be an answer is refused by one code, whatever it holds', async () => {
  console.log(`fast-check seed ${seed}`)
  const privateKey = await generateKeyPair('Ed25519')
  const peerId = peerIdFromPrivateKey(privateKey).toString()
  const said = { peerId, answer: '{"result":"0x1"}', at: 1_790_000_000 }
  const signature = Buffer.from(await privateKey.sign(Buffer.from(signedAnswerText('q', said)))).toString('base64url')
  const good = { ...said, signature }
  expect(await parseSignedAnswer(JSON.stringify(good), { peerId, question: 'q' })).toEqual(good)
  const near = record({
    peerId: constantFrom<unknown>(peerId, 'nobody', 1, null),
    answer: constantFrom<unknown>(said.answer, '{"result":"0x2"}', {}, null),
    at: constantFrom<unknown>(said.at, 1.5, '1', null),
    signature: constantFrom<unknown>(signature, signature.slice(1), 'x'.repeat(86), null),
  })
  const hostile = oneof(
    string({ maxLength: 300 }),
    json(),
    near.filter((value) => JSON.stringify(value) !== JSON.stringify(good)).map((value) => JSON.stringify(value)),
    json().map((more) => JSON.stringify({ ...good, more })),
  )
  await assert(
    asyncProperty(hostile, async (line) => {
      const error: unknown = await parseSignedAnswer(line, { peerId, question: 'q' }).catch((cause: unknown) => cause)
      expect(error).toBeInstanceOf(NodeError)
      expect((error as NodeError).code).toBe('NODE_QUESTION_UNANSWERED')
    }),
    { numRuns: 1_000, seed },
  )
})

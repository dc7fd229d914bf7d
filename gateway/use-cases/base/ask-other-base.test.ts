import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAnswerer } from '../../adapters/other-bases.ts'
import type { Base } from '../../base.ts'
import { askOtherBase, parseQuestion, writeQuestion } from './ask-other-base.ts'

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const signal = AbortSignal.timeout(60_000)
const call = { method: 'eth_call', params: [{ to: '0x1', data: '0x' }, 'latest'] }

/** Base 2 has two peers, of which only the second is connected; base 3 has one that is not. */
function network(): Pick<Base, 'node'> & { asked: string[] } {
  const asked: string[] = []
  const peers: Record<number, string[]> = { 2: ['away', 'here'], 3: ['away'] }
  const otherBases: Base['node']['otherBases'] = {
    list: async () => [],
    peersOf: (baseId) => peers[baseId] ?? [],
    ask: async (peerId, question) => {
      asked.push(`${peerId} ${question}`)
      return peerId === 'here' ? { peerId, answer: '{"result":"0x1"}', at: 5, signature: 's' } : null
    },
  }
  return { asked, node: { otherBases } as Base['node'] }
}

describe('a question through this base to another one', () => {
  test('goes to the peers that the ledger lists, and the answer comes back as it was said', async () => {
    const base = network()
    expect(await askOtherBase(base, { baseId: 2, call, signal })).toEqual({
      baseId: 2,
      peerId: 'here',
      said: { answer: '{"result":"0x1"}', at: 5, signature: 's' },
    })
    expect(base.asked).toEqual([`away ${writeQuestion(call)}`, `here ${writeQuestion(call)}`])
  })

  test('is without answer where nobody could be asked, and that is no error', async () => {
    expect(await askOtherBase(network(), { baseId: 3, call, signal })).toEqual({ baseId: 3, peerId: 'away', said: null })
  })

  test('is refused for a base that the ledger does not list, and when it is too long to be read there', async () => {
    const base = network()
    await expect(askOtherBase(base, { baseId: 9, call, signal })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const long = { method: 'eth_call', params: ['x'.repeat(20_000)] }
    await expect(askOtherBase(base, { baseId: 2, call: long, signal })).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' })
    expect(base.asked).toEqual([])
  })
})

describe('a question of another base', () => {
  const ledger = { request: async (method: string, params: readonly unknown[]) => ({ method, params }) }
  const answer = createAnswerer(ledger)

  test('is answered when it is one of the six read-only methods', async () => {
    expect(JSON.parse(await answer(writeQuestion(call)))).toEqual({ result: call })
    expect(JSON.parse(await answer(writeQuestion({ method: 'eth_sendRawTransaction', params: ['0x'] })))).toEqual({
      error: { code: -32601, message: expect.any(String) },
    })
  })

  test('reaches the ledger as nothing but such a method, whatever was sent', async () => {
    console.log(`fast-check seed ${seed}`)
    const methods = ['eth_chainId', 'eth_blockNumber', 'eth_getBlockByNumber', 'eth_call', 'eth_getLogs', 'eth_getTransactionReceipt']
    const near = fc.tuple(
      fc.oneof(fc.constantFrom(...methods, 'admin_peers'), fc.anything()),
      fc.oneof(fc.array(fc.jsonValue()), fc.jsonValue()),
    )
    const hostile = fc.oneof(
      fc.string(),
      fc.json(),
      near.map((value) => JSON.stringify(value) ?? ''),
    )
    await fc.assert(
      fc.asyncProperty(hostile, async (question) => {
        const reached: string[] = []
        const watched = { request: async (method: string) => reached.push(method) }
        const said = await createAnswerer(watched)(question).catch((error: unknown) => error)
        if (said instanceof Error) expect(said).toBeInstanceOf(SyntaxError)
        expect(methods).toEqual(expect.arrayContaining(reached))
        if (reached.length > 0) expect(parseQuestion(question).params?.length).toBeLessThanOrEqual(4)
      }),
      { numRuns: 1_000, seed },
    )
  })
})

import { describe, expect, test } from 'vitest'
import { ApiError, createClient } from './client.ts'
import { paths } from './paths.ts'
import { routes } from './routes.ts'

const answering = (status: number, body: string | Uint8Array<ArrayBuffer>, contentType = 'application/json') => {
  const calls: { url: string; init: RequestInit }[] = []
  const fetch = async (url: unknown, init: RequestInit = {}) => {
    calls.push({ url: String(url), init })
    return new Response(body, { status, headers: { 'content-type': contentType } })
  }
  return { calls, fetch: fetch as typeof globalThis.fetch }
}

describe('the client', () => {
  test('has one method for every route', () => {
    const client = createClient('', answering(200, '{}').fetch)
    expect(Object.keys(client).sort()).toEqual(Object.keys(paths).sort())
  })

  test('fills path and query, escaping both', async () => {
    const { calls, fetch } = answering(200, '{"items":[],"total":0,"next":null}')
    const page = await createClient('http://base', fetch).listLearners({ query: { search: '李 &', limit: 10 } })
    expect(page.total).toBe(0)
    await createClient('http://base', fetch).getContent({ params: { cid: 'b/../x' } })
    expect(calls.map((call) => call.url)).toEqual(['http://base/api/learners?search=%E6%9D%8E+%26&limit=10', 'http://base/ipfs/b%2F..%2Fx'])
  })

  test('sends JSON as JSON and bytes as bytes', async () => {
    const { calls, fetch } = answering(200, '{}')
    await createClient('', fetch).redeemLink({ body: { token: 'abc' } })
    await createClient('', fetch).importRoster({ query: {}, body: new Uint8Array([1]) })
    expect(calls.map((call) => [call.init.method, call.init.body])).toEqual([
      ['POST', '{"token":"abc"}'],
      ['POST', new Uint8Array([1])],
    ])
  })

  test('answers files as bytes', async () => {
    const { fetch } = answering(200, new Uint8Array([1, 2]), 'text/csv')
    expect(await createClient('', fetch).exportLearners({ query: {} })).toEqual(new Uint8Array([1, 2]))
  })

  test('throws the problem details of the base', async () => {
    const { fetch } = answering(423, '{"code":"CARD_LOCKED","detail":"locked","status":423}', 'application/problem+json')
    await expect(createClient('', fetch).signOut()).rejects.toMatchObject({ problem: { code: 'CARD_LOCKED', status: 423 } })
  })

  test('says that a base is unreachable', async () => {
    const fetch = (async () => Promise.reject(new TypeError('failed'))) as unknown as typeof globalThis.fetch
    const refusal = await createClient('', fetch)
      .getBase()
      .catch((cause: unknown) => cause)
    expect(refusal).toBeInstanceOf(ApiError)
    expect((refusal as ApiError).problem.code).toBe('BASE_UNREACHABLE')
  })
})

describe('the definitions', () => {
  test('stand under their own names', () => {
    for (const id of Object.keys(paths) as (keyof typeof paths)[]) expect(routes[id].id).toBe(id)
  })

  test('have no two routes of one method and path', () => {
    const shapes = Object.values(paths).map((path) => path.replace(/:\w+/g, ':'))
    expect(new Set(shapes).size).toBe(shapes.length)
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { roles } from '../api/define-route.ts'
import type { RouteId } from '../api/paths.ts'
import { routes } from '../api/routes.ts'
import { bindings } from './index.ts'
import { removeTestBase, startTestBase, type TestBase } from './test-base.ts'

const uuid = '00000000-0000-4000-8000-00000000abcd'
const params = {
  programmeId: 1,
  workId: 1,
  version: 1,
  panel: 'content',
  keyId: `0x${'0'.repeat(64)}`,
  leaf: `0x${'0'.repeat(64)}`,
  item: 'job',
  cid: 'bafkreigkl2lvwtrivvccfl4ghtgpze63wcoj4arosb664efmtsxbcxe7ha',
  listId: '1',
  passkeyId: 'abc',
}
const anyId = new Proxy(params, { get: (known, name: string) => (known as Record<string, unknown>)[name] ?? uuid }) as unknown as Record<
  string,
  string
>
const ids = bindings.map(({ id }) => id)
const guarded = ids.filter((id) => routes[id].roles !== 'anyone')

let base: TestBase
beforeAll(async () => {
  base = await startTestBase()
})
afterAll(async () => {
  await base.stop()
  removeTestBase(base.dataDir)
})

const codeOf = async (id: RouteId, as?: { roles: (typeof roles)[number][] }): Promise<string> => {
  const response = await base.call(id, { params: anyId, ...(as && { as }) })
  return String(response.headers['x-problem-code'] ?? response.statusCode)
}

describe('roles', () => {
  test.each(guarded)('%s is closed to somebody who is not signed in', async (id) => {
    expect(await codeOf(id)).toBe('SIGN_IN_NEEDED')
  })

  test.each(guarded)('%s is closed to every role that its definition does not name', async (id) => {
    const named = routes[id].roles as readonly string[]
    for (const role of roles.filter((one) => !named.includes(one)))
      expect([role, await codeOf(id, { roles: [role] })]).toEqual([role, 'ROLE_MISSING'])
    expect(await codeOf(id, { roles: [] })).toBe('ROLE_MISSING')
  })

  test.each(
    guarded.filter((id) => id !== 'installSampleSchool' && id !== 'foundNetwork' && id !== 'addIssuerKey' && id !== 'streamReadings'),
  )('%s is open to each role that its definition names', async (id) => {
    for (const role of routes[id].roles as readonly (typeof roles)[number][]) {
      expect(['ROLE_MISSING', 'SIGN_IN_NEEDED', 'INTERNAL']).not.toContain(await codeOf(id, { roles: [role] }))
    }
  })
})

describe('a page of another origin', () => {
  test('cannot change anything, whatever its cookie', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }] as Record<
      string,
      string
    >[]) {
      const response = await base.call('inviteStaff', {
        as: { roles: ['operator'] },
        headers,
        body: { displayName: 'X', roles: ['operator'] },
      })
      expect(response.json().code).toBe('ORIGIN_REFUSED')
    }
  })

  test('may read what verifiers read', async () => {
    const response = await base.call('callLedger', {
      headers: { origin: 'https://other.example' },
      body: { jsonrpc: '2.0', id: 1, method: 'eth_chainId' },
    })
    expect([response.statusCode, response.headers['access-control-allow-origin']]).toEqual([200, '*'])
    const preflight = await base.server.inject({
      method: 'OPTIONS',
      url: '/rpc',
      headers: { origin: 'https://other.example', 'access-control-request-method': 'POST' },
    })
    expect([preflight.statusCode, preflight.headers['access-control-allow-headers']]).toEqual([204, 'content-type'])
  })
})

describe('every answer', () => {
  test('carries the policy that keeps foreign code out', async () => {
    const response = await base.call('getBase')
    expect(response.headers['content-security-policy']).toBe(
      "default-src 'self';script-src 'self' 'wasm-unsafe-eval';img-src 'self' blob: data:;connect-src 'self';object-src 'none';base-uri 'self';form-action 'self';frame-ancestors 'none'",
    )
    expect(response.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
  })
})

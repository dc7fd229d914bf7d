import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Actor, anyone } from '../../base.ts'
import { createGateway } from '../../create-gateway.ts'
import { bindings } from '../../routes/index.ts'
import { removeTestBase, startTestBase, type TestBase } from '../../routes/test-base.ts'
import { rateLimits } from './rate-limits.ts'

let base: TestBase
beforeAll(async () => {
  base = await startTestBase()
})
afterAll(async () => {
  await base.stop()
  removeTestBase(base.dataDir)
})

const serverOf = (actorOf: () => Actor = () => anyone) =>
  createGateway({
    base: base.running.base,
    bindings,
    webDir: '/nowhere',
    version: '1',
    actorOf,
    ownOrigins: [],
    rateLimitFactor: 1,
    strictAnswers: true,
  })

test('whoever guesses is stopped, is told for how long, and does not stop others', async () => {
  const server = await serverOf()
  const guess = (remoteAddress: string) =>
    server.inject({ method: 'POST', url: '/api/sign-in/link', remoteAddress, payload: { token: 'abc' } })
  for (let call = 0; call < rateLimits['sign-in']; call += 1) expect((await guess('10.0.0.1')).statusCode).toBe(401)
  const stopped = await guess('10.0.0.1')
  expect([stopped.statusCode, stopped.json().code, stopped.json().params.seconds > 0]).toEqual([429, 'TOO_MANY_REQUESTS', true])
  expect((await guess('10.0.0.2')).statusCode).toBe(401)
  await server.close()
})

test('figures for Prometheus are for this machine itself', async () => {
  const server = await serverOf()
  expect((await server.inject({ url: '/metrics', remoteAddress: '127.0.0.1' })).statusCode).toBe(200)
  expect((await server.inject({ url: '/metrics', remoteAddress: '10.0.0.1' })).statusCode).toBe(403)
  await server.close()
})

test('a body that is too large, in a media type that is not taken, or for no route is told so', async () => {
  const server = await serverOf()
  const send = async (payload: string, type: string, url = '/api/sign-in/link') =>
    (await server.inject({ method: 'POST', url, payload, headers: { 'content-type': type } })).json().code
  expect(await send(`{"token":"${'a'.repeat(1_000_001)}"}`, 'application/json')).toBe('REQUEST_TOO_LARGE')
  expect(await send('<a/>', 'text/xml')).toBe('MEDIA_TYPE_REFUSED')
  expect(await send('{', 'application/json')).toBe('REQUEST_UNREADABLE')
  expect(await send('{}', 'application/json', '/api/nothing')).toBe('ROUTE_NOT_FOUND')
  expect((await server.inject({ method: 'PUT', url: '/api/base' })).json().code).toBe('METHOD_REFUSED')
  await server.close()
})

test('a body or a query that a route has no place for is refused, except what a probe adds to what anyone may read', async () => {
  const operator = { id: '00000000-0000-4000-8000-000000000001', roles: ['operator'], via: 'passkey' } as const
  const server = await serverOf(() => operator)
  const send = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: string) =>
    (await server.inject({ method, url, ...(payload && { payload, headers: { 'content-type': 'application/json' } }) })).json()
  expect(await send('POST', '/api/entitlement/keys', '{"force":true}')).toMatchObject({
    code: 'REQUEST_INVALID',
    params: { where: 'body' },
  })
  expect(await send('DELETE', '/api/sign-in?all=1')).toBeNull()
  expect(await send('GET', '/api/staff?all=1')).toMatchObject({ code: 'REQUEST_INVALID', params: { where: 'query' } })
  expect(await send('GET', '/health/live?t=1')).toMatchObject({ live: true })
  await server.close()
})

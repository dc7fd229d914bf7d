import { mkdtempSync } from 'node:fs'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anyone } from '../../base.ts'
import { readConfig } from '../../config.ts'
import { createGateway } from '../../create-gateway.ts'
import { bindings } from '../../routes/index.ts'
import { removeTestBase, startTestBase, type TestBase } from '../../routes/test-base.ts'
import { openLocalAuthority } from '../start/local-authority.ts'
import { ownHostsOf } from './own-hosts.ts'

let base: TestBase
let server: Awaited<ReturnType<typeof createGateway>>
const addresses = { local: 'http://localhost:8080', localPort: 8080, network: 'https://tablet-room.school.example:8443' }

beforeAll(async () => {
  base = await startTestBase()
  const tls = await openLocalAuthority({ dataDir: base.dataDir, baseName: 'Base', now: 1_790_000_000, hosts: ['printers.school.example'] })
  const read = readConfig({ NETWORK_HOSTS: 'Lab.School.Example, 10.1.2.3' })
  if ('problems' in read) throw new Error('not a configuration')
  server = await createGateway({
    base: base.running.base,
    bindings,
    webDir: join(mkdtempSync(join(tmpdir(), 'guildhall-hosts-')), 'none'),
    version: '1',
    actorOf: () => anyone,
    ownOrigins: [],
    ownHosts: ownHostsOf(read.config, { ...addresses, publicOrigin: 'https://base.example' }, tls.certificate),
    rateLimitFactor: 1_000,
    strictAnswers: true,
  })
  await server.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await server.close()
  await base.stop()
  removeTestBase(base.dataDir)
})

/** Over a socket: what a browser would send, whatever name it believes it speaks to. */
const ask = (host: string, path = '/api/base', headers: Record<string, string> = {}) =>
  new Promise<{ status: number; code: string | undefined }>((resolve, reject) => {
    const { port } = server.server.address() as AddressInfo
    const asked = request({ host: '127.0.0.1', port, path, headers: { ...headers, host }, agent: false }, (answer) => {
      let text = ''
      answer.on('data', (data) => {
        text += String(data)
      })
      answer.on('end', () => {
        const isProblem = answer.headers['content-type']?.includes('problem') === true
        resolve({ status: answer.statusCode ?? 0, code: isProblem ? JSON.parse(text).code : undefined })
      })
    })
    asked.on('error', reject)
    asked.end()
  })

test.each([
  'localhost:8080',
  'LOCALHOST.:8080',
  'my-base.localhost:8080',
  '127.0.0.1:8080',
  '[::1]:8080',
  '192.168.1.20:8443',
  'base.example',
  'tablet-room.school.example:8443',
  'lab.school.example',
  'printers.school.example',
])('a base answers as %s', async (host) => {
  expect(await ask(host)).toEqual({ status: 200, code: undefined })
})

test.each([
  'evil.example',
  'evil.example:8080',
  'localhost.evil.example',
  'base.example.evil.example',
  'evil-localhost',
  '1.2.3.4.evil.example',
])('a base does not answer as "%s", to which a strange page may have pointed its own name', async (host) => {
  expect(await ask(host)).toEqual({ status: 421, code: 'HOST_REFUSED' })
})

test('neither pages, streams, descriptions nor an upgrade to another protocol are behind another door', async () => {
  const stream = '/api/sessions/00000000-0000-4000-8000-000000000000/readings'
  for (const path of ['/', '/openapi.json', '/metrics', '/rpc', stream, '/nothing', '/.well-known/did.jsonl']) {
    expect([path, await ask('evil.example', path)]).toEqual([path, { status: 421, code: 'HOST_REFUSED' }])
  }
  const upgrade = {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  }
  expect(await ask('evil.example', '/', upgrade)).toEqual({ status: 421, code: 'HOST_REFUSED' })
})

test('the answer names the host and what to do, and nothing that was smuggled into it', async () => {
  const answer = await server.inject({ url: '/api/base', headers: { host: 'evil"<b>.example' } })
  expect(answer.json()).toMatchObject({
    status: 421,
    params: { host: 'evil??b?.example' },
    nextStep: expect.stringContaining('NETWORK_HOSTS'),
  })
})

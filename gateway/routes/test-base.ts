import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import type { Role } from '../api/define-route.ts'
import { paths, type RouteId } from '../api/paths.ts'
import type { Actor } from '../base.ts'
import { readConfig } from '../config.ts'
import { createGateway } from '../create-gateway.ts'
import { type RunningBase, startBase } from '../main.ts'
import { findActor } from '../use-cases/people/entry/sign-in.ts'
import { bindings } from './index.ts'

/** One call of a route: values by name, and whose call it is (`as`: somebody with these roles and this id; `cookie`: a real sign-in). */
export type TestCall = {
  params?: Record<string, string | number> | undefined
  query?: Record<string, string | number | boolean> | undefined
  body?: unknown
  as?: Partial<Actor> & { roles: readonly Role[] }
  cookie?: string
  headers?: Record<string, string>
}

/** A real base in a temporary folder with its server, for `inject`. Answers are strict: one that does not fit its schema is a failure. */
export type TestBase = {
  dataDir: string
  running: RunningBase
  server: FastifyInstance
  call(id: RouteId, given?: TestCall): Promise<LightMyRequestResponse>
  /** Ids of the routes that were called. */
  called: Set<RouteId>
  stop(): Promise<void>
}

const forged = new Map<string, Actor>()

/** Starts a base with its own ledger, node and broker on free ports. The same `dataDir` again is a restart. */
export const startTestBase = async (dataDir = mkdtempSync(join(tmpdir(), 'guildhall-gateway-'))): Promise<TestBase> => {
  const read = readConfig({ DATA_DIR: dataDir, PORT: '0', WEB_DIR: join(dataDir, 'no-pages') })
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  const running = await startBase(read.config)
  const server = await createGateway({
    base: running.base,
    bindings,
    webDir: join(dataDir, 'no-pages'),
    version: 'test',
    actorOf: (token) => (token === null ? undefined : forged.get(token)) ?? findActor(running.base, token),
    ownOrigins: [],
    rateLimitFactor: 1_000_000,
    strictAnswers: true,
  })
  await server.ready()
  const called = new Set<RouteId>()
  return {
    dataDir,
    running,
    server,
    called,
    call: (id, given = {}) => {
      called.add(id)
      return server.inject(requestOf(id, given))
    },
    stop: async () => {
      await server.close()
      await running.stop()
    },
  }
}

/** Removes what a test base left. */
export const removeTestBase = (dataDir: string): void => rmSync(dataDir, { recursive: true, force: true })

const requestOf = (id: RouteId, { params = {}, query = {}, body, as, cookie, headers = {} }: TestCall) => {
  const [method, path] = paths[id].split(' ') as ['GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', string]
  const token = as ? forge(as) : undefined
  const isBytes = body instanceof Uint8Array
  return {
    method,
    url: path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name] ?? ''))),
    query: Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)])),
    headers: {
      ...(body === undefined ? {} : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }),
      ...(token ? { cookie: `guildhall_session=${token}` } : cookie ? { cookie } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: isBytes ? Buffer.from(body) : JSON.stringify(body) }),
  }
}

const forge = ({
  id = '00000000-0000-4000-8000-000000000001',
  roles,
  via = 'passkey',
}: Partial<Actor> & { roles: readonly Role[] }): string => {
  const token = `forged-${id}-${roles.join('-')}`
  forged.set(token, { id, roles, via })
  return token
}

import fc from 'fast-check'
import type { TSchema } from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { roles } from '../api/define-route.ts'
import type { RouteId } from '../api/paths.ts'
import { type AnyRoute, routes } from '../api/routes.ts'
import { bindings } from './index.ts'
import { removeTestBase, startTestBase, type TestBase, type TestCall } from './test-base.ts'

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
/** What waits for the ledger or another program for long, or ends the sign-in that the test uses, is called with bad input only. */
const slow: readonly RouteId[] = [
  'installSampleSchool',
  'removeSampleSchool',
  'foundNetwork',
  'addIssuerKey',
  'createInvite',
  'streamReadings',
  'testOctoPrint',
  'getSelfTest',
  'getMetrics',
]
const ids = bindings.map(({ id }) => id).filter((id) => !slow.includes(id))
const routeOf = (id: RouteId) => routes[id] as AnyRoute
const isUpload = (id: RouteId) => (routeOf(id).body as { contentMediaType?: string } | undefined)?.contentMediaType !== undefined

let base: TestBase
beforeAll(async () => {
  base = await startTestBase()
  process.stdout.write(`hostile input, seed ${seed}\n`)
})
afterAll(async () => {
  await base.stop()
  removeTestBase(base.dataDir)
})

/** Words that break naive code. */
const nasty = fc.constantFrom(
  '',
  ' ',
  '\u0000',
  '../../etc/passwd',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  '%00',
  '%',
  '�',
  '\ud800',
  '‮',
  '𝕏'.repeat(300),
  '__proto__',
  'constructor',
  '-1',
  '1e309',
  'NaN',
  '999999999999999999999',
  '=cmd()',
  'null',
  '[]',
  'ﷺ',
)
const word = fc.oneof(nasty, fc.string({ maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 30 }))
const value: fc.Arbitrary<unknown> = fc.oneof(
  word,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 3 }),
  fc.array(word, { maxLength: 5 }),
)

/** A body near the schema: right names with wrong values, wrong names, or something else entirely. */
const near = (schema: TSchema | undefined): fc.Arbitrary<unknown> => {
  const names = Object.keys((schema as { properties?: object } | undefined)?.properties ?? {})
  const fields = fc.dictionary(
    names.length === 0 ? word : fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: word }),
    value,
    { maxKeys: 8 },
  )
  return fc.oneof({ weight: 4, arbitrary: fields }, { weight: 1, arbitrary: value })
}

const judge = async (id: RouteId, call: TestCall): Promise<void> => {
  const as = { roles: [...roles] }
  const response = await base.call(id, { as, ...call })
  if (response.statusCode >= 500 && !(id === 'callLedger' && response.statusCode === 503)) {
    throw new Error(`${id} answered ${response.statusCode}: ${response.payload.slice(0, 300)} to ${JSON.stringify(call).slice(0, 500)}`)
  }
  if (response.statusCode >= 400) {
    const problem = response.json()
    expect(problem).toMatchObject({
      status: response.statusCode,
      code: expect.any(String),
      title: expect.any(String),
      detail: expect.any(String),
      nextStep: expect.any(String),
    })
    expect(problem.nextStep).not.toBe('')
  }
}

const runs = (routesOfDoor: readonly RouteId[]) => Math.max(4, Math.ceil(1_000 / routesOfDoor.length))

const attack = (door: string, doorIds: readonly RouteId[], arbitrary: (id: RouteId) => fc.Arbitrary<TestCall>) =>
  describe(door, () => {
    test.each([...doorIds])('%s refuses what it cannot take, and never breaks', async (id) => {
      await fc.assert(
        fc.asyncProperty(arbitrary(id), (call) => judge(id, call)),
        { seed, numRuns: runs(doorIds), endOnFailure: true },
      )
    })
  })

const pathValues = (id: RouteId) => {
  const names = Object.keys((routeOf(id).params as { properties?: object } | undefined)?.properties ?? {})
  return fc.record(Object.fromEntries(names.map((name) => [name, word.map((text) => text.toWellFormed())])))
}

attack(
  'bodies of JSON',
  ids.filter((id) => routeOf(id).body !== undefined && !isUpload(id)),
  (id) =>
    fc.record({
      body: near(routeOf(id).body),
      params: fc.constant(
        Object.fromEntries(
          Object.keys((routeOf(id).params as { properties?: object } | undefined)?.properties ?? {}).map((name) => [
            name,
            name === 'programmeId' ? 1 : name === 'keyId' ? `0x${'0'.repeat(64)}` : '00000000-0000-4000-8000-00000000abcd',
          ]),
        ),
      ),
    }),
)

attack(
  'values in the path',
  ids.filter((id) => routeOf(id).params !== undefined),
  (id) => fc.record({ params: pathValues(id) as fc.Arbitrary<Record<string, string>> }),
)

attack(
  'values in the query',
  ids.filter((id) => routeOf(id).query !== undefined),
  (id) => {
    const names = Object.keys((routeOf(id).query as { properties?: object }).properties ?? {})
    return fc.record({
      query: fc.dictionary(
        fc.oneof(
          fc.constantFrom(...names),
          word.map((text) => text.toWellFormed()),
        ),
        word.map((text) => text.toWellFormed()),
        { maxKeys: 5 },
      ),
      params: pathValues(id) as fc.Arbitrary<Record<string, string>>,
    })
  },
)

attack('uploads', ids.filter(isUpload), (id) =>
  fc.record({
    body: fc.oneof(
      fc.uint8Array({ maxLength: 2_000 }),
      fc.uint8Array({ maxLength: 400 }).map((tail) => new Uint8Array([0x50, 0x4b, 3, 4, ...tail])),
      fc.string({ unit: 'binary', maxLength: 500 }).map((text) => new TextEncoder().encode(text)),
    ),
    params: fc.constant({ sessionId: '00000000-0000-4000-8000-00000000abcd' }),
    query: fc.constant(id === 'putSessionJob' ? { name: 'a.gcode' } : ({} as Record<string, string>)),
  }),
)

describe('raw requests', () => {
  test('with bodies that are not JSON, foreign media types, cookies and headers of any kind are refused', async () => {
    const bodies = ids.filter((id) => routeOf(id).body !== undefined)
    const raw = fc.record({
      id: fc.constantFrom(...bodies),
      payload: fc.oneof(
        fc.string({ maxLength: 200 }),
        fc.constantFrom('{', '{"__proto__":{}}', '[1,', '"', '{"a":1}{"b":2}', '\u0000', '['.repeat(5_000)),
      ),
      type: fc.constantFrom(
        'application/json',
        'application/json; charset=utf-16',
        'text/html',
        'multipart/form-data; boundary=x',
        'application/octet-stream',
        '',
      ),
      cookie: fc.oneof(
        fc.constant('guildhall_session=%ZZ'),
        fc.constant('guildhall_session=; ; =;'),
        fc.base64String({ maxLength: 60 }).map((text) => `guildhall_session=${text}; guildhall_station=${text}`),
      ),
    })
    const bad: string[] = []
    await fc.assert(
      fc.asyncProperty(raw, async ({ id, payload, type, cookie }) => {
        const { method, path } = routeOf(id)
        const response = await base.server.inject({
          method,
          url: path.replace(/:\w+/g, '1'),
          payload,
          headers: { ...(type && { 'content-type': type }), cookie },
        })
        if (response.statusCode < 400 || response.statusCode >= 500) bad.push(`${id} ${response.statusCode} ${type}`)
      }),
      { seed, numRuns: 1_000 },
    )
    expect(bad).toEqual([])
  })

  test('to addresses that do not exist are told so', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
        async (parts, method) => {
          const url = `/api/${parts.map((part) => encodeURIComponent(part.toWellFormed())).join('/')}`
          const response = await base.server.inject({ method: method as 'GET', url })
          expect([400, 401, 404, 405, 414]).toContain(response.statusCode)
        },
      ),
      { seed, numRuns: 1_000 },
    )
  })
})

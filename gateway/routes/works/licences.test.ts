import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type ContractMethod, encodeCall, interfaces, type MethodArguments } from '@guildhall/contracts'
import { type HDNodeWallet, Wallet, ZeroHash } from 'ethers'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Role } from '../../api/define-route.ts'
import { createGateway } from '../../create-gateway.ts'
import type { RunningBase } from '../../main.ts'
import { getIdentity } from '../../use-cases/base/issuing.ts'
import { createInvite } from '../../use-cases/base/membership/create-invite.ts'
import { keepContentKey } from '../../use-cases/works/reading/content-keys.ts'
import { countHolders } from '../../use-cases/works/reading/deposit-keys.ts'
import { bindings } from '../index.ts'
import { operator, startMember, startTestNetwork, type TestNetwork } from '../test-network.ts'

const soon = { timeout: 60_000, interval: 100 }
const secret = randomBytes(32)
const plain = randomBytes(3_000_000)
const teacher = { id: '00000000-0000-4000-8000-0000000000cc', roles: ['teacher'] as const }
const file = '/api/works/1/versions/1/files/0'
let network: TestNetwork
let third: RunningBase
const servers = new Map<RunningBase, FastifyInstance>()

beforeAll(async () => {
  network = await startTestNetwork({ decisionDelay: 0 })
  const { first, second } = network
  const { invite } = await createInvite(first.base, operator, { hours: 1, signal: AbortSignal.timeout(60_000) })
  third = await startMember(join(network.folder, 'third'), { LEDGER_RPC_URL: network.rpcUrl, INVITE: invite, BASE_NAME_EN: 'Third base' })
  for (const base of [first, second, third]) servers.set(base, await serve(base))
  await publishWork(first)
  for (const base of [second, third]) await vi.waitUntil(() => base.base.node.connections() === 2, soon)
}, 180_000)
afterAll(async () => {
  for (const server of servers.values()) await server.close()
  await third.stop()
  await network.stop()
})

async function serve({ base }: RunningBase): Promise<FastifyInstance> {
  const settings = { base, bindings, webDir: join(base.config.dataDir, 'no-pages'), version: 'test', ownOrigins: [] }
  const actorOf = (token: string | null) => {
    const [id = '', role = 'operator'] = (token ?? '').split('.')
    return { id, roles: [role as Role], via: 'passkey' as const }
  }
  const server = await createGateway({ ...settings, actorOf, rateLimitFactor: 1_000_000, strictAnswers: true })
  await server.ready()
  return server
}

type Asked = {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT'
  body?: object
  headers?: Record<string, string>
  as?: { id: string; roles: readonly Role[] }
}
const ask = (base: RunningBase, url: string, { method = 'GET', body, headers = {}, as = operator }: Asked = {}) => {
  const cookie = `guildhall_session=${as.id}.${as.roles[0]}`
  const server = servers.get(base)
  if (server === undefined) throw new Error('no server')
  return server.inject({ method, url, headers: { cookie, ...headers }, ...(body && { payload: body }) })
}

/** Does something that is a job, and waits for its end. */
async function job(base: RunningBase, url: string, asked: Asked): Promise<void> {
  const answer = await ask(base, url, asked)
  expect([answer.statusCode, answer.payload]).toEqual([202, expect.stringContaining('jobId')])
  const { jobId } = answer.json()
  const state = () => base.base.jobs.find(jobId)
  await expect.poll(() => state()?.state, soon).not.toBe('running')
  expect(state()).toMatchObject({ state: 'finished' })
}

/** Writes to the ledger as a base, and waits until all bases have read it. */
async function write<Method extends ContractMethod>(by: RunningBase, method: Method, args: MethodArguments<Method>): Promise<void> {
  const { to, data } = encodeCall(getIdentity(by.base).contracts, method, args)
  const row = by.base.transaction(() => by.base.outbox.enqueue({ kind: 'offer', to, calldata: data }))
  const { blockNumber } = await by.base.outbox.whenFinal(row, AbortSignal.timeout(60_000))
  for (const { base } of [network.first, network.second, third])
    await base.registry.whenSyncedTo(blockNumber ?? 0, AbortSignal.timeout(60_000))
}

/** Decides something by the timelock, which waits for nothing here. */
async function decide(contract: 'ReviewPanels' | 'SettlementToken', name: string, args: readonly unknown[]): Promise<void> {
  const target = getIdentity(network.first.base).contracts[contract]
  const payload = interfaces[contract].encodeFunctionData(name, args)
  const salt = `0x${randomBytes(32).toString('hex')}`
  await write(network.first, 'NetworkTimelock.schedule', [target, 0, payload, ZeroHash, salt, 0])
  await write(network.first, 'NetworkTimelock.execute', [target, 0, payload, ZeroHash, salt])
}

const digestOf = (bytes: Uint8Array | string): `0x${string}` => `0x${createHash('sha256').update(bytes).digest('hex')}`

/** A sealed film and a free leaflet become work 1 of a base: registered, reviewed by both panels, listed; its key goes to the others. */
async function publishWork(by: RunningBase): Promise<void> {
  const { base } = by
  const { baseId } = getIdentity(base)
  const holder = base.licences.accountOf(baseId) ?? ''
  async function* pieces() {
    yield plain
  }
  const sealed = await base.evidence.seal(pieces(), secret)
  const leaflet = await base.node.content.add(Buffer.from('<script>alert(1)</script>'))
  const files = [
    { path: 'film.mp4', mediaType: 'video/mp4', sizeBytes: plain.length, sha256: digestOf(plain), cid: sealed.cid, sealed: true },
    {
      path: 'a/leaf let.html',
      mediaType: 'text/html',
      sizeBytes: 25,
      sha256: digestOf('<script>alert(1)</script>'),
      cid: leaflet.cid,
      sealed: false,
    },
  ]
  const manifest = JSON.stringify({ type: 'GuildhallWorkManifest', version: 1, title: { 'zh-CN': '影片', en: 'Film' }, files })
  await base.node.content.add(Buffer.from(manifest))
  const registration = {
    ...{
      homeBase: baseId,
      holder,
      contentDigest: digestOf(manifest),
      codec: '0x55',
      termsHash: digestOf('terms'),
      askedShare: 0,
      deadline: 0,
    },
    ...{ parents: [], contributors: [{ account: holder, share: 1_000_000 }] },
  }
  await write(by, 'ResourceRegistry.register', [registration, '0x', []])
  base.transaction(() => keepContentKey(base, { workId: 1, version: 1, key: secret }))
  await approve(by, digestOf(manifest))
}

async function approve(by: RunningBase, content: string): Promise<void> {
  const { contracts, network: descriptor } = getIdentity(by.base)
  const until = by.base.clock.now() + 86_400
  for (const panel of [0, 1]) {
    const member = Wallet.createRandom()
    await decide('ReviewPanels', 'seatMember', [panel, member.address, 0, 0, until])
    await decide('ReviewPanels', 'setQuorum', [panel, 1, 1])
    const opinion = {
      workId: 1,
      version: 1,
      content,
      panel,
      marks: panel === 0 ? 15 : 1,
      until,
      member: member.address,
      reasons: digestOf('good'),
    }
    await write(by, 'ReviewPanels.submitOpinions', [[opinion], [await sign(member, opinion)]])
  }

  function sign(member: HDNodeWallet, opinion: object): Promise<string> {
    const domain = { name: 'Guildhall ReviewPanels', version: '1', chainId: descriptor.chainId, verifyingContract: contracts.ReviewPanels }
    const fields = 'workId:uint32 version:uint32 content:bytes32 panel:uint8 marks:uint8 until:uint40 member:address reasons:bytes32'
    const Opinion = fields.split(' ').map((field) => ({ name: field.split(':')[0] ?? '', type: field.split(':')[1] ?? '' }))
    return member.signTypedData(domain, { Opinion }, opinion)
  }
}

const terms = {
  ...{ reuse: true, adapt: false, commercial: false, territory: 'CN', periodDays: 30, seats: 40 },
  ...{ pricing: 'once', price: '1250', royaltyShare: 100_000 },
} as const

describe('a sealed work', () => {
  test('is not opened without a licence, and offered by its holder only, in words whose hash stands on the ledger', async () => {
    const refused = await ask(network.second, file)
    expect([refused.statusCode, refused.json().code, refused.json().params]).toEqual([
      403,
      'READING_REFUSED',
      { reason: 'LICENCE_MISSING' },
    ])
    expect((await ask(network.second, '/api/works/1/offer', { method: 'PUT', body: terms })).json().code).toBe('WORK_NOT_HELD')
    const odd = await ask(network.first, '/api/works/1/offer', { method: 'PUT', body: { ...terms, territory: 'Middle-earth' } })
    expect(odd.json()).toMatchObject({ code: 'TERMS_REFUSED', params: { field: 'territory' } })
    await job(network.first, '/api/works/1/offer', { method: 'PUT', body: terms })
    const { offers } = (await ask(network.second, '/api/works/1/offer')).json()
    expect(offers).toMatchObject([{ offerId: 1, terms, wordsAreOurs: true }])
    expect(offers[0].text.en).toContain('You pay 12.50 yuan once')
    expect(digestOf(offers[0].text['zh-CN'])).toBe(offers[0].textHash['zh-CN'])
  })

  test('is licensed for the exact price, paid by the base', async () => {
    const take = { method: 'POST', body: { offerId: 1 } } as const
    expect((await ask(network.second, '/api/works/1/licences', take)).json()).toMatchObject({
      code: 'MONEY_SHORT',
      params: { needed: '1250', available: '0' },
    })
    const account = (base: RunningBase) => base.base.licences.accountOf(getIdentity(base.base).baseId) ?? ''
    await decide('SettlementToken', 'setMinter', [account(network.first), true])
    await decide('SettlementToken', 'setMintLimit', [1_000_000, 60])
    await write(network.first, 'SettlementToken.mint', [account(network.second), 2_000, digestOf('deposit')])
    await job(network.second, '/api/works/1/licences', take)
    const { items } = (await ask(network.second, '/api/licences')).json()
    expect(items).toMatchObject([{ licenceId: 1, workId: 1, state: 'current', paid: '1250', seats: 40, terms }])
    expect(network.second.base.licences.balanceOf(account(network.second))).toBe(750n)
    expect((await ask(network.first, '/api/licences?side=given')).json().items).toMatchObject([{ licenceId: 1, baseId: 2 }])
  })

  test('is opened by the licensee, any part of it, its head too, and what lies outside is refused', async () => {
    const whole = await ask(network.second, file)
    expect([whole.statusCode, whole.headers['content-type'], digestOf(whole.rawPayload)]).toEqual([200, 'video/mp4', digestOf(plain)])
    const part = await ask(network.second, file, { headers: { range: 'bytes=1500000-1500099' } })
    expect([part.statusCode, part.headers['content-range']]).toEqual([206, 'bytes 1500000-1500099/3000000'])
    expect(part.rawPayload.equals(plain.subarray(1_500_000, 1_500_100))).toBe(true)
    const head = await ask(network.second, file, { method: 'HEAD' })
    expect([head.statusCode, head.headers['content-length'], head.headers['accept-ranges'], head.rawPayload.length]).toEqual([
      200,
      '3000000',
      'bytes',
      0,
    ])
    const other = { range: 'bytes=0-9', 'if-range': '"another"' }
    expect((await ask(network.second, file, { headers: other })).statusCode).toBe(200)
    const outside = await ask(network.second, file, { headers: { range: 'bytes=3000000-' } })
    expect([outside.statusCode, outside.headers['content-range'], outside.json().code]).toEqual([416, 'bytes */3000000', 'RANGE_REFUSED'])
    expect((await ask(third, file)).json().params).toEqual({ reason: 'LICENCE_MISSING' })
  })

  test('has other files that are no program in the name of the base', async () => {
    const page = await ask(third, '/api/works/1/versions/1/files/1')
    expect([page.statusCode, page.headers['content-type'], page.headers['content-disposition']]).toEqual([
      200,
      'application/octet-stream',
      'attachment; filename="leaf_let.html"',
    ])
    expect((await ask(third, '/api/works/1/versions/1/files/2')).statusCode).toBe(404)
  })

  test('has its key kept by two other bases, and opens at one of them while the first is off', async () => {
    await expect.poll(() => countHolders(network.first.base, { workId: 1, version: 1 }), soon).toEqual({ kept: 2, wanted: 2 })
    const { contentKeys } = network.second.base.records
    expect(contentKeys.remove({ workId: 1 })).toBe(1)
    await servers.get(network.first)?.close()
    await network.first.stop()
    const part = await ask(network.second, file, { headers: { range: 'bytes=-10' } })
    expect(part.rawPayload.equals(plain.subarray(-10))).toBe(true)
    expect(contentKeys.list({ workId: 1 })).toMatchObject([{ origin: 'licensed', dropAt: expect.any(Number) }])
    await restartFirst()
  })

  async function restartFirst(): Promise<void> {
    network.first = await startMember(join(network.folder, 'first'), { LEDGER_RPC_URL: network.rpcUrl, BASE_NAME_EN: 'First base' })
    servers.set(network.first, await serve(network.first))
  }
})

describe('its uses', () => {
  test('are one a class and day, sent in a batch, and counted by every base from the receipts', async () => {
    const { base } = network.second
    const classes = ['A', 'B', 'C'].map((name) => {
      const classId = base.random.uuid()
      base.records.classes.insert({
        ...{ classId, sourceId: null, name, grade: null, organisationSourceId: null, fingerprint: new Uint8Array(), sample: false },
      })
      return classId
    })
    for (const classId of [...classes, ...classes]) {
      const opened = await ask(network.second, `${file}?classId=${classId}`, { as: teacher, headers: { range: 'bytes=0-9' } })
      expect(opened.statusCode).toBe(206)
    }
    expect((await ask(network.second, `${file}?classId=${base.random.uuid()}`, { as: teacher })).json().code).toBe('NOT_FOUND')
    await job(network.second, '/api/usage/batches', { method: 'POST', body: { today: true } })
    // The three classes, and the operator's openings above, which are one use without a class.
    const usage = { uses: 4, teachers: 1, classes: 3, bases: 1 }
    for (const reader of [network.second, third, network.first]) {
      const counted = async () => (await ask(reader, '/api/works/1/usage')).json()
      await expect.poll(async () => (await counted()).batches, soon).toEqual({ named: 1, counted: 1, missing: 0, broken: 0 })
      expect(await counted()).toMatchObject({ ...usage, told: usage, byBase: [{ baseId: 2, uses: 4, classes: 3 }] })
    }
    const { items } = (await ask(third, '/api/usage/batches?workId=1')).json()
    expect(items).toMatchObject([{ baseId: 2, sequence: 1, size: 4, outcome: 'passed', lines: [{ workId: 1, licenceId: 1, uses: 4 }] }])
  })

  test('of a day that was counted are not sent again', async () => {
    await job(network.second, '/api/usage/batches', { method: 'POST', body: { today: true } })
    expect(network.second.base.licences.lastSequence(2)).toBe(1)
  })

  test('by the class are owed under the licence, and paid', async () => {
    await job(network.first, '/api/works/1/offer', { method: 'PUT', body: { ...terms, pricing: 'per-class', price: '300' } })
    expect((await ask(third, '/api/works/1/offer')).json().offers).toMatchObject([{ offerId: 2 }])
    await job(third, '/api/works/1/licences', { method: 'POST', body: { offerId: 2 } })
    const { base } = third
    const classId = base.random.uuid()
    base.records.classes.insert({
      ...{ classId, sourceId: null, name: 'D', grade: null, organisationSourceId: null, fingerprint: new Uint8Array(), sample: false },
    })
    expect((await ask(third, `${file}?classId=${classId}`, { as: teacher })).statusCode).toBe(200)
    await job(third, '/api/usage/batches', { method: 'POST', body: { today: true } })
    const held = async () => (await ask(third, '/api/licences')).json().items
    expect(await held()).toMatchObject([{ owed: '300', settled: '0' }])
    expect((await ask(third, '/api/usage/settlements', { method: 'POST', body: {} })).json().code).toBe('MONEY_SHORT')
    await write(network.first, 'SettlementToken.mint', [base.licences.accountOf(3) ?? '', 300, digestOf('another deposit')])
    await job(third, '/api/usage/settlements', { method: 'POST', body: {} })
    expect(await held()).toMatchObject([{ owed: '300', settled: '300' }])
  })

  test('end with the licence: once it is given up the work opens no more, but at its own base, and a key that came by it is dropped', async () => {
    await write(third, 'Licences.giveUpLicence', [2])
    expect((await ask(third, file)).json().params).toEqual({ reason: 'LICENCE_ENDED' })
    expect((await ask(network.first, file, { headers: { range: 'bytes=0-0' } })).statusCode).toBe(206)
    const licensed = () => network.second.base.records.contentKeys.list({ workId: 1, origin: 'licensed' })
    expect(licensed().length).toBe(1)
    await write(network.second, 'Licences.giveUpLicence', [1])
    await expect.poll(licensed, soon).toEqual([])
    expect((await ask(network.second, '/api/licences')).json().items).toMatchObject([{ licenceId: 1, state: 'ended', ending: 'given-up' }])
  })
})

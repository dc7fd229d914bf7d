import { createPublicKey, verify } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import canonicalize from 'canonicalize'
import { base58btc } from 'multiformats/bases/base58'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RosterRecords } from '../../schools/oneroster/index.ts'
import { writeRoster } from '../../schools/oneroster/index.ts'
import { createPasskeyDevice } from '../passkey-device.ts'
import { removeTestBase, startTestBase, type TestBase } from '../test-base.ts'

const operator = { roles: ['operator', 'teacher'] as const }
const person = (sourcedId: string, familyName: string, givenName: string, more: object = {}) => ({
  sourcedId,
  enabledUser: true,
  username: sourcedId,
  familyName,
  givenName,
  ...more,
})
const role = (userSourcedId: string, is: 'student' | 'guardian' | 'teacher') => ({
  sourcedId: `r-${userSourcedId}`,
  userSourcedId,
  roleType: 'primary' as const,
  role: is,
  orgSourcedId: 'org',
})
const enrolled = (userSourcedId: string) => ({
  sourcedId: `e-${userSourcedId}`,
  classSourcedId: 'class',
  schoolSourcedId: 'org',
  userSourcedId,
  role: 'student' as const,
})

/** A small school: learners named by index, a guardian for the first, a teacher. */
const school = (learners: number): RosterRecords => {
  const ids = Array.from({ length: learners }, (_, index) => index)
  return {
    orgs: [{ sourcedId: 'org', name: '第一中学', type: 'school' }],
    academicSessions: [
      { sourcedId: 'term', title: 'Term', type: 'term', startDate: '2026-09-01', endDate: '2027-01-31', schoolYear: '2027' },
    ],
    courses: [{ sourcedId: 'course', title: 'Making', orgSourcedId: 'org' }],
    classes: [
      {
        sourcedId: 'class',
        title: '七年级（1）班',
        courseSourcedId: 'course',
        classType: 'homeroom',
        schoolSourcedId: 'org',
        termSourcedIds: ['term'],
      },
    ],
    users: [
      person('g0', 'Zhang', 'Jianguo', { email: 'zhang.jianguo@example.org' }),
      person('t0', 'Lovelace', 'Augusta'),
      ...ids.map((index) =>
        person(`u${index}`, `Familyname${index}`, 'Wilhelmina', {
          identifier: `SCHOOLNUMBER${index}`,
          ...(index === 0 ? { agentSourcedIds: ['g0'] } : {}),
        }),
      ),
    ],
    userProfiles: [],
    roles: [role('g0', 'guardian'), role('t0', 'teacher'), ...ids.map((index) => role(`u${index}`, 'student'))],
    enrollments: ids.map((index) => enrolled(`u${index}`)),
  }
}

let base: TestBase
let learnerId = ''
let guardianId = ''
const cookieOf = (response: { headers: Record<string, unknown> }, name: string): string => {
  const lines = [response.headers['set-cookie']].flat().map(String)
  return (lines.find((line) => line.startsWith(`guildhall_${name}=`)) ?? '').split(';')[0] ?? ''
}

beforeAll(async () => {
  base = await startTestBase()
})
afterAll(async () => {
  await base.stop()
  removeTestBase(base.dataDir)
})

describe('a roster', () => {
  test('is tried without changing anything, then imported, then changes nothing more', async () => {
    const zip = writeRoster(school(30))
    const tried = (await base.call('checkRoster', { as: operator, body: zip })).json()
    expect([tried.dryRun, tried.learners.added, base.running.base.records.learners.count()]).toEqual([true, 30, 0])
    const first = (await base.call('importRoster', { as: operator, body: zip })).json()
    expect(first).toMatchObject({
      dryRun: false,
      errorCount: 0,
      learners: { added: 30 },
      guardians: { added: 1 },
      teachers: { added: 1 },
      classes: { added: 1 },
      enrolments: { added: 30 },
    })
    const second = (await base.call('importRoster', { as: operator, body: zip })).json()
    for (const noun of ['organisations', 'classes', 'learners', 'guardians', 'teachers', 'enrolments'])
      expect([noun, second[noun]]).toMatchObject([noun, { added: 0, changed: 0, removed: 0 }])
    const imports = (await base.call('listRosterImports', { as: operator })).json()
    expect(imports.items.map((one: { outcome: string }) => one.outcome).sort()).toEqual(['imported', 'unchanged'])
  })

  test('with a bad row names row, column and reason, imports nothing of that file and loses nothing', async () => {
    const records = school(30)
    const broken = { ...records, users: records.users.map((user) => (user.sourcedId === 'u7' ? { ...user, familyName: '' } : user)) }
    const result = (await base.call('importRoster', { as: operator, body: writeRoster(broken) })).json()
    expect(result.errors).toContainEqual(
      expect.objectContaining({ file: 'users.csv', row: 11, column: 'familyName', code: 'ROSTER_VALUE_MISSING' }),
    )
    expect(result.learners).toEqual({ added: 0, changed: 0, removed: 0, unchanged: 0 })
    expect(base.running.base.records.learners.count({ leftAt: null })).toBe(30)
  })

  test('that would lose more than half is refused until it is confirmed', async () => {
    const refused = await base.call('importRoster', { as: operator, body: writeRoster(school(10)) })
    expect([refused.statusCode, refused.json().code]).toEqual([409, 'ROSTER_SHRINKS'])
    const confirmed = (
      await base.call('importRoster', { as: operator, query: { confirmShrink: true }, body: writeRoster(school(10)) })
    ).json()
    expect(confirmed.learners).toMatchObject({ removed: 20, unchanged: 10 })
    const back = (await base.call('importRoster', { as: operator, body: writeRoster(school(30)) })).json()
    expect(back.learners).toMatchObject({ changed: 20, unchanged: 10 })
  })

  test('says by its demographics who is of age, and keeps that when a later roster has none', async () => {
    const { people, learners } = base.running.base.records
    const isMinor = () => people.isMinor(learners.find({ sourceMac: people.sourceMac('learner', 'u3') })?.learnerId ?? '')
    expect(isMinor()).toBe(true)
    const births = { ...school(30), demographics: [{ sourcedId: 'u3', birthDate: '1990-05-01' }] }
    const told = (await base.call('importRoster', { as: operator, body: writeRoster(births) })).json()
    expect([told.learners.changed, told.learners.unchanged, isMinor()]).toEqual([1, 29, false])
    const silent = (await base.call('importRoster', { as: operator, body: writeRoster(school(30)) })).json()
    expect([silent.learners.changed, isMinor()]).toEqual([0, false])
  })

  test('that is no zip is refused with the reason', async () => {
    const response = await base.call('importRoster', { as: operator, body: new TextEncoder().encode('name,age') })
    expect([response.statusCode, response.json().code]).toEqual([422, 'ROSTER_UNREADABLE'])
  })
})

describe('learners', () => {
  test('are searched by name, paged, and exported as CSV', async () => {
    const page = (await base.call('listLearners', { as: operator, query: { search: 'familyname1', limit: 5 } })).json()
    expect([page.total, page.items.length]).toEqual([11, 5])
    const rest = (await base.call('listLearners', { as: operator, query: { search: 'familyname1', limit: 50, after: page.next } })).json()
    expect(rest.items.length).toBe(6)
    const csv = (await base.call('exportLearners', { as: operator })).payload
    expect(csv.split('\r\n').length).toBe(32)
    expect((await base.call('listClasses', { as: operator })).json().items).toMatchObject([{ name: '七年级（1）班', learners: 30 }])
    learnerId = (await base.call('listLearners', { as: operator, query: { search: 'SCHOOLNUMBER0' } })).json().items[0].learnerId
    const learner = (await base.call('getLearner', { as: operator, params: { learnerId } })).json()
    expect(learner).toMatchObject({
      name: 'Wilhelmina Familyname0',
      isMinor: true,
      consent: 'missing',
      card: 'none',
      guardians: [{ name: 'Jianguo Zhang', relation: 'guardian' }],
    })
    guardianId = learner.guardians[0].guardianId
  })
})

describe('a card with pictures', () => {
  const right = ['cat', 'moon', 'tree', 'fish']
  const wrong = ['cat', 'moon', 'tree', 'bell']
  let station = ''
  let card = ''
  let cardId = ''

  test('is printed with a QR code in capitals', async () => {
    const printed = (await base.call('printCards', { as: operator, body: { learnerIds: [learnerId] } })).json().cards[0]
    expect(printed.text).toMatch(/^[A-Z0-9:/.%$*+-]+\/CARD\/GH1[A-Z2-7]{26}$/)
    expect(printed.qrSvg).toMatch(/^<svg/)
    card = printed.text.split('/').at(-1)
    cardId = printed.cardId
  })

  test('opens nothing without a station, nor without consent', async () => {
    expect((await base.call('scanCard', { body: { card } })).json().code).toBe('STATION_CLOSED')
    const opened = await base.call('openStation', { as: operator, body: { label: 'Window', minutes: 45 } })
    expect(opened.statusCode).toBe(201)
    station = cookieOf(opened, 'station')
    expect((await base.call('getStation', { cookie: station })).json().open).toBe(true)
    expect((await base.call('scanCard', { cookie: station, body: { card } })).json().code).toBe('CONSENT_MISSING')
    const scopes = ['base-held-wallet', 'share-by-learning-code']
    const recorded = await base.call('recordConsent', {
      as: operator,
      params: { learnerId },
      body: { guardianId, scopes, textVersion: '1', how: 'signed-paper' },
    })
    expect(recorded.json().items.length).toBe(2)
    const scanned = (await base.call('scanCard', { cookie: station, body: { card } })).json()
    expect([scanned.pin, scanned.pictures.length, scanned.attemptsLeft]).toEqual(['unset', 16, 5])
  })

  test('lets the learner choose pictures once, not four of the same, and come in with them', async () => {
    expect((await base.call('setPin', { cookie: station, body: { card, pictures: ['cat', 'cat', 'cat', 'cat'] } })).json().code).toBe(
      'PIN_TOO_SIMPLE',
    )
    const chosen = await base.call('setPin', { cookie: station, body: { card, pictures: right } })
    expect(chosen.json()).toMatchObject({ signedIn: true, learnerId, via: 'card', roles: ['learner'] })
    expect((await base.call('setPin', { cookie: station, body: { card, pictures: wrong } })).json().code).toBe('PIN_SET_ALREADY')
    const came = await base.call('signInWithPin', { cookie: station, body: { card, pictures: right } })
    const session = cookieOf(came, 'session')
    expect(came.headers['set-cookie']?.toString()).toMatch(/HttpOnly; SameSite=Strict/)
    expect((await base.call('getSignIn', { cookie: `${station}; ${session}` })).json()).toMatchObject({
      signedIn: true,
      displayName: 'Wilhelmina Familyname0',
    })
    expect((await base.call('signOut', { cookie: `${station}; ${session}` })).statusCode).toBe(200)
    expect((await base.call('getSignIn', { cookie: session })).json().signedIn).toBe(false)
  })

  test('locks at the fifth wrong try, across a restart, until a teacher frees it', async () => {
    const attempt = async (pictures: string[]) => (await base.call('signInWithPin', { cookie: station, body: { card, pictures } })).json()
    for (const left of [4, 3, 2]) expect(await attempt(wrong)).toMatchObject({ code: 'PIN_WRONG', params: { attemptsLeft: left } })
    const { dataDir, called } = base
    await base.stop()
    base = await startTestBase(dataDir)
    for (const id of called) base.called.add(id)
    expect(await attempt(wrong)).toMatchObject({ code: 'PIN_WRONG', params: { attemptsLeft: 1 } })
    expect(await attempt(wrong)).toMatchObject({ code: 'CARD_LOCKED' })
    expect(await attempt(right)).toMatchObject({ code: 'CARD_LOCKED' })
    const locked = (await base.call('listLockedCards', { as: operator })).json().items
    expect(locked).toMatchObject([{ cardId, learnerId }])
    expect((await base.call('freeCard', { as: operator, params: { cardId } })).statusCode).toBe(200)
    expect(await attempt(right)).toMatchObject({ signedIn: true })
  })

  test('cannot be guessed by many tries at once', async () => {
    const tries = await Promise.all(
      Array.from({ length: 12 }, () => base.call('signInWithPin', { cookie: station, body: { card, pictures: wrong } })),
    )
    expect(tries.filter((response) => response.json().code === 'PIN_WRONG').length).toBe(4)
    expect((await base.call('signInWithPin', { cookie: station, body: { card, pictures: right } })).json().code).toBe('CARD_LOCKED')
    await base.call('resetPin', { as: operator, params: { cardId } })
    expect((await base.call('setPin', { cookie: station, body: { card, pictures: right } })).json().signedIn).toBe(true)
  })

  test('that was lost is refused, and the new one keeps the pictures', async () => {
    const reissued = (await base.call('reissueCard', { as: operator, params: { learnerId }, body: { reason: 'lost' } })).json()
    expect((await base.call('scanCard', { cookie: station, body: { card } })).json().code).toBe('CARD_REFUSED')
    card = reissued.text.split('/').at(-1)
    expect((await base.call('signInWithPin', { cookie: station, body: { card, pictures: right } })).json().signedIn).toBe(true)
  })

  test('stops working when the station closes and when the consent is withdrawn', async () => {
    const came = cookieOf(await base.call('signInWithPin', { cookie: station, body: { card, pictures: right } }), 'session')
    const consents = (await base.call('listConsents', { as: operator, params: { learnerId } })).json().items
    const { consentId } = consents.find((one: { scope: string }) => one.scope === 'base-held-wallet')
    expect(
      (await base.call('withdrawConsent', { as: operator, params: { learnerId, consentId }, body: {} })).json().withdrawnAt,
    ).toBeGreaterThan(0)
    expect((await base.call('getSignIn', { cookie: came })).json().signedIn).toBe(false)
    expect((await base.call('scanCard', { cookie: station, body: { card } })).json().code).toBe('CONSENT_MISSING')
    const [open] = (await base.call('listStations', { as: operator })).json().items
    expect((await base.call('closeStation', { as: operator, params: { stationId: open.stationId } })).statusCode).toBe(200)
    expect((await base.call('getStation', { cookie: station })).json().open).toBe(false)
  })
})

describe('a guardian', () => {
  test('comes in by a one-use link and sees only their own learners', async () => {
    const { link } = (await base.call('inviteGuardian', { as: operator, params: { learnerId, guardianId } })).json()
    const came = await base.call('redeemLink', { body: { token: link.split('#')[1] } })
    const cookie = cookieOf(came, 'session')
    expect(came.json()).toMatchObject({ roles: ['guardian'], displayName: 'Jianguo Zhang' })
    expect((await base.call('redeemLink', { body: { token: link.split('#')[1] } })).json().code).toBe('LINK_REFUSED')
    expect((await base.call('listMyLearners', { cookie })).json().items).toMatchObject([{ learnerId, credentials: 0, mayExport: false }])
    const other = (await base.call('listLearners', { as: operator, query: { search: 'SCHOOLNUMBER5' } })).json().items[0].learnerId
    expect((await base.call('listConsents', { cookie, params: { learnerId: other } })).json().code).toBe('NOT_YOURS')
    expect((await base.call('listConsents', { cookie, params: { learnerId } })).statusCode).toBe(200)
    expect((await base.call('exportForGuardian', { cookie, params: { learnerId } })).statusCode).toBe(404)
  })
})

describe('staff', () => {
  test('come in by link, add a passkey, and come in again with it', async () => {
    const invited = (await base.call('inviteStaff', { as: operator, body: { displayName: 'Ada', roles: ['teacher'] } })).json()
    const came = await base.call('redeemLink', { body: { token: invited.link.split('#')[1] } })
    const cookie = cookieOf(came, 'session')
    expect(came.json()).toMatchObject({ displayName: 'Ada', shouldAddPasskey: true })
    const device = createPasskeyDevice('http://localhost:80')
    const started = (await base.call('startPasskeyRegistration', { cookie })).json()
    const added = await base.call('finishPasskeyRegistration', {
      cookie,
      body: { ceremonyId: started.ceremonyId, response: device.register(started.options), label: 'Tablet' },
    })
    expect([added.statusCode, added.json()]).toEqual([200, { passkeyId: expect.any(String) }])
    expect((await base.call('listPasskeys', { cookie })).json().items).toMatchObject([{ label: 'Tablet', backedUp: true }])

    const login = (await base.call('startPasskeyLogin')).json()
    const answer = { ceremonyId: login.ceremonyId, response: device.login(login.options) }
    expect((await base.call('finishPasskeyLogin', { body: answer })).json()).toMatchObject({
      signedIn: true,
      via: 'passkey',
      displayName: 'Ada',
    })
    expect((await base.call('finishPasskeyLogin', { body: answer })).json().code).toBe('PASSKEY_REFUSED')
    const { passkeyId } = added.json()
    expect((await base.call('removePasskey', { cookie, params: { passkeyId } })).json().code).toBe('PASSKEY_LAST')

    expect(
      (await base.call('setStaffRoles', { as: operator, params: { staffId: invited.staffId }, body: { roles: ['examiner'] } })).json()
        .roles,
    ).toEqual(['examiner'])
    expect((await base.call('getSignIn', { cookie })).json().roles).toEqual(['examiner'])
    expect((await base.call('renewStaffLink', { as: operator, params: { staffId: invited.staffId } })).statusCode).toBe(201)
    expect((await base.call('removeStaff', { as: operator, params: { staffId: invited.staffId } })).statusCode).toBe(200)
    expect((await base.call('getSignIn', { cookie })).json().signedIn).toBe(false)
  })

  test('at a station, are signed out after three minutes without a touch by passkey too, and when it closes', async () => {
    const opened = await base.call('openStation', { as: operator, body: { label: 'Door', minutes: 45 } })
    const station = cookieOf(opened, 'station')
    const invited = (await base.call('inviteStaff', { as: operator, body: { displayName: 'Bo', roles: ['teacher'] } })).json()
    const came = await base.call('redeemLink', { body: { token: invited.link.split('#')[1] } })
    expect(came.json().sharedDevice).toBe(false)
    const device = createPasskeyDevice('http://localhost:80')
    const started = (await base.call('startPasskeyRegistration', { cookie: cookieOf(came, 'session') })).json()
    const registration = { ceremonyId: started.ceremonyId, response: device.register(started.options), label: 'Phone' }
    await base.call('finishPasskeyRegistration', { cookie: cookieOf(came, 'session'), body: registration })
    const comeIn = async () => {
      const { ceremonyId, options } = (await base.call('startPasskeyLogin', { cookie: station })).json()
      return base.call('finishPasskeyLogin', { cookie: station, body: { ceremonyId, response: device.login(options) } })
    }
    const isIn = async (cookie: string) => (await base.call('getSignIn', { cookie })).json().signedIn

    const first = await comeIn()
    const now = Math.floor(Date.now() / 1000)
    expect(first.json()).toMatchObject({ signedIn: true, via: 'passkey', sharedDevice: true })
    expect(Math.abs(first.json().expiresAt - now - 180)).toBeLessThan(10)
    const { signIns } = base.running.base.records
    const [kept] = signIns.list({ accountId: invited.staffId, via: 'passkey' })
    signIns.update(kept?.tokenHash ?? '', { expiresAt: now - 1 })
    expect(await isIn(cookieOf(first, 'session'))).toBe(false)

    const second = cookieOf(await comeIn(), 'session')
    expect(await isIn(second)).toBe(true)
    await base.call('closeStation', { as: operator, params: { stationId: opened.json().stationId } })
    expect(await isIn(second)).toBe(false)
  })

  test('include one operator at least', async () => {
    const { items } = (await base.call('listStaff', { as: operator })).json()
    const { staffId } = items.find((one: { roles: string[] }) => one.roles.includes('operator'))
    expect((await base.call('removeStaff', { as: operator, params: { staffId } })).json().code).toBe('OPERATOR_LAST')
    expect((await base.call('setStaffRoles', { as: operator, params: { staffId }, body: { roles: [] } })).json().code).toBe('OPERATOR_LAST')
  })
})

describe('erasing a learner', () => {
  test('leaves a receipt that the base signed, and nothing to read; a later roster does not bring them back', async () => {
    const receipt = (await base.call('eraseLearner', { as: operator, params: { learnerId }, body: { basis: 'guardian-request' } })).json()
    const { signature, ...signed } = receipt
    const raw = base58btc.decode(receipt.verificationMethod.split('#')[1]).subarray(2)
    const key = createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]), format: 'der', type: 'spki' })
    expect(verify(null, Buffer.from(canonicalize(signed) ?? ''), key, Buffer.from(signature, 'base64url'))).toBe(true)
    expect((await base.call('getLearner', { as: operator, params: { learnerId } })).statusCode).toBe(410)
    expect((await base.call('eraseLearner', { as: operator, params: { learnerId }, body: { basis: 'mistake' } })).statusCode).toBe(410)
    expect((await base.call('listErasures', { as: operator })).json().items).toEqual([receipt])
    const again = (await base.call('importRoster', { as: operator, body: writeRoster(school(30)) })).json()
    expect([again.erasedSkipped, again.learners.added]).toEqual([1, 0])
  })
})

describe('the data folder and the log', () => {
  test('hold no name, number or address of anybody', () => {
    const files = readdirSync(base.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const texts = files
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => statSync(file).size < 64e6)
      .map((file) => [file, readFileSync(file, 'latin1')] as const)
    expect(texts.some(([file]) => file.endsWith('base.log'))).toBe(true)
    const leaks = texts
      .filter(([, text]) => /Wilhelmina|Familyname|SCHOOLNUMBER|Jianguo|Augusta|zhang\.jianguo/.test(text))
      .map(([file]) => file)
    expect(leaks).toEqual([])
  })

  test('have an audit log that is whole and names what was done', async () => {
    const verified = (await base.call('verifyAudit', { as: { roles: ['auditor'] } })).json()
    expect([verified.whole, verified.findings]).toEqual([true, []])
    const actions = (await base.call('listAudit', { as: { roles: ['auditor'] }, query: { limit: 500 } }))
      .json()
      .items.map((row: { action: string }) => row.action)
    for (const action of [
      'roster.imported',
      'learners.exported',
      'card.printed',
      'card.locked',
      'card.freed',
      'card.reissued',
      'consent.recorded',
      'consent.withdrawn',
      'station.opened',
      'signed-in',
      'signed-out',
      'passkey.added',
      'staff.invited',
      'learner.erased',
    ]) {
      expect(actions).toContain(action)
    }
  })
})

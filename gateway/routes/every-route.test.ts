import { generateKeyPairSync, sign } from 'node:crypto'
import { base58btc } from 'multiformats/bases/base58'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { roles } from '../api/define-route.ts'
import { paths, type RouteId } from '../api/paths.ts'
import { removeTestBase, startTestBase, type TestBase, type TestCall } from './test-base.ts'

const all = { roles: [...roles] }
const nobody = '00000000-0000-4000-8000-00000000abcd'
const zero = `0x${'0'.repeat(64)}`

let base: TestBase
beforeAll(async () => {
  base = await startTestBase()
})
afterAll(async () => {
  await base.stop()
  removeTestBase(base.dataDir)
})

/** Calls a route that must succeed. */
const ok = async (id: RouteId, call: TestCall = {}) => {
  const response = await base.call(id, { as: all, ...call })
  expect([id, response.statusCode, response.statusCode < 300 ? '' : response.payload]).toEqual([
    id,
    expect.toSatisfy((status: number) => status >= 200 && status < 300),
    '',
  ])
  return String(response.headers['content-type']).startsWith('application/json') ? response.json() : response
}

/** Calls a route that must be refused with this code. */
const no = async (id: RouteId, code: string, call: TestCall = {}) => {
  const response = await base.call(id, { as: all, ...call })
  expect([id, response.json().code]).toEqual([id, code])
  expect(String(response.headers['content-type'])).toContain('application/problem+json')
}

describe('the base itself', () => {
  test('says who it is and how it is', async () => {
    expect(await ok('getLiveness')).toMatchObject({ live: true })
    expect(await ok('getReadiness')).toMatchObject({ ready: true })
    expect((await ok('getOpenApi')).openapi).toBe('3.1.0')
    const { network } = await ok('getBase')
    expect(await ok('getNetworkDescriptor')).toEqual(network)
    await no('getLocalCertificate', 'NOT_FOUND')
    await no('getCertificateHelp', 'NOT_FOUND')
    expect((await ok('getSelfTest')).lines.map((line: { outcome: string }) => line.outcome)).not.toContain('red')
    expect((await ok('getOverview')).flows.map((one: { flow: string }) => one.flow)).toEqual([
      'safety',
      'people',
      'material',
      'information',
      'money',
    ])
    await ok('listEvents')
    await ok('getOutbox')
    await ok('listAudit')
    expect((await ok('verifyAudit')).whole).toBe(true)
    await no('getJob', 'NOT_FOUND', { params: { jobId: nobody } })
    await no('cancelJob', 'NOT_FOUND', { params: { jobId: nobody } })
  })

  test('has more than ten figures of its own for Prometheus', async () => {
    const { payload } = await ok('getMetrics')
    const names = new Set([...payload.matchAll(/^# HELP (guildhall_\w+)/gm)].map(([, name]) => name))
    expect([...names].filter((name) => !/process|nodejs/.test(String(name))).length).toBeGreaterThan(15)
  })

  test('invites another base, by a text that holds the network and nothing of this machine', async () => {
    const { invite, expiresAt } = await ok('createInvite', { body: { hours: 1 } })
    const content = JSON.parse(Buffer.from(invite, 'base64url').toString())
    expect(content).toMatchObject({ inviter: 1, expiresAt, descriptor: (await ok('getBase')).network })
    expect(content).not.toHaveProperty('rpcUrl')
    await no('createInvite', 'REQUEST_INVALID', { body: { hours: 0 } })
  })

  test('takes its lasting name, and no other host than it was founded with', async () => {
    const names = { networkName: '城东实践网络', baseName: { 'zh-CN': '城东基地', en: 'East base' } }
    expect((await ok('foundNetwork', { body: names })).network.name).toBe('城东实践网络')
    expect((await ok('getBase')).name).toEqual(names.baseName)
    expect((await ok('createInvite', { body: { hours: 24 } })).invite.length).toBeGreaterThan(20)
    await no('foundNetwork', 'STATE_REFUSED', { body: { ...names, publicOrigin: 'https://other.example' } })
  })
})

describe('the sample school', () => {
  test('is installed as a job, looked around in, and removed without a trace', async () => {
    const { jobId } = await ok('installSampleSchool')
    await expect.poll(async () => (await ok('getJob', { params: { jobId } })).state, { timeout: 30_000 }).toBe('finished')
    expect((await ok('listJobs')).items).toMatchObject([{ jobId, stages: [{ done: 5, total: 5 }] }])
    expect(await ok('getFirstRun')).toMatchObject({ sampleSchool: 'installed', learners: 60, founded: true })
    await no('installSampleSchool', 'STATE_REFUSED')
    expect((await ok('listProgrammes')).items).toMatchObject([{ programmeId: 1, entitled: true }])
    expect((await ok('listMachines')).items.length).toBe(1)
    expect((await ok('listLearners', { query: { consent: 'given' } })).total).toBe(60)
    expect((await ok('listAwards')).items.map((one: { anchor: string }) => one.anchor)).toEqual(['anchored', 'anchored', 'anchored'])
    expect((await ok('listSessions')).items.length).toBe(4)
    await ok('removeSampleSchool')
    expect(await ok('getFirstRun')).toMatchObject({ sampleSchool: 'absent', learners: 0 })
    expect([(await ok('listProgrammes')).items, (await ok('listMachines')).items, (await ok('listClasses')).items]).toEqual([[], [], []])
  })
})

describe('programmes, rights, machines and sessions', () => {
  test('are defined from the catalogue, numbered by the ledger, and gated', async () => {
    const { directions } = await ok('getCatalogue')
    expect(directions.length).toBe(10)
    const programme = await ok('defineProgramme', { body: directions[6].sample })
    const { programmeId } = programme
    expect(programme).toMatchObject({ programmeId: 2, entitled: true })
    expect(await ok('getProgramme', { params: { programmeId } })).toMatchObject({ programmeId, direction: directions[6].id })
    await ok('setCredentialTemplate', { params: { programmeId }, body: { ...programme.template, colour: '#123456' } })
    expect((await ok('getEntitlement')).assessments.map((one: { state: string }) => one.state)).toEqual(['current', 'current', 'current'])
    await ok('signAssessment', { body: { kind: 'green', report: 'Looked at again.', validForSeconds: 86_400 } })
    await ok('accreditProgramme', { body: { programmeId, validForSeconds: 86_400 } })
    const key = await ok('addIssuerKey')
    expect(key).toMatchObject({ state: 'current', inUse: true })
    await no('revokeIssuerKey', 'STATE_REFUSED', { params: { keyId: key.keyId }, body: { why: 'retired' } })
    const old = (await ok('getEntitlement')).keys.find((one: { inUse: boolean }) => !one.inUse)
    expect(await ok('revokeIssuerKey', { params: { keyId: old.keyId }, body: { why: 'retired' } })).toMatchObject({ state: 'retired' })
  })

  test('let a machine pair a device that proves its key, and refuse it again', async () => {
    const input = { name: { 'zh-CN': '打印机', en: 'Printer' }, kind: 'printer-3d', attestation: 'device-signed' }
    const { machineId } = await ok('addMachine', { body: input })
    await ok('updateMachine', { params: { machineId }, body: { ...input, location: 'Room 3' } })
    const { code } = await ok('createPairingCode', { params: { machineId } })
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
    const request = {
      code,
      publicKeyMultibase: base58btc.encode(new Uint8Array([0xed, 0x01, ...raw])),
      signature: sign(null, Buffer.from(`guildhall-pair:${code}:${base.running.base.config.origin}`), privateKey).toString('base64url'),
      label: 'Head',
    }
    const device = await ok('pairDevice', { body: request })
    await no('pairDevice', 'LABS_PAIRING_REFUSED', { body: request })
    expect((await ok('getMachine', { params: { machineId } })).devices).toMatchObject([{ deviceId: device.deviceId, label: 'Head' }])
    await ok('getBroker')
    await ok('revokeDevice', { params: { deviceId: device.deviceId } })
    await no('setOctoPrint', 'NOT_FOUND', { params: { machineId: nobody }, body: { url: 'http://127.0.0.1:9', apiKey: 'abcdefgh12' } })
    await no('testOctoPrint', 'NOT_FOUND', { params: { machineId: nobody } })
  })

  test('name what is missing of a session', async () => {
    const params = { sessionId: nobody, item: 'job' }
    expect((await ok('listSessions')).items).toEqual([])
    await no('openSession', 'NOT_FOUND', { body: { learnerId: nobody, machineId: nobody, programmeId: 2 } })
    for (const id of ['getSession', 'streamReadings', 'closeSession', 'getSessionEvidence', 'downloadSessionEvidence'] as const)
      await no(id, 'NOT_FOUND', { params })
    await no('putSessionJob', 'NOT_FOUND', { params, query: { name: 'a.gcode' }, body: new TextEncoder().encode('G28\n') })
  })
})

describe('certificates', () => {
  const params = { credentialId: nobody }
  const change = { reason: 'awarded-in-error' }

  test('name what is missing', async () => {
    await no('awardCredential', 'NOT_FOUND', { body: { sessionId: nobody, levels: {} } })
    const { jobId } = await ok('awardBatch', { body: { sessionIds: [nobody], levels: {} } })
    expect(jobId).toMatch(/-/)
    expect((await ok('listAwards')).total).toBe(0)
    expect((await ok('exportAwards')).payload).toContain('credentialId')
    await no('getAward', 'NOT_FOUND', { params })
    for (const id of ['revokeCredential', 'suspendCredential', 'reinstateCredential', 'correctCredential'] as const)
      await no(id, 'NOT_FOUND', { params, body: change })
    expect((await ok('listStatusChanges')).items).toEqual([])
    await no('exportBundle', 'NOT_FOUND', { body: { credentialIds: [nobody] } })
  })

  test('are the wallet of a learner who exists', async () => {
    const learnerId = base.running.base.records.people.addLearner({
      name: '王小明',
      schoolNumber: null,
      grade: null,
      birthDate: '2000-01-01',
    })
    const as = { id: learnerId, roles: ['learner'] as const }
    expect((await ok('listMyCredentials', { as })).items).toEqual([])
    await no('getMyCredential', 'NOT_FOUND', { as, params })
    await no('downloadMyCredential', 'NOT_FOUND', { as, params, query: { format: 'png' } })
    await no('claimCredential', 'NOT_FOUND', { as, params, body: {} })
    expect((await base.call('getVault', { as })).payload).toBe('null')
    const vault = { version: 1, iv: 'AAAAAAAAAAAAAAAA', ciphertext: 'AAAA', locks: [] }
    expect(await ok('putVault', { as, body: vault })).toEqual({ version: 1 })
    await no('putVault', 'CONFLICT', { as, body: vault })
    await no('openPinLock', 'NOT_FOUND', { as, body: { lockId: 'AAAA', proof: 'AAAA' } })
    await no('createLearningCode', 'NOT_FOUND', { as, body: { credentialIds: [nobody], nameShown: false } })
    expect((await ok('listLearningCodes', { as })).items).toEqual([])
    await no('openLearningCode', 'LEARNING_CODE_REFUSED', { body: { code: 'A'.repeat(26) } })
    await no('graduate', 'CREDENTIAL_KEY_MALFORMED', {
      as,
      body: { holderKey: `z${'6'.repeat(46)}`, proof: 'x', vault: { ...vault, version: 2 } },
    })
  })
})

describe('works before and under review', () => {
  test('name what is missing', async () => {
    const params = { uploadId: nobody, draftId: nobody, workId: 99, version: 1, panel: 'content' }
    const headers = { 'tus-resumable': '1.0.0' }
    await no('createUpload', 'REQUEST_INVALID', { headers })
    expect((await base.call('findUpload', { as: all, params, headers })).statusCode).toBe(404)
    const bytes = { body: new Uint8Array([1]), headers: { ...headers, 'content-type': 'application/offset+octet-stream' } }
    await no('continueUpload', 'NOT_FOUND', { params, ...bytes })
    await no('removeUpload', 'NOT_FOUND', { params, headers })
    expect((await ok('listDrafts')).items).toEqual([])
    const { draftId } = await ok('createDraft', { body: {} })
    await no('updateDraft', 'NOT_FOUND', { params, body: {} })
    for (const id of ['getDraft', 'removeDraft', 'findDuplicates', 'registerWork'] as const) await no(id, 'NOT_FOUND', { params })
    await no('registerWork', 'DRAFT_INCOMPLETE', { params: { draftId } })
    expect([(await ok('listWorks')).items, (await ok('listReviews')).items]).toEqual([[], []])
    expect((await ok('listPanels')).panels.length).toBe(3)
    await ok('seatPanelMember', { params, body: { account: `0x${'1'.repeat(40)}`, baseId: null, days: 1 } })
    for (const id of ['getWork', 'getWorkGraph', 'getReview'] as const) await no(id, 'NOT_FOUND', { params })
    await no('setCreators', 'NOT_FOUND', { params, body: { creators: [] } })
    await no('claimAuthorship', 'NOT_FOUND', { params, body: { version: 1 } })
    for (const id of ['takeDownWork', 'appealReview'] as const) await no(id, 'NOT_FOUND', { params, body: { grounds: 'x' } })
    await no('giveOpinion', 'NOT_FOUND', { params, body: { panel: 'technical', approves: true, reasons: 'x' } })
    await no('ruleOnAppeal', 'NOT_FOUND', { params, body: { approves: true, reasons: 'x' } })
  })
})

describe('what verifiers ask', () => {
  test('is answered without a sign-in', async () => {
    const as = { roles: [] as const, via: 'none' as const }
    expect((await ok('callLedger', { as, body: { jsonrpc: '2.0', id: 7, method: 'eth_blockNumber' } })).result).toMatch(/^0x/)
    expect(
      (await ok('callLedger', { as, body: { jsonrpc: '2.0', id: 7, method: 'eth_sendRawTransaction', params: ['0x'] } })).error.code,
    ).toBe(-32601)
    // A network of one base: there is nobody else to ask.
    expect((await ok('getBase', { as })).otherBases).toEqual([])
    await no('askOtherBase', 'NOT_FOUND', { as, params: { baseId: 2 }, body: { method: 'eth_blockNumber' } })
    await no('askOtherBase', 'REQUEST_INVALID', { as, params: { baseId: 2 }, body: { method: 'eth_sendRawTransaction', params: ['0x'] } })
    expect((await ok('getDidLog', { as })).payload.split('\n')[0]).toContain('did:webvh')
    expect((await ok('getDidDocument', { as })).id).toMatch(/^did:web:/)
    const { assessments } = await ok('getEntitlement')
    expect((await ok('getContent', { as, params: { cid: assessments[0].reportCid } })).headers['cache-control']).toContain('immutable')
    await no('getStatusList', 'NOT_FOUND', { as, params: { listId: '999' } })
    await no('getReceipt', 'NOT_FOUND', { as, params: { credentialId: nobody }, query: { digest: zero } })
    expect((await ok('verifyCredential', { as, body: { verifiableCredential: { '@context': [], type: [] } } })).verified).toBe(false)
    expect((await ok('verifyPresentation', { as, body: { verifiablePresentation: { '@context': [], type: [] } } })).verified).toBe(false)
    expect((await base.call('issueCredential', { as: all, body: { credential: {} } })).statusCode).toBe(422)
  })
})

describe('licences and usage of works', () => {
  const params = { workId: 4, version: 1, index: 0 }

  test('name what is missing, and are empty before anything was used', async () => {
    const terms = { reuse: true, adapt: false, commercial: false, territory: 'world', periodDays: null, seats: null }
    await no('setOffer', 'NOT_FOUND', { params, body: { ...terms, pricing: 'free', price: '0', royaltyShare: 0 } })
    await no('getOfferText', 'NOT_FOUND', { params })
    await no('takeLicence', 'NOT_FOUND', { params, body: { offerId: 1 } })
    await no('openWorkFile', 'NOT_FOUND', { params })
    await no('getUsage', 'NOT_FOUND', { params })
    expect(await ok('listLicences')).toEqual({ items: [], total: 0, next: null })
    expect(await ok('listUsageBatches')).toEqual({ items: [], total: 0, next: null })
    const jobs = [await ok('sendUsage', { body: { today: true } }), await ok('settleUsage', { body: {} })]
    for (const { jobId } of jobs)
      await expect.poll(async () => (await ok('getJob', { params: { jobId } })).state, { timeout: 30_000 }).toBe('finished')
  })
})

describe('money', () => {
  test('is at nought, and refuses what is not there', async () => {
    const params = { workId: 1, disputeId: '1-1' }
    expect(await ok('getPurse')).toMatchObject({ isMinter: true, deposits: [] })
    expect(await ok('getStatement', { query: { whose: 'base' } })).toMatchObject({ works: [], lines: [], totals: { claimable: '0' } })
    await ok('exportStatement')
    await ok('printStatement')
    expect(await ok('getBooks')).toMatchObject({ paidIn: '0', held: '0', outcome: 'passed' })
    await no('recordDeposit', 'AMOUNT_REFUSED', { body: { receipt: 'a', amount: '0' } })
    await no('payWork', 'NOT_FOUND', { params, body: { amount: '1' } })
    const { jobId } = await ok('flowRoyalties', { body: {} })
    await expect.poll(async () => (await ok('getJob', { params: { jobId } })).state, { timeout: 30_000 }).toBe('finished')
    expect((await ok('listOwnAccounts')).items).toMatchObject([{ kind: 'base-held' }])
    await no('openPasskeyAccount', 'NOT_FOUND', { body: { passkeyId: 'abc' } })
    await no('startWithdrawal', 'NOTHING_OWED', { body: {} })
    await no('finishWithdrawal', 'WITHDRAWAL_OVER', { body: { withdrawalId: nobody } })
    expect(await ok('listWithdrawals')).toEqual({ items: [] })
    expect(await ok('listDisputes')).toEqual({ items: [], committee: { signed: 0, needed: 0 } })
    await no('openDispute', 'NOT_FOUND', { params, body: { grounds: 'a', days: 1 } })
    await no('ruleOnDispute', 'NOT_FOUND', { params, body: { reason: 'a', decision: 'lift' } })
  })
})

describe('ways in', () => {
  test('refuse what is not theirs', async () => {
    const params = {
      learnerId: nobody,
      consentId: nobody,
      guardianId: nobody,
      cardId: nobody,
      staffId: nobody,
      stationId: nobody,
      passkeyId: 'abc',
    }
    await no('redeemLink', 'LINK_REFUSED', { body: { token: 'abc' } })
    const answer = { ceremonyId: nobody, response: {} }
    await ok('startPasskeyLogin')
    await no('finishPasskeyLogin', 'PASSKEY_REFUSED', { body: answer })
    await ok('startPasskeyRegistration')
    await no('finishPasskeyRegistration', 'PASSKEY_REFUSED', { body: answer })
    await ok('listPasskeys')
    await no('removePasskey', 'NOT_FOUND', { params })
    const card = { card: `GH1${'A'.repeat(26)}` }
    await no('scanCard', 'STATION_CLOSED', { body: card })
    for (const id of ['signInWithPin', 'setPin'] as const)
      await no(id, 'STATION_CLOSED', { body: { ...card, pictures: ['cat', 'cat', 'cat', 'bell'] } })
    expect((await ok('getSignIn')).signedIn).toBe(false)
    await ok('signOut')
    await ok('getStation')
    await ok('listStations')
    await ok('openStation', { body: { label: 'A', minutes: 1 } })
    await no('closeStation', 'NOT_FOUND', { params })
    await ok('listLockedCards')
    await no('printCards', 'REQUEST_INVALID', { body: {} })
    for (const id of ['freeCard', 'resetPin'] as const) await no(id, 'NOT_FOUND', { params })
    await no('reissueCard', 'NOT_FOUND', { params, body: { reason: 'lost' } })
    await ok('listStaff')
    await ok('inviteStaff', { body: { displayName: 'Ada', roles: ['auditor'] } })
    await no('setStaffRoles', 'NOT_FOUND', { params, body: { roles: [] } })
    for (const id of ['renewStaffLink', 'removeStaff'] as const) await no(id, 'NOT_FOUND', { params })
    for (const id of ['checkRoster', 'importRoster'] as const) await no(id, 'ROSTER_UNREADABLE', { body: new Uint8Array([1]) })
    await ok('listRosterImports')
    await ok('listClasses')
    await ok('exportLearners')
    await ok('listErasures')
    await ok('listMyLearners')
    await no('getLearner', 'NOT_FOUND', { params })
    await no('eraseLearner', 'NOT_FOUND', { params, body: { basis: 'mistake' } })
    await no('listConsents', 'NOT_FOUND', { params })
    await no('recordConsent', 'NOT_FOUND', { params, body: { scopes: ['base-held-wallet'], textVersion: '1', how: 'in-person' } })
    await no('withdrawConsent', 'NOT_FOUND', { params, body: {} })
    await no('inviteGuardian', 'NOT_FOUND', { params })
    await no('exportForGuardian', 'NOT_FOUND', { params })
  })
})

test('every route of the base was called', () => {
  expect((Object.keys(paths) as RouteId[]).filter((id) => !base.called.has(id))).toEqual([])
})

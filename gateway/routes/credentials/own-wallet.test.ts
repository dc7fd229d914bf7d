import { encodeMultikey, proveHolder, type Signer, signerFromSeed } from '@guildhall/credentials'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RouteId } from '../../api/paths.ts'
import type { IssuingBase } from '../../use-cases/base/issuing.ts'
import { awardCredential } from '../../use-cases/credentials/award-credential.ts'
import { changeStatus } from '../../use-cases/credentials/change-status.ts'
import { readCatalogue } from '../../use-cases/learning/catalogue.ts'
import { defineProgramme } from '../../use-cases/learning/programmes.ts'
import { removeTestBase, startTestBase, type TestBase } from '../test-base.ts'

const operator = { id: '00000000-0000-4000-8000-000000000001', roles: ['operator', 'examiner'], via: 'passkey' } as const

const vaultOf = (version: number, locks: object[] = []) => ({ version, iv: 'AAAAAAAAAAAAAAAA', ciphertext: `AAA${version}`, locks })
const pinLock = { id: 'cGlu', kind: 'pin', salt: 'AAAA', iv: 'AAAA', wrapped: 'c2VjcmV0', cost: { memoryKiB: 8, passes: 1, lanes: 1 } }

let base: TestBase
let signer: Signer

beforeAll(async () => {
  base = await startTestBase()
  signer = await signerFromSeed(new Uint8Array(32).fill(5))
})
afterAll(async () => {
  await base.stop()
  removeTestBase(base.dataDir)
})

const addLearner = (birthDate: string | null): string =>
  base.running.base.records.people.addLearner({ name: '王小明', schoolNumber: null, grade: null, birthDate })
const call = async (id: RouteId, learnerId: string, body?: unknown, via: 'passkey' | 'link' = 'passkey') =>
  (await base.call(id, { as: { id: learnerId, roles: ['learner'], via }, ...(body === undefined ? {} : { body }) })).json()

/** A certificate for a session that is closed already. */
async function award(running: IssuingBase, learnerId: string) {
  const sessionId = running.random.uuid()
  const [programme] = running.records.programmes.list({})
  const ends = { closedBecause: null, jobName: null, jobDigest: null, summary: null, segment: null, receipt: null, sealed: null }
  const at = running.clock.now()
  const session = {
    sessionId,
    learnerId,
    machineId: running.random.uuid(),
    programmeId: programme?.programmeId ?? 0,
    openedBy: operator.id,
  }
  const closed = {
    state: 'closed',
    attestation: 'device-signed',
    evidence: [],
    openedAt: at,
    closedAt: at,
    credentialId: null,
    sample: false,
  } as const
  running.transaction(() => running.records.sessions.insert({ ...session, ...ends, ...closed, evidence: [] }))
  const levels = Object.fromEntries((programme?.definition.rubric ?? []).map(({ id, levels: all }) => [id, all.length]))
  return awardCredential(running, operator, { sessionId, levels })
}

/** What a browser sends to graduate: the key and its proof, for this base and this learner. */
const graduation = async (learnerId: string, more: { vault: object; replacesLost?: boolean }) => ({
  holderKey: encodeMultikey({ algorithm: 'EdDSA', publicKey: signer.publicKey }),
  proof: await proveHolder(signer, {
    audience: base.running.base.config.origin,
    subject: learnerId,
    issuedAt: base.running.base.clock.now(),
  }),
  ...more,
})

describe('an own wallet', () => {
  test('is refused to a minor, and to one whose birth date nobody has told', async () => {
    for (const birthDate of ['2015-01-01', null]) {
      const learnerId = addLearner(birthDate)
      expect(await call('graduate', learnerId, await graduation(learnerId, { vault: vaultOf(1) }))).toMatchObject({ code: 'WALLET_MINOR' })
      expect(await call('listMyCredentials', learnerId)).toMatchObject({ minor: true, custody: 'base' })
      expect(base.running.base.records.vaults.find({ learnerId })).toBeUndefined()
    }
  })

  test('begins with a passkey and the proof of its key, and keeps the vault with it', async () => {
    const learnerId = addLearner('1990-01-01')
    const wanted = await graduation(learnerId, { vault: vaultOf(1) })
    expect(await call('graduate', learnerId, wanted, 'link')).toMatchObject({ code: 'PASSKEY_NEEDED' })
    const other = await graduation(addLearner('1990-01-01'), { vault: vaultOf(1) })
    expect(await call('graduate', learnerId, other)).toMatchObject({ code: 'PASSKEY_REFUSED' })
    expect(await call('getVault', learnerId)).toBeNull()
    const { holder, moved } = await call('graduate', learnerId, wanted)
    expect([holder, moved]).toEqual([signer.verificationMethod.split('#')[0], 0])
    expect(await call('getVault', learnerId)).toEqual(vaultOf(1))
    expect(await call('listMyCredentials', learnerId)).toMatchObject({ custody: 'own', holder, minor: false })
    expect(base.running.base.records.learners.get(learnerId).holderSealed).toBeNull()
  })

  test('is replaced only when it is said to be lost, and an outdated vault changes nothing', async () => {
    const learnerId = addLearner('1990-01-01')
    const early = await graduation(learnerId, { vault: vaultOf(1), replacesLost: true })
    expect(await call('graduate', learnerId, early)).toMatchObject({ code: 'STATE_REFUSED' })
    await call('graduate', learnerId, await graduation(learnerId, { vault: vaultOf(1) }))
    expect(await call('graduate', learnerId, await graduation(learnerId, { vault: vaultOf(2) }))).toMatchObject({ code: 'STATE_REFUSED' })
    const outdated = await graduation(learnerId, { vault: vaultOf(1), replacesLost: true })
    expect(await call('graduate', learnerId, outdated)).toMatchObject({ code: 'CONFLICT' })
    expect(await call('graduate', learnerId, await graduation(learnerId, { vault: vaultOf(2), replacesLost: true }))).toMatchObject({
      moved: 0,
    })
    expect((await call('getVault', learnerId)).version).toBe(2)
  })
})

describe('a suspended certificate', () => {
  test('moves with its learner and stays suspended, until it is reinstated', async () => {
    const { base: running } = base.running
    const [direction] = readCatalogue().directions
    if (!direction) throw new Error('the catalogue is empty')
    await defineProgramme(running, operator, { definition: direction.sample, signal: AbortSignal.timeout(60_000) })
    const learnerId = addLearner('1990-01-01')
    const { credentialId } = await award(running, learnerId)
    const change = { reason: 'under-review' } as const
    changeStatus(running, operator, { credentialId, change: 'suspended', ...change })
    expect(await call('graduate', learnerId, await graduation(learnerId, { vault: vaultOf(1) }))).toMatchObject({ moved: 1 })
    const old = running.records.credentials.get(credentialId)
    const next = running.records.credentials.get(old.supersededBy ?? '')
    expect([old.state, next.state, next.stateReason, next.holderDid]).toEqual([
      'superseded',
      'suspended',
      'under-review',
      signer.verificationMethod.split('#')[0],
    ])
    const bits = () => {
      const { revoked, suspended } = running.records.statusLists.get(next.statusList)
      return [old, next].map(({ statusIndex }) =>
        [revoked, suspended].map((list) => ((list[statusIndex >> 3] ?? 0) >> (7 - (statusIndex & 7))) & 1),
      )
    }
    expect(bits()).toEqual([
      [1, 1],
      [0, 1],
    ])
    changeStatus(running, operator, { credentialId: next.credentialId, change: 'reinstated', ...change })
    expect(bits()[1]).toEqual([0, 0])
  })
})

describe('the PIN of an own wallet', () => {
  test('is counted by the base: five wrong ones shut it, a right one before that begins anew', async () => {
    const learnerId = addLearner('1990-01-01')
    await call('putVault', learnerId, vaultOf(1, [{ ...pinLock, pinProof: 'cmlnaHQ' }]))
    const attempt = (proof: string) => call('openPinLock', learnerId, { lockId: pinLock.id, proof })
    const { locks } = await call('getVault', learnerId)
    expect(locks).toEqual([{ ...pinLock, wrapped: '', attemptsLeft: 5 }])
    expect(await attempt('d3Jvbmc')).toMatchObject({ code: 'WALLET_PIN_WRONG', params: { attemptsLeft: 4 } })
    expect(await attempt('cmlnaHQ')).toEqual({ wrapped: pinLock.wrapped })
    const codes: string[] = []
    for (let wrong = 0; wrong < 5; wrong += 1) codes.push((await attempt('d3Jvbmc')).code)
    expect(codes).toEqual([...Array(4).fill('WALLET_PIN_WRONG'), 'WALLET_PIN_LOCKED'])
    expect(await attempt('cmlnaHQ')).toMatchObject({ code: 'WALLET_PIN_LOCKED' })
  })

  test('keeps its count and what it opens when the wallet is saved, and leaves with its lock', async () => {
    const learnerId = addLearner('1990-01-01')
    await call('putVault', learnerId, vaultOf(1, [{ ...pinLock, pinProof: 'cmlnaHQ' }]))
    await call('openPinLock', learnerId, { lockId: pinLock.id, proof: 'd3Jvbmc' })
    await call('putVault', learnerId, vaultOf(2, [{ ...pinLock, wrapped: '' }]))
    expect((await call('getVault', learnerId)).locks).toMatchObject([{ attemptsLeft: 4 }])
    expect(await call('openPinLock', learnerId, { lockId: pinLock.id, proof: 'cmlnaHQ' })).toEqual({ wrapped: pinLock.wrapped })
    const invented = vaultOf(3, [{ ...pinLock, id: 'b3RoZXI', wrapped: '' }])
    expect(await call('putVault', learnerId, invented)).toMatchObject({ code: 'REQUEST_INVALID' })
    await call('putVault', learnerId, vaultOf(3))
    expect(await call('openPinLock', learnerId, { lockId: pinLock.id, proof: 'cmlnaHQ' })).toMatchObject({ code: 'NOT_FOUND' })
  })
})

import { readBundle, verifyBundle } from '@guildhall/credentials'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { baseItself } from '../../base.ts'
import { removeTestBase, startTestBase, type TestBase } from '../../routes/test-base.ts'
import { getIdentity } from '../base/issuing.ts'
import { exportBundle } from '../credentials/export-bundle.ts'
import { publishStatusLists } from '../credentials/status-lists.ts'
import { downloadSessionEvidence } from '../learning/session-evidence.ts'
import { installSampleSchool, removeSampleSchool, sampleState } from './sample-school.ts'

let running: TestBase
beforeAll(async () => {
  running = await startTestBase()
})
afterAll(async () => {
  await running.stop()
  removeTestBase(running.dataDir)
})

const operator = { id: '00000000-0000-4000-8000-000000000001', roles: ['operator', 'examiner'], via: 'passkey' } as const
const base = () => running.running.base

const install = async () => {
  const { jobId } = installSampleSchool(base(), operator)
  await expect.poll(() => base().jobs.find(jobId)?.state, { timeout: 50_000 }).not.toBe('running')
  return base().jobs.find(jobId)
}

/** Everything queued is on the ledger and read back. */
const settle = async () => {
  await publishStatusLists(base())
  await expect.poll(() => base().outbox.waiting().count, { timeout: 30_000 }).toBe(0)
}

const verify = async (bundle: Uint8Array) =>
  (await verifyBundle(readBundle(bundle), { networks: [getIdentity(base()).network], now: base().clock.now() })).verdicts

test('has recorded work whose numbers follow from its job files, certificates that verify, and cards; removed, it leaves nothing that is good', async () => {
  expect(await install()).toMatchObject({ state: 'finished', reason: null })
  const { records } = base()
  const sessions = records.sessions.list({}, { orderBy: 'openedAt' })
  expect(sessions.map(({ state, attestation, sample }) => [state, attestation, sample])).toEqual([
    ...Array.from({ length: 3 }, () => ['awarded', 'gateway-attested', true]),
    ['closed', 'gateway-attested', true],
  ])
  expect(new Set(sessions.map(({ summary }) => summary?.filamentMm)).size).toBe(4)
  expect(sessions.map(({ summary }) => [summary?.completed, summary?.layers, summary?.maxNozzleCelsius])).toEqual(
    sessions.map(() => [true, 2, 205]),
  )
  const [first] = sessions
  expect(first?.summary?.jobDigest).toBe(first?.jobDigest)
  expect(first?.jobDigest).toMatch(/^0x[0-9a-f]{64}$/)
  const job = await downloadSessionEvidence(base(), operator, { sessionId: first?.sessionId ?? '', item: 'job' })
  expect(Buffer.from(job).toString()).toContain('; sample plate')

  const awarded = records.credentials.list({})
  expect(awarded.map(({ anchor, sample, title }) => [anchor, sample, title.en.endsWith('(sample)')])).toEqual(
    awarded.map(() => ['anchored', true, true]),
  )
  for (const { learnerId } of awarded) expect(records.cards.count({ learnerId, replacedAt: null })).toBe(1)
  await settle()
  const credentialIds = awarded.map(({ credentialId }) => credentialId)
  const bundle = await exportBundle(base(), operator, { credentialIds })
  const verdicts = await verify(bundle)
  expect(verdicts.flatMap(({ checks }) => checks.map(({ outcome }) => outcome))).toEqual(
    credentialIds.flatMap(() => Array(7).fill('passed')),
  )

  removeSampleSchool(base(), operator)
  expect(sampleState(base())).toBe('absent')
  for (const table of ['sessions', 'credentials', 'statusChanges', 'machines', 'programmes', 'classes', 'cards', 'guardians'] as const)
    expect([table, records[table].count()]).toEqual([table, 0])
  expect(records.people.findLearners()).toEqual([])
  await settle()
  for (const { statusList, statusIndex } of awarded) {
    const { revoked } = records.statusLists.get(statusList)
    expect(((revoked[statusIndex >> 3] ?? 0) >> (7 - (statusIndex & 7))) & 1).toBe(1)
  }
  expect(
    base()
      .outbox.list(100)
      .filter(({ state }) => state === 'failed'),
  ).toEqual([])
  expect(
    base()
      .registry.rightsOf(1)
      .accreditations.map(({ isRevoked }) => isRevoked),
  ).toEqual([true])
})

test('can be installed again after a removal, and a removal of nothing changes nothing', async () => {
  const { rows } = base().audit.head()
  removeSampleSchool(base(), operator)
  expect(base().audit.head().rows).toBe(rows)
  expect(await install()).toMatchObject({ state: 'finished' })
  expect(base().records.credentials.count({ sample: true, anchor: 'anchored' })).toBe(3)
})

test('that a crash left half installed can be removed', () => {
  base().records.settings.set('sample-school', 'installing')
  expect(sampleState(base())).toBe('installed')
  removeSampleSchool(base(), baseItself)
  expect([sampleState(base()), base().records.people.findLearners()]).toEqual(['absent', []])
})

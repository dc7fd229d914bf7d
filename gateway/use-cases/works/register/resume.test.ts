import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Actor, JobProgress } from '../../../base.ts'
import { removeTestBase, startTestBase } from '../../../routes/test-base.ts'
import { startTestNetwork } from '../../../routes/test-network.ts'
import type { IssuingBase } from '../../base/issuing.ts'
import { uploadFile } from '../uploads/upload-store.ts'
import { baseAccount, createDraft } from './drafts.ts'
import { registerWork } from './register-work.ts'
import { getWork, listWorks } from './show-works.ts'
import { hashFiles, storeFiles } from './store-work.ts'

const actor: Actor = { id: '00000000-0000-4000-8000-00000000aaaa', roles: ['teacher', 'operator'], via: 'passkey' }
const terms = {
  reuse: true,
  adapt: true,
  commercial: true,
  territory: '*',
  periodDays: null,
  seats: null,
  pricing: 'free' as const,
  price: '0',
  royaltyShare: 50_000,
}
const soon = { timeout: 30_000, interval: 50 }

const addDraft = async (base: IssuingBase, more: { sealed: boolean }) => {
  const uploadId = base.random.uuid()
  const bytes = Buffer.from('The lathe turns the work against the tool. '.repeat(50))
  writeFileSync(uploadFile(base, uploadId), bytes)
  const now = base.clock.now()
  const told = { name: 'lathe.txt', mediaType: 'text/plain', sizeBytes: bytes.byteLength, sha256: null }
  base.records.uploads.insert({ uploadId, owner: actor.id, ...told, createdAt: now, touchedAt: now, finishedAt: now })
  return createDraft(base, actor, {
    kind: 'text',
    title: { 'zh-CN': '车床', en: 'Lathe' },
    summary: { 'zh-CN': '车床入门', en: 'The lathe for beginners' },
    languages: ['en'],
    files: [{ uploadId, path: 'lathe.txt' }],
    creators: [{ account: baseAccount(base), share: 1_000_000, name: null }],
    terms,
    ...more,
  })
}

/** A job that nobody looks at. */
const unseen = (): JobProgress => ({ signal: AbortSignal.timeout(30_000), stage: () => ({ advance: () => undefined }) })

test('a registration that a killed base left after its files were stored is taken up again: one work, with the same CIDs', async () => {
  const first = await startTestBase()
  const { base } = first.running
  const { draftId } = await addDraft(base, { sealed: true })
  const row = base.records.workDrafts.get(draftId)
  const store = async () => storeFiles(base, row, { hashed: await hashFiles(base, row, unseen()), version: 1, progress: unseen() })
  const stored = await store()
  expect((await store()).manifestCid).toBe(stored.manifestCid)
  // As a process leaves it that is killed here: the job runs in the tables, and nobody works on it.
  const jobId = base.random.uuid()
  const job = { jobId, actor: actor.id, kind: 'work-registration', title: { 'zh-CN': '登记', en: 'Register' } }
  base.records.workDrafts.update(draftId, { state: 'registering', jobId })
  await first.stop()
  const second = await startTestBase(first.dataDir)
  try {
    const after = second.running.base
    after.records.jobs.insert({
      ...job,
      state: 'failed',
      stages: [],
      startedAt: 1,
      finishedAt: 2,
      reason: { code: 'JOB_INTERRUPTED', params: {} },
      result: null,
    })
    await expect.poll(() => after.records.workDrafts.get(draftId).state, soon).toBe('registered')
    expect(after.records.workDrafts.get(draftId)).toMatchObject({ manifestCid: stored.manifestCid, workId: 1, version: 1 })
    expect([after.worksLedger.list().length, after.worksLedger.versions(1).map(({ cid }) => cid)]).toEqual([1, [stored.manifestCid]])
    expect(after.records.contentKeys.count({ draftId })).toBe(1)
  } finally {
    await second.stop()
    removeTestBase(first.dataDir)
  }
})

test('a work is held by the other base when its job ends, and found there by its name', async () => {
  const network = await startTestNetwork()
  try {
    const [here, there] = [network.first.base, network.second.base]
    await expect.poll(async () => (await here.node.otherBases.list()).length, soon).toBe(1)
    const { draftId } = await addDraft(here, { sealed: false })
    const { jobId } = registerWork(here, actor, draftId)
    await expect.poll(() => here.jobs.find(jobId)?.state, soon).toBe('finished')
    const held = here.jobs.find(jobId)?.stages.find(({ name }) => name.en === 'Held by other bases')
    expect(held).toMatchObject({ done: 1, total: 1 })
    await expect.poll(() => listWorks(there, actor, { text: '车床' }).total, soon).toBe(1)
    const { work, isOurs, versions } = await getWork(there, { workId: 1 })
    expect([work.title.en, work.baseId, isOurs, versions[0]?.files[0]?.path]).toEqual(['Lathe', 1, false, 'lathe.txt'])
    expect([listWorks(there, actor, { mine: true }).total, listWorks(here, actor, { mine: true }).total]).toEqual([0, 1])
  } finally {
    await network.stop()
  }
})

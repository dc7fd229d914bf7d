import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { baseItself } from '../base.ts'
import { GuildhallError } from '../errors.ts'
import { openBaseKeys } from '../records/base-keys.ts'
import { openDatabase } from '../records/database.ts'
import { openRecords } from '../records/records.ts'
import { createJobs } from './jobs.ts'
import { keepKnown } from './log.ts'

const folder = mkdtempSync(join(tmpdir(), 'guildhall-jobs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)), uuid: () => randomUUID() }
const clock = { now: () => 1_800_000_000, nowMs: () => 1_800_000_000_000 }
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const metrics = { count: () => {}, set: () => {}, observe: () => {} }
const db = openDatabase(':memory:')
const records = openRecords(db, { keys: openBaseKeys({ dataDir: folder, passphrase: null, random }), clock, random })
const title = { 'zh-CN': '任务', en: 'Job' }
const open = () => createJobs({ records, clock, random, log, metrics })
const told = { kind: 'test', title }

test('a job shows its stages and leaves its result', async () => {
  const jobs = open()
  const jobId = jobs.start(baseItself, told, async (progress) => {
    const stage = progress.stage(title, 'rows', 2)
    stage.advance(1)
    stage.advance(1)
    return { sentence: title, subjectId: 'x' }
  })
  await expect
    .poll(() => jobs.find(jobId))
    .toMatchObject({ state: 'finished', stages: [{ done: 2, total: 2, unit: 'rows' }], result: { subjectId: 'x' } })
  expect(jobs.list(baseItself).length).toBe(1)
})

test('a job that fails says why by its code', async () => {
  const jobs = open()
  const jobId = jobs.start(baseItself, told, () => Promise.reject(new GuildhallError('NOT_FOUND', { thing: 'session' })))
  await expect.poll(() => jobs.find(jobId)).toMatchObject({ state: 'failed', reason: { code: 'NOT_FOUND', params: { thing: 'session' } } })
})

test('a job stops when it is cancelled, and all stop when the base does', async () => {
  const jobs = open()
  const work = ({ signal }: { signal: AbortSignal }) =>
    new Promise<null>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const [one, other] = [jobs.start(baseItself, told, work), jobs.start(baseItself, told, work)]
  jobs.cancel(one)
  await expect.poll(() => jobs.find(one)?.state).toBe('cancelled')
  await jobs.settle()
  expect(jobs.find(other)?.state).toBe('cancelled')
})

test('a job that a kill cut off is shown as interrupted after the restart', () => {
  const jobId = randomUUID()
  records.jobs.insert({
    jobId,
    actor: 'base',
    ...told,
    state: 'running',
    stages: [],
    startedAt: 1,
    finishedAt: null,
    reason: null,
    result: null,
  })
  expect(open().find(jobId)).toMatchObject({ state: 'failed', reason: { code: 'JOB_INTERRUPTED' } })
})

test('the log keeps ids and codes, and nothing that it does not know', () => {
  expect(keepKnown({ learnerId: 'l', error: 'Error', name: '张若兰', body: { a: 1 }, code: 'X' })).toEqual({
    learnerId: 'l',
    error: 'Error',
    code: 'X',
  })
})

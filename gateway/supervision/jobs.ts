import type { Job } from '../api/base/operations.ts'
import type { Actor, Base, JobProgress, Jobs } from '../base.ts'
import { GuildhallError, notFound } from '../errors.ts'
import type { JobRow } from '../records/credential-tables.ts'
import { traceOf } from './http/report-problem.ts'

type Use = Pick<Base, 'records' | 'clock' | 'random' | 'log' | 'metrics'>

/** Runs long work beside the requests and keeps its stages in the database. `settle` waits until everything has ended. */
export const createJobs = (base: Use): Jobs & { settle(): Promise<void> } => {
  const running = new Map<string, { abort: AbortController; done: Promise<void> }>()
  const { jobs } = base.records
  // Work that was under way when the process died did not finish: it is said so, never shown as running for ever.
  jobs.updateWhere(
    { state: ['waiting', 'running'] },
    { state: 'failed', finishedAt: base.clock.now(), reason: { code: 'JOB_INTERRUPTED', params: {} } },
  )

  return {
    start: (actor, { kind, title }, work) => {
      const jobId = base.random.uuid()
      const abort = new AbortController()
      const row: JobRow = {
        jobId,
        actor: actor.id,
        kind,
        title,
        state: 'running',
        stages: [],
        startedAt: base.clock.now(),
        finishedAt: null,
        reason: null,
        result: null,
      }
      jobs.insert(row)
      const done = run(base, { row, signal: abort.signal, work }).finally(() => running.delete(jobId))
      running.set(jobId, { abort, done })
      return jobId
    },
    find: (jobId) => {
      const row = jobs.find({ jobId })
      return row && show(row)
    },
    list: (actor: Actor) => jobs.list({ actor: actor.id }, { orderBy: 'startedAt', descending: true, limit: 50 }).map(show),
    cancel: (jobId) => {
      const row = jobs.find({ jobId })
      if (!row) throw notFound('job')
      running.get(jobId)?.abort.abort()
    },
    settle: async () => {
      for (const { abort } of running.values()) abort.abort()
      await Promise.allSettled([...running.values()].map(({ done }) => done))
    },
  }
}

type Run = { row: JobRow; signal: AbortSignal; work: (progress: JobProgress) => Promise<Job['result']> }

const run = async (base: Use, { row, signal, work }: Run): Promise<void> => {
  const { jobs } = base.records
  const keep = keepSometimes(base, row)
  const progress: JobProgress = {
    signal,
    stage: (name, unit, total) => {
      const stage: Job['stages'][number] = { name, unit, done: 0, total: total ?? null }
      row.stages.push(stage)
      keep()
      return {
        advance: (by) => {
          stage.done += by
          keep()
        },
      }
    },
  }
  const end = (state: Job['state'], told: Partial<JobRow>) => {
    jobs.update(row.jobId, { state, stages: row.stages, finishedAt: base.clock.now(), ...told })
    base.metrics.count('guildhall_jobs_total', { kind: row.kind, state })
  }
  try {
    const result = await work(progress)
    end('finished', { result })
  } catch (cause) {
    if (signal.aborted) return end('cancelled', {})
    base.log.error({ jobId: row.jobId, kind: row.kind, ...traceOf(cause) }, 'a job failed')
    end('failed', { reason: reasonOf(cause) })
  }
}

/** Progress is written at most twice a second: it is for eyes. */
const keepSometimes = (base: Use, row: JobRow) => {
  let keptAtMs = 0
  return () => {
    const nowMs = base.clock.nowMs()
    if (nowMs - keptAtMs < 500) return
    keptAtMs = nowMs
    base.records.jobs.update(row.jobId, { stages: row.stages })
  }
}

const reasonOf = (cause: unknown): Job['reason'] => {
  if (cause instanceof GuildhallError) return { code: cause.code, params: cause.params }
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'INTERNAL'
  return { code: code.slice(0, 80), params: {} }
}

const show = ({ actor: _, ...job }: JobRow): Job => job

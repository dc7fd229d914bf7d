import { ApiError, type Job } from '@guildhall/gateway/api'
import { sentenceOfTrouble } from '../components/trouble.ts'
import * as m from '../paraglide/messages.js'
import { api, problemOf } from '../shell/api.ts'
import { language } from '../shell/language.svelte.ts'
import { startWork, type WorkHandle } from '../shell/tray.svelte.ts'

const ended: readonly Job['state'][] = ['finished', 'failed', 'cancelled']
const pauseMs = 700

/** What the one who started a job wants to know of it. */
export interface Following {
  /** Where the receipt of a finished job leads. */
  href?: string | ((job: Job) => string | undefined)
  onstep?: (job: Job) => void
}

/**
 * Shows a job of the base in the tray until it has ended: its real stage and counts, then its receipt. It is found again after a reload.
 * Resolves to the ended job; undefined where the base does not know it or it was stopped here.
 * @throws ApiError with the reason where the job failed, so that a form can show it
 */
export async function followJob(jobId: string, { href, onstep }: Following = {}): Promise<Job | undefined> {
  const first = await api.getJob({ params: { jobId } }).catch(() => undefined)
  if (!first) return undefined
  const place = (job: Job) => (typeof href === 'function' ? href(job) : href)
  const work = startWork({ key: `job:${jobId}`, title: first.title[language.current], stage: 'reading', unit: 'items', total: 0 })
  work.signal.addEventListener('abort', () => void api.cancelJob({ params: { jobId } }).catch(() => undefined))
  const job = await untilEnded(first, work, onstep)
  if (work.signal.aborted) return undefined
  if (job.state === 'finished') {
    work.finish(job.result?.sentence[language.current] ?? '', place(job) ?? placeOf(job))
    return job
  }
  const error = failureOf(job)
  work.fail(sentenceOfTrouble(problemOf(error)).sentence)
  throw error
}

async function untilEnded(first: Job, work: WorkHandle, onstep: ((job: Job) => void) | undefined): Promise<Job> {
  let job = first
  while (!work.signal.aborted) {
    onstep?.(job)
    if (ended.includes(job.state)) return job
    const stage = job.stages.findLast(({ done }) => done > 0) ?? job.stages[0]
    if (stage)
      work.report({ stage: stage.name, done: stage.done, total: stage.total ?? 0, unit: stage.unit === 'bytes' ? 'bytes' : 'items' })
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    // A base that is away for a moment has not dropped the job.
    job = await api.getJob({ params: { jobId: job.jobId } }).catch((error: unknown) => {
      if (problemOf(error).code === 'BASE_UNREACHABLE') return job
      throw error
    })
  }
  return job
}

function failureOf({ reason, state }: Job): ApiError {
  const code = reason?.code ?? 'JOB_STOPPED'
  return new ApiError({
    type: 'about:blank',
    title: code,
    status: 409,
    detail: state === 'cancelled' ? m.job_cancelled() : m.job_interrupted(),
    code,
    nextStep: '',
    params: reason?.params ?? {},
  })
}

/** Jobs on works leave the work's number behind. */
function placeOf({ result }: Job): string | undefined {
  return /^\d{1,10}$/.test(result?.subjectId ?? '') ? `/studio/works/${result?.subjectId}` : undefined
}

import type { Job } from '@guildhall/gateway/api'
import { api, problemOf } from '../shell/api.ts'
import { language } from '../shell/language.svelte.ts'
import { startWork } from '../shell/tray.svelte.ts'

const ended: readonly Job['state'][] = ['finished', 'failed', 'cancelled']

/** Shows a job of the base in the tray until it has ended: its real stage and counts, and what it leaves behind. */
export async function followJob(jobId: string): Promise<Job | undefined> {
  let job: Job
  try {
    job = await api.getJob({ params: { jobId } })
  } catch {
    return undefined
  }
  const work = startWork({ title: job.title[language.current], stage: 'importing', unit: 'items', total: 0 })
  work.signal.addEventListener('abort', () => void api.cancelJob({ params: { jobId } }).catch(() => undefined))
  try {
    while (!ended.includes(job.state) && !work.signal.aborted) {
      const stage = job.stages.findLast(({ done }) => done > 0) ?? job.stages[0]
      if (stage) work.report({ done: stage.done, total: stage.total ?? stage.done })
      await new Promise((resolve) => setTimeout(resolve, 700))
      job = await api.getJob({ params: { jobId } })
    }
  } catch (error) {
    work.fail(problemOf(error).sentence)
    return job
  }
  if (job.state === 'finished') work.finish(job.result?.sentence[language.current] ?? '')
  else work.fail(job.reason?.code ?? job.state)
  return job
}

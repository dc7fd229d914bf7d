import { tray } from '../shell/tray.svelte.ts'
import { followJob } from './follow-job.ts'
import { resumeUpload } from './uploads/uploads.svelte.ts'

/** Takes up again what a reload interrupted: jobs that the base goes on with, and uploads whose file this browser still holds. */
export function resumeWork(): void {
  for (const { key = '', state } of tray.works) {
    const [kind, id = ''] = key.split(':')
    if (state !== 'interrupted') continue
    if (kind === 'job') void followJob(id).catch(() => undefined)
    if (kind === 'upload') void resumeUpload(id)
  }
}

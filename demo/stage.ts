import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beginWalk } from './walk.ts'

/** Everything that the demo writes; removed at its end. */
export const folder = mkdtempSync(join(tmpdir(), 'guildhall-demo-'))
/** What the demo started and has not stopped. */
export const running = new Set<{ kill(): Promise<void> }>()
export const { step, conclude } = beginWalk('Roster → session on a machine → certificate → wallet → verification')

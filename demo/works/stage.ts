import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beginWalk } from '../walk.ts'

/** Everything that the demo of works writes; removed at its end. */
export const folder = mkdtempSync(join(tmpdir(), 'guildhall-works-'))
/** What the demo started and has not stopped. */
export const running = new Set<{ kill(): Promise<void> }>()
export const { step, conclude } = beginWalk('Works: made, reviewed, licensed, read, used, paid, disputed, and the books')

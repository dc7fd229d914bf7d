import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { type BaseProcess, openBrowser, runCommand, startBase } from '../base-process.ts'

/** The steps of a write to the ledger, in their order; the base publishes each on its diagnostics channel. */
export const steps = [
  'row-enqueued',
  'transaction-signed',
  'transaction-stored',
  'transaction-sent',
  'sending-noted',
  'receipt-read',
  'inclusion-noted',
  'finality-noted',
  'handler-begun',
  'handler-done',
  'row-settled',
] as const

/** What a run of kills found. `kills` by step; `lost` and `doubled` count writes, `refused` counts starts that failed. */
export type KillsReport = { kills: Record<string, number>; total: number; lost: number; doubled: number; refused: number }

type Running = { base: BaseProcess; ask: ReturnType<typeof openBrowser>; queued: Set<number> }
/** Founding signs three assessments; every later one is a write of this run. */
const foundingAssessments = 3

/** Where a long run stands, so that one that was interrupted goes on: what was found, what was seen to be queued, the base that may still run. */
type Progress = { report: KillsReport; queued: number[]; pid: number }

/**
 * Kills a base with SIGKILL in the middle of writes to the ledger, over every step in turn, and compares after each restart what the base
 * has queued with what the ledger has: every write that was queued is on the ledger once. With a folder that is named, a run that was
 * interrupted goes on where it was; the folder goes when the count is reached, and stays under another name after a loss.
 */
export async function killOverSteps(count: number, named?: string): Promise<KillsReport> {
  const folder = named ?? mkdtempSync(join(tmpdir(), 'guildhall-kills-'))
  mkdirSync(folder, { recursive: true })
  const progress = readProgress(folder)
  const { report } = progress
  const queued = new Set(progress.queued)
  const killFile = join(folder, 'kill-step')
  rmSync(killFile, { force: true })
  let running = await start(folder, killFile, queued)
  try {
    while (report.total < count) {
      keepProgress(folder, { report, queued: [...queued], pid: running.base.pid })
      running = await killOnce(running, { folder, killFile, report })
      const found = await compare(running)
      report.lost += Math.max(0, found.queued - found.recorded)
      report.doubled += Math.max(0, found.recorded - found.queued)
      if (report.lost + report.doubled > 0) break
    }
    return report
  } finally {
    await running.base.end('SIGKILL')
    const isBad = report.lost + report.doubled + report.refused > 0
    if (named !== undefined && isBad) renameSync(folder, `${folder}-lost-${process.pid}`)
    else if (named === undefined || report.total >= count) rmSync(folder, { recursive: true, force: true })
  }
}

/** One kill at the step whose turn it is, and the start after it. */
async function killOnce(running: Running, at: { folder: string; killFile: string; report: KillsReport }): Promise<Running> {
  const { folder, killFile, report } = at
  const step = steps[report.total % steps.length] ?? 'row-enqueued'
  writeFileSync(killFile, step)
  await signAssessment(running)
  if (!(await hasEnded(running.base))) throw new Error(`the base lived through step ${step}`)
  report.kills[step] = (report.kills[step] ?? 0) + 1
  report.total += 1
  return start(folder, killFile, running.queued).catch((error: unknown) => {
    report.refused += 1
    throw error
  })
}

function readProgress(folder: string): Progress {
  const file = join(folder, 'progress.json')
  if (!existsSync(file)) return { report: { kills: {}, total: 0, lost: 0, doubled: 0, refused: 0 }, queued: [], pid: 0 }
  const progress = JSON.parse(readFileSync(file, 'utf8')) as Progress
  endLeftBehind(progress.pid)
  return progress
}

function keepProgress(folder: string, progress: Progress): void {
  writeFileSync(join(folder, 'progress.tmp'), JSON.stringify(progress))
  renameSync(join(folder, 'progress.tmp'), join(folder, 'progress.json'))
}

/** Whoever interrupted the run may have left its base running; the id may be another program's by now. */
function endLeftBehind(pid: number): void {
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('guildhall.js')) process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

async function start(folder: string, killFile: string, queued: Set<number>): Promise<Running> {
  const preload = pathToFileURL(join(import.meta.dirname, 'kill-at-step.ts')).href
  const dataDir = join(folder, 'base')
  const base = await startBase({ DATA_DIR: dataDir, KILL_STEP_FILE: killFile, NODE_OPTIONS: `--import=${preload}` })
  const ask = openBrowser(base.origin)
  const link = base.operatorLink ?? (await runCommand(['link', '--data', dataDir])).stdout.trim()
  await ask.signIn(link)
  return { base, ask, queued }
}

/** The answer may never come: the base dies meanwhile. */
async function signAssessment({ ask }: Running): Promise<void> {
  const body = { kind: 'safety', report: 'kills', validForSeconds: 31_536_000 }
  await Promise.race([ask.ask('POST', '/api/entitlement/assessments', body).catch(() => undefined), sleep(15_000)])
}

async function hasEnded({ pid }: BaseProcess): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      process.kill(pid, 0)
    } catch {
      return true
    }
    await sleep(50)
  }
  return false
}

/** Waits until nothing waits any more, then counts the writes queued and the assessments on the ledger. */
async function compare({ ask, queued }: Running): Promise<{ queued: number; recorded: number }> {
  const end = Date.now() + 30_000
  for (;;) {
    const outbox = await ask.expect('GET', '/api/outbox')
    const entitlement = await ask.expect('GET', '/api/entitlement')
    // The base shows its newest hundred writes; those of earlier rounds were seen then.
    for (const { kind, outboxId } of outbox.rows) if (kind === 'assessment') queued.add(outboxId)
    const recorded = Math.max(...entitlement.assessments.map(({ recordId }: { recordId: number }) => recordId)) - foundingAssessments
    if ((outbox.waiting === 0 && queued.size === recorded) || Date.now() > end) return { queued: queued.size, recorded }
    await sleep(100)
  }
}

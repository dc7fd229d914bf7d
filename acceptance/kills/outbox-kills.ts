import { rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
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

/**
 * Kills a base with SIGKILL in the middle of writes to the ledger, over every step in turn, and compares after each restart what the base
 * has queued with what the ledger has: every write that was queued is on the ledger once.
 */
export async function killOverSteps(count: number): Promise<KillsReport> {
  const folder = await mkdtemp(join(tmpdir(), 'guildhall-kills-'))
  const report: KillsReport = { kills: {}, total: 0, lost: 0, doubled: 0, refused: 0 }
  const killFile = join(folder, 'kill-step')
  const queued = new Set<number>()
  let running = await start(folder, killFile, queued)
  try {
    for (let round = 0; round < count; round += 1) {
      const step = steps[round % steps.length] ?? 'row-enqueued'
      writeFileSync(killFile, step)
      await signAssessment(running)
      if (!(await hasEnded(running.base))) throw new Error(`the base lived through step ${step}`)
      report.kills[step] = (report.kills[step] ?? 0) + 1
      report.total += 1
      running = await start(folder, killFile, queued).catch((error: unknown) => {
        report.refused += 1
        throw error
      })
      const found = await compare(running)
      report.lost += Math.max(0, found.queued - found.recorded)
      report.doubled += Math.max(0, found.recorded - found.queued)
      if (report.lost + report.doubled > 0) break
    }
    return report
  } finally {
    await running.base.end('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
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

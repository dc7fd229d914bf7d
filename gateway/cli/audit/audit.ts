import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { startLedger } from '@guildhall/node/ledger'
import type { Command } from 'commander'
import { defaults } from '../../config.ts'
import { openDatabase } from '../../records/database.ts'
import { openSettings } from '../../records/settings.ts'
import { originFile, requireDatabase } from '../data-folder.ts'
import { createOutput, type ExitCode, exitCodes } from '../output.ts'
import { type AuditReport, type LedgerPlace, reportAudit } from './audit-heads.ts'

type Options = { data: string; ledger?: string; json?: boolean }

/** Adds `guildhall audit verify`: the log of a data folder against the ledger, also while the base is off. */
export function addAuditCommand(program: Command): void {
  program
    .command('audit')
    .description('the audit log of a base 审计日志')
    .command('verify')
    .description('find rows that were changed, dropped or reordered, by the heads on the ledger; works while the base is off 核对审计日志')
    .option('--data <folder>', 'data folder of the base', defaults.DATA_DIR)
    .option('--ledger <url>', 'where the ledger answers; else LEDGER_RPC_URL, the running base, or a copy of its own ledger')
    .action(async (_: Options, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const db = openDatabase(requireDatabase(options.data))
      try {
        const report = await withLedgers(db, options, (places) => reportAudit(db, places))
        createOutput(options.json === true).result(report, describe(report))
        process.exitCode = exitCodeOf(report)
      } finally {
        db.close()
      }
    })
}

/** Gathers who may be asked. The base's own ledger is started from a copy, so that nothing of the data folder is touched. */
async function withLedgers<T>(db: DatabaseSync, { data, ledger }: Options, work: (places: LedgerPlace[]) => Promise<T>): Promise<T> {
  const folder = resolve(data)
  const named = ledger ?? process.env['LEDGER_RPC_URL'] ?? openSettings(db).find<string>('ledger-url')
  if (named !== undefined && named !== '') return work([{ source: 'the ledger that was named', rpcUrl: named.replace(/^ws/, 'http') }])
  const origin = await findRunning(join(folder, originFile))
  if (origin !== undefined) return work([{ source: 'the ledger of the running base', rpcUrl: `${origin}/rpc` }])
  const own = join(folder, 'ledger')
  return existsSync(own) ? withCopy(own, work) : work([])
}

/** A base that was killed leaves its file behind. */
async function findRunning(file: string): Promise<string | undefined> {
  if (!existsSync(file)) return undefined
  const origin = readFileSync(file, 'utf8').trim()
  const answer = await fetch(`${origin}/health/live`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
  return answer?.ok === true ? origin : undefined
}

async function withCopy<T>(own: string, work: (places: LedgerPlace[]) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'guildhall-audit-'))
  try {
    cpSync(own, dataDir, { recursive: true, filter: (path) => !/lock|\.pid$/i.test(basename(path)) })
    const clock = () => Math.floor(Date.now() / 1000)
    const ledger = await startLedger({ dataDir, port: 0, clock, log: () => undefined }).catch(() => undefined)
    if (ledger === undefined) return await work([])
    try {
      return await work([{ source: "a copy of the base's own ledger", rpcUrl: ledger.rpcUrl }])
    } finally {
      await ledger.stop()
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Tampered before not compared before whole. */
function exitCodeOf({ whole, ledger }: AuditReport): ExitCode {
  if (!whole) return exitCodes.failed
  return ledger.checked ? exitCodes.ok : exitCodes.unknown
}

function describe({ whole, rows, ledger, findings }: AuditReport): string {
  const about = ledger.checked
    ? ledger.heads === 0
      ? `${ledger.source} has no head of this log yet`
      : `the newest of ${ledger.heads} heads on the ledger (block ${ledger.blockNumber}, from ${ledger.source}) covers ${ledger.rows}`
    : `but it could not be compared with the ledger: ${ledger.why} 未能与账本核对。`
  const head = whole ? `The audit log is whole in itself: ${rows} rows; ${about}` : `The audit log was tampered with; ${about}`
  return [head, ...findings.map(({ number, problem, detail }) => `row ${number} ${problem}: ${detail}`)].join('\n')
}

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runLedgerProcess } from '@guildhall/node/ledger'
import type { Command } from 'commander'
import { defaults, describeConfig } from '../config.ts'
import { verifyAuditLog } from '../records/audit.ts'
import { openDatabase } from '../records/database.ts'
import { CommandError, createOutput, exitCodes } from './output.ts'

type DataOption = { data: string }

/** Adds the commands that work on this machine's own files: start, ledger, audit, config. */
export function addLocalCommands(program: Command): void {
  program
    .command('start')
    .description('start a base; its settings are environment variables, see `guildhall config`')
    .option('--data <folder>', 'folder of everything that the base keeps')
    .option('--port <port>', 'port on this machine; 0 takes a free one')
    .action(async ({ data, port }: { data?: string; port?: string }, command: Command) => {
      if (data !== undefined) process.env['DATA_DIR'] = data
      if (port !== undefined) process.env['PORT'] = port
      // Loaded here: the other commands need neither libp2p nor Fastify, and start in a fraction of the time.
      const { runStart } = await import('./start.ts')
      await runStart({ json: command.optsWithGlobals<{ json?: boolean }>().json === true })
    })
  program
    .command('ledger')
    .description('run the embedded ledger by itself, so that several bases on this machine share it')
    .option('--data <folder>', 'folder of the ledger', './ledger')
    .option('--port <port>', 'loopback port; 0 takes a free one', '8545')
    .option('--chain-id <number>', 'chain id of a new ledger')
    .action(async ({ data, port, chainId }: { data: string; port: string; chainId?: string }) => {
      // Whoever read the first lines may go away: the ledger goes on.
      process.stdout.on('error', () => undefined)
      process.exitCode = await runLedgerProcess({
        dataDir: resolve(data),
        port: readNumber('--port', port),
        ...(chainId !== undefined && { chainId: readNumber('--chain-id', chainId) }),
        write: (line) => process.stdout.write(`${line}\n`),
      })
    })
  program
    .command('audit')
    .description('the audit log of a base')
    .command('verify')
    .description('find rows that were changed, dropped or put in another order; works while the base is off')
    .option('--data <folder>', 'data folder of the base', defaults.DATA_DIR)
    .action(({ data }: DataOption, command: Command) => verifyAudit(data, command))
  program
    .command('demo')
    .description('walk the whole path, from a roster to a certificate that outlives its base, on a base of its own')
    .action(async () => {
      const script = join(import.meta.dirname, '../../demo/path.ts')
      if (!existsSync(script))
        throw new CommandError('CLI_DEMO_MISSING', 'The demo is not part of this installation; run it in a checkout.', exitCodes.outage)
      const child = spawn(process.execPath, [script], { stdio: 'inherit' })
      process.exitCode = await new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? exitCodes.failed)))
    })
  program
    .command('config')
    .description('every setting of a base, as a table in Markdown')
    .action(() => createOutput(false).print(describeConfig()))
}

function verifyAudit(data: string, command: Command): void {
  const output = createOutput(command.optsWithGlobals<{ json?: boolean }>().json === true)
  const db = openDatabase(requireDatabase(data))
  try {
    const anchor = db.prepare('SELECT head, rows FROM audit_anchors WHERE block_number IS NOT NULL ORDER BY rows DESC LIMIT 1').get()
    const anchored = anchor && { head: String(anchor['head']), rows: Number(anchor['rows']) }
    const result = verifyAuditLog(db, anchored)
    const about = anchored ? `the head on the ledger covers ${anchored.rows}` : 'no head is on the ledger yet'
    const findings = result.findings.map(({ number, problem, detail }) => `row ${number} ${problem}: ${detail}`)
    output.result(
      result,
      [result.whole ? `The audit log is whole: ${result.rows} rows, ${about}.` : 'The audit log was tampered with.', ...findings].join(
        '\n',
      ),
    )
    if (!result.whole) process.exitCode = exitCodes.failed
  } finally {
    db.close()
  }
}

/** The database of a base that is there. @throws CLI_DATA_MISSING */
export function requireDatabase(data: string): string {
  const file = join(resolve(data), 'base.db')
  if (existsSync(file)) return file
  throw new CommandError(
    'CLI_DATA_MISSING',
    `There is no base in ${data}. Name its data folder with --data, or start a base there.`,
    exitCodes.outage,
  )
}

function readNumber(option: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new CommandError('CLI_NUMBER_INVALID', `${option} takes a whole number, not ${text}.`, exitCodes.usage)
}

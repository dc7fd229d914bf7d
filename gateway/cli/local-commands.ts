import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runLedgerProcess } from '@guildhall/node/ledger'
import type { Command } from 'commander'
import { describeConfig, listSettings } from '../config.ts'
import { CommandError, createOutput, exitCodes } from './output.ts'

/** Adds the commands that work on this machine's own files: start, ledger, demo, config. */
export function addLocalCommands(program: Command): void {
  program
    .command('start')
    .description('start a base; its settings are environment variables, see `guildhall config` 启动基地')
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
    .description('run the embedded ledger by itself, so that several bases on this machine share it 单独运行账本')
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
    .command('demo')
    .description('walk the whole path, from a roster to a certificate that outlives its base, on a base of its own 演示全过程')
    .action(async () => {
      const script = join(import.meta.dirname, '../../demo/path.ts')
      if (!existsSync(script))
        throw new CommandError('CLI_DEMO_MISSING', 'The demo is not part of this installation; run it in a checkout.', exitCodes.outage)
      const child = spawn(process.execPath, [script], { stdio: 'inherit' })
      process.exitCode = await new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? exitCodes.failed)))
    })
  program
    .command('config')
    .description('every setting of a base, as a table in Markdown 全部设置')
    .action((_: unknown, command: Command) => {
      const output = createOutput(command.optsWithGlobals<{ json?: boolean }>().json === true)
      output.result(listSettings(), describeConfig())
    })
}

function readNumber(option: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new CommandError('CLI_NUMBER_INVALID', `${option} takes a whole number, not ${text}.`, exitCodes.usage)
}

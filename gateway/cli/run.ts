import { Command } from 'commander'
import { ApiError } from '../api/index.ts'
import { addAuditCommand } from './audit/audit.ts'
import { completionScript, completionShells } from './completion.ts'
import { addLocalCommands } from './local-commands.ts'
import { addOperatorCommands } from './operate.ts'
import { CommandError, createOutput, exitCodes } from './output.ts'
import { addVerifyCommand } from './verify/verify.ts'

const program = new Command('guildhall')
  .description('A learning base: its ledger, its certificates, its machines. 学习基地的命令行。')
  .option('--json', 'one JSON document on standard output, sentences on standard error')
  .showHelpAfterError('Run with --help for what this command takes.')
  .exitOverride()
  .configureHelp({ sortSubcommands: false })
  .addHelpText('after', '\nExit codes: 0 done or passed · 1 failed or refused · 2 not understood · 3 could not check · 4 out of reach')

addLocalCommands(program)
addVerifyCommand(program)
addAuditCommand(program)
addOperatorCommands(program)
program
  .command('completion')
  .description(`completion for a shell: ${completionShells.join(', ')}`)
  .argument('<shell>', completionShells.join(', '))
  .action((shell: string) => {
    const known = completionShells.find((name) => name === shell)
    if (!known)
      throw new CommandError(
        'CLI_SHELL_UNKNOWN',
        `There is no completion for ${shell}; there is for ${completionShells.join(', ')}.`,
        exitCodes.usage,
      )
    createOutput(false).print(completionScript(program, known))
  })

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

/** One sentence for people, or a problem as JSON; the exit code says which kind of end it was. */
function report(error: unknown): number {
  const said = error as { code?: unknown; message?: unknown; exitCode?: unknown }
  if (typeof said.code === 'string' && said.code.startsWith('commander.')) return said.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  const { code, message, exitCode } = explain(error)
  if (program.opts<{ json?: boolean }>().json) createOutput(true).result({ error: { code, message } }, '')
  else createOutput(true).print(message)
  return exitCode
}

function explain(error: unknown): { code: string; message: string; exitCode: number } {
  if (error instanceof CommandError) return error
  if (error instanceof ApiError) {
    const { code, detail, nextStep, status } = error.problem
    return { code, message: `${detail} ${nextStep}`, exitCode: status === 0 || status >= 500 ? exitCodes.outage : exitCodes.failed }
  }
  const { code, message } = error as { code?: unknown; message?: unknown }
  return { code: typeof code === 'string' ? code : 'CLI_FAILED', message: String(message ?? error), exitCode: exitCodes.outage }
}

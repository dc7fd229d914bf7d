import { Command } from 'commander'
import { addAuditCommand } from './audit/audit.ts'
import { completionScript, completionShells } from './completion.ts'
import { addLocalCommands } from './local-commands.ts'
import { addOperatorCommands } from './operate.ts'
import { CommandError, createOutput, exitCodes } from './output.ts'
import { addVerifyCommand } from './verify/verify.ts'

/** The `guildhall` command with everything below it; nothing has run yet. */
export function createProgram(): Command {
  const program = new Command('guildhall')
    .description('A learning base: its ledger, its certificates, its machines. 学习基地的命令行。')
    .option('--json', 'one JSON document on standard output, sentences on standard error')
    .showHelpAfterError('Run with --help for what this command takes.')
    .exitOverride()
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .addHelpText('after', '\nExit codes: 0 done or passed · 1 failed or refused · 2 not understood · 3 could not check · 4 out of reach')

  addLocalCommands(program)
  addVerifyCommand(program)
  addAuditCommand(program)
  addOperatorCommands(program)
  program
    .command('completion')
    .description(`completion for a shell: ${completionShells.join(', ')} 命令补全`)
    .argument('<shell>', completionShells.join(', '))
    .action((shell: string, _: unknown, command: Command) => {
      const known = completionShells.find((name) => name === shell)
      if (!known)
        throw new CommandError(
          'CLI_SHELL_UNKNOWN',
          `There is no completion for ${shell}; there is for ${completionShells.join(', ')}.`,
          exitCodes.usage,
        )
      const script = completionScript(program, known)
      createOutput(command.optsWithGlobals<{ json?: boolean }>().json === true).result({ shell, script }, script)
    })
  return program
}

import { ApiError } from '../api/index.ts'
import { CommandError, createOutput, exitCodes } from './output.ts'
import { createProgram } from './program.ts'

const program = createProgram()

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

import { type ConfigProblem, readConfig } from '../../config.ts'
import { fill, GuildhallError, problems } from '../../errors.ts'
import { startBase } from '../../main.ts'
import { traceOf } from '../http/report-problem.ts'
import { stopOnSignals } from './lifecycle.ts'

/** Where a starting base tells what happens: a line at a time. */
export type Terminal = { say: (line: string) => void; complain: (line: string) => void }

/**
 * Runs a base by its environment until a signal stops it.
 * @returns 0 once it is ready, 2 when the configuration is wrong, 1 when it could not start; each has been told plainly
 */
export const runBase = async (environment: Readonly<Record<string, string | undefined>>, terminal: Terminal): Promise<0 | 1 | 2> => {
  const read = readConfig(environment)
  if ('problems' in read) {
    for (const line of describeConfigProblems(read.problems)) terminal.complain(line)
    return 2
  }
  try {
    const running = await startBase(read.config)
    stopOnSignals(running)
    terminal.say(`Ready at ${running.addresses.local}`)
    if (running.addresses.network) {
      terminal.say(`On the local network at ${running.addresses.network}`)
      if (read.config.tls === null) terminal.say(`Help to trust it on a tablet: ${running.addresses.network}/install-certificate`)
    }
    if (running.operatorLink) terminal.say(`Sign in as the operator (once, within 24 hours): ${running.operatorLink}`)
    if (running.base.keys.protection === 'file')
      terminal.say("Warning: the base's key has no passphrase. Set KEY_PASSPHRASE before real learners come.")
    return 0
  } catch (cause) {
    for (const line of describeFailure(cause)) terminal.complain(line)
    return 1
  }
}

/** All problems of a configuration, a line each: name, cause, next step. */
export const describeConfigProblems = (found: readonly ConfigProblem[]): string[] => [
  `The configuration has ${found.length === 1 ? 'a problem' : `${found.length} problems`}:`,
  ...found.map(({ name, cause, nextStep }) => `  ${name} ${cause}. ${nextStep}`),
]

/** What kept a base from starting: what happened, and what to do. An error that nobody foresaw is told by its code and places. */
export const describeFailure = (cause: unknown): string[] => {
  if (cause instanceof GuildhallError) {
    const { title, nextStep } = problems[cause.code]
    return [`${title}: ${cause.message}`, `  ${fill(nextStep, cause.params)} (${cause.code})`]
  }
  const { code, message } = cause as { code?: unknown; message?: unknown }
  if (typeof code === 'string' && /^(LEDGER|LABS|NODE|CONTENT|INDEX|CREDENTIAL)_/.test(code)) return [String(message), `  (${code})`]
  if (code === 'ENOSPC') return describeFailure(new GuildhallError('DISK_FULL', { freeBytes: 0 }))
  return ['The base could not start.', `  ${JSON.stringify(traceOf(cause))}`]
}

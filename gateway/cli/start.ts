import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../config.ts'
import { fill, GuildhallError, problems } from '../errors.ts'
import { type RunningBase, startBase } from '../main.ts'
import { originFile } from './data-folder.ts'
import { CommandError, createOutput, exitCodes } from './output.ts'

/**
 * Starts a base and keeps it until SIGINT or SIGTERM. With `--json` one line says that it is ready: `{ event, origin, network, operatorLink, pid }`.
 * @throws CommandError naming every setting that is wrong, or the part that did not start and what to do
 */
export async function runStart({ json }: { json: boolean }): Promise<void> {
  const read = readConfig(process.env)
  if ('problems' in read) {
    const lines = read.problems.map(({ name, cause, nextStep }) => `  ${name} ${cause}. ${nextStep}`)
    throw new CommandError('CONFIGURATION_INVALID', `These settings are not valid:\n${lines.join('\n')}`, exitCodes.usage)
  }
  const began = Date.now()
  const running = await startBase(read.config).catch((error: unknown) => {
    throw explainStart(error)
  })
  const file = join(read.config.dataDir, originFile)
  writeFileSync(file, running.addresses.local, { mode: 0o600 })
  announce(running, { json, seconds: (Date.now() - began) / 1000 })
  stopOnSignal(async () => {
    rmSync(file, { force: true })
    await running.stop()
  })
}

function announce({ addresses, operatorLink, base }: RunningBase, { json, seconds }: { json: boolean; seconds: number }): void {
  const output = createOutput(json)
  const facts = {
    event: 'ready',
    origin: addresses.local,
    network: addresses.network ?? null,
    operatorLink,
    pid: process.pid,
    peers: base.node.addresses(),
  }
  if (json) {
    process.stdout.write(`${JSON.stringify(facts)}\n`)
    return
  }
  const lines = [
    `Ready after ${seconds.toFixed(1)} s. 基地已就绪。`,
    '',
    `  In the browser 在浏览器中打开   ${addresses.local}`,
    ...(addresses.network ? [`  On the local network 局域网      ${addresses.network}`] : []),
    ...(operatorLink ? [`  First operator, once 首次登录    ${operatorLink}`] : []),
    '',
    ...(base.keys.protection === 'file'
      ? ["The base's key lies in a file that only this user can read; set KEY_PASSPHRASE before real use."]
      : []),
    'Ctrl+C stops the base.',
  ]
  output.print(lines.join('\n'))
}

function stopOnSignal(stop: () => Promise<void>): void {
  let asked = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A second signal ends the process at once: everything acknowledged is on disk already.
      if (asked) process.exit(1)
      asked = true
      stop().then(
        () => process.exit(0),
        () => process.exit(1),
      )
    })
  }
}

/** What a person can do about a start that failed: the codes of every part have their sentence. */
function explainStart(error: unknown): unknown {
  if (error instanceof GuildhallError) {
    return new CommandError(error.code, `${error.message} ${fill(problems[error.code].nextStep, error.params)}`, exitCodes.outage)
  }
  const { code, message } = error as { code?: unknown; message?: unknown }
  return typeof code === 'string' ? new CommandError(code, String(message), exitCodes.outage) : error
}

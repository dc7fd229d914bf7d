import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../config.ts'
import { fill, GuildhallError, problems } from '../errors.ts'
import { type RunningBase, startBase } from '../main.ts'
import { findIdentity } from '../use-cases/base/issuing.ts'
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
  const { publicOrigin } = read.config
  const publicHost = publicOrigin === null ? undefined : new URL(publicOrigin).host
  announce(running, { json, seconds: (Date.now() - began) / 1000, publicHost })
  stopOnSignal(async () => {
    rmSync(file, { force: true })
    await running.stop()
  })
}

function announce(
  { addresses, operatorLink, base }: RunningBase,
  { json, seconds, publicHost }: { json: boolean; seconds: number; publicHost: string | undefined },
): void {
  const output = createOutput(json)
  const identity = findIdentity(base)
  const isTrial = identity?.network.trial ?? true
  const facts = {
    event: 'ready',
    trial: isTrial,
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
    ...(isTrial ? ['This base is on a trial network; its certificates say so for good. See `guildhall network show`. 试用网络'] : []),
    ...(publicHost !== undefined && identity !== undefined && identity.host !== publicHost
      ? [
          `PUBLIC_ORIGIN is ${publicHost}, but this base was first started as ${identity.host}, and its certificates go on naming that address.`,
          'A base does not change its address: to found a network under the new one, start a new base on an empty DATA_DIR.',
        ]
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

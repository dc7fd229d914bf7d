import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const root = join(import.meta.dirname, '..', '..')

/** A base that runs as a child process, on free ports and in a folder of its own. */
export interface StartedBase {
  origin: string
  /** One-use sign-in link of the first operator. */
  operatorLink: string
  stop(): Promise<void>
}

/** Starts a base and waits until it says that it is ready. Throws with what it complained when it ends before. */
export async function startBase(settings: Record<string, string> = {}): Promise<StartedBase> {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-browser-'))
  const free = { PORT: '0', NETWORK_PORT: 'off', LEDGER_PORT: '0', BROKER_PORT: '0', BROKER_NETWORK_PORT: 'off' }
  const child = spawn(process.execPath, [join(root, 'gateway/cli/guildhall.js'), 'start', '--json'], {
    cwd: root,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      DATA_DIR: join(folder, 'data'),
      PEER_LISTEN: '/ip4/127.0.0.1/tcp/0',
      RATE_LIMIT_FACTOR: '100',
      ...free,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { origin, operatorLink } = await whenReady(child)
  return {
    origin,
    operatorLink,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await ended
      clearTimeout(timer)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function whenReady(child: ChildProcess): Promise<{ origin: string; operatorLink: string }> {
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('the base has no output')
  const complaints: string[] = []
  createInterface(stderr).on('line', (line) => complaints.push(line))
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the base was not ready within 90 s:\n${complaints.join('\n')}`)), 90_000)
    createInterface(stdout).on('line', (line) => {
      if (!line.startsWith('{')) return
      const said = JSON.parse(line) as { event?: string; origin: string; operatorLink: string }
      if (said.event !== 'ready') return
      clearTimeout(timer)
      resolve(said)
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`the base ended with ${code}:\n${complaints.join('\n')}`))
    })
  })
}

/** Writes one certificate for every outcome of every check into a folder, and returns the folder. */
export function writeFixtures(): string {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-certificates-'))
  execFileSync(process.execPath, [join(root, 'web/verify/sample/write-fixtures.ts'), folder], { stdio: 'inherit' })
  return folder
}

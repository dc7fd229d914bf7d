import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBase as startProcess } from '../base-process.ts'

const root = join(import.meta.dirname, '..', '..')

/** A base that runs as a child process, on free ports and in a folder of its own. */
export interface StartedBase {
  origin: string
  /** One-use sign-in link of the first operator. */
  operatorLink: string
  stop(): Promise<void>
}

/** Starts a base for a browser. Throws with what it complained when it ends before it is ready. */
export async function startBase(settings: Record<string, string> = {}): Promise<StartedBase> {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-browser-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const free = { NETWORK_PORT: 'off', LEDGER_PORT: '0', BROKER_PORT: '0', BROKER_NETWORK_PORT: 'off', PEER_LISTEN: '/ip4/127.0.0.1/tcp/0' }
  // Nobody at a screen is to wait the minute that a batch otherwise gathers certificates.
  const quick = { ANCHOR_SECONDS: '1' }
  const base = await startProcess({ HOME: folder, DATA_DIR: join(folder, 'data'), ...free, ...quick, ...settings }).catch(
    (error: unknown) => {
      remove()
      throw error
    },
  )
  return {
    origin: base.origin,
    operatorLink: base.operatorLink ?? '',
    async stop() {
      await base.end('SIGTERM')
      remove()
    },
  }
}

/** Writes one certificate for every outcome of every check into a folder, and returns the folder. */
export function writeFixtures(): string {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-certificates-'))
  execFileSync(process.execPath, [join(root, 'web/verify/sample/write-fixtures.ts'), folder], { stdio: 'inherit' })
  return folder
}

import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What a ledger process is started with; `limits` as `SnapshotLimits`. */
export interface LedgerProcessSettings {
  readonly dataDir: string
  readonly port?: number
  readonly chainId?: number
  readonly limits?: Record<string, number>
  /** Hears every line of its log. */
  readonly onLine?: (line: string) => void
}

/** A ledger in a process of its own. */
export interface LedgerProcess {
  readonly pid: number
  /** Resolves with what the ready line says; rejects with the line of a failed start, or when the process ends before. */
  readonly ready: Promise<{
    readonly rpcUrl: string
    readonly wsUrl: string
    readonly chainId: number
    readonly enginePid: number
    readonly block: number
  }>
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>
  /** All events logged so far, by name. */
  readonly events: ReadonlyMap<string, number>
  kill(signal: NodeJS.Signals): void
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PROGRAM = `
import { runLedgerProcess } from '@guildhall/node/ledger'
process.stdout.on('error', () => undefined)
const settings = JSON.parse(process.argv[1])
process.exitCode = await runLedgerProcess({ ...settings, write: (line) => process.stdout.write(line + '\\n') })
`

/** Starts `runLedgerProcess` as `guildhall ledger` does. */
export function spawnLedger(settings: LedgerProcessSettings): LedgerProcess {
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM, JSON.stringify(settings)], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const events = new Map<string, number>()
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const ready = new Promise<never>((resolve, reject) => {
    const lines = createInterface({ input: child.stdout ?? process.stdin })
    lines.on('line', (line) => {
      const event = JSON.parse(line)
      settings.onLine?.(line)
      events.set(event.event, (events.get(event.event) ?? 0) + 1)
      if (event.event === 'ledger.ready') resolve(event as never)
      if (event.event === 'ledger.not-started') reject(new Error(`${event.code}: ${event.message}`))
    })
    void ended.then(() => reject(new Error('ended before it was ready')))
  })
  ready.catch(() => undefined)
  const endWithUs = () => void child.kill('SIGKILL')
  process.once('exit', endWithUs)
  void ended.then(() => process.off('exit', endWithUs))
  return { pid: child.pid ?? 0, ready, ended, events, kill: (signal) => void child.kill(signal) }
}

/** Resident memory of a process in MB (10^6 bytes); 0 when it is gone. Linux only, where the figures are taken. */
export function residentMegabytes(pid: number): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return (Number(kilobytes ?? 0) * 1024) / 1e6
  } catch {
    return 0
  }
}

/** True while a process with this id exists and has not ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

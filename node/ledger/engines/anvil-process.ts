import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LedgerError } from '../errors.ts'
import { connectEngine, type EngineConnection } from './engine-connection.ts'
import { findMark, isRunning, markProcess, type ProcessMark } from './folder-lock.ts'

/** What an anvil process is started with. */
export interface AnvilOptions {
  readonly dataDir: string
  readonly chainId: number
  readonly genesisTimestamp: number
  /** Uncompressed state to load, if any. */
  readonly stateFile?: string | undefined
}

/** A running engine process and the connection to it. */
export interface AnvilProcess {
  readonly pid: number
  readonly connection: EngineConnection
  isRunning(): boolean
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>
  /** Ends it at once (nothing in it needs saving). */
  kill(): Promise<void>
}

/** Gas that all transactions of a block may use together; also what bounds one `eth_call`. */
export const BLOCK_GAS_LIMIT = 1_073_741_824

const START_TIMEOUT_MS = 30_000

/**
 * `sh` stays between us and anvil: its pipe from us ends when we do, however we end, and then it ends anvil. It prints the id of the real process.
 * The watcher is a process of its own, so that ending the shell alone does not leave an anvil behind.
 */
const WATCHED =
  'exec 3<&0; "$0" "$@" </dev/null >/dev/null 3<&- & p=$!; ( cat <&3 >/dev/null; kill -9 $p ) 2>/dev/null & w=$!; echo $p; exec 1>&- 3<&-; wait $p; kill -9 $w'

/**
 * Starts anvil with Osaka rules, no automatic mining, base fee 0 (which anvil keeps at 0), and waits until it answers.
 * @throws LedgerError LEDGER_ENGINE_MISSING or LEDGER_ENGINE_FAILED.
 */
export async function startAnvil(options: AnvilOptions): Promise<AnvilProcess> {
  const port = await findFreePort()
  const child = spawn('/bin/sh', ['-c', WATCHED, findBinary(), ...listArguments(options, port)], { stdio: ['pipe', 'pipe', 'pipe'] })
  const lastWords = keepLastWords(child)
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const pid = await readProcessId(child)
  const mark = rememberProcess(options.dataDir, pid)
  const kill = async () => {
    // Destroying our end of the pipe makes the watcher end anvil; the signal makes it immediate.
    if (mark !== undefined) endProcess(mark)
    child.stdin?.destroy()
    await ended
    rmSync(markPath(options.dataDir, pid), { force: true })
  }
  try {
    const connection = await connectWhenReady(port, options.chainId, ended)
    return { pid, connection, ended, kill, isRunning: () => mark !== undefined && isRunning(mark) }
  } catch (cause) {
    await kill()
    throw new LedgerError('LEDGER_ENGINE_FAILED', `The ledger's engine did not start: ${lastWords() || String(cause)}`, { cause })
  }
}

/** Ends engines that an earlier process of this data folder left behind. */
export async function endOrphans(dataDir: string, markFiles: readonly string[]): Promise<number> {
  let count = 0
  for (const file of markFiles) {
    const mark = findMark(join(dataDir, file))
    if (mark !== undefined && endProcess(mark)) {
      count += 1
      while (isRunning(mark)) await sleep(10)
    }
    rmSync(join(dataDir, file), { force: true })
  }
  return count
}

/** Ends exactly this process; false when it has ended already. */
function endProcess(mark: ProcessMark): boolean {
  try {
    return isRunning(mark) && process.kill(mark.pid, 'SIGKILL')
  } catch {
    return false
  }
}

/** Resident memory of a process in MB (10^6 bytes), 0 when it is gone. */
export function measureMegabytes(pid: number): number {
  try {
    if (process.platform === 'linux') {
      const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      return Math.round((Number(kilobytes ?? 0) * 1024) / 1e6)
    }
    return Math.round((Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024) / 1e6)
  } catch {
    return 0
  }
}

function listArguments(options: AnvilOptions, port: number): string[] {
  const settings: Record<string, string | number> = {
    '--host': '127.0.0.1',
    '--port': port,
    '--chain-id': options.chainId,
    '--timestamp': options.genesisTimestamp,
    '--hardfork': 'osaka',
    '--base-fee': 0,
    '--gas-price': 0,
    '--gas-limit': BLOCK_GAS_LIMIT,
    '--order': 'fifo',
    '--accounts': 0,
    // States of the last few blocks only: the one before a block is needed to restore BLOCKHASH after a snapshot.
    '--prune-history': 8,
  }
  const flags = ['--quiet', '--no-mining', '--disable-min-priority-fee', '--enable-tx-gas-limit', '--no-cors', '--no-request-size-limit']
  const load = options.stateFile === undefined ? [] : ['--load-state', options.stateFile]
  return [...flags, ...Object.entries(settings).flatMap(([name, value]) => [name, String(value)]), ...load]
}

/** The npm command is a wrapper around a binary in a package per platform. */
function findBinary(): string {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const name = `@foundry-rs/anvil-${process.platform}-${architecture}/bin/anvil`
  try {
    const wrapper = createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json')
    return createRequire(wrapper).resolve(name)
  } catch (cause) {
    throw new LedgerError(
      'LEDGER_ENGINE_MISSING',
      `The ledger's engine for ${process.platform} ${process.arch} is not installed. Run "npm ci", or set LEDGER_RPC_URL to another ledger.`,
      { cause },
    )
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string')
    throw new LedgerError('LEDGER_ENGINE_FAILED', 'No loopback port is free for the engine.')
  return address.port
}

function readProcessId(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown) => reject(new LedgerError('LEDGER_ENGINE_FAILED', 'The engine process could not be started.', { cause }))
    child.once('error', fail)
    child.once('close', () => fail())
    child.stdout?.once('data', (data: Buffer) => resolve(Number(data.toString('utf8').trim())))
  })
}

function keepLastWords(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.on('data', (data: Buffer) => {
    text = (text + data.toString('utf8')).slice(-600)
  })
  child.stdin?.on('error', () => undefined)
  return () => text.trim()
}

const markPath = (dataDir: string, pid: number) => join(dataDir, `engine-${pid}.json`)

function rememberProcess(dataDir: string, pid: number) {
  const mark = markProcess(pid)
  if (mark !== undefined) writeFileSync(markPath(dataDir, pid), JSON.stringify(mark), { mode: 0o600 })
  return mark
}

async function connectWhenReady(port: number, chainId: number, ended: Promise<void>): Promise<EngineConnection> {
  const signal = AbortSignal.timeout(START_TIMEOUT_MS)
  let isEnded = false
  void ended.then(() => {
    isEnded = true
  })
  for (;;) {
    try {
      const connection = await connectEngine(port)
      const answered = await connection.call('eth_chainId', [])
      // Between finding the port and using it another program may have taken it.
      if (Number(answered) === chainId && !isEnded) return connection
      connection.close()
      throw new Error('another program answers on the port of the engine')
    } catch (error) {
      if (isEnded || signal.aborted) throw error
      await sleep(10)
    }
  }
}

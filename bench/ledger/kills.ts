import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchOptions, Measurement } from '../run.ts'
import { isAlive, type LedgerProcess, spawnLedger } from './ledger-process.ts'
import { call, callAll, openWorkload, RpcRefusal, readIndex, type Workload } from './workload.ts'

/** Kills of the ledger's process, of its engine, or of both, after which nothing acknowledged was lost and the ledger started again. */
export const figure = 'ledger.kills'

const SHORT = 60
/** A run with fewer kills always begins anew. */
const RESUMABLE_FROM = 200
const CHAIN_ID = 1_800_000_007
const SENDERS = 6
/** Small, so that kills also meet snapshots and replacements of the engine. */
const LIMITS = { replayMs: 300, engineMegabytes: 40, growthMegabytes: 10 }
/** A machine with other work on it replays slowly; slow is not lost. How fast a ledger is ready is what `ledger.restart` measures. */
const READY_LIMIT_MS = 120_000

interface Acknowledged {
  readonly hash: string
  readonly blockHash: string | null
}

interface Run {
  readonly folder: string
  readonly port: number
  readonly rpcUrl: string
  readonly workload: Workload
  readonly nonces: number[]
  contract: string
  nextIndex: number
  kills: number
  isOver: boolean
  acknowledged: Acknowledged[]
  readonly counts: Record<string, number>
}

/**
 * Ends at the first loss; the value is the number of kills before it. A long run (200 kills or more) that was interrupted goes on where it was. What
 * was found is told on standard error.
 */
export async function run({ count = SHORT, seconds = Number.POSITIVE_INFINITY }: BenchOptions): Promise<Measurement[]> {
  const name = join(tmpdir(), `guildhall-bench-ledger-kills-${count}`)
  const state = await openRun(count < RESUMABLE_FROM ? mkdtempSync(`${name}-`) : name)
  const until = performance.now() + seconds * 1000
  let loss: string | undefined
  try {
    loss = await killUntil(state, count, until)
  } catch (error) {
    loss = error instanceof Error ? error.message : String(error)
  }
  tell(
    `${state.kills} kills, ${state.acknowledged.length} acknowledged, ${loss === undefined ? 'none lost' : `ENDED: ${loss}`} ${JSON.stringify(state.counts)}`,
  )
  if (loss !== undefined) keepForInspection(state.folder)
  else if (state.kills >= count) rmSync(state.folder, { recursive: true, force: true })
  return [{ figure, value: state.kills, unit: 'kills', peer: null, peerValue: null, ratio: null }]
}

/** Out of the way of the next run, which begins anew. */
function keepForInspection(folder: string): void {
  const kept = `${folder}-lost-${process.pid}`
  renameSync(folder, kept)
  tell(`what was found is kept in ${kept}`)
}

async function openRun(folder: string): Promise<Run> {
  mkdirSync(folder, { recursive: true })
  const workload = await openWorkload(join(folder, 'keys'), CHAIN_ID, SENDERS)
  const port = await findPort()
  const progress = join(folder, 'progress.json')
  const { kills = 0, counts = {} } = existsSync(progress) ? JSON.parse(readFileSync(progress, 'utf8')) : {}
  const log = join(folder, 'acknowledged.jsonl')
  const acknowledged = existsSync(log) ? parseLines(readFileSync(log, 'utf8')) : []
  const nonces = workload.accounts.map(() => 0)
  return {
    folder,
    port,
    rpcUrl: `http://127.0.0.1:${port}/`,
    workload,
    nonces,
    contract: '',
    nextIndex: 0,
    kills,
    isOver: false,
    acknowledged,
    counts,
  }
}

async function killUntil(state: Run, count: number, until: number): Promise<string | undefined> {
  let ledger = start(state)
  await whenReady(ledger)
  await prepare(state)
  let refusal: string | undefined
  const senders = state.workload.accounts.map((_, index) =>
    keepSending(state, index).catch((error: unknown) => {
      refusal ??= String(error)
    }),
  )
  try {
    while (state.kills < count && performance.now() < until) {
      await sleep(20 + Math.random() * 500)
      const engines = listEngines(state)
      const before = ledger
      ledger = await killOne(state, ledger, engines)
      await whenReady(ledger)
      if (ledger !== before) for (const pid of engines) await assertGone(pid)
      const loss = await findLoss(state, state.acknowledged.slice(-300))
      if (loss !== undefined || refusal !== undefined) return loss ?? refusal
      state.kills += 1
      writeFileSync(join(state.folder, 'progress.json'), JSON.stringify({ kills: state.kills, counts: state.counts }))
    }
  } finally {
    state.isOver = true
    await Promise.all(senders)
  }
  const loss = (await findLoss(state, state.acknowledged)) ?? (await findDoubling(state))
  ledger.kill('SIGTERM')
  await ledger.ended
  noteEvents(state, ledger)
  return loss
}

/** One kill at a random place: the ledger's process, its engine, both in either order, or the ledger again while it starts. */
async function killOne(state: Run, ledger: LedgerProcess, engines: readonly number[]): Promise<LedgerProcess> {
  const targets = ['ledger', 'engine', 'engine-then-ledger', 'ledger-then-engine', 'ledger-twice'] as const
  const target = targets[Math.floor(Math.random() * targets.length)] ?? 'ledger'
  state.counts[target] = (state.counts[target] ?? 0) + 1
  note(state, JSON.stringify({ time: new Date().toISOString(), event: 'kill', target, ledger: ledger.pid, engines }))
  if (target.startsWith('engine')) endOne(engines)
  if (target === 'engine') return ledger
  ledger.kill('SIGKILL')
  if (target === 'ledger-then-engine') endOne(engines)
  await ledger.ended
  noteEvents(state, ledger)
  const next = start(state)
  if (target !== 'ledger-twice') return next
  await sleep(Math.random() * 1_200)
  next.kill('SIGKILL')
  await next.ended
  noteEvents(state, next)
  return start(state)
}

function start(state: Run): LedgerProcess {
  return spawnLedger({
    dataDir: join(state.folder, 'ledger'),
    port: state.port,
    chainId: CHAIN_ID,
    limits: LIMITS,
    onLine: (line) => note(state, line),
  })
}

/** @throws when the ledger refuses to start: that ends the run. */
async function whenReady(ledger: LedgerProcess) {
  const timer = AbortSignal.timeout(READY_LIMIT_MS)
  return Promise.race([
    ledger.ready,
    new Promise<never>((_, reject) => timer.addEventListener('abort', () => reject(new Error(`not ready after ${READY_LIMIT_MS} ms`)))),
  ])
}

async function prepare(state: Run): Promise<void> {
  const { workload, rpcUrl } = state
  await call(rpcUrl, 'eth_sendRawTransaction', [workload.deployment.raw])
  const receipt = await call<{ contractAddress: string }>(rpcUrl, 'eth_getTransactionReceipt', [workload.deployment.hash])
  state.contract = receipt.contractAddress
  for (const [index, account] of workload.accounts.entries()) {
    state.nonces[index] = Number(await call<string>(rpcUrl, 'eth_getTransactionCount', [account.address, 'latest']))
  }
  state.nextIndex =
    (await call<unknown[]>(rpcUrl, 'eth_getLogs', [{ fromBlock: '0x0', toBlock: 'latest', address: state.contract }])).length +
    1_000_000 * state.kills
}

/** Sends one transaction after the other, each again with the same bytes until it is acknowledged. */
async function keepSending(state: Run, index: number): Promise<void> {
  const account = state.workload.accounts[index]
  if (account === undefined) return
  while (!state.isOver) {
    const nonce = state.nonces[index] ?? 0
    state.nextIndex += 1
    const signed = state.workload.call(account, { nonce, index: state.nextIndex, contract: state.contract })
    while (!(await send(state, signed))) {
      if (state.isOver) return
      await sleep(25)
    }
    state.nonces[index] = nonce + 1
    if (Math.random() < 0.2) await sleep(Math.random() * 30)
  }
}

/** True when the ledger acknowledged; the receipt is asked for at once, and its block noted when the ledger lives long enough to say. */
async function send(state: Run, signed: { raw: string; hash: string }): Promise<boolean> {
  try {
    const hash = await call<string>(state.rpcUrl, 'eth_sendRawTransaction', [signed.raw])
    const receipt = await call<{ blockHash: string } | null>(state.rpcUrl, 'eth_getTransactionReceipt', [hash]).catch(() => undefined)
    if (receipt === null) throw new RpcRefusal(`${hash} was acknowledged without a receipt`)
    const entry = { hash, blockHash: receipt?.blockHash ?? null }
    state.acknowledged.push(entry)
    appendFileSync(join(state.folder, 'acknowledged.jsonl'), `${JSON.stringify(entry)}\n`)
    return true
  } catch (error) {
    if (error instanceof RpcRefusal && !/engine|stopping/.test(error.message)) {
      state.isOver = true
      throw error
    }
    return false
  }
}

async function findLoss(state: Run, acknowledged: readonly Acknowledged[]): Promise<string | undefined> {
  for (let offset = 0; offset < acknowledged.length; offset += 100) {
    const part = acknowledged.slice(offset, offset + 100)
    const receipts = await callAll<{ blockHash: string; status: string } | null>(
      state.rpcUrl,
      part.map(({ hash }) => ['eth_getTransactionReceipt', [hash]] as const),
    )
    for (const [index, entry] of part.entries()) {
      const receipt = receipts[index]
      if (receipt instanceof Error) return `the receipt of ${entry.hash} was not given: ${receipt.message}`
      if (receipt === null || receipt === undefined) return `${entry.hash} was acknowledged and is lost`
      if (receipt.status !== '0x1') return `${entry.hash} has another result than before`
      if (entry.blockHash !== null && receipt.blockHash !== entry.blockHash) return `${entry.hash} is in another block than before`
    }
  }
  return undefined
}

/** Every call logs its number once; numbers are unique. */
async function findDoubling(state: Run): Promise<string | undefined> {
  const logs = await call<{ data: string }[]>(state.rpcUrl, 'eth_getLogs', [
    { fromBlock: '0x0', toBlock: 'latest', address: state.contract },
  ])
  const numbers = new Set(logs.map((log) => readIndex(log.data)))
  if (numbers.size !== logs.length) return 'a transaction was carried out twice'
  // The deployment is not among the acknowledged calls; what is on the ledger without an acknowledgement was under way at a kill.
  return logs.length < new Set(state.acknowledged.map((entry) => entry.hash)).size ? 'fewer logs than acknowledged transactions' : undefined
}

async function assertGone(pid: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (!isAlive(pid)) return
    await sleep(20)
  }
  throw new Error(`engine ${pid} lives on although its ledger was killed`)
}

/** The real engine processes of the ledger: usually one, two while a snapshot is being tried. */
function listEngines(state: Run): number[] {
  return readdirSync(join(state.folder, 'ledger'))
    .flatMap((name) => /^engine-(\d+)\.json$/.exec(name)?.[1] ?? [])
    .map(Number)
}

function endOne(pids: readonly number[]): void {
  const pid = pids[Math.floor(Math.random() * pids.length)]
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
  } catch {
    // It was replaced in the meantime, which is as good.
  }
}

function note(state: Run, line: string): void {
  appendFileSync(join(state.folder, 'log.jsonl'), `${line}\n`)
}

function noteEvents(state: Run, ledger: LedgerProcess): void {
  for (const [event, times] of ledger.events) state.counts[event] = (state.counts[event] ?? 0) + times
}

function parseLines(text: string): Acknowledged[] {
  return text
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line))
}

async function findPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

const tell = (text: string) => process.stderr.write(`ledger.kills: ${text}\n`)

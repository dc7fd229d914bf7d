import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchOptions, Measurement } from '../run.ts'
import { openFolder, startWithHistory } from './history.ts'
import { residentMegabytes } from './ledger-process.ts'
import { call } from './workload.ts'

/** Peak resident memory in MB (10^6 bytes) of the ledger's process and all its engine processes together, while it takes 20,000 transactions and more. */
export const figure = 'ledger.memory'

const SHORT = 1_920
const EVERY_MS = 100

/** Looks at the processes ten times a second while the history and then `count` more transactions are taken. */
export async function run({ count = SHORT }: BenchOptions): Promise<Measurement[]> {
  const folder = openFolder('ledger-memory')
  let peak = 0
  let enginePeak = 0
  let atPeak = ''
  let pid = 0
  const look = setInterval(() => {
    const engines = listEngines(join(folder.path, 'ledger')).map(residentMegabytes)
    const own = residentMegabytes(pid)
    const together = engines.reduce((sum, one) => sum + one, own)
    if (together > peak) atPeak = `its process ${own.toFixed(0)} MB, engines ${engines.map((one) => one.toFixed(0)).join(' and ')} MB`
    peak = Math.max(peak, together)
    enginePeak = Math.max(enginePeak, ...engines)
  }, EVERY_MS)
  try {
    const started = startWithHistory(folder.path, count, (process) => {
      pid = process.pid
    })
    const { ledger, rpcUrl, traffic } = await started
    await Promise.all(
      traffic.measured.map(async (mine) => {
        for (const { raw } of mine) await call(rpcUrl, 'eth_sendRawTransaction', [raw])
      }),
    )
    ledger.kill('SIGTERM')
    await ledger.ended
    process.stderr.write(`ledger.memory: largest single engine ${enginePeak.toFixed(0)} MB; at the peak ${atPeak}\n`)
    return [{ figure, value: Math.round(peak), unit: 'MB', peer: null, peerValue: null, ratio: null }]
  } finally {
    clearInterval(look)
    folder.remove()
  }
}

function listEngines(dataDir: string): number[] {
  try {
    return readdirSync(dataDir)
      .flatMap((name) => /^engine-(\d+)\.json$/.exec(name)?.[1] ?? [])
      .map(Number)
  } catch {
    return []
  }
}

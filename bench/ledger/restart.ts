import { join } from 'node:path'
import type { BenchOptions, Measurement } from '../run.ts'
import { CHAIN_ID, openFolder, startWithHistory } from './history.ts'
import { spawnLedger } from './ledger-process.ts'
import { call } from './workload.ts'

/** Seconds from starting the process to the first JSON-RPC answer, after a kill -9 while it worked, with 20,000 transactions of 160 k gas behind it. */
export const figure = 'ledger.restart'

const SHORT = 5

/** The worst of `count` restarts; each is preceded by a few more transactions and a kill. */
export async function run({ count = SHORT }: BenchOptions): Promise<Measurement[]> {
  const folder = openFolder('ledger-restart')
  try {
    const { ledger, rpcUrl, traffic } = await startWithHistory(folder.path, count * 64)
    let running = ledger
    let url = rpcUrl
    const taken: number[] = []
    for (let round = 0; round < count; round += 1) {
      const under = traffic.measured.map((mine) => mine[round]).filter((signed) => signed !== undefined)
      const sent = under.map((signed) => call(url, 'eth_sendRawTransaction', [signed.raw]).catch(() => undefined))
      await Promise.race(sent)
      running.kill('SIGKILL')
      await running.ended
      const started = performance.now()
      running = spawnLedger({ dataDir: join(folder.path, 'ledger'), chainId: CHAIN_ID })
      url = (await running.ready).rpcUrl
      await call(url, 'eth_blockNumber', [])
      taken.push((performance.now() - started) / 1000)
      // What the kill cut off is sent again, so that the next round's nonces follow.
      await Promise.all(under.map((signed) => call(url, 'eth_sendRawTransaction', [signed.raw])))
    }
    running.kill('SIGTERM')
    await running.ended
    process.stderr.write(`ledger.restart: ${taken.map((seconds) => seconds.toFixed(2)).join(' ')} s\n`)
    return [{ figure, value: Math.round(Math.max(...taken) * 100) / 100, unit: 's', peer: null, peerValue: null, ratio: null }]
  } finally {
    folder.remove()
  }
}

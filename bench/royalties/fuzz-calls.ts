/** Random calls of registry and ledger under the invariants of contracts/invariants/royalties; any finding ends it. The long run is `--count 1000000`. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Measurement } from '../run.ts'

/** The figure's name. */
export const figure = 'royalties.fuzz-calls'

// As the invariants are written: three of them, each run 64 deep, seventeen calls a step.
const CALLS_A_RUN = 3 * 64 * 17
const INVARIANTS = 'contracts/invariants/royalties/RoyaltyLedger.t.sol'
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Runs the invariants often enough for `count` calls, and answers with how many there were, also in a second. */
export async function run({ count = 100_000 }: { count?: number }): Promise<Measurement[]> {
  const runs = Math.ceil(count / CALLS_A_RUN)
  const began = performance.now()
  const { status, stdout } = spawnSync('hardhat', ['test', 'solidity', '--no-compile', INVARIANTS], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, INVARIANT_RUNS: String(runs) },
  })
  if (status !== 0) throw new Error(`an invariant did not hold:\n${stdout}`)
  const ran = [...stdout.matchAll(/invariant_\w+\(\) \(runs: (\d+)\)/g)].reduce((sum, match) => sum + Number(match[1]), 0)
  const value = (ran / 3) * CALLS_A_RUN
  const seconds = (performance.now() - began) / 1000
  return [
    { figure, value, unit: 'calls', peer: 'the first prototype (quoted)', peerValue: 16_384, ratio: value / 16_384 },
    { figure: `${figure}.rate`, value: value / seconds, unit: 'calls/s', peer: null, peerValue: null, ratio: null },
  ]
}

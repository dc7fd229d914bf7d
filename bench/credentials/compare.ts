import type { BenchOptions, Measurement } from '../run.ts'

/** Two ways to do one thing. Each call does it once, from the start, and checks its own result. */
export interface Contest {
  figure: string
  peer: string
  own: () => Promise<unknown>
  theirs: () => Promise<unknown>
  /** About how many times as fast as the peer: so that a round of either takes as long. */
  expectedRatio: number
}

/**
 * Operations a CPU second, own and peer's in short rounds by turns in one process, so that a busy machine slows both alike. The processor's
 * time counts (all threads of the process), not the clock's.
 */
export async function compare(
  { figure, peer, own, theirs, expectedRatio }: Contest,
  { count, seconds = 12 }: BenchOptions,
): Promise<Measurement[]> {
  const theirRound = expectedRatio >= 2 ? 10 : 60
  const ownRound = Math.max(1, Math.round(theirRound * expectedRatio))
  await repeat(own, ownRound * 3)
  await repeat(theirs, theirRound * 3)
  let ownSeconds = 0
  let theirSeconds = 0
  let rounds = 0
  const end = performance.now() + seconds * 1000
  const enough = count === undefined ? Number.POSITIVE_INFINITY : Math.ceil(count / ownRound)
  while (performance.now() < end && rounds < enough) {
    // Who goes first changes from round to round.
    if (rounds % 2 === 0) ownSeconds += await repeat(own, ownRound)
    theirSeconds += await repeat(theirs, theirRound)
    if (rounds % 2 === 1) ownSeconds += await repeat(own, ownRound)
    rounds++
  }
  const value = (rounds * ownRound) / ownSeconds
  const peerValue = (rounds * theirRound) / theirSeconds
  return [
    {
      figure,
      value: round(value),
      unit: 'per CPU second',
      peer,
      peerValue: round(peerValue),
      ratio: Math.round((value / peerValue) * 100) / 100,
    },
  ]
}

/** CPU seconds that `times` calls took. */
async function repeat(operation: () => Promise<unknown>, times: number): Promise<number> {
  const before = process.cpuUsage()
  for (let index = 0; index < times; index++) await operation()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

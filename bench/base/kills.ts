import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { BenchOptions, Measurement } from '../run.ts'

export const figure = 'base.kills'

/** Kills after which nothing queued was lost or doubled, aimed over every step of the outbox; ends at the first loss. */
export async function run({ count = 20 }: BenchOptions): Promise<Measurement[]> {
  const program = join(import.meta.dirname, '../../acceptance/kills/count-base-kills.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [program, String(count)], { maxBuffer: 1 << 26 })
  const { total, lost, doubled } = JSON.parse(stdout) as { total: number; lost: number; doubled: number }
  const held = total - (lost + doubled > 0 ? 1 : 0)
  return [{ figure, value: held, unit: 'kills', peer: null, peerValue: null, ratio: null }]
}

import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { BenchOptions, Measurement } from '../run.ts'

export const figure = 'base.kills'

/** A run with fewer kills always begins anew. */
const resumableFrom = 100

/**
 * Kills after which nothing queued was lost or doubled, aimed over every step of the outbox; ends at the first loss. A long run (100 kills or
 * more) that was interrupted goes on where it was. The kills of each step are told on standard error.
 */
export async function run({ count = 20 }: BenchOptions): Promise<Measurement[]> {
  const program = join(import.meta.dirname, '../../acceptance/kills/count-base-kills.ts')
  const folder = count < resumableFrom ? [] : [join(tmpdir(), `guildhall-bench-base-kills-${count}`)]
  const { stdout } = await promisify(execFile)(process.execPath, [program, String(count), ...folder], { maxBuffer: 1 << 26 })
  const { total, lost, doubled, kills } = JSON.parse(stdout) as { total: number; lost: number; doubled: number; kills: object }
  process.stderr.write(`base.kills: ${total} kills, ${lost} lost, ${doubled} doubled ${JSON.stringify(kills)}\n`)
  const held = total - (lost + doubled > 0 ? 1 : 0)
  return [{ figure, value: held, unit: 'kills', peer: null, peerValue: null, ratio: null }]
}

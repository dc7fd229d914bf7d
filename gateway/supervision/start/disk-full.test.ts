import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import type { Filled } from './fill-disk-for-tests.ts'

const program = join(import.meta.dirname, 'fill-disk-for-tests.ts')

/** A small file system of its own, where the machine lets a user have one; else the same by a limit on the size of files. */
const mode = ((): 'disk' | 'limit' => {
  try {
    execFileSync('unshare', ['--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'none', tmpdir()], { stdio: 'ignore' })
    return 'disk'
  } catch {
    return 'limit'
  }
})()

it(`loses nothing acknowledged on a full disk, says so plainly, and goes on when there is room again (by ${mode})`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-disk-full-'))
  const { ledger, telemetry, records } = await run(folder)
  rmSync(folder, { recursive: true, force: true })
  for (const part of [ledger, telemetry, records]) {
    expect(part.acknowledged).toBeGreaterThan(0)
    expect(part.found).toBe(part.acknowledged + part.later)
  }
  expect(ledger.refusal).toEqual({
    code: 'LEDGER_DISK_FULL',
    message: expect.stringMatching(/disk is full.*Free some space; nothing acknowledged is lost/),
  })
  expect(telemetry.refusal).toEqual({ code: 'LABS_LOG_FAILED', message: expect.stringMatching(/free the disk/) })
  // SQLITE_FULL, which the base tells as DISK_FULL; where only the size of files is limited, SQLite says SQLITE_IOERR_WRITE.
  expect(records.refusal.code).toBe(mode === 'disk' ? 'sqlite 13' : 'sqlite 778')
  expect(records.integrity).toBe('ok')
})

async function run(folder: string): Promise<{ ledger: Filled; telemetry: Filled; records: Filled & { integrity: unknown } }> {
  const [command, args] =
    mode === 'disk'
      ? ['unshare', ['--map-root-user', '--mount', 'sh', '-c', 'mount -t tmpfs -o size=16m none "$1" && exec "$0" "$2" "$1" disk']]
      : ['sh', ['-c', 'trap "" XFSZ; exec "$0" "$2" "$1" limit']]
  const { stdout } = await promisify(execFile)(command as string, [...(args as string[]), process.execPath, folder, program])
  return JSON.parse(stdout)
}

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/**
 * Runs `npm start` in a folder until it says that the base is ready, and ends it.
 * @returns seconds until then
 */
export function timeStart(folder: string, dataDir: string): Promise<number> {
  const began = performance.now()
  const child = spawn('npm', ['start'], {
    cwd: folder,
    detached: true,
    env: { ...process.env, PORT: '0', DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return new Promise((resolve, reject) => {
    let said = ''
    let seconds: number | undefined
    const hear = (chunk: Buffer) => {
      said += chunk.toString()
      if (seconds !== undefined || !/Ready after/.test(said)) return
      seconds = (performance.now() - began) / 1000
      process.kill(-(child.pid ?? 0), 'SIGTERM')
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', (code) => {
      if (seconds !== undefined) resolve(seconds)
      else reject(new Error(`npm start ended with ${code} before it was ready: ${said.slice(-500)}`))
    })
  })
}

/** Runs `work` with a folder that is removed afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-start-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** This checkout. */
export const checkout = root

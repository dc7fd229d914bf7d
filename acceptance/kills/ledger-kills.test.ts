import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const KILLS = 50

it(`loses no acknowledged transaction and starts again after each of ${KILLS} random kills of the ledger and its engine`, async () => {
  const { code, lines, told } = await runFigure()
  // What was killed and how often is part of the answer, not only that it held.
  console.info(told.trim())
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { figure: 'ledger.kills', value: KILLS, unit: 'kills', peer: null, peerValue: null, ratio: null },
  ])
  expect(code).toBe(0)
}, 300_000)

function runFigure(): Promise<{ code: number | null; lines: string[]; told: string }> {
  const child = spawn(process.execPath, ['bench/run.ts', 'ledger.kills', '--count', String(KILLS)], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let told = ''
  child.stdout.on('data', (data) => {
    output += String(data)
  })
  child.stderr.on('data', (data) => {
    told += String(data)
  })
  return new Promise((resolve) =>
    child.once('close', (code) => resolve({ code, lines: output.split('\n').filter((line) => line !== ''), told })),
  )
}

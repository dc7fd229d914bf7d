/**
 * Runs every test of the project: the Solidity fuzz and invariant tests, and all vitest projects. Arguments go to vitest
 * (`npm test -- --project credentials`), and then only vitest runs. Ends with a line `N passed, N failed, N skipped`;
 * whatever was skipped is named, with the reason that the test gives.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What the seconds are counted by, with what each may take on two cores (together 15 minutes). */
const budgets = { 'set-up': 300, contracts: 150, kills: 180, browser: 150, rest: 120 } as const
type Part = keyof typeof budgets
type Counts = { passed: number; failed: number; skipped: number }
type Phase = { name: string; part: Part; seconds: number; exitCode: number; counts: Counts }

const args = process.argv.slice(2)
const reports = mkdtempSync(join(tmpdir(), 'guildhall-tests-'))
const began = Date.now()

/** Names each skipped test with its reason; the JSON report has no reasons. */
const skipReporter = join(import.meta.dirname, 'report-skips.ts')

const packages = ['credentials', 'node', 'gateway', 'web', 'bench', 'demo', 'repository'].flatMap((name) => ['--project', name])
const acceptance = ['--project', 'acceptance']

// Whole bases, kills and browsers load both cores by themselves, so they follow the rest instead of making every timeout longer.
const phases =
  args.length > 0
    ? [await runVitest('chosen', 'rest', args)]
    : [
        await runSolidity(),
        await runVitest('contracts', 'contracts', ['--project', 'contracts']),
        await runVitest('packages', 'rest', packages),
        await runVitest('path', 'rest', [...acceptance, 'acceptance/path']),
        await runVitest('kills', 'kills', [...acceptance, 'acceptance/kills']),
        await runVitest('browser', 'browser', [...acceptance, 'acceptance/browser']),
      ]
rmSync(reports, { recursive: true, force: true })
summarise(phases)

async function runSolidity(): Promise<Phase> {
  const { seconds, exitCode, output } = await run('hardhat', ['test', 'solidity', '--no-compile'], true)
  const passed = sumOf(output, /(\d+) passing/g)
  const failed = sumOf(output, /(\d+) failing/g)
  return { name: 'solidity', part: 'contracts', seconds, exitCode, counts: { passed, failed, skipped: sumOf(output, /(\d+) skipped/g) } }
}

async function runVitest(name: string, part: Part, vitestArgs: string[]): Promise<Phase> {
  const report = join(reports, `${name}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`, `--reporter=${skipReporter}`]
  const { seconds, exitCode } = await run('vitest', ['run', ...vitestArgs, ...reporters], false)
  return { name, part, seconds, exitCode, counts: readReport(report) }
}

type VitestReport = {
  numPassedTests: number
  numFailedTests: number
  testResults: { name: string; status: string; assertionResults: { status: string; fullName: string }[] }[]
}

function readReport(file: string): Counts {
  let report: VitestReport
  try {
    report = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
  const skipped = report.testResults.flatMap((one) => one.assertionResults).filter((one) => !['passed', 'failed'].includes(one.status))
  const brokenFiles = report.testResults.filter(
    (one) => one.status === 'failed' && one.assertionResults.every((test) => test.status !== 'failed'),
  )
  return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles.length, skipped: skipped.length }
}

function run(program: string, programArgs: string[], capture: boolean): Promise<{ seconds: number; exitCode: number; output: string }> {
  const started = Date.now()
  console.log(`\n── ${program} ${programArgs.slice(0, 4).join(' ')}${programArgs.length > 4 ? ' …' : ''}`)
  return new Promise((resolve) => {
    const child = spawn(program, programArgs, { stdio: ['ignore', capture ? 'pipe' : 'inherit', 'inherit'] })
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      process.stdout.write(chunk)
    })
    const settle = (exitCode: number) => resolve({ seconds: (Date.now() - started) / 1000, exitCode, output })
    child.on('error', (error) => {
      console.error(`${program} did not start: ${error.message}`)
      settle(1)
    })
    child.on('close', (code) => settle(code ?? 1))
  })
}

function sumOf(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0)
}

function summarise(all: Phase[]): void {
  console.log('')
  for (const { name, seconds, exitCode, counts } of all) {
    console.log(
      `${name.padEnd(12)} ${seconds.toFixed(1).padStart(7)} s   ${counts.passed} passed, ${counts.failed} failed${exitCode === 0 ? '' : `   (ended with ${exitCode})`}`,
    )
  }
  const total = all
    .map((phase) => phase.counts)
    .reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }))
  console.log(`all          ${((Date.now() - began) / 1000).toFixed(1).padStart(7)} s`)
  if (args.length === 0) console.log(`by part      ${sayParts(all)}`)
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  if (all.some((phase) => phase.exitCode !== 0) || total.failed > 0 || total.passed === 0) process.exitCode = 1
}

/** Seconds of each part, of those that it may take. Set-up began when `npm test` did, which the bootstrap hands on. */
function sayParts(all: Phase[]): string {
  const bootstrapped = Number(process.env['GUILDHALL_BEGAN'] ?? began)
  const secondsOf = (part: Part) =>
    part === 'set-up' ? (began - bootstrapped) / 1000 : all.reduce((sum, phase) => sum + (phase.part === part ? phase.seconds : 0), 0)
  return (Object.keys(budgets) as Part[]).map((part) => `${part} ${secondsOf(part).toFixed(0)} of ${budgets[part]} s`).join(', ')
}

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBase } from '../base-process.ts'
import { findBrowser } from '../browser/find-browser.ts'
import { axeFourWays, closeContext, openBrowser, openContext } from '../browser/pages.ts'
import { installFromNpm } from './install.ts'
import { beginClaims, type Claims, type Peer } from './peer.ts'
import { runProgram } from './programs.ts'

const version = '12.8.2'
/** Least accessibility score of a page, of 1. Performance is told with the load of the machine and judged by the bench, not here. */
const leastAccessibility = 0.95
const categories = ['performance', 'accessibility', 'best-practices', 'seo']

/** Lighthouse and axe in a real Chromium, on the Verify page as a visitor without any session opens it, in both languages. */
export const lighthouse: Peer = {
  name: 'lighthouse',
  version: `Lighthouse ${version} and axe (npm) in Chromium`,
  async run() {
    const npm = await installFromNpm({ lighthouse: version })
    const browser = await findBrowser()
    const folder = mkdtempSync(join(tmpdir(), 'guildhall-lighthouse-'))
    const claims = beginClaims()
    const { output } = await runProgram(browser.executablePath, [...browser.args, '--version'])
    claims.say(`${output.trim().split('\n').at(-1)} (${browser.source})`)
    const base = await startBase({ DATA_DIR: join(folder, 'base') })
    try {
      for (const language of ['en', 'zh-CN']) {
        const command = join(npm, 'node_modules/.bin/lighthouse')
        const flags = ['--headless=new', ...browser.args, `--accept-lang=${language}`].join(' ')
        await look(
          { command, page: `${base.origin}/verify`, report: join(folder, `${language}.json`), language, flags, ...browser },
          claims,
        )
      }
      await lookWithAxe(`${base.origin}/verify`, claims)
    } finally {
      await base.end('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    }
    return claims.result()
  },
}

type Look = { command: string; page: string; report: string; language: string; flags: string; executablePath: string }
type Report = {
  categories: Record<string, { title: string; score: number | null }>
  audits: Record<string, { title: string; displayValue?: string }>
  runtimeError?: { message: string }
}

async function look({ command, page, report, language, flags, executablePath }: Look, claims: Claims): Promise<void> {
  const output = ['--output', 'json', '--output-path', report, '--quiet', `--only-categories=${categories.join(',')}`]
  const locale = ['--locale', language === 'zh-CN' ? 'zh' : 'en', '--extra-headers', JSON.stringify({ 'accept-language': language })]
  const args = [page, ...output, ...locale, `--chrome-flags=${flags}`]
  const ended = await runProgram(command, args, {
    env: { CHROME_PATH: executablePath, LIGHTHOUSE_NO_ERROR_REPORTING: '1' },
    timeoutMs: 300_000,
  })
  if (ended.code !== 0) throw new Error(`lighthouse ended with ${ended.code}: ${ended.output.slice(-2_000)}`)
  const seen = JSON.parse(readFileSync(report, 'utf8')) as Report
  if (seen.runtimeError) throw new Error(`lighthouse could not look: ${seen.runtimeError.message}`)
  const scores = categories.map((name) => `${name} ${seen.categories[name]?.score ?? 'not judged'}`)
  claims.say(`${language}: ${scores.join(', ')} (one-minute load of the machine ${loadavg()[0]?.toFixed(1)})`)
  const times = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift']
  claims.say(`${language}: ${times.map((name) => `${name} ${seen.audits[name]?.displayValue ?? '?'}`).join(', ')}`)
  const accessibility = seen.categories['accessibility']?.score ?? 0
  claims.hold(accessibility >= leastAccessibility, `${language}: accessibility ${accessibility}, at least ${leastAccessibility}`)
}

async function lookWithAxe(page: string, claims: Claims): Promise<void> {
  const browser = await openBrowser()
  try {
    const opened = await openContext(browser)
    const tab = await opened.context.newPage()
    await tab.goto(page, { waitUntil: 'networkidle' })
    const findings = await axeFourWays(tab)
    const errors = await closeContext(opened)
    for (const finding of [...findings, ...errors].slice(0, 40)) claims.say(finding)
    claims.hold(findings.length === 0, `axe, WCAG 2.2 AA: ${findings.length} violations in both languages and both themes`)
    claims.hold(errors.length === 0, `${errors.length} errors of the page itself`)
  } finally {
    await browser.close()
  }
}

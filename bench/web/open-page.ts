import { execFileSync } from 'node:child_process'
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, extname, join } from 'node:path'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'

const root = join(import.meta.dirname, '..', '..')
const dist = join(root, 'web/dist')
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
}

/** The built pages over HTTP, gzipped as a base sends them, and nothing behind them: what needs a base is answered 503. */
export interface ServedPages {
  origin: string
  close(): Promise<void>
}

/** Serves `web/dist` on a free port of this machine. */
export async function servePages(): Promise<ServedPages> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    const isScreen = extname(path) === '' && !path.startsWith('/api/')
    const file = join(dist, isScreen ? 'index.html' : path)
    if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(503).end()
    const isPacked = existsSync(`${file}.gz`)
    response.writeHead(200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
    })
    createReadStream(isPacked ? `${file}.gz` : file).pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(() => resolve())) }
}

/** Opens Chromium: `CHROMIUM_PATH`, the system's, else `@sparticuz/chromium`. */
export async function openBrowser(): Promise<Browser> {
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const paths = (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))
  const system = process.env['CHROMIUM_PATH'] ?? paths.find(existsSync)
  const executablePath = system ?? (await (await import('@sparticuz/chromium')).default.executablePath())
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

/** A context that trusts the network of the test files. */
export async function openVisitor(browser: Browser, files: TestFiles): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'zh-CN', reducedMotion: 'reduce', serviceWorkers: 'block' })
  const networks = `[${readFileSync(files.path('network.json'), 'utf8')}]`
  await context.addInitScript((held) => {
    if (location.protocol.startsWith('http')) localStorage.setItem('guildhall.networks', held)
  }, networks)
  return context
}

/** Certificates made for this run. */
export interface TestFiles {
  path(name: string): string
  remove(): void
}

/** Makes a network with one certificate, and the bundles of it. */
export function makeTestFiles(): TestFiles {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-bench-web-'))
  execFileSync(process.execPath, [join(root, 'web/verify/sample/write-fixtures.ts'), folder])
  return { path: (name) => join(folder, name), remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Milliseconds from the moment that a file is handed over to the moment after the verdict was painted. */
export async function timeVerdict(
  context: BrowserContext,
  { url, file, slowdown }: { url: string; file: string; slowdown: number },
  rounds: number,
): Promise<number[]> {
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await page.goto(url)
  await page.waitForLoadState('networkidle')
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    await page.evaluate(watchForVerdict)
    await page.getByTestId('file-input').setInputFiles(file)
    times.push(await page.evaluate(() => (globalThis as unknown as { verdictAfter: Promise<number> }).verdictAfter))
    await page.getByRole('button', { name: '核验另一张' }).click()
  }
  await page.close()
  return times
}

/** In the page: the clock starts with the input's change event and stops with the frame after the one that holds the verdict. */
function watchForVerdict(): void {
  const input = document.querySelector('[data-testid="file-input"]')
  const target = globalThis as unknown as { verdictAfter: Promise<number> }
  target.verdictAfter = new Promise((resolve) => {
    let began = 0
    input?.addEventListener('change', () => (began = performance.now()), { once: true, capture: true })
    const observer = new MutationObserver(() => {
      if (!document.querySelector('[data-verdict="valid"]')) return
      observer.disconnect()
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - began)))
    })
    observer.observe(document.body, { subtree: true, childList: true, attributes: true })
  })
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

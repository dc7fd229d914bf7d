import type { BenchOptions, Measurement } from '../run.ts'
import { openBrowser, servePages } from './open-page.ts'

/** HTML, CSS and JavaScript that Verify loads before a file is dropped, gzipped (limit 45 kB). */
export const figure = 'web.verify-weight'

/** Loads the page as a first visitor; what it fetches ahead while idle is not needed yet and not counted. */
export async function run(_options: BenchOptions): Promise<Measurement[]> {
  const [pages, browser] = [await servePages(), await openBrowser()]
  try {
    const context = await browser.newContext({ locale: 'zh-CN', serviceWorkers: 'block' })
    await context.addInitScript(() => {
      globalThis.requestIdleCallback = () => 0
    })
    const page = await context.newPage()
    const sizes: Promise<number>[] = []
    page.on('requestfinished', (request) => {
      if (['document', 'script', 'stylesheet'].includes(request.resourceType()))
        sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize))
    })
    await page.goto(`${pages.origin}/verify`)
    await page.getByTestId('file-input').waitFor({ state: 'attached' })
    await page.waitForLoadState('networkidle')
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    const value = Math.round(bytes / 100) / 10
    return [{ figure, value, unit: 'kB', peer: 'limit', peerValue: 45, ratio: value / 45 }]
  } finally {
    await browser.close()
    await pages.close()
  }
}

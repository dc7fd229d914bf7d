import type { BenchOptions, Measurement } from '../run.ts'
import { makeTestFiles, median, openBrowser, openVisitor, servePages, timeVerdict } from './open-page.ts'

/** From the first dropped bundle of a fresh page to its painted verdict, the processor slowed four times (limit 1 s): the median. */
export const figure = 'web.drop-to-verdict.cold'

/** `count`: how many fresh pages are timed. */
export async function run({ count = 5 }: BenchOptions): Promise<Measurement[]> {
  const [pages, browser, files] = [await servePages(), await openBrowser(), makeTestFiles()]
  try {
    const times: number[] = []
    for (let round = 0; round < count; round += 1) {
      const context = await openVisitor(browser, files)
      const place = { url: `${pages.origin}/verify`, file: files.path('sound.guildhall'), slowdown: 4 }
      times.push(...(await timeVerdict(context, place, 1)))
      await context.close()
    }
    return [{ figure, value: Math.round(median(times)), unit: 'ms', peer: 'limit', peerValue: 1000, ratio: median(times) / 1000 }]
  } finally {
    await browser.close()
    await pages.close()
    files.remove()
  }
}

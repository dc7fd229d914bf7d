import type { BenchOptions, Measurement } from '../run.ts'
import { makeTestFiles, median, openBrowser, openVisitor, servePages, timeVerdict } from './open-page.ts'

/** From a dropped bundle to its painted verdict once the verifier has run (limit 300 ms): the median. */
export const figure = 'web.drop-to-verdict.warm'

/** `count`: how many drops are timed. */
export async function run({ count = 15 }: BenchOptions): Promise<Measurement[]> {
  const [pages, browser, files] = [await servePages(), await openBrowser(), makeTestFiles()]
  try {
    const context = await openVisitor(browser, files)
    const place = { url: `${pages.origin}/verify`, file: files.path('sound.guildhall'), slowdown: 1 }
    const [, ...times] = await timeVerdict(context, place, count + 1)
    return [{ figure, value: Math.round(median(times)), unit: 'ms', peer: 'limit', peerValue: 300, ratio: median(times) / 300 }]
  } finally {
    await browser.close()
    await pages.close()
    files.remove()
  }
}

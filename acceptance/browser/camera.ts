import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findBrowser } from './find-browser.ts'

const [width, height] = [640, 480]

/** The modules of a QR code as a page shows it, its quiet zone included: true is dark. */
export function readModules(page: Page, selector: string): Promise<boolean[][]> {
  return page
    .locator(selector)
    .first()
    .evaluate((svg) => {
      const size = Number(svg.getAttribute('viewBox')?.split(' ')[2])
      const dark = new Set(
        [...(svg.querySelector('path')?.getAttribute('d') ?? '').matchAll(/M(\d+) (\d+)h1/g)].map(([, x, y]) => `${x} ${y}`),
      )
      return Array.from({ length: size }, (_, y) => Array.from({ length: size }, (_, x) => dark.has(`${x} ${y}`)))
    })
}

/** A browser whose camera sees a QR code on grey, as one held in front of it; `close` also removes the film. */
export async function openBrowserBefore(modules: readonly boolean[][]): Promise<Pick<Browser, 'newContext' | 'close'>> {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-camera-'))
  const film = join(folder, 'camera.y4m')
  writeFileSync(film, filmOf(modules))
  const { executablePath, args } = await findBrowser()
  const camera = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`]
  const browser = await chromium.launch({ executablePath, args: [...args, ...camera] })
  return {
    newContext: (options) => browser.newContext(options),
    async close() {
      await browser.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** YUV4MPEG2 with 4:2:0 planes: two equal frames, which Chromium shows again and again. */
function filmOf(modules: readonly boolean[][]): Buffer {
  const scale = Math.floor((height * 0.9) / modules.length)
  const [left, top] = [width, height].map((side) => Math.floor((side - scale * modules.length) / 2))
  const luma = Buffer.alloc(width * height, 160)
  for (const [y, row] of modules.entries())
    for (const [x, isDark] of row.entries())
      for (let line = 0; line < scale; line += 1) {
        const at = ((top ?? 0) + y * scale + line) * width + (left ?? 0) + x * scale
        luma.fill(isDark ? 16 : 235, at, at + scale)
      }
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((width * height) / 2, 128)])
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), frame, frame])
}

import type { Page } from 'playwright-core'
import { axeFindings } from './pages.ts'

/** How many A4 pages a page is printed on, with margins as a browser has them unless the page sets its own. */
export async function countPages(page: Page): Promise<number> {
  const side = '10mm'
  await page.emulateMedia({ media: null })
  const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true, margin: { top: side, right: side, bottom: side, left: side } })
  return (pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length
}

/** What axe finds on paper, from the light and from the dark theme: paper is white in both. */
export async function axeOnPaper(page: Page): Promise<string[]> {
  const findings: string[] = []
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ media: 'print', colorScheme: theme })
    findings.push(...(await axeFindings(page)).map((finding) => `[${theme} on paper] ${finding}`))
  }
  await page.emulateMedia({ media: null, colorScheme: 'light' })
  return findings
}

/** The words that are printed, and only those. */
export async function wordsOnPaper(page: Page): Promise<string> {
  await page.emulateMedia({ media: 'print' })
  // biome-ignore lint/performance/useDomNodeTextContent: what is not displayed is not printed, and is part of the text content
  const words = await page.evaluate(() => document.body.innerText)
  await page.emulateMedia({ media: null })
  return words
}

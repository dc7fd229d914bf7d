import type { Page } from 'playwright-core'
import { axeFindings } from './pages.ts'

/** How many A4 pages a page is printed on. */
export async function countPages(page: Page): Promise<number> {
  const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true })
  return (pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length
}

/** What axe finds on paper, from the light and from the dark theme: paper is white in both. */
export async function axeOnPaper(page: Page): Promise<string[]> {
  const findings: string[] = []
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ media: 'print', colorScheme: theme })
    findings.push(...(await axeFindings(page)).map((finding) => `[${theme} on paper] ${finding}`))
  }
  await page.emulateMedia({ media: 'screen', colorScheme: 'light' })
  return findings
}

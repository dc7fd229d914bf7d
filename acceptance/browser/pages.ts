import AxeBuilder from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { findBrowser } from './find-browser.ts'

/** The two sizes that every screen is looked at in. */
export const sizes = { desk: { width: 1360, height: 860 }, phone: { width: 390, height: 844 } } as const
export type SizeName = keyof typeof sizes

/** Every screen of Operations, by its path below /operations/. */
export const operationsSections = [
  '',
  'sessions',
  'awards',
  'learners',
  'roster',
  'programmes',
  'programmes/new',
  'machines',
  'stations',
  'base',
  'staff',
  'audit',
] as const

/** Opens the Chromium that was found, without a window. */
export async function openBrowser(): Promise<Browser> {
  const { executablePath, args } = await findBrowser()
  return chromium.launch({ executablePath, args: [...args] })
}

/** What a new context is like. */
export interface ContextSettings {
  size?: SizeName
  language?: 'zh-CN' | 'en'
  theme?: 'light' | 'dark'
  /** Networks listed on this device before the page opens. */
  networks?: string
}

/** A context as of a visitor who has never been here; errors of its pages are collected. */
export async function openContext(
  browser: Pick<Browser, 'newContext'>,
  { size = 'desk', language = 'zh-CN', theme = 'light', networks }: ContextSettings = {},
) {
  const context = await browser.newContext({
    viewport: sizes[size],
    locale: language,
    colorScheme: theme,
    reducedMotion: 'reduce',
    acceptDownloads: true,
  })
  if (networks !== undefined) {
    await context.addInitScript((held) => {
      // The first, empty page of a tab has no storage.
      if (location.protocol.startsWith('http')) localStorage.setItem('guildhall.networks', held)
    }, `[${networks}]`)
  }
  context.setDefaultTimeout(10_000)
  const errors: string[] = []
  context.on('weberror', (error) => errors.push(error.error().message))
  return { context, errors }
}

/** WCAG 2.2 A and AA rules that a page breaks, each with the element: an empty list is what every screen must give. */
// Legacy mode looks at this page alone, without a second one to gather frames: there are none here, and it is three times as fast.
export async function axeFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary?.split('\n')[1]?.trim()}`),
  )
}

/** The findings in both languages and both themes of the page as it is, switched by its own buttons; it is left as it was. */
export async function axeFourWays(page: Page): Promise<string[]> {
  const findings: string[] = []
  for (const step of ['first', 'theme', 'language', 'theme'] as const) {
    if (step === 'theme')
      await page.getByRole('button', { name: /^(切换到深色|切换到浅色|Use the dark theme|Use the light theme)$/ }).click()
    if (step === 'language') await page.getByRole('button', { name: /^(English|中文)$/ }).click()
    const state = await page.evaluate(() => `${document.documentElement.lang} ${document.documentElement.dataset['theme'] ?? 'system'}`)
    findings.push(...(await axeFindings(page)).map((finding) => `[${state} ${page.url()}] ${finding}`))
  }
  await page.getByRole('button', { name: /^(English|中文)$/ }).click()
  return findings
}

/** Closes a context and returns the errors that its pages threw. */
export async function closeContext({ context, errors }: { context: BrowserContext; errors: string[] }): Promise<string[]> {
  await context.close()
  return errors
}

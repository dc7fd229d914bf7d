/**
 * Writes a picture of every screen, in both languages, at a desk and on a phone, into docs/screens/ (each at most 150 kB).
 *
 *     node acceptance/browser/take-screenshots.ts [own-wallet | studio | verify]
 *
 * With a word only the pictures of a wallet in its learner's own hands, of Studio, or of verdicts.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { openBrowser, openContext, operationsSections, type SizeName } from './pages.ts'
import { startBase, writeFixtures } from './start-base.ts'
import { takeOwnWallet } from './take-own-wallet.ts'
import { takeStudio } from './take-studio.ts'

const folder = join(import.meta.dirname, '../../docs/screens')
const largest = 150_000

const [base, browser] = await Promise.all([
  startBase({ BASE_NAME_ZH: '东湖学习基地', BASE_NAME_EN: 'East Lake learning base' }),
  openBrowser(),
])
const fixtures = writeFixtures()
mkdirSync(folder, { recursive: true })
try {
  const only = process.argv[2]
  if (only === 'verify') await inEachWay(takeVerdicts)
  else await takeSignedIn(only)
} finally {
  await browser.close()
  await base.stop()
  rmSync(fixtures, { recursive: true, force: true })
}

async function takeSignedIn(only: string | undefined): Promise<void> {
  const staff = await signInStaff()
  const card = await fillBase(staff)
  const operator = await staff.newPage()
  await operator.goto(`${base.origin}/operations`)
  if (only !== 'studio') await takeOwnWallet(browser, operator, take)
  if (only !== 'own-wallet') await takeStudio(operator, base.origin, take)
  await operator.close()
  if (only !== undefined) return
  await inEachWay(async (language, size) => {
    await takeSignedOut(language, size)
    await takeVerdicts(language, size)
    await takeOperations(staff, language, size)
  })
  await takeWallet(staff, card)
}

async function inEachWay(takeOne: (language: 'zh-CN' | 'en', size: SizeName) => Promise<void>): Promise<void> {
  for (const language of ['zh-CN', 'en'] as const) for (const size of ['desk', 'phone'] as const) await takeOne(language, size)
}

async function signInStaff(): Promise<BrowserContext> {
  const { context } = await openContext(browser)
  const page = await context.newPage()
  await page.goto(base.operatorLink)
  await page.getByText('你已登录为').waitFor()
  await page.close()
  return context
}

/** Installs the sample school and prints one card; returns its number. */
async function fillBase(staff: BrowserContext): Promise<string> {
  const page = await staff.newPage()
  await page.goto(`${base.origin}/operations`)
  await page.getByRole('button', { name: '安装示例学校' }).click()
  await page.getByText('示例学校已安装').first().waitFor({ timeout: 60_000 })
  await page.getByRole('button', { name: '移走' }).click()
  await page.goto(`${base.origin}/operations/learners?consent=given`)
  await page.locator('tbody td a').first().click()
  await page.getByRole('link', { name: '打印学习卡' }).click()
  const card = (await page.locator('.code').first().textContent()) ?? ''
  await page.close()
  return card.replaceAll(' ', '')
}

async function takeSignedOut(language: 'zh-CN' | 'en', size: SizeName): Promise<void> {
  const { context } = await openContext(browser, { language, size })
  const page = await context.newPage()
  for (const [path, name] of [
    ['/', 'welcome'],
    ['/verify', 'verify'],
    ['/studio', 'studio'],
    ['/assembly', 'assembly'],
    ['/wallet', 'wallet-door'],
    ['/sign-in', 'sign-in'],
  ] as const) {
    await page.goto(base.origin + path)
    await settle(page)
    await take(page, `${name}-${size}-${language}`)
  }
  await context.close()
}

async function takeVerdicts(language: 'zh-CN' | 'en', size: SizeName): Promise<void> {
  const networks = readFileSync(join(fixtures, 'network.json'), 'utf8')
  const { context } = await openContext(browser, { language, size, networks })
  const page = await context.newPage()
  for (const [file, name] of [
    ['sound', 'verify-valid'],
    ['status-failed', 'verify-not-valid'],
    ['proof-unknown', 'verify-unconfirmed'],
    ['record-failed', 'verify-record'],
  ] as const) {
    await page.goto(`${base.origin}/verify`)
    await page.getByTestId('file-input').setInputFiles(join(fixtures, `${file}.guildhall`))
    await page.locator('[data-verdict]:not([data-verdict="running"])').waitFor()
    await untilStill(page)
    if (name === 'verify-record') await openInside(page)
    await take(page, `${name}-${size}-${language}`)
  }
  await context.close()
}

/** The certificate inside a record that failed, with its seven checks. */
async function openInside(page: Page): Promise<void> {
  const failed = page.locator('[data-inside="not-valid"]')
  await failed.locator('summary').click()
  await failed.locator('[data-inside-check]').first().waitFor()
  await page
    .locator('[data-inside]')
    .first()
    .evaluate((inside) => inside.scrollIntoView({ block: 'center' }))
}

async function takeOperations(staff: BrowserContext, language: 'zh-CN' | 'en', size: SizeName): Promise<void> {
  const page = await staff.newPage()
  await page.setViewportSize(size === 'desk' ? { width: 1360, height: 860 } : { width: 390, height: 844 })
  await page.goto(base.origin)
  await page.evaluate((held) => localStorage.setItem('PARAGLIDE_LOCALE', held), language)
  for (const section of operationsSections) {
    await page.goto(`${base.origin}/operations/${section}`)
    await page.locator('.dense').waitFor()
    await settle(page)
    await take(page, `operations-${section.replace('/', '-') || 'overview'}-${size}-${language}`)
  }
  await page.close()
}

/** Opens a station, which signs the staff out, and comes in by the card. */
async function takeWallet(staff: BrowserContext, card: string): Promise<void> {
  const page = await staff.newPage()
  await page.setViewportSize({ width: 390, height: 844 })
  await page.evaluate((held) => localStorage.setItem('PARAGLIDE_LOCALE', held), 'zh-CN').catch(() => undefined)
  await page.goto(base.origin)
  await page.evaluate(() => localStorage.setItem('PARAGLIDE_LOCALE', 'zh-CN'))
  await page.goto(`${base.origin}/operations/stations`)
  await page.getByLabel('站点名称').fill('一号平板')
  await page.getByRole('button', { name: '开放' }).click()
  await page.getByLabel('卡上的编号').fill(card)
  await page.getByRole('button', { name: '下一步' }).click()
  await page.locator('[data-picture]').first().waitFor()
  for (const language of ['zh-CN', 'en']) {
    await take(page, `wallet-pictures-phone-${language}`)
    await page.getByRole('button', { name: /^(English|中文)$/ }).click()
  }
  for (let round = 0; round < 8; round += 1)
    await page
      .locator('[data-picture]')
      .nth(round % 4)
      .click()
  await page.getByText('还没有证书').first().waitFor()
  for (const language of ['zh-CN', 'en']) {
    await take(page, `wallet-phone-${language}`)
    await page.getByRole('button', { name: /^(English|中文)$/ }).click()
  }
}

/** A narrow page scrolls to the verdict by itself, and not in an instant. */
async function untilStill(page: Page): Promise<void> {
  const read = () => page.evaluate(() => scrollY)
  for (let before = -1, now = await read(); now !== before; ) {
    await page.waitForTimeout(300)
    before = now
    now = await read()
  }
}

async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
}

async function take(page: Page, name: string): Promise<void> {
  const bytes = await page.screenshot({ type: 'jpeg', quality: 80 })
  if (bytes.length > largest) throw new Error(`${name} has ${bytes.length} bytes, more than ${largest}`)
  writeFileSync(join(folder, `${name}.jpg`), bytes)
}

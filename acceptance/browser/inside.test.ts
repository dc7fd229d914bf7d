import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeFourWays, closeContext, openBrowser, openContext, operationsSections } from './pages.ts'
import { type StartedBase, startBase } from './start-base.ts'

const rosterZip = join(import.meta.dirname, '../../demo/files/roster.zip')
let base: StartedBase
let browser: Browser
let staff: { context: BrowserContext; errors: string[] }
let page: Page

beforeAll(async () => {
  ;[base, browser] = await Promise.all([startBase(), openBrowser()])
  staff = await openContext(browser)
  page = await staff.context.newPage()
})

afterAll(async () => {
  await browser?.close()
  await base?.stop()
})

/** A security key of the browser's own, as a phone or laptop has one (WebAuthn Level 3 §11, by CDP). */
async function giveAuthenticator(to: Page): Promise<void> {
  const session = await to.context().newCDPSession(to)
  await session.send('WebAuthn.enable')
  const options = {
    protocol: 'ctap2',
    ctap2Version: 'ctap2_1',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    hasPrf: true,
    automaticPresenceSimulation: true,
  }
  await session.send('WebAuthn.addVirtualAuthenticator', { options: options as never })
}

describe('the operator', () => {
  it('comes in by the one-use link, which takes itself out of the address, and adds a passkey', async () => {
    await giveAuthenticator(page)
    await page.goto(base.operatorLink)
    await page.getByText('你已登录为').waitFor()
    expect(page.url()).toBe(`${base.origin}/sign-in`)
    await page.getByRole('button', { name: '添加通行密钥' }).click()
    await page.waitForURL(`${base.origin}/operations`)
    await page.locator('h1', { hasText: '运行状况' }).waitFor()
  })

  it('comes back by passkey', async () => {
    await page.getByRole('button', { name: '退出' }).click()
    await page.goto(`${base.origin}/sign-in`)
    await page.getByRole('button', { name: '使用通行密钥' }).click()
    await page.waitForURL(`${base.origin}/operations`)
  })

  it('installs the sample school and sees it finish in the tray, also after a reload', async () => {
    await page.getByRole('button', { name: '安装示例学校' }).click()
    await page.getByText('示例学校已安装').first().waitFor({ timeout: 60_000 })
    await page.reload()
    await page.getByRole('region', { name: '进行中的工作' }).getByText('已安装').waitFor()
    await page.getByRole('button', { name: '移走' }).click()
  }, 90_000)

  it('sees what a roster would change, imports it, and finds a learner by ⌘K', async () => {
    await page.goto(`${base.origin}/operations/roster`)
    await page.getByTestId('roster-input').setInputFiles(rosterZip)
    await page.getByTestId('roster-changes').waitFor({ timeout: 60_000 })
    expect(await page.getByTestId('roster-changes').textContent()).toContain('1,000')
    await page.getByRole('button', { name: '确认导入' }).click()
    await page.getByRole('heading', { name: '导入结果' }).waitFor({ timeout: 60_000 })
    await page.goto(`${base.origin}/operations/learners`)
    const name = (await page.locator('tbody td a').first().textContent()) ?? ''
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').fill(name)
    await page
      .getByRole('option', { name: new RegExp(`${name}.*学习者`) })
      .first()
      .waitFor()
    await page.keyboard.press('Escape')
  }, 120_000)

  it.each(operationsSections)('breaks no WCAG 2.2 AA rule on Operations %s, at a desk and on a phone', async (section) => {
    await page.goto(`${base.origin}/operations/${section}`)
    await page.locator('.dense').waitFor()
    await page.waitForLoadState('networkidle')
    expect(await axeFourWays(page)).toEqual([])
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await axeFourWays(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    await page.setViewportSize({ width: 1360, height: 860 })
  })
})

describe('a learner at a station', () => {
  let card = ''

  it('gets a printed card whose QR code has at most 45 modules', async () => {
    // Whose guardian has agreed: without that the base keeps no wallet for a minor.
    await page.goto(`${base.origin}/operations/learners?consent=given`)
    await page.locator('tbody td a').first().click()
    await page.getByRole('link', { name: '打印学习卡' }).click()
    const qr = page.locator('svg[data-modules]').first()
    await qr.waitFor()
    expect(Number(await qr.getAttribute('data-modules'))).toBeLessThanOrEqual(45)
    card = ((await page.locator('.code').first().textContent()) ?? '').replaceAll(' ', '')
    expect(card).toMatch(/^GH1[A-Z2-7]{26}$/)
  })

  it('chooses four pictures by keyboard, sees an empty wallet in plain words, and comes back with the same pictures', async () => {
    await page.goto(`${base.origin}/operations/stations`)
    await page.getByLabel('站点名称').fill('一号平板')
    await page.getByRole('button', { name: '开放' }).click()
    await page.waitForURL(`${base.origin}/wallet`)
    await enterCard(page, card)
    await page.getByRole('heading', { name: '选四张图' }).waitFor()
    expect(await page.locator('[data-picture]').count()).toBe(16)
    expect(await axeFourWays(page)).toEqual([])
    await pick(page, ['cat', 'moon', 'key', 'cat'])
    await page.getByRole('heading', { name: '再选一次' }).waitFor()
    await pick(page, ['cat', 'moon', 'key', 'cat'])
    await page.getByText('还没有证书').first().waitFor()
    expect(await page.locator('main').textContent()).not.toMatch(/哈希|节点|区块|代币|助记词|gas|hash|token|seed/i)
    expect(await axeFourWays(page)).toEqual([])
    await page.getByRole('button', { name: '退出' }).click()
    await enterCard(page, card)
    await page.getByRole('heading', { name: '按顺序选出' }).waitFor()
    await pick(page, ['moon', 'cat', 'key', 'cat'])
    await page.getByText('还可以试 4 次').waitFor()
    await pick(page, ['cat', 'moon', 'key', 'cat'])
    await page.getByText('还没有证书').first().waitFor()
  })

  it('threw no error on any of these pages', async () => {
    expect(await closeContext(staff)).toEqual([])
  })
})

async function enterCard(on: Page, code: string): Promise<void> {
  await on.getByLabel('卡上的编号').fill(code.toLowerCase())
  await on.getByRole('button', { name: '下一步' }).click()
}

async function pick(on: Page, pictures: readonly string[]): Promise<void> {
  for (const picture of pictures) {
    await on.locator(`[data-picture="${picture}"]`).focus()
    await on.keyboard.press('Enter')
  }
}

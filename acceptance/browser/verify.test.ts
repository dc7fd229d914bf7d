import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeFourWays, closeContext, openBrowser, openContext } from './pages.ts'
import { axeOnPaper, countPages, wordsOnPaper } from './paper.ts'
import { type StartedBase, startBase, writeFixtures } from './start-base.ts'

let base: StartedBase
let browser: Browser
let folder: string
let networks: string
/** The seven, in their order (TRUST: data model, proof, issuer, entitled, status, dates, evidence). */
const sevenChecks = ['data-model', 'proof', 'issuer', 'entitled', 'status', 'dates', 'evidence']
const file = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = writeFixtures()
  networks = readFileSync(file('network.json'), 'utf8')
  ;[base, browser] = await Promise.all([startBase(), openBrowser()])
})

afterAll(async () => {
  await browser?.close()
  await base?.stop()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

async function drop(page: Page, names: readonly string[]): Promise<void> {
  await page.getByTestId('file-input').setInputFiles(names.map(file))
}

async function verdictOf(page: Page): Promise<string | null> {
  const verdict = page.locator('[data-verdict]:not([data-verdict="running"])')
  await verdict.waitFor()
  return verdict.getAttribute('data-verdict')
}

async function checksOf(page: Page): Promise<Record<string, string>> {
  const rows = await page
    .locator('[data-check]')
    .evaluateAll((all) => all.map((row) => [row.getAttribute('data-check') ?? '', row.getAttribute('data-outcome') ?? '']))
  return Object.fromEntries(rows)
}

describe('Verify, signed out', () => {
  it('shows a sound bundle as valid by seven passed checks, in words, sign and colour, marked as trial', async () => {
    const visit = await openContext(browser, { networks })
    const page = await visit.context.newPage()
    await page.goto(`${base.origin}/verify`)
    await drop(page, ['sound.guildhall'])
    expect(await verdictOf(page)).toBe('valid')
    expect(await checksOf(page)).toEqual(Object.fromEntries(sevenChecks.map((check) => [check, 'passed'])))
    const result = page.getByTestId('result')
    expect(await result.getByText('通过', { exact: true }).count()).toBe(7)
    expect(await result.textContent()).toContain('试用网络签发')
    expect(await result.textContent()).toContain('示例学习基地')
    expect(await result.locator('h2.signed').evaluate((title) => getComputedStyle(title).fontFamily)).toContain('Source Serif')
    expect(await closeContext(visit)).toEqual([])
  })

  it('shows each of the seven checks passed, failed and unknown, with the reason in both languages', async () => {
    const visit = await openContext(browser, { networks })
    const page = await visit.context.newPage()
    await page.goto(`${base.origin}/verify`)
    const seen = new Set<string>()
    const names = readdirSync(folder).filter((name) => sevenChecks.some((check) => new RegExp(`^${check}-(failed|unknown)`).test(name)))
    await drop(page, ['sound.guildhall'])
    expect(await verdictOf(page)).toBe('valid')
    for (const [check, outcome] of Object.entries(await checksOf(page))) seen.add(`${check} ${outcome}`)
    await page.getByRole('button', { name: '核验另一张' }).click()
    for (const name of names) {
      const [, check = '', outcome = ''] = /^(.*)-(failed|unknown)/.exec(name) ?? []
      await drop(page, [name])
      expect([name, await verdictOf(page)]).not.toEqual([name, 'valid'])
      expect([name, (await checksOf(page))[check]]).toEqual([name, outcome])
      seen.add(`${check} ${outcome}`)
      const row = page.locator(`[data-check="${check}"]`)
      expect(await row.textContent()).toContain(outcome === 'failed' ? '未通过' : '未能核对')
      await page.getByRole('button', { name: 'English' }).click()
      expect(await row.textContent()).toContain(outcome === 'failed' ? 'Failed' : 'Could not check')
      await page.getByRole('button', { name: '中文' }).click()
      await page.getByRole('button', { name: '核验另一张' }).click()
    }
    const all = sevenChecks.flatMap((check) => ['passed', 'failed', 'unknown'].map((outcome) => `${check} ${outcome}`))
    expect([...seen].sort()).toEqual(all.sort())
    expect(await closeContext(visit)).toEqual([])
  })

  it('leaves a network that is not listed amber until its fingerprint was compared, then checks again', async () => {
    const visit = await openContext(browser)
    const page = await visit.context.newPage()
    await page.goto(`${base.origin}/verify`)
    await drop(page, ['sound.guildhall'])
    expect(await verdictOf(page)).toBe('unconfirmed')
    const add = page.getByRole('button', { name: '比对后添加这个网络' })
    expect(await add.isDisabled()).toBe(true)
    await page.getByLabel(/逐字比对，完全一致/).check()
    await add.click()
    await page.locator('[data-verdict="valid"]').waitFor()
    expect(await closeContext(visit)).toEqual([])
  })

  it.each(['sound.png', 'sound.svg', 'sound.jwt'])('reads the certificate in %s', async (name) => {
    const visit = await openContext(browser, { networks })
    const page = await visit.context.newPage()
    await page.goto(`${base.origin}/verify`)
    await drop(page, [name])
    await verdictOf(page)
    const checks = await checksOf(page)
    // Outside a bundle the invented ledger cannot be asked: what needs it is unknown, and never passed.
    expect(checks).toMatchObject({ 'data-model': 'passed', issuer: 'unknown', status: 'unknown', dates: 'passed' })
    expect(await closeContext(visit)).toEqual([])
  })

  it('sends no byte of a certificate anywhere', async () => {
    const visit = await openContext(browser, { networks })
    const page = await visit.context.newPage()
    const sent: string[] = []
    visit.context.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''} ${JSON.stringify(request.headers())}`))
    await page.goto(`${base.origin}/verify`)
    const jwt = readFileSync(file('sound.jwt'), 'utf8')
    for (const name of ['sound.jwt', 'sound.guildhall', 'sound.png']) {
      await drop(page, [name])
      await verdictOf(page)
      await page.getByRole('button', { name: '核验另一张' }).click()
    }
    const [, payload = ''] = jwt.split('.')
    const document = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { id: string; credentialSubject: { id: string } }
    const secrets = [...(jwt.match(/.{24}/g) ?? []), document.id, document.credentialSubject.id, '增材制造入门']
    expect(sent.length).toBeGreaterThan(5)
    for (const request of sent) {
      expect(request.startsWith(base.origin) || request.startsWith('blob:') || request.startsWith('data:')).toBe(true)
      for (const secret of secrets) expect(request.includes(secret)).toBe(false)
    }
    expect(await closeContext(visit)).toEqual([])
  })

  it('shows the certificates inside a learner record, each with its own verdict, opened by keyboard with its seven checks', async () => {
    const visit = await openContext(browser, { networks })
    const page = await visit.context.newPage()
    await page.goto(`${base.origin}/verify`)
    await drop(page, ['record-failed.guildhall'])
    expect(await verdictOf(page)).toBe('not-valid')
    expect(await checksOf(page)).toEqual(Object.fromEntries(sevenChecks.map((check) => [check, 'passed'])))
    expect(await page.locator('[data-verdict]').textContent()).toContain('其中 2 份证书里有 1 份未通过')
    const inside = page.locator('[data-inside]')
    expect(await inside.evaluateAll((all) => all.map((one) => one.getAttribute('data-inside')))).toEqual(['unconfirmed', 'not-valid'])
    const changed = inside.nth(1)
    expect(await changed.locator('[data-inside-check]').first().isVisible()).toBe(false)
    await changed.locator('summary').focus()
    await page.keyboard.press('Enter')
    await changed.locator('[data-inside-check="proof"][data-outcome="failed"]').waitFor()
    expect(await changed.locator('[data-inside-check]:visible').count()).toBe(7)
    expect(await axeFourWays(page)).toEqual([])
    expect(await closeContext(visit)).toEqual([])
  })

  it('checks several hundred files in one go, filters them and reports them as CSV', async () => {
    const visit = await openContext(browser, { networks })
    const page = await visit.context.newPage()
    await page.goto(`${base.origin}/verify`)
    const bundle = readFileSync(file('sound.guildhall'))
    const revoked = readFileSync(file('status-failed.guildhall'))
    const many = Array.from({ length: 300 }, (_, at) => ({
      name: `certificate-${at}.guildhall`,
      mimeType: '',
      buffer: at % 10 === 0 ? revoked : bundle,
    }))
    await page.getByTestId('file-input').setInputFiles(many)
    const batch = page.getByTestId('batch')
    await batch.getByText('300 / 300').waitFor({ timeout: 60_000 })
    expect(await batch.textContent()).toContain('270 份有效，30 份无效，0 份未能确认')
    await batch.getByRole('button', { name: '无效 30' }).click()
    expect(await batch.locator('tbody tr').count()).toBe(30)
    const [download] = await Promise.all([page.waitForEvent('download'), batch.getByRole('button', { name: /CSV/ }).click()])
    const rows = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\r\n')
    expect(rows).toHaveLength(301)
    expect(rows.filter((row) => row.includes('STATUS_REVOKED'))).toHaveLength(30)
    expect(await closeContext(visit)).toEqual([])
  }, 90_000)

  it('opens without a network once it was visited, and verifies a bundle with its dates', async () => {
    const visit = await openContext(browser, { networks })
    const page = await visit.context.newPage()
    await page.goto(`${base.origin}/verify`)
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready
      while (!navigator.serviceWorker.controller) await new Promise((resolve) => setTimeout(resolve, 50))
    })
    await visit.context.setOffline(true)
    await page.reload()
    await drop(page, ['sound.guildhall'])
    expect(await verdictOf(page)).toBe('valid')
    expect(await page.getByTestId('result').textContent()).toContain('证书包导出于')
    await page.getByRole('button', { name: '核验另一张' }).click()
    await drop(page, ['sound.jwt'])
    await verdictOf(page)
    expect((await checksOf(page))['status']).toBe('unknown')
    expect(await closeContext(visit)).toEqual([])
  })

  it.each(['sound', 'status-failed'])(
    'is printed as a report on A4, dark on white from either theme, with its digest and without the controls: %s',
    async (name) => {
      const visit = await openContext(browser, { networks, theme: 'dark' })
      const page = await visit.context.newPage()
      await page.goto(`${base.origin}/verify`)
      await drop(page, [`${name}.guildhall`])
      await verdictOf(page)
      expect(await axeOnPaper(page)).toEqual([])
      const visible = await wordsOnPaper(page)
      const digest = createHash('sha256')
        .update(readFileSync(file(`${name}.guildhall`)))
        .digest('hex')
      for (const word of ['核验报告', digest, `${base.origin}/verify`, '试用']) expect([word, visible.includes(word)]).toEqual([word, true])
      for (const word of ['核验另一张', '打印核验报告', '选择文件', '扫描二维码', '运行'])
        expect([word, visible.includes(word)]).toEqual([word, false])
      expect(await countPages(page)).toBeLessThanOrEqual(2)
      expect(await closeContext(visit)).toEqual([])
    },
  )

  it('names a file in which there is no certificate, with the reason', async () => {
    const visit = await openContext(browser)
    const page = await visit.context.newPage()
    await page.goto(`${base.origin}/verify`)
    await page.getByTestId('file-input').setInputFiles({ name: 'holiday.txt', mimeType: 'text/plain', buffer: Buffer.from('sea and sun') })
    expect(await page.getByRole('alert').textContent()).toContain('读不出证书')
    expect(await closeContext(visit)).toEqual([])
  })
})

describe.each(['desk', 'phone'] as const)('for a visitor at a %s', (size) => {
  it.each(['/', '/verify', '/wallet', '/studio', '/assembly', '/operations', '/sign-in', '/nowhere'])(
    'breaks no WCAG 2.2 AA rule on %s, in both languages and themes',
    async (path) => {
      const visit = await openContext(browser, { size })
      const page = await visit.context.newPage()
      await page.goto(base.origin + path)
      await page.locator('h1').waitFor()
      expect(await axeFourWays(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
      expect(await closeContext(visit)).toEqual([])
    },
  )

  it('breaks none with a verdict that is valid, not valid or unconfirmed', async () => {
    const visit = await openContext(browser, { size, networks })
    const page = await visit.context.newPage()
    await page.goto(`${base.origin}/verify`)
    for (const name of ['sound.guildhall', 'status-failed.guildhall', 'proof-unknown.guildhall']) {
      await drop(page, [name])
      await verdictOf(page)
      expect(await axeFourWays(page)).toEqual([])
      await page.getByRole('button', { name: '核验另一张' }).click()
    }
    expect(await closeContext(visit)).toEqual([])
  })
})

import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call } from './earn-certificate.ts'
import { axeFourWays, closeContext, openBrowser, openContext, sizes } from './pages.ts'
import { type StartedBase, startBase } from './start-base.ts'

const lesson = '第一课\n\n光伏板的电压和电流：先测量，再记录，最后计算。\n'
/** Large enough that a slowed line is still sending when the page goes. */
const film = { name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(3_000_000, 'guildhall') }
const notes = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from(lesson) }

let base: StartedBase
let browser: Browser
let operator: { context: BrowserContext; errors: string[] }
/** One teacher for each panel, with the page that they came in by: who shares in a work does not judge it. */
const reviewers: { panel: string; context: BrowserContext; errors: string[]; page: Page }[] = []
let page: Page
let draft = ''

beforeAll(async () => {
  ;[base, browser] = await Promise.all([startBase(), openBrowser()])
  operator = await openContext(browser)
  page = await operator.context.newPage()
  await page.goto(base.operatorLink)
  await page.getByText('你已登录为').waitFor()
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await base?.stop()
})

/** What a screen must give at a desk and on a phone, in both languages and themes: no finding, and nothing wider than the page. */
async function expectClean(on: Page): Promise<void> {
  for (const size of ['desk', 'phone'] as const) {
    await on.setViewportSize(sizes[size])
    expect(await axeFourWays(on)).toEqual([])
    expect(await on.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  }
  await on.setViewportSize(sizes.desk)
}

/** Slows what the page sends, in bytes a second; 0 for as fast as it goes. */
async function slow(bytesPerSecond: number): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond === 0 ? -1 : bytesPerSecond,
  })
}

async function saved(): Promise<void> {
  await page.getByRole('status').filter({ hasText: '已保存' }).waitFor()
}

describe('a creator', () => {
  it('sees what will come here while there is nothing, and begins a work', async () => {
    await page.goto(`${base.origin}/studio`)
    await page.getByRole('heading', { name: '还没有作品' }).waitFor()
    await expectClean(page)
    await page.getByRole('button', { name: '登记新作品' }).first().click()
    await page.getByRole('heading', { name: '把文件或文件夹拖到这里' }).waitFor()
    draft = new URL(page.url()).pathname
    await expectClean(page)
  }, 60_000)

  it('uploads files, leaves in the middle, and the rest follows by itself', async () => {
    await page.getByTestId('work-files').setInputFiles(notes)
    await page.getByText('已传完').first().waitFor()
    await slow(400_000)
    await page.getByTestId('work-files').setInputFiles(film)
    await page.getByText('正在上传').waitFor()
    await expect.poll(() => page.locator('main progress').evaluate((bar: HTMLProgressElement) => bar.value)).toBeGreaterThan(0)
    await page.reload()
    await slow(0)
    await page.getByText('3.0 MB / 3.0 MB').first().waitFor({ timeout: 60_000 })
    await page.getByText('已传完').nth(1).waitFor()
    await page.reload()
    await page.getByText('已传完').nth(1).waitFor()
    await expectClean(page)
  }, 120_000)

  it('describes the work, names its creators to the exact whole, and chooses terms', async () => {
    await page.goto(`${base.origin}${draft}?step=description`)
    await page.getByLabel('类型').selectOption('courseware')
    await page.getByLabel('中文', { exact: true }).check()
    await page.getByLabel('中文名称').fill('微电网入门课件')
    await page.getByLabel('英文名称').fill('Micro-grid courseware')
    await page.getByLabel('中文简介').fill('测量、记录、计算，搭出一个能自己供电的小屋。')
    await page.getByLabel('英文简介').fill('Measure, write down, calculate, and build a hut that powers itself.')
    await page.getByLabel('英文简介').blur()
    await saved()
    await expectClean(page)
    await page.goto(`${base.origin}${draft}?step=sources`)
    await page.getByText('没有来源，是原创').waitFor()
    await expectClean(page)
    await page.goto(`${base.origin}${draft}?step=creators`)
    await page.getByRole('button', { name: '加入我自己' }).click()
    await page.getByRole('button', { name: '加入本基地' }).click()
    await page.getByLabel('你 的份额（百分比）').fill('33.3333')
    await page.getByLabel('你 的份额（百分比）').blur()
    await page.getByText('合计 33.3333%，还差 66.6667%').waitFor()
    await page.getByLabel('本基地 的份额（百分比）').fill('66.6667')
    await page.getByLabel('本基地 的份额（百分比）').blur()
    await page.getByText('合计 100%').waitFor()
    await saved()
    await expectClean(page)
    await page.goto(`${base.origin}${draft}?step=terms`)
    await page.getByLabel('付费方式').selectOption('per-use')
    await page.getByLabel('价格').fill('1.50')
    await page.getByLabel('价格').blur()
    await page.getByText('1.50').nth(1).waitFor()
    await saved()
    await expectClean(page)
  }, 180_000)

  it('registers it and sees every stage, then the work with its receipt', async () => {
    await page.goto(`${base.origin}${draft}?step=check`)
    await page.getByText('没有相同或相近的').waitFor()
    await expectClean(page)
    await page.getByRole('button', { name: '登记作品' }).click()
    await page.getByText('已登记为第 1 版').waitFor({ timeout: 120_000 })
    await page.getByRole('link', { name: '打开作品' }).click()
    await page.getByRole('heading', { level: 1, name: '微电网入门课件' }).waitFor()
    expect(await page.getByText('未上架').count()).toBeGreaterThan(0)
    await expectClean(page)
  }, 240_000)

  it('is pointed at the earlier work when the same file comes again', async () => {
    const { draftId } = await call<{ draftId: string }>(page, 'POST', '/api/works/drafts', {})
    await page.goto(`${base.origin}/studio/drafts/${draftId}`)
    await page.getByTestId('work-files').setInputFiles(notes)
    await page.getByText('已传完').first().waitFor()
    await page.goto(`${base.origin}/studio/drafts/${draftId}?step=check`)
    await page.getByRole('link', { name: '微电网入门课件' }).waitFor()
    await page.getByText(/文件完全相同|文字相同/).waitFor()
    expect(await page.getByRole('button', { name: '登记作品' }).isDisabled()).toBe(true)
  }, 60_000)
})

describe('the panels', () => {
  it('are seated by the founding base', async () => {
    await page.goto(`${base.origin}/studio/review`)
    for (const panel of ['内容评审组', '技术评审组']) {
      const body = { displayName: `${panel}的老师`, roles: ['teacher'] }
      const { link } = await call<{ link: string }>(page, 'POST', '/api/staff', body)
      const opened = await openContext(browser)
      const theirs = await opened.context.newPage()
      await theirs.goto(link)
      await theirs.getByText('你已登录为').waitFor()
      const { account } = await call<{ account: string }>(theirs, 'GET', '/api/review/panels')
      reviewers.push({ panel, page: theirs, ...opened })
      await page.getByRole('button', { name: `任命${panel}成员` }).click()
      await page.getByLabel('成员的账户').fill(account)
      await page.getByRole('button', { name: '任命', exact: true }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached', timeout: 60_000 })
    }
    await page.getByText('1 人同意即通过').nth(1).waitFor()
    await expectClean(page)
  }, 180_000)

  it('do not ask somebody who shares in the work', async () => {
    await page.goto(`${base.origin}/studio/review/1/1`)
    await page.getByText('还没有意见').waitFor()
    expect(await page.getByRole('button', { name: '签名并提交' }).count()).toBe(0)
  })

  it('sign their opinions, and the version is listed with both', async () => {
    for (const { panel, page: theirs } of reviewers) {
      await theirs.goto(`${base.origin}/studio/review/1/1`)
      await theirs.getByRole('heading', { name: `你的意见 · ${panel}` }).waitFor()
      await expectClean(theirs)
      for (const holds of await theirs.getByLabel('符合', { exact: true }).all()) await holds.check()
      await theirs.getByLabel('理由').fill(`${panel}：内容正确，适合初中。`)
      await theirs.getByText('你将同意这一版上架').waitFor()
      await theirs.getByRole('button', { name: '签名并提交' }).click()
      await theirs.getByRole('article').getByText(`${panel}：内容正确，适合初中。`).waitFor({ timeout: 60_000 })
    }
    await page.reload()
    await page.getByText('上架的就是这一版').waitFor()
    await expectClean(page)
  }, 240_000)
})

describe('the listed work', () => {
  it('is offered on its terms in plain words', async () => {
    await page.goto(`${base.origin}/studio/works/1`)
    await page.getByRole('button', { name: '提供许可' }).click()
    await page.getByRole('button', { name: '按这些条款提供' }).click()
    await page.getByRole('button', { name: '更改条款' }).waitFor({ timeout: 60_000 })
    await expectClean(page)
    await page.goto(`${base.origin}/studio/licences`)
    await page.getByRole('heading', { name: '还没有许可' }).waitFor()
    await expectClean(page)
  }, 120_000)

  it('is read: the text as it was written, the film by ranges', async () => {
    await page.goto(`${base.origin}/studio/works/1`)
    await page.getByRole('link', { name: 'notes.txt' }).click()
    await page.getByRole('button', { name: '打开' }).click()
    await page.getByText('先测量，再记录，最后计算').waitFor({ timeout: 30_000 })
    await expectClean(page)
    const index = await page.evaluate(async () => {
      const { versions } = (await (await fetch('/api/works/1')).json()) as { versions: { files: { path: string }[] }[] }
      return versions[0]?.files.findIndex(({ path }) => path === 'film.mp4')
    })
    const part = await page.evaluate(async (place) => {
      const response = await fetch(`/api/works/1/versions/1/files/${place}`, { headers: { range: 'bytes=1000000-1000008' } })
      return { status: response.status, text: await response.text() }
    }, index)
    expect(part).toEqual({ status: 206, text: film.buffer.subarray(1_000_000, 1_000_009).toString() })
  }, 120_000)

  it('has a statement, and its lines for a spreadsheet', async () => {
    await page.goto(`${base.origin}/studio/statement`)
    await page.getByText('应得').first().waitFor()
    await expectClean(page)
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载表格' }).click()])
    expect(download.suggestedFilename()).toBe('statement.csv')
  }, 60_000)

  it('threw no error on any of these pages', async () => {
    expect(await closeContext(operator)).toEqual([])
    for (const reviewer of reviewers) expect(await closeContext(reviewer)).toEqual([])
  })
})

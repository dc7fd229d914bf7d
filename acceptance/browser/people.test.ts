import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call } from './earn-certificate.ts'
import { axeFindings, axeFourWays, closeContext, openBrowser, openContext } from './pages.ts'
import { axeOnPaper, countPages, wordsOnPaper } from './paper.ts'
import { type StartedBase, startBase } from './start-base.ts'

let base: StartedBase
let browser: Browser
let staff: { context: BrowserContext; errors: string[] }
let page: Page
const pictures = ['cat', 'moon', 'key', 'star']

beforeAll(async () => {
  ;[base, browser] = await Promise.all([startBase(), openBrowser()])
  staff = await openContext(browser)
  page = await staff.context.newPage()
  await page.goto(base.operatorLink)
  await page.getByText('你已登录为').waitFor()
  await page.goto(`${base.origin}/operations`)
  await page.getByRole('button', { name: '安装示例学校' }).click()
  await page.getByText('示例学校已安装').first().waitFor({ timeout: 60_000 })
})

afterAll(async () => {
  await browser?.close()
  await base?.stop()
})

type Learner = { learnerId: string; name: string }
const learners = async (query: string) => (await call<{ items: Learner[] }>(page, 'GET', `/api/learners?${query}`)).items

async function openLearner(): Promise<Learner> {
  const [learner] = await learners('consent=given&limit=1')
  if (!learner) throw new Error('no learner of the sample school has a consent')
  await page.goto(`${base.origin}/operations/learners/${learner.learnerId}`)
  await page.getByRole('heading', { name: learner.name }).waitFor()
  return learner
}

const stateOfConsent = async (learnerId: string) => (await call<{ consent: string }>(page, 'GET', `/api/learners/${learnerId}`)).consent

describe('the consent of a guardian', () => {
  let learner: Learner
  let visit: { context: BrowserContext; errors: string[] }
  let phone: Page

  it('is seen by the guardian, who comes in by a link of the teacher and sees one child', async () => {
    learner = await openLearner()
    await page.getByRole('button', { name: '生成登录链接' }).first().click()
    await page.getByText('把这个一次性链接交给').waitFor()
    const link = /https?:\S+#[\w-]+/.exec((await page.locator('main').textContent()) ?? '')?.[0] ?? ''
    visit = await openContext(browser, { size: 'phone' })
    phone = await visit.context.newPage()
    await phone.goto(link)
    await phone.getByText('你已登录为').waitFor()
    await phone.goto(`${base.origin}/wallet`)
    await phone.getByRole('heading', { name: '我的孩子' }).waitFor()
    await phone.getByRole('heading', { name: learner.name }).waitFor()
    await phone.getByRole('button', { name: '撤回同意' }).first().waitFor()
    const told = (await phone.locator('main').textContent()) ?? ''
    expect((await learners('limit=500')).filter(({ name }) => told.includes(name))).toMatchObject([learner])
    expect(await axeFourWays(phone)).toEqual([])
  })

  it('is withdrawn by the guardian, at once', async () => {
    const wallet = phone.getByRole('listitem').filter({ hasText: '由基地代为保管证书' })
    await wallet.getByRole('button', { name: '撤回同意' }).click()
    await wallet.getByRole('button', { name: '我同意' }).waitFor()
    expect(await wallet.locator('.tag').textContent()).toMatch(/\d 撤回/)
    expect(await stateOfConsent(learner.learnerId)).toBe('withdrawn')
    expect(await axeFourWays(phone)).toEqual([])
  })

  it('is recorded anew by the teacher when it was given on paper, which the guardian sees', async () => {
    await page.reload()
    await page.getByText('已撤回', { exact: true }).waitFor()
    await page.getByLabel('家长姓名').selectOption({ index: 1 })
    await page.getByLabel('方式').selectOption('signed-paper')
    await page.getByRole('button', { name: '登记', exact: true }).click()
    await page.getByText('已同意', { exact: true }).waitFor()
    expect(await axeFourWays(page)).toEqual([])
    expect(await stateOfConsent(learner.learnerId)).toBe('given')
    await phone.reload()
    await phone.getByRole('button', { name: '撤回同意' }).first().waitFor()
    expect(await phone.getByRole('button', { name: '我同意' }).count()).toBe(0)
    expect(await closeContext(visit)).toEqual([])
  })
})

describe('the sheet of learning cards', () => {
  it('has ten cards to an A4 page, and nothing else on it', async () => {
    const [one] = await call<{ items: { classId: string }[] }>(page, 'GET', '/api/classes').then(({ items }) => items)
    await page.goto(`${base.origin}/operations/learners/cards?class=${one?.classId}`)
    await page.locator('svg[data-modules]').first().waitFor()
    const cards = await page.locator('svg[data-modules]').count()
    expect(cards).toBeGreaterThan(1)
    expect(await countPages(page)).toBe(Math.ceil(cards / 10))
    const visible = await wordsOnPaper(page)
    expect(visible.match(/GH1/g)).toHaveLength(cards)
    for (const word of ['返回学习者列表', '打印', '退出', '运行']) expect([word, visible.includes(word)]).toEqual([word, false])
    expect(await axeOnPaper(page)).toEqual([])
  })
})

describe('the erasure of a learner', () => {
  it('asks twice, can be left, and then leaves a receipt in place of the learner', async () => {
    const learner = await openLearner()
    const dialog = page.getByRole('dialog')
    const open = () => page.getByRole('button', { name: '销毁个人资料' }).click()
    await open()
    const go = dialog.getByRole('button', { name: '销毁个人资料' })
    expect(await go.isDisabled()).toBe(true)
    expect(await axeFindings(page)).toEqual([])
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect((await learners('limit=500')).some(({ learnerId }) => learnerId === learner.learnerId)).toBe(true)
    await open()
    await dialog.getByLabel('依据').selectOption('guardian-request')
    await dialog.getByLabel('我知道这不能撤销').check()
    await go.click()
    await page.getByText(/已销毁，回执编号 .*，共 \d+ 条记录/).waitFor()
    expect(page.url()).toBe(`${base.origin}/operations/learners`)
    expect(await page.locator('main').textContent()).not.toContain(learner.name)
    await page.goto(`${base.origin}/operations/learners/${learner.learnerId}`)
    await page.getByText('这位学习者的个人资料已经销毁').waitFor()
    expect(await axeFourWays(page)).toEqual([])
  })
})

describe('a wallet on a shared tablet', () => {
  it('asks whether somebody is there, stays while somebody is, and signs out by itself when nobody is', async () => {
    const learner = (await learners('consent=given&limit=500')).at(-1)
    const { cards } = await call<{ cards: { text: string }[] }>(page, 'POST', '/api/cards/print', { learnerIds: [learner?.learnerId] })
    const card = /GH1[A-Z2-7]{26}/.exec(cards[0]?.text ?? '')?.[0] ?? ''
    await page.goto(`${base.origin}/operations/stations`)
    await page.getByLabel('站点名称').fill('一号平板')
    await page.getByRole('button', { name: '开放' }).click()
    await page.waitForURL(`${base.origin}/wallet`)
    await page.getByLabel('卡上的编号').fill(card)
    await page.getByRole('button', { name: '下一步' }).click()
    for (const heading of ['选四张图', '再选一次']) {
      await page.getByRole('heading', { name: heading }).waitFor()
      for (const picture of pictures) await page.locator(`[data-picture="${picture}"]`).click()
    }
    await page.getByText('还没有证书').first().waitFor()
    const watch = page.locator('[data-watched-until]')
    await watch.waitFor({ state: 'attached' })
    // Only what the page takes for the time is set: its timers run on, and a slow machine does not use up the twenty seconds.
    const showSecondsLeft = async (left: number) =>
      page.clock.setFixedTime((Number(await watch.getAttribute('data-watched-until')) - left) * 1000)
    await showSecondsLeft(15)
    const dialog = page.getByRole('dialog', { name: '还在吗？' })
    await dialog.waitFor()
    expect(await axeFindings(page)).toEqual([])
    await dialog.getByRole('button', { name: '我还在' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await showSecondsLeft(80)
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2_500)))
    expect([await dialog.count(), await page.getByText('还没有证书').first().isVisible()]).toEqual([0, true])
    await showSecondsLeft(-1)
    await page.getByLabel('卡上的编号').waitFor()
    expect(await page.locator('main').textContent()).not.toContain(learner?.name ?? '')
    await expect(call(page, 'GET', '/api/wallet/credentials')).rejects.toThrow('401')
  })

  it('threw no error on any of these pages', async () => {
    expect(await closeContext(staff)).toEqual([])
  })
})

import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, type Earned, earnCertificate } from './earn-certificate.ts'
import {
  adults,
  enterByCard,
  giveAuthenticator,
  importAdults,
  openStation,
  readSheet,
  type Station,
  untilRecorded,
} from './own-wallet-steps.ts'
import { axeFourWays, closeContext, openBrowser, openContext } from './pages.ts'
import { type StartedBase, startBase } from './start-base.ts'

let base: StartedBase
let browser: Browser
let operator: Page

beforeAll(async () => {
  ;[base, browser] = await Promise.all([startBase(), openBrowser()])
  operator = await (await openContext(browser)).context.newPage()
  await operator.goto(base.operatorLink)
  await operator.getByText('你已登录为').waitFor()
  await operator.goto(`${base.origin}/operations`)
  await operator.getByRole('button', { name: '安装示例学校' }).click()
  await operator.getByText('示例学校已安装').first().waitFor({ timeout: 60_000 })
  await importAdults(operator)
}, 200_000)

afterAll(async () => {
  await browser?.close()
  await base?.stop()
})

/** Shows a learning code on the learner's page and opens it as somebody who has never been here. */
async function showAndOpen(page: Page, { withName }: { withName: boolean }) {
  const tick = page.getByLabel('同时出示我的名字')
  if (withName) await tick.check()
  else await tick.uncheck()
  await page.getByRole('button', { name: '显示学习码' }).click()
  const qr = page.locator('.code svg[data-modules]')
  await qr.waitFor()
  const code = /[A-Z2-7]{26}/.exec((await page.locator('.letters').first().textContent()) ?? '')?.[0] ?? ''
  const visit = await openContext(browser)
  const employer = await visit.context.newPage()
  const [opening] = await Promise.all([
    employer.waitForResponse((response) => response.url().endsWith('/api/learning-codes/open')),
    employer.goto(`${base.origin}/code/${code}`),
  ])
  const opened = (await opening.json()) as { presentation: { holder: string }; identity: { name: string } | null }
  const verdict = employer.locator('[data-verdict]:not([data-verdict="running"])')
  await verdict.waitFor({ timeout: 20_000 })
  const overall = await verdict.getAttribute('data-verdict')
  const shown = (await employer.getByTestId('shown').textContent()) ?? ''
  await employer.goto(`${base.origin}/code/${code}`)
  await employer.getByText('这个学习码打不开').waitFor()
  expect(await closeContext(visit)).toEqual([])
  await page.getByRole('button', { name: '收起学习码' }).click()
  return { overall, shown, opened, modules: Number(await qr.getAttribute('data-modules').catch(() => 0)) }
}

const seesOpenWallet = (page: Page) => page.getByRole('heading', { name: '钱包已打开' }).waitFor()

describe('a learner of age whose passkey can encrypt, on a phone', () => {
  let station: Station
  let page: Page
  let earned: Earned
  let sheet = ''

  it('comes in by card, takes the certificate and is told what an own wallet changes', async () => {
    earned = await earnCertificate(operator, adults.withPrf)
    station = await openStation(browser, operator, { size: 'phone', label: '一号平板' })
    page = station.page
    await giveAuthenticator(page, true)
    await enterByCard(page, earned.card)
    await page.getByRole('button', { name: '收下证书' }).click()
    await page.getByText('有效', { exact: true }).waitFor()
    await page.getByRole('link', { name: '了解并更换' }).click()
    await page.getByRole('heading', { name: '通行密钥丢了怎么办' }).waitFor()
    expect(await page.locator('main').textContent()).toContain('基地打不开你的钱包，也补不出恢复单')
    expect(await axeFourWays(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  })

  it('adds a passkey and takes the wallet over by keyboard, after putting the recovery sheet away', async () => {
    await page.getByRole('button', { name: '添加通行密钥' }).click()
    await page.getByRole('button', { name: '用我的通行密钥继续' }).press('Enter')
    await page.getByRole('heading', { name: '你的恢复单' }).waitFor()
    sheet = await readSheet(page)
    expect(sheet).toMatch(/^([A-Z2-7]{4}-){7}[A-Z2-7]{4}$/)
    expect(await axeFourWays(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    const change = page.getByRole('button', { name: '现在更换' })
    expect(await change.isDisabled()).toBe(true)
    await page.getByLabel('我已经把恢复单收好了').press('Space')
    await change.press('Enter')
    await page.getByRole('heading', { name: '钱包现在由你自己保管' }).waitFor({ timeout: 20_000 })
    expect(await page.locator('main').textContent()).toContain('已有 1 张证书换到你的钥匙上')
    expect(await axeFourWays(page)).toEqual([])
    const old = await call<{ state: string; supersededBy: string }>(operator, 'GET', `/api/awards/${earned.credentialId}`)
    expect(old).toMatchObject({ state: 'superseded', supersededBy: expect.any(String) })
  })

  it('shows the certificate by a code that this browser signed; the base hands it on once, with the name only if ticked', async () => {
    await page.getByRole('link', { name: '去看我的钱包' }).click()
    await seesOpenWallet(page)
    await untilRecorded(page)
    await page.reload()
    await page.getByRole('button', { name: '用通行密钥打开' }).click()
    await seesOpenWallet(page)
    const { holder } = await call<{ holder: string }>(page, 'GET', '/api/wallet/credentials')
    const named = await showAndOpen(page, { withName: true })
    expect(named).toMatchObject({ overall: 'valid', opened: { presentation: { holder }, identity: { name: adults.withPrf } } })
    expect(named.shown).toContain('所出示的姓名就是证书授予的人')
    const unnamed = await showAndOpen(page, { withName: false })
    expect(unnamed).toMatchObject({ overall: 'valid', opened: { identity: null } })
    expect(unnamed.shown).not.toContain(adults.withPrf)
    expect(await axeFourWays(page)).toEqual([])
  })

  it('locks the wallet, sees what is in it but signs nothing, and opens it again in the sign-in itself', async () => {
    await page.getByRole('button', { name: '锁上钱包' }).click()
    await page.getByRole('heading', { name: '打开你的钱包' }).waitFor()
    expect(await page.getByRole('button', { name: '显示学习码' }).count()).toBe(0)
    expect(await axeFourWays(page)).toEqual([])
    await page.getByRole('button', { name: '退出' }).click()
    await page.getByRole('button', { name: '使用通行密钥' }).click()
    await seesOpenWallet(page)
  })

  it('downloads a bundle of what it holds, which is found valid', async () => {
    await page.goto(`${base.origin}/wallet/certificate/${await untilRecorded(page)}`)
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /证书包/ }).click()])
    const visit = await openContext(browser)
    const employer = await visit.context.newPage()
    await employer.goto(`${base.origin}/verify`)
    const file = { name: 'own.guildhall', mimeType: 'application/octet-stream', buffer: readFileSync(await download.path()) }
    await employer.getByTestId('file-input').setInputFiles(file)
    await employer.locator('[data-verdict="valid"]').waitFor({ timeout: 20_000 })
    expect(await closeContext(visit)).toEqual([])
  })

  it('opens with the recovery sheet alone, and then with a passkey again', async () => {
    await page.goto(`${base.origin}/wallet`)
    await page.getByText('用恢复单打开').click()
    await page.getByLabel('恢复单上的字').fill('AAAA-BBBB')
    await page.getByRole('button', { name: '打开', exact: true }).click()
    await page.getByText('这些字打不开钱包').waitFor()
    await page.getByLabel('恢复单上的字').fill(sheet.toLowerCase().replaceAll('-', ' '))
    await page.getByRole('button', { name: '打开', exact: true }).click()
    await page.getByRole('heading', { name: '以后怎么打开' }).waitFor()
    expect(await axeFourWays(page)).toEqual([])
    await page.getByRole('button', { name: '用通行密钥打开' }).click()
    await page.getByRole('heading', { name: '以后怎么打开' }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: '锁上钱包' }).click()
    await page.getByRole('button', { name: '用通行密钥打开' }).click()
    await seesOpenWallet(page)
  })

  it('begins a new wallet when passkey and sheet are lost, and says so when the base can not be reached on the way', async () => {
    await page.getByRole('button', { name: '锁上钱包' }).click()
    await page.getByText('用恢复单打开').click()
    await page.getByRole('link', { name: '通行密钥和恢复单都没有了' }).click()
    await page.getByRole('heading', { name: '重新建立自己的钱包' }).waitFor()
    await page.getByRole('button', { name: '用我的通行密钥继续' }).click()
    await page.getByLabel('我已经把恢复单收好了').check()
    const before = await call<{ holder: string }>(page, 'GET', '/api/wallet/credentials')
    await page.route('**/api/wallet/graduation', (route) => route.abort(), { times: 1 })
    await page.getByRole('button', { name: '现在更换' }).click()
    await page.getByRole('alert').waitFor()
    expect(await axeFourWays(page)).toEqual([])
    expect(await call(page, 'GET', '/api/wallet/credentials')).toMatchObject({ holder: before.holder })
    await page.getByRole('button', { name: '再试一次' }).click()
    await page.getByRole('heading', { name: '钱包现在由你自己保管' }).waitFor({ timeout: 20_000 })
    const after = await call<{ holder: string; items: object[] }>(page, 'GET', '/api/wallet/credentials')
    expect([after.holder === before.holder, after.items.length]).toEqual([false, 1])
  })

  it('threw no error on any of these pages', async () => {
    expect(await closeContext(station.visit)).toEqual([])
  })
})

describe('a learner of age whose passkey can not encrypt, at a desk', () => {
  let station: Station
  let page: Page
  let sheet = ''

  const enterPin = async (pin: string) => {
    await page.getByLabel('口令', { exact: false }).first().fill(pin)
    await page.getByRole('button', { name: '用口令打开' }).click()
  }

  it('is refused on a shared station, which must keep nothing', async () => {
    const { card } = await earnCertificate(operator, adults.withPin)
    station = await openStation(browser, operator, { size: 'desk', label: '二号平板' })
    page = station.page
    await giveAuthenticator(page, false)
    await enterByCard(page, card)
    await page.getByRole('button', { name: '收下证书' }).click()
    await page.getByText('有效', { exact: true }).waitFor()
    await page.goto(`${base.origin}/wallet/own`)
    await page.getByRole('button', { name: '添加通行密钥' }).click()
    await page.getByRole('button', { name: '用我的通行密钥继续' }).click()
    await page.getByRole('heading', { name: '请在自己的设备上更换' }).waitFor()
    expect(await axeFourWays(page)).toEqual([])
    expect(await call(page, 'GET', '/api/wallet/credentials')).toMatchObject({ custody: 'base' })
    await station.close()
  })

  it('chooses a PIN on a device of its own, where an easy one is refused', async () => {
    await page.goto(`${base.origin}/wallet/own`)
    await page.getByRole('button', { name: '用我的通行密钥继续' }).click()
    await page.getByRole('heading', { name: '设一个口令' }).waitFor()
    const choose = async (pin: string, again = pin) => {
      await page.getByLabel('口令').first().fill(pin)
      await page.getByLabel('再输一次').fill(again)
      await page.getByRole('button', { name: '下一步' }).click()
    }
    await choose('4711')
    await page.getByText('口令太短').waitFor()
    await choose('123456')
    await page.getByText('口令太容易猜').waitFor()
    await choose('481590', '481591')
    await page.getByText('两次输入的不一样').waitFor()
    expect(await axeFourWays(page)).toEqual([])
    await choose('481590')
    await page.getByRole('heading', { name: '你的恢复单' }).waitFor({ timeout: 20_000 })
    sheet = await readSheet(page)
    await page.getByLabel('我已经把恢复单收好了').check()
    await page.getByRole('button', { name: '现在更换' }).click()
    await page.getByRole('heading', { name: '钱包现在由你自己保管' }).waitFor({ timeout: 30_000 })
  })

  it('shows a certificate by a code signed here', async () => {
    await page.getByRole('link', { name: '去看我的钱包' }).click()
    await untilRecorded(page)
    await page.reload()
    await enterPin('481590')
    await seesOpenWallet(page)
    expect(await showAndOpen(page, { withName: false })).toMatchObject({ overall: 'valid', opened: { identity: null } })
  })

  it('takes a new certificate with the wallet open, and not while it is shut', async () => {
    const { credentialId } = await earnCertificate(operator, adults.withPin)
    await page.reload()
    await page.getByText('打开钱包后就可以收下').waitFor()
    expect(await page.getByRole('button', { name: '收下证书' }).count()).toBe(0)
    const claim = call(page, 'POST', `/api/wallet/credentials/${credentialId}/claim`, {})
    await expect(claim).rejects.toThrow('WALLET_SHUT')
    await enterPin('481590')
    await page.getByRole('button', { name: '收下证书' }).click()
    await page.getByRole('button', { name: '收下证书' }).waitFor({ state: 'detached' })
    expect(await page.getByText('有效', { exact: true }).count()).toBe(2)
  })

  it('counts wrong PINs at the base: five shut it, also after a reload, and the sheet opens it for a new PIN', async () => {
    await page.reload()
    for (const left of [4, 3, 2, 1]) {
      await enterPin('999999')
      await page.getByText(`口令不对，还可以试 ${left} 次`).waitFor({ timeout: 20_000 })
    }
    expect(await axeFourWays(page)).toEqual([])
    await enterPin('999999')
    await page.getByText('口令错了五次').first().waitFor({ timeout: 20_000 })
    await page.reload()
    await page.getByText('口令错了五次').first().waitFor()
    expect(await page.getByRole('button', { name: '用口令打开' }).count()).toBe(0)
    await page.getByLabel('恢复单上的字').fill(sheet)
    await page.getByRole('button', { name: '打开', exact: true }).click()
    await page.getByText('在这台设备上设口令').first().click()
    await page.getByLabel('口令').first().fill('一把新的口令')
    await page.getByLabel('再输一次').fill('一把新的口令')
    await page.getByRole('button', { name: '在这台设备上设口令' }).click()
    await page.getByRole('heading', { name: '以后怎么打开' }).waitFor({ state: 'detached', timeout: 20_000 })
    await page.getByRole('button', { name: '锁上钱包' }).click()
    await enterPin('一把新的口令')
    await seesOpenWallet(page)
    expect(await closeContext(station.visit)).toEqual([])
  })
})

describe('a minor', () => {
  it('reads that the base keeps the wallet, and is offered no other', async () => {
    const [learner] = (await call<{ items: { learnerId: string }[] }>(operator, 'GET', '/api/learners?consent=given&limit=1')).items
    const { cards } = await call<{ cards: { text: string }[] }>(operator, 'POST', '/api/cards/print', { learnerIds: [learner?.learnerId] })
    const station = await openStation(browser, operator, { size: 'phone', label: '三号平板' })
    await enterByCard(station.page, /GH1[A-Z2-7]{26}/.exec(cards[0]?.text ?? '')?.[0] ?? '')
    await station.page.getByText('满 18 岁后，你可以换成自己保管').waitFor()
    expect(await station.page.getByRole('link', { name: '了解并更换' }).count()).toBe(0)
    await station.page.goto(`${base.origin}/wallet/own`)
    await station.page.getByText('未满 18 岁的学习者').waitFor()
    expect(await station.page.getByRole('button', { name: '用我的通行密钥继续' }).count()).toBe(0)
    expect(await axeFourWays(station.page)).toEqual([])
    expect(await closeContext(station.visit)).toEqual([])
  })
})

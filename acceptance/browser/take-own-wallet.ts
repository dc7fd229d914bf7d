import type { Browser, Page } from 'playwright-core'
import { earnCertificate } from './earn-certificate.ts'
import { adults, enterByCard, giveAuthenticator, importAdults, openStation } from './own-wallet-steps.ts'
import { type SizeName, sizes } from './pages.ts'

/** Writes a picture of a page as it is, under a name without its ending. */
export type Take = (page: Page, name: string) => Promise<void>

/** Pictures of a wallet on its way into its learner's own hands. `operator` is a page where the operator is signed in. */
export async function takeOwnWallet(browser: Browser, operator: Page, take: Take): Promise<void> {
  await importAdults(operator)
  const { card } = await earnCertificate(operator, adults.withPin)
  const station = await openStation(browser, operator, { size: 'phone', label: '二号平板' })
  const { page } = station
  const origin = new URL(page.url()).origin
  const pictures = (name: string) => takeAll(page, name, take)
  await giveAuthenticator(page, false)
  await enterByCard(page, card)
  await page.getByRole('button', { name: '收下证书' }).click()
  await page.getByText('有效', { exact: true }).waitFor()
  await page.goto(`${origin}/wallet/own`)
  await page.getByRole('button', { name: '添加通行密钥' }).click()
  await page.getByRole('button', { name: '用我的通行密钥继续' }).waitFor()
  await pictures('own-wallet-explained')
  await page.getByRole('button', { name: '用我的通行密钥继续' }).click()
  await page.getByRole('heading', { name: '请在自己的设备上更换' }).waitFor()
  await station.close()
  await page.goto(`${origin}/wallet/own`)
  await page.getByRole('button', { name: '用我的通行密钥继续' }).click()
  await page.getByRole('heading', { name: '设一个口令' }).waitFor()
  await pictures('own-wallet-pin')
  await page.getByLabel('口令').first().fill('481590')
  await page.getByLabel('再输一次').fill('481590')
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByRole('heading', { name: '你的恢复单' }).waitFor()
  await pictures('own-wallet-sheet')
  await page.getByLabel('我已经把恢复单收好了').check()
  await page.getByRole('button', { name: '现在更换' }).click()
  await page.getByRole('heading', { name: '钱包现在由你自己保管' }).waitFor({ timeout: 30_000 })
  await pictures('own-wallet-done')
  await page.getByRole('link', { name: '去看我的钱包' }).click()
  await page.getByRole('heading', { name: '钱包已打开' }).waitFor()
  await pictures('own-wallet-open')
  await page.getByRole('button', { name: '锁上钱包' }).click()
  await page.getByRole('button', { name: '用口令打开' }).waitFor()
  await pictures('own-wallet-shut')
  await station.visit.context.close()
}

/** The page as it is, in both languages and sizes; it is left in Chinese on a phone. */
export async function takeAll(page: Page, name: string, take: Take): Promise<void> {
  for (const language of ['zh-CN', 'en'] as const) {
    for (const size of ['desk', 'phone'] as const satisfies readonly SizeName[]) {
      await page.setViewportSize(sizes[size])
      await page.evaluate(() => scrollTo(0, 0))
      await take(page, `${name}-${size}-${language}`)
    }
    await page.getByRole('button', { name: /^(English|中文)$/ }).click()
  }
}

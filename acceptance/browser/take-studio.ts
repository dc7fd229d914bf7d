import type { Page } from 'playwright-core'
import { type Take, takeAll } from './take-own-wallet.ts'

const notes = '第一课\n\n光伏板的电压和电流：先测量，再记录，最后计算。\n'

/** Pictures of Studio: a work from its first file to its terms on offer. `page` is one where the operator is signed in, in Chinese. */
export async function takeStudio(page: Page, origin: string, take: Take): Promise<void> {
  const picture = (name: string) => takeAll(page, name, take)
  await page.goto(`${origin}/studio`)
  await page.getByRole('heading', { name: '还没有作品' }).waitFor()
  await picture('studio-empty')
  await page.getByRole('button', { name: '登记新作品' }).first().click()
  await page.getByRole('heading', { name: '把文件或文件夹拖到这里' }).waitFor()
  await page.getByTestId('work-files').setInputFiles([
    { name: '第一课.txt', mimeType: 'text/plain', buffer: Buffer.from(notes) },
    { name: '安装演示.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(3_000_000, 'guildhall') },
  ])
  await page.getByText('已传完').nth(1).waitFor()
  await clearTray(page)
  await page.reload()
  await page.getByText('已传完').nth(1).waitFor()
  await picture('studio-files')
  const draft = origin + new URL(page.url()).pathname
  await describe(page, draft)
  await picture('studio-description')
  await page.goto(`${draft}?step=creators`)
  await share(page)
  await picture('studio-creators')
  await page.goto(`${draft}?step=terms`)
  await page.getByLabel('付费方式').selectOption('per-use')
  await page.getByLabel('价格').fill('1.50')
  await page.getByLabel('价格').blur()
  await page.getByText('1.50').nth(1).waitFor()
  await saved(page)
  await picture('studio-terms')
  await register(page, draft)
  await picture('studio-work')
  await page.goto(`${origin}/studio`)
  await page.getByText('微电网入门课件').first().waitFor()
  await picture('studio-list')
  await page.goto(`${origin}/studio/review/1/1`)
  await page.getByText('还没有意见').waitFor()
  await picture('studio-review')
  await page.goto(`${origin}/studio/statement`)
  await page.getByText('应得').first().waitFor()
  await picture('studio-statement')
}

async function describe(page: Page, draft: string): Promise<void> {
  await page.goto(`${draft}?step=description`)
  await page.getByLabel('类型').selectOption('courseware')
  await page.getByLabel('中文', { exact: true }).check()
  await page.getByLabel('中文名称').fill('微电网入门课件')
  await page.getByLabel('英文名称').fill('Micro-grid courseware')
  await page.getByLabel('中文简介').fill('测量、记录、计算，搭出一个能自己供电的小屋。')
  await page.getByLabel('英文简介').fill('Measure, write down, calculate, and build a hut that powers itself.')
  await page.getByLabel('英文简介').blur()
  await saved(page)
}

async function share(page: Page): Promise<void> {
  await page.getByRole('button', { name: '加入我自己' }).click()
  await page.getByRole('button', { name: '加入本基地' }).click()
  for (const [label, percent] of [
    ['你 的份额（百分比）', '80'],
    ['本基地 的份额（百分比）', '20'],
  ] as const) {
    await page.getByLabel(label).fill(percent)
    await page.getByLabel(label).blur()
  }
  await page.getByText('合计 100%').waitFor()
  await saved(page)
}

async function register(page: Page, draft: string): Promise<void> {
  await page.goto(`${draft}?step=check`)
  await page.getByText('没有相同或相近的').waitFor()
  await page.getByRole('button', { name: '登记作品' }).click()
  await page.getByText('已登记为第 1 版').waitFor({ timeout: 120_000 })
  await page.getByRole('link', { name: '打开作品' }).click()
  await page.getByRole('heading', { level: 1, name: '微电网入门课件' }).waitFor()
  await clearTray(page)
}

/** What is under way is told on every page; in a picture it would stand before what the page is about. */
async function clearTray(page: Page): Promise<void> {
  const tray = page.getByRole('region', { name: '进行中的工作' })
  const clear = tray.getByRole('button', { name: '移走' })
  if (!(await clear.first().isVisible())) await tray.getByRole('button').click()
  for (let left = await clear.count(); left > 0; left -= 1) await clear.first().click()
}

const saved = (page: Page) => page.getByRole('status').filter({ hasText: '已保存' }).waitFor()

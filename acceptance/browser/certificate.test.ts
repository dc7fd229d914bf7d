import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowserBefore, readModules } from './camera.ts'
import { call, type Earned, earnCertificate, untilAnchored } from './earn-certificate.ts'
import { axeFourWays, closeContext, openBrowser, openContext } from './pages.ts'
import { type StartedBase, startBase } from './start-base.ts'

let base: StartedBase
let browser: Browser
let earned: Earned
let operator: Page
let tablet: Page
let bundle: Buffer
let link = ''

beforeAll(async () => {
  ;[base, browser] = await Promise.all([startBase(), openBrowser()])
  operator = await (await openContext(browser)).context.newPage()
  await operator.goto(base.operatorLink)
  await operator.getByText('你已登录为').waitFor()
  await operator.goto(`${base.origin}/operations`)
  await operator.getByRole('button', { name: '安装示例学校' }).click()
  await operator.getByText('示例学校已安装').first().waitFor({ timeout: 60_000 })
  earned = await earnCertificate(operator)
}, 200_000)

afterAll(async () => {
  await browser?.close()
  await base?.stop()
})

/** Checks a file as an employer who has never been here; `until` names the verdict that is expected. */
async function checkAsEmployer(
  file: { name: string; buffer: Buffer },
  arrange?: (page: Page) => Promise<void>,
): Promise<{ verdict: string | null; checks: Record<string, string>; text: string }> {
  const visit = await openContext(browser)
  const page = await visit.context.newPage()
  await page.goto(`${base.origin}/verify`)
  await arrange?.(page)
  await page.getByTestId('file-input').setInputFiles({ ...file, mimeType: 'application/octet-stream' })
  const found = await readVerdict(page)
  expect(await closeContext(visit)).toEqual([])
  return found
}

/** Checks a file again and again, as an employer would, until its status has failed; then the sentence must be this one. */
async function untilStatusSays(file: Buffer, sentence: RegExp): Promise<void> {
  for (const began = Date.now(); ; ) {
    const { checks, text } = await checkAsEmployer({ name: 'certificate.guildhall', buffer: file })
    if (checks['status'] === 'failed') {
      expect(text).toMatch(sentence)
      return
    }
    if (Date.now() - began > 90_000) throw new Error(`the status is still ${checks['status']}`)
    await new Promise((resolve) => setTimeout(resolve, 1500))
  }
}

/** A certificate's bundle, once its status list is published. */
async function exportBundle(credentialId: string): Promise<Buffer> {
  await expect.poll(async () => (await call<{ waiting: number }>(operator, 'GET', '/api/outbox')).waiting, { timeout: 60_000 }).toBe(0)
  const bytes = await operator.evaluate(async (id) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch('/api/bundles', { method: 'POST', headers, body: JSON.stringify({ credentialIds: [id] }) })
    return [...new Uint8Array(await answer.arrayBuffer())]
  }, credentialId)
  return Buffer.from(bytes)
}

async function readVerdict(page: Page) {
  const verdict = page.locator('[data-verdict]:not([data-verdict="running"])')
  await verdict.waitFor({ timeout: 20_000 })
  const rows = await page
    .locator('[data-check]')
    .evaluateAll((all) => all.map((row) => [row.getAttribute('data-check'), row.getAttribute('data-outcome')]))
  return {
    verdict: await verdict.getAttribute('data-verdict'),
    checks: Object.fromEntries(rows) as Record<string, string>,
    text: (await page.getByTestId('result').first().textContent()) ?? '',
  }
}

describe('a certificate earned on a machine', () => {
  it('is taken by the learner, who comes in by card and pictures', async () => {
    tablet = await (await openContext(browser, { size: 'phone' })).context.newPage()
    const { link: teacherLink } = await operator.evaluate(async () => {
      const body = JSON.stringify({ displayName: '陈老师', roles: ['teacher'] })
      return (await (await fetch('/api/staff', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json()) as {
        link: string
      }
    })
    await tablet.goto(base.origin + new URL(teacherLink).pathname + new URL(teacherLink).hash)
    await tablet.getByText('你已登录为').waitFor()
    await tablet.goto(`${base.origin}/operations/stations`)
    await tablet.getByLabel('站点名称').fill('一号平板')
    await tablet.getByRole('button', { name: '开放' }).click()
    await tablet.getByLabel('卡上的编号').fill(earned.card)
    await tablet.getByRole('button', { name: '下一步' }).click()
    for (const heading of ['选四张图', '再选一次']) {
      await tablet.getByRole('heading', { name: heading }).waitFor()
      for (const picture of ['cat', 'moon', 'key', 'star']) await tablet.locator(`[data-picture="${picture}"]`).click()
    }
    await tablet.getByRole('button', { name: '收下证书' }).click()
    await tablet.getByText('有效', { exact: true }).waitFor()
    expect(await axeFourWays(tablet)).toEqual([])
  })

  it('is shown by a learning code of at most 45 modules that changes and opens once', async () => {
    await tablet.getByLabel('同时出示我的名字').check()
    await tablet.getByRole('button', { name: '显示学习码' }).click()
    const qr = tablet.locator('.code svg[data-modules]')
    await qr.waitFor()
    expect(Number(await qr.getAttribute('data-modules'))).toBeLessThanOrEqual(45)
    expect(await axeFourWays(tablet)).toEqual([])
    const code = /[A-Z2-7]{26}/.exec((await tablet.locator('.letters').textContent()) ?? '')?.[0] ?? ''
    link = `${base.origin}/code/${code}`
    const visit = await openContext(browser)
    const page = await visit.context.newPage()
    await page.goto(link)
    const { verdict, checks } = await readVerdict(page)
    expect({ verdict, checks }).toEqual({
      verdict: 'valid',
      checks: {
        'data-model': 'passed',
        proof: 'passed',
        issuer: 'passed',
        entitled: 'passed',
        status: 'passed',
        dates: 'passed',
        evidence: 'passed',
      },
    })
    expect(await page.getByTestId('shown').textContent()).toContain('所出示的姓名就是证书授予的人')
    await page.goto(link)
    await page.getByText('这个学习码打不开').waitFor()
    expect(await closeContext(visit)).toEqual([])
    await tablet.getByText('对方已打开').waitFor({ timeout: 15_000 })
  })

  it('is read off the screen by the camera of an employer, and verified', async () => {
    // The code on the screen was opened already; a new look at the wallet makes a new one.
    await tablet.goto(`${base.origin}/wallet`)
    await tablet.getByRole('button', { name: '显示学习码' }).click()
    await tablet.locator('.code svg[data-modules]').waitFor()
    const camera = await openBrowserBefore(await readModules(tablet, '.code svg[data-modules]'))
    try {
      const visit = await openContext(camera)
      const page = await visit.context.newPage()
      await page.goto(`${base.origin}/verify`)
      await page.getByRole('button', { name: '扫描二维码' }).click()
      expect((await readVerdict(page)).verdict).toBe('valid')
      expect(await page.getByRole('dialog').count()).toBe(0)
      expect(await closeContext(visit)).toEqual([])
    } finally {
      await camera.close()
    }
  })

  it('is downloaded as a bundle and verified live, with who answered and as of which block', async () => {
    await tablet.goto(`${base.origin}/wallet/certificate/${earned.credentialId}`)
    const [download] = await Promise.all([tablet.waitForEvent('download'), tablet.getByRole('button', { name: /证书包/ }).click()])
    bundle = readFileSync(await download.path())
    expect(await axeFourWays(tablet)).toEqual([])
    const { verdict, text } = await checkAsEmployer({ name: 'certificate.guildhall', buffer: bundle })
    expect(verdict).toBe('valid')
    expect(text).toMatch(/截至区块 [\d,]+（.*），由 localhost:\d+ 回答/)
    expect(text).toContain('试用网络签发')
  })

  it.each(['PNG', 'SVG', 'JWT'])('is verified from its %s file too', async (kind) => {
    const [download] = await Promise.all([
      tablet.waitForEvent('download'),
      tablet.getByRole('button', { name: new RegExp(`^${kind}`) }).click(),
    ])
    const { checks } = await checkAsEmployer({ name: `certificate.${kind.toLowerCase()}`, buffer: readFileSync(await download.path()) })
    expect(checks).toMatchObject({ 'data-model': 'passed', proof: 'passed', issuer: 'passed', status: 'passed', dates: 'passed' })
    if (kind !== 'JWT') expect(checks).toMatchObject({ entitled: 'passed', evidence: 'passed' })
  })

  it('is never passed where the ledger cannot be reached', async () => {
    const [download] = await Promise.all([tablet.waitForEvent('download'), tablet.getByRole('button', { name: /^PNG/ }).click()])
    const buffer = readFileSync(await download.path())
    const { verdict, checks } = await checkAsEmployer({ name: 'certificate.png', buffer }, async (page) => {
      await page.context().route('**/rpc', (route) => route.abort())
    })
    expect(verdict).toBe('unconfirmed')
    expect(checks).toMatchObject({ issuer: 'unknown', entitled: 'unknown', status: 'unknown', evidence: 'unknown' })
  })

  it('fails the next check once the base has corrected it, and says since when, by which new one, and why', async () => {
    const old = bundle
    const body = { reason: 'details-corrected', comment: '更正评语' }
    const next = await call<{ credentialId: string }>(operator, 'POST', `/api/awards/${earned.credentialId}/correction`, body)
    await untilStatusSays(
      old,
      new RegExp(`签发方已于 \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d 用 urn:uuid:${next.credentialId} 替换它：内容更正`),
    )
    await untilAnchored(operator, next.credentialId)
    bundle = await exportBundle(next.credentialId)
    earned = { ...earned, credentialId: next.credentialId }
    expect((await checkAsEmployer({ name: 'corrected.guildhall', buffer: bundle })).verdict).toBe('valid')
  }, 120_000)

  it('fails the next check once the base has withdrawn it, and says since when', async () => {
    await operator.goto(`${base.origin}/operations/awards/${earned.credentialId}`)
    await operator.getByRole('button', { name: '撤销' }).click()
    await operator.getByRole('dialog').getByLabel('理由').selectOption('awarded-in-error')
    await operator.getByRole('dialog').getByRole('button', { name: '撤销' }).click()
    await operator.getByText('已撤销').first().waitFor()
    await untilStatusSays(bundle, /签发方已(于 \d{4}-\d\d-\d\d \d\d:\d\d 撤销它|撤销它，最迟在)/)
  }, 120_000)
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type BaseProcess, openBrowser as openClient, runCommand, startBase, startLedger } from '../base-process.ts'
import { closeContext, openBrowser, openContext } from './pages.ts'

const folder = mkdtempSync(join(tmpdir(), 'guildhall-second-opinion-'))
const ending: { end(signal: 'SIGKILL'): Promise<void> }[] = []
let first: BaseProcess
let second: BaseProcess
let browser: Browser
let bundle: Uint8Array

/** Two bases of one network on one ledger, and a certificate that the first has issued. */
beforeAll(async () => {
  const ledger = await startLedger(join(folder, 'ledger'))
  ending.push(ledger)
  const settings = { LEDGER_RPC_URL: ledger.rpcUrl, ANCHOR_SECONDS: '1' }
  first = await startBase({ ...settings, DATA_DIR: join(folder, 'first'), BASE_NAME_EN: 'First base' })
  ending.push(first)
  const operator = openClient(first.origin)
  await operator.signIn(first.operatorLink ?? '')
  const { jobId } = await operator.expect('POST', '/api/first-run/sample-school')
  const isInstalled = async () => expect(await operator.expect('GET', `/api/jobs/${jobId}`)).toMatchObject({ state: 'finished' })
  await vi.waitFor(isInstalled, { timeout: 90_000, interval: 250 })
  const { stdout } = await runCommand(['invite', '--data', join(folder, 'first'), '--hours', '2'])
  second = await startBase({ ...settings, DATA_DIR: join(folder, 'second'), INVITE: stdout.trim(), BASE_NAME_EN: 'Second base' })
  ending.push(second)
  const [award] = (await operator.expect('GET', '/api/awards')).items
  const isAnchored = async () => expect((await operator.expect('GET', `/api/awards/${award.credentialId}`)).receipt).not.toBeNull()
  await vi.waitFor(isAnchored, { timeout: 60_000, interval: 250 })
  bundle = (await operator.ask('POST', '/api/bundles', { credentialIds: [award.credentialId] })).bytes
  const isConnected = async () =>
    expect((await operator.expect('GET', '/api/base')).otherBases).toMatchObject([{ baseId: 2, host: 'second-base.localhost' }])
  await vi.waitFor(isConnected, { timeout: 60_000, interval: 250 })
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
  for (const process of ending.reverse()) await process.end('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** Checks the certificate at the first base as somebody who has never been there. */
async function check(arrange: (page: Page) => Promise<void> = async () => {}) {
  const visit = await openContext(browser)
  const asked: string[] = []
  visit.context.on('request', (request) => asked.push(request.url()))
  const page = await visit.context.newPage()
  await arrange(page)
  await page.goto(`${first.origin}/verify`)
  await page.getByTestId('file-input').setInputFiles({ name: 'c.guildhall', mimeType: '', buffer: Buffer.from(bundle) })
  const verdict = page.locator('[data-verdict]:not([data-verdict="running"])')
  await verdict.waitFor({ timeout: 30_000 })
  const opinion = page.locator('[data-second-opinion]')
  const found = {
    verdict: await verdict.getAttribute('data-verdict'),
    opinion: await opinion.getAttribute('data-second-opinion'),
    told: (await opinion.textContent()) ?? '',
    result: (await page.getByTestId('result').textContent()) ?? '',
    asked,
  }
  expect(await closeContext(visit)).toEqual([])
  return found
}

describe('a second base', () => {
  it('is asked through the page’s own, agrees, and is named with what that is worth', async () => {
    const { verdict, opinion, told, asked } = await check()
    expect([verdict, opinion]).toEqual(['valid', 'agrees'])
    expect(told).toMatch(/second-base\.localhost.*由它签名.*由 localhost:\d+ 转达.*弱于直接询问/)
    expect(asked.filter((url) => !url.startsWith(first.origin) && !url.startsWith('blob:'))).toEqual([])
    expect(asked.filter((url) => url.endsWith('/rpc/2')).length).toBeGreaterThan(3)
  })

  it('makes what the page’s own base says otherwise unknown, never passed', async () => {
    const { verdict, opinion, told, result } = await check(async (page) => {
      await page.context().route('**/rpc', async (route) => {
        const isLog = route.request().postData()?.includes('eth_getLogs') ?? false
        if (isLog) await route.fulfill({ json: { jsonrpc: '2.0', id: 1, result: [] } })
        else await route.fallback()
      })
    })
    expect([verdict, opinion]).toEqual(['unconfirmed', 'disagrees'])
    expect(told).toContain('它签名的答复不同')
    expect(result).toMatch(/两个来源.*second-base\.localhost（经 localhost:\d+ 转达）/)
  })

  it('is not heard when its own base changes what it said', async () => {
    const { verdict, opinion } = await check(async (page) => {
      await page.context().route('**/rpc/2', async (route) => {
        const answer = await route.fetch()
        const body = (await answer.json()) as { said: { answer: string } | null }
        if (body.said) body.said.answer = '{"result":"0x"}'
        await route.fulfill({ response: answer, json: body })
      })
    })
    expect([verdict, opinion]).toEqual(['valid', 'silent'])
  })

  it('is asked read-only questions only, and only when the ledger lists it', async () => {
    const anyone = openClient(first.origin)
    const ask = async (path: string, body: unknown) => {
      const { status, json } = await anyone.ask('POST', path, body)
      return [status, json.code ?? json.said !== null]
    }
    expect(await ask('/rpc/2', { method: 'eth_blockNumber' })).toEqual([200, true])
    expect(await ask('/rpc/2', { method: 'eth_sendRawTransaction', params: ['0x'] })).toEqual([400, 'REQUEST_INVALID'])
    expect(await ask('/rpc/1', { method: 'eth_blockNumber' })).toEqual([404, 'NOT_FOUND'])
    expect(await ask('/rpc/3', { method: 'eth_blockNumber' })).toEqual([404, 'NOT_FOUND'])
    expect(await ask('/rpc/127.0.0.1:22', { method: 'eth_blockNumber' })).toEqual([400, 'REQUEST_INVALID'])
    expect((await anyone.ask('POST', '/rpc/2', { method: 'eth_call', params: ['x'.repeat(20_000)] })).json.code).toBe('REQUEST_TOO_LARGE')
  })

  it('that is off is said to be, and changes nothing else', async () => {
    await second.end('SIGKILL')
    const { verdict, opinion, told } = await check(async (page) => {
      // As a page that had asked for the bases just before.
      await page.context().route('**/api/base', async (route) => {
        const answer = await route.fetch()
        const facts = (await answer.json()) as { otherBases: unknown[] }
        const gone = { baseId: 2, peerId: '12D3KooWHFKTMzwerBtsVmtz4ZZEQy2heafxzWw6wNn5PPYkBxJ5', host: 'second-base.localhost' }
        await route.fulfill({ response: answer, json: { ...facts, otherBases: facts.otherBases.length > 0 ? facts.otherBases : [gone] } })
      })
    })
    expect([verdict, opinion]).toEqual(['valid', 'silent'])
    expect(told).toContain('没能问到同一网络的 second-base.localhost')
  })
})

import { strToU8, zipSync } from 'fflate'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { call } from './earn-certificate.ts'
import { openContext, type SizeName } from './pages.ts'

/** Learners of age, as the school's roster tells them: names are invented. */
export const adults = { withPrf: '赵明远', withPin: '钱思宁' } as const

/** A OneRoster 1.2 zip of two learners of age: users, roles and demographics, as a college exports them. */
function adultRoster(): Uint8Array {
  const people = Object.values(adults)
  const table = (header: string, rows: readonly string[]) => `sourcedId,status,dateLastModified,${header}\r\n${rows.join('\r\n')}\r\n`
  const files = {
    'manifest.csv': [
      'propertyName,value',
      'manifest.version,1.0',
      'oneroster.version,1.2',
      ...['orgs', 'users', 'demographics', 'roles'].map((name) => `file.${name},bulk`),
      ...['academicSessions', 'courses', 'classes', 'userProfiles', 'enrollments'].map((name) => `file.${name},absent`),
    ].join('\r\n'),
    'orgs.csv': table('name,type', ['college,,,职业学院,school']),
    'users.csv': table(
      'enabledUser,username,givenName,familyName',
      people.map((name, at) => `adult-${at},,,true,adult${at},${name.slice(1)},${name.slice(0, 1)}`),
    ),
    'demographics.csv': table(
      'birthDate',
      people.map((_, at) => `adult-${at},,,2001-05-0${at + 1}`),
    ),
    'roles.csv': table(
      'userSourcedId,roleType,role,orgSourcedId',
      people.map((_, at) => `role-${at},,,adult-${at},primary,student,college`),
    ),
  }
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])))
}

/** Imports the learners of age on a page where the operator is signed in. */
export async function importAdults(operator: Page): Promise<void> {
  const status = await operator.evaluate(
    async (bytes) => {
      const headers = { 'content-type': 'application/zip' }
      return (await fetch('/api/roster/import', { method: 'POST', headers, body: new Uint8Array(bytes) })).status
    },
    [...adultRoster()],
  )
  if (status >= 400) throw new Error(`the roster was refused with ${status}`)
}

/** A passkey of the browser's own, as a phone or laptop has one, with the PRF extension or without (WebAuthn Level 3 §10.1.4, §11). */
export async function giveAuthenticator(page: Page, hasPrf: boolean): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const options = {
    protocol: 'ctap2',
    ctap2Version: 'ctap2_1',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    hasPrf,
    automaticPresenceSimulation: true,
  }
  await session.send('WebAuthn.addVirtualAuthenticator', { options: options as never })
}

/** A browser in which a teacher has opened a station; `close` makes it a device of one's own again, where one comes back by passkey. */
export interface Station {
  page: Page
  visit: { context: BrowserContext; errors: string[] }
  close(): Promise<void>
}

/** Opens a station in a browser of its own. `operator` is a page where the operator is signed in. */
export async function openStation(browser: Browser, operator: Page, { size, label }: { size: SizeName; label: string }): Promise<Station> {
  const visit = await openContext(browser, { size })
  const page = await visit.context.newPage()
  const origin = new URL(operator.url()).origin
  const { link } = await call<{ link: string }>(operator, 'POST', '/api/staff', { displayName: `${label}老师`, roles: ['teacher'] })
  await page.goto(origin + new URL(link).pathname + new URL(link).hash)
  await page.getByText('你已登录为').waitFor()
  await page.goto(`${origin}/operations/stations`)
  await page.getByLabel('站点名称').fill(label)
  await page.getByRole('button', { name: '开放' }).click()
  await page.waitForURL(`${origin}/wallet`)
  return {
    page,
    visit,
    async close() {
      const { items } = await call<{ items: { stationId: string; label: string }[] }>(operator, 'GET', '/api/stations')
      const mine = items.find((station) => station.label === label)
      if (mine) await call(operator, 'DELETE', `/api/stations/${mine.stationId}`)
      await enterByPasskey(page)
    },
  }
}

/** Comes in by the passkey, on a device that is no station: closing one signs out whoever came in at it. */
async function enterByPasskey(page: Page): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/sign-in`)
  await page.getByRole('button', { name: '使用通行密钥' }).click()
  await page.waitForURL((url) => url.pathname !== '/sign-in')
}

/** Comes in by card, choosing the four pictures when they are not chosen yet. */
export async function enterByCard(page: Page, card: string): Promise<void> {
  await page.getByLabel('卡上的编号').fill(card)
  await page.getByRole('button', { name: '下一步' }).click()
  await page.locator('[data-picture]').first().waitFor()
  const rounds = (await page.getByRole('heading', { name: '选四张图' }).isVisible()) ? 2 : 1
  for (let round = 0; round < rounds; round += 1) {
    if (round === 1) await page.getByRole('heading', { name: '再选一次' }).waitFor()
    for (const picture of ['cat', 'moon', 'key', 'star']) await page.locator(`[data-picture="${picture}"]`).click()
  }
  await page.getByRole('button', { name: '退出' }).waitFor()
}

/** What stands on the recovery sheet that is on the screen. */
export async function readSheet(page: Page): Promise<string> {
  return ((await page.getByTestId('recovery-key').textContent()) ?? '').replaceAll(/\s/g, '')
}

/** Waits until the certificate that a learner holds now is on the ledger, and returns its id. */
export async function untilRecorded(page: Page): Promise<string> {
  for (const began = Date.now(); Date.now() - began < 90_000; ) {
    const { items } = await call<{ items: { credentialId: string; anchor: string }[] }>(page, 'GET', '/api/wallet/credentials')
    const [first] = items
    if (first?.anchor === 'anchored') return first.credentialId
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error('the certificate was not recorded on the ledger within 90 s')
}

import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'

const root = join(import.meta.dirname, '..', '..')
const job = join(root, 'demo/device/fixtures/tiny.gcode')

/** A call of the base's own interface from a page that is signed in. Throws with the problem's code. */
export async function call<T>(page: Page, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await page.evaluate(
    async ([verb, address, content]) => {
      const headers = { 'content-type': 'application/json' }
      const init = content === undefined ? {} : { headers, body: JSON.stringify(content) }
      const response = await fetch(address as string, { method: verb as string, ...init })
      return { status: response.status, text: await response.text() }
    },
    [method, path, body] as const,
  )
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`)
  return (answer.text === '' ? null : JSON.parse(answer.text)) as T
}

/** A certificate that a learner has earned on a machine, and the learner's card. */
export interface Earned {
  credentialId: string
  card: string
}

/**
 * With the sample school in place: pairs the demo's printer, prints its smallest job in a session, judges it, and waits for the record on the
 * ledger. The page must be signed in as operator, teacher and examiner. `search` is part of the learner's name; left out, it is any minor's.
 */
export async function earnCertificate(page: Page, search?: string): Promise<Earned> {
  const which = search === undefined ? 'consent=given' : `search=${encodeURIComponent(search)}`
  const [learner] = (await call<{ items: { learnerId: string }[] }>(page, 'GET', `/api/learners?${which}&limit=1`)).items
  const [machine] = (await call<{ items: { machineId: string }[] }>(page, 'GET', '/api/machines')).items
  const [programme] = (
    await call<{ items: { programmeId: number; rubric: { id: string; levels: unknown[] }[] }[] }>(page, 'GET', '/api/programmes')
  ).items
  if (!learner || !machine || !programme) throw new Error('the sample school is not there')
  const print = await pairPrinter(page, machine.machineId)
  const body = { learnerId: learner.learnerId, machineId: machine.machineId, programmeId: programme.programmeId }
  const { sessionId } = await call<{ sessionId: string }>(page, 'POST', '/api/sessions', body)
  await putJob(page, sessionId)
  await print()
  await call(page, 'POST', `/api/sessions/${sessionId}/close`)
  const levels = Object.fromEntries(programme.rubric.map(({ id, levels: all }) => [id, all.length]))
  const { credentialId } = await call<{ credentialId: string }>(page, 'POST', '/api/awards', { sessionId, levels })
  await untilAnchored(page, credentialId)
  const { cards } = await call<{ cards: { text: string }[] }>(page, 'POST', '/api/cards/print', { learnerIds: [learner.learnerId] })
  return { credentialId, card: /GH1[A-Z2-7]{26}/.exec(cards[0]?.text ?? '')?.[0] ?? '' }
}

async function pairPrinter(page: Page, machineId: string): Promise<() => Promise<void>> {
  const { url } = await call<{ url: string }>(page, 'GET', '/api/broker')
  const { code } = await call<{ code: string }>(page, 'POST', `/api/machines/${machineId}/pairing-code`)
  const state = join(mkdtempSync(join(tmpdir(), 'guildhall-printer-')), 'state.json')
  const run = (...more: string[]) =>
    promisify(execFile)(process.execPath, [
      join(root, 'demo/device/printer.ts'),
      '--job',
      job,
      '--broker',
      url,
      '--state',
      state,
      '--speed',
      '600',
      ...more,
    ])
  await run('--pairing', code, '--pair-only')
  return async () => void (await run())
}

async function putJob(page: Page, sessionId: string): Promise<void> {
  const bytes = [...readFileSync(job)]
  const status = await page.evaluate(
    async ([id, content]) => {
      const headers = { 'content-type': 'application/octet-stream' }
      const body = new Uint8Array(content as number[])
      return (await fetch(`/api/sessions/${id}/job?name=tiny.gcode`, { method: 'PUT', headers, body })).status
    },
    [sessionId, bytes] as const,
  )
  if (status >= 400) throw new Error(`the job file was refused with ${status}`)
}

/** Waits until a certificate is recorded on the ledger. */
export async function untilAnchored(page: Page, credentialId: string): Promise<void> {
  for (const began = Date.now(); Date.now() - began < 90_000; ) {
    const { receipt } = await call<{ receipt: unknown }>(page, 'GET', `/api/awards/${credentialId}`)
    if (receipt) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error('the certificate was not recorded on the ledger within 90 s')
}

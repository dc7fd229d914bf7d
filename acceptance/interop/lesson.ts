import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openBrowser, startBase } from '../base-process.ts'

/** A browser that is signed in to a base. */
type SignedIn = ReturnType<typeof openBrowser>

/** A base under way with somebody to teach and something to teach them on. */
export type Lesson = {
  origin: string
  operator: SignedIn
  learnerId: string
  machineId: string
  programmeId: number
  end(): Promise<void>
}

const files = join(import.meta.dirname, '../../demo/files')

/** The demo's G-code job. */
export const jobFile = join(files, 'cube.gcode')

/** Starts a base on an empty folder; imports the demo's roster, defines a programme and adds a printer. @throws where a step is refused */
export async function startLesson(settings: Record<string, string>, attestation: 'device-signed' | 'gateway-attested'): Promise<Lesson> {
  const base = await startBase(settings)
  try {
    const operator = openBrowser(base.origin)
    await operator.signIn(base.operatorLink ?? '')
    await operator.expect('POST', '/api/roster/import', new Uint8Array(readFileSync(join(files, 'roster.zip'))))
    const { directions } = await operator.expect('GET', '/api/catalogue')
    const { sample } = directions.find(({ id }: { id: string }) => id === 'digital-manufacturing')
    const { programmeId } = await operator.expect('POST', '/api/programmes', sample)
    const [{ learnerId }] = (await operator.expect('GET', '/api/learners?limit=1')).items
    await operator.expect('POST', `/api/learners/${learnerId}/consents`, {
      guardian: { name: '家长', relation: 'parent' },
      scopes: ['base-held-wallet', 'recordings-as-evidence', 'share-by-learning-code'],
      textVersion: '2026-09',
      how: 'in-person',
    })
    const printer = { name: { 'zh-CN': '打印机一号', en: 'Printer one' }, kind: 'printer-3d', attestation }
    const { machineId } = await operator.expect('POST', '/api/machines', printer)
    return {
      origin: base.origin,
      operator,
      learnerId,
      machineId,
      programmeId,
      end: () => base.end('SIGTERM'),
    }
  } catch (error) {
    await base.end('SIGKILL')
    throw error
  }
}

/** Signs a program of others in as an operator of its own. @returns the cookie that it sends. @throws where the base refuses */
export async function cookieForProgram({ origin, operator }: Lesson): Promise<string> {
  const body = { displayName: 'Outside judge', roles: ['operator', 'teacher', 'examiner', 'auditor'] }
  const { link } = await operator.expect('POST', '/api/staff', body)
  const answer = await fetch(`${origin}/api/sign-in/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: new URL(link).hash.slice(1) }),
  })
  const [cookie = ''] = answer.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '')
  if (!answer.ok || cookie === '') throw new Error(`signing in with a staff link answered ${answer.status}`)
  return cookie
}

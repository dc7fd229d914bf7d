import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { installFromPyPi } from './install.ts'
import { cookieForProgram, type Lesson, startLesson } from './lesson.ts'
import { beginClaims, type Claims, type Peer } from './peer.ts'
import { findFreePort, runProgram } from './programs.ts'

const version = '4.32.5'
/** Cases a route, besides those that follow from each schema's edges; fifty missed a planted fault. `INTEROP_CASES` overrides it. */
const cases = Number(process.env['INTEROP_CASES'] ?? 100)

/** What an answer must hold: no 5xx, and status, media type, headers and body as the description of the route says. */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
]

/** Schemathesis reads a running base's own OpenAPI description and sends every route what it allows and what it forbids. */
export const schemathesis: Peer = {
  name: 'schemathesis',
  version: `schemathesis ${version} (PyPI)`,
  async run() {
    const command = join(await installFromPyPi('schemathesis', version), 'schemathesis')
    const folder = mkdtempSync(join(tmpdir(), 'guildhall-schemathesis-'))
    const claims = beginClaims()
    try {
      claims.say(`${cases} cases a route, besides those at the edges of each schema`)
      const lesson = await startLesson({ DATA_DIR: join(folder, 'base') }, 'gateway-attested')
      try {
        const { learnerId, machineId, programmeId } = lesson
        // An OctoPrint that is switched off is enough for a session to be opened.
        const away = { url: `http://127.0.0.1:${await findFreePort()}`, apiKey: 'switched-off' }
        await lesson.operator.expect('PUT', `/api/machines/${machineId}/octoprint`, away)
        const { sessionId } = await lesson.operator.expect('POST', '/api/sessions', { learnerId, machineId, programmeId })
        const cookie = await cookieForProgram(lesson)
        const attack = (which: string[]) => sendCases({ lesson, command, folder, cookie }, which, claims)
        // Signing out ends the session that all other routes are asked with, so it comes last.
        await attack(['--exclude-operation-id', 'signOut'])
        // Among made-up ids most routes end at 404; again with those that exist, but for what would send the base to made-up addresses
        // or remove them.
        writeFileSync(join(folder, 'schemathesis.toml'), knownIds({ ...lesson, sessionId }))
        const apart = ['setOctoPrint', 'eraseLearner'].flatMap((name) => ['--exclude-operation-id', name])
        await attack(['--include-path-regex', '(learner|machine|programme|session)Id', ...apart])
        const { state } = await lesson.operator.expect('GET', `/api/sessions/${sessionId}`)
        claims.hold(state !== 'open', `it reached what it was given the ids of: the session that was open is now ${state}`)
        await attack(['--include-operation-id', 'signOut'])
        const alive = await lesson.operator.ask('GET', '/api/machines')
        claims.hold(alive.status === 200, 'the base is up and answers its operator after all this')
      } finally {
        await lesson.end()
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    return claims.result()
  },
}

/** Ids of the lesson for the paths, in schemathesis's own configuration. */
const knownIds = ({ learnerId, machineId, programmeId, sessionId }: Lesson & { sessionId: string }) =>
  Object.entries({ learnerId, machineId, programmeId, sessionId }).reduce(
    (text, [name, id]) => `${text}"path.${name}" = ${JSON.stringify(id)}\n`,
    '[parameters]\n',
  )

type Attack = { lesson: Lesson; command: string; folder: string; cookie: string }

async function sendCases({ lesson, command, folder, cookie }: Attack, which: string[], claims: Claims): Promise<void> {
  const options = ['--phases', 'examples,coverage,fuzzing', '--max-examples', String(cases), '--checks', checks.join(','), '--workers', '1']
  const quiet = ['--warnings', 'off', '--suppress-health-check', 'all', '--request-timeout', '30', '--continue-on-failure']
  const args = ['run', `${lesson.origin}/openapi.json`, '-H', `cookie: ${cookie}`, ...options, ...quiet, ...which]
  const { code, output } = await runProgram(command, args, {
    cwd: folder,
    env: { NO_COLOR: '1', SCHEMATHESIS_HOOKS: join(import.meta.dirname, 'zip-bodies.py') },
    timeoutMs: 2_400_000,
  })
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.includes(cookie))
  const told = lines.findIndex((line) => /^=+ (FAILURES|ERRORS|SUMMARY) =+$/.test(line))
  for (const line of lines.slice(Math.max(told, 0)).slice(0, 400)) claims.say(line.slice(0, 300))
  const tested = /Tested: (\d+)|Selected: (\d+)\/(\d+)/.exec(lines.join('\n'))
  claims.hold(code === 0 && tested !== null, `${which.join(' ')}: ${code === 0 ? 'nothing amiss' : `ended with ${code}`}`)
}

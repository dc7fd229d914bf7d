import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installFromPyPi } from './install.ts'
import { jobFile, type Lesson, startLesson } from './lesson.ts'
import { beginClaims, type Claims, type Peer, until } from './peer.ts'
import { findFreePort, runProgram, type Service, startService } from './programs.ts'

const version = '1.11.8'

/** A real OctoPrint with its virtual printer, which the base follows while it prints the demo's job. */
export const octoprint: Peer = {
  name: 'octoprint',
  version: `OctoPrint ${version} with its virtual printer (PyPI)`,
  async run() {
    const commands = await installFromPyPi('OctoPrint', version)
    const folder = mkdtempSync(join(tmpdir(), 'guildhall-octoprint-'))
    const claims = beginClaims()
    const server = await startOctoPrint(join(commands, 'octoprint'), folder)
    try {
      const lesson = await startLesson({ DATA_DIR: join(folder, 'base') }, 'gateway-attested')
      try {
        await printJob(lesson, server, claims)
      } finally {
        await lesson.end()
      }
    } finally {
      await server.service.stop()
      rmSync(folder, { recursive: true, force: true })
    }
    return claims.result()
  },
}

type Server = { service: Service; url: string; apiKey: string }

/** Nothing that asks outside, nothing that asks a person; a printer of software on its serial port, which moves ten times as fast. */
const settings = {
  server: { firstRun: false, onlineCheck: { enabled: false }, pluginBlacklist: { enabled: false }, host: '127.0.0.1' },
  plugins: {
    _disabled: ['softwareupdate', 'announcements', 'tracking', 'errortracking', 'discovery', 'pluginmanager', 'health_check'],
    virtual_printer: { enabled: true, throttle: 0 },
  },
  serial: { autoconnect: true, port: 'VIRTUAL', baudrate: 115_200 },
}

async function startOctoPrint(command: string, folder: string): Promise<Server> {
  const place = ['--basedir', join(folder, 'octoprint')]
  const apiKey = randomUUID().replaceAll('-', '')
  const added = await runProgram(command, [...place, 'user', 'add', 'guildhall', '--password', randomUUID(), '--admin'])
  const users = join(folder, 'octoprint/users.yaml')
  if (added.code !== 0) throw new Error(`OctoPrint made no user: ${added.output.slice(-1_000)}`)
  writeFileSync(users, readFileSync(users, 'utf8').replace(/apikey: .*/, `apikey: ${apiKey}`))
  // YAML 1.2 takes JSON as it is.
  writeFileSync(join(folder, 'octoprint/config.yaml'), JSON.stringify(settings))
  const port = await findFreePort()
  const service = startService(command, ['serve', ...place, '--iknowwhatimdoing', '--host', '127.0.0.1', '--port', String(port)])
  const url = `http://127.0.0.1:${port}`
  try {
    await until('OctoPrint to reach its printer', 120_000, async () => {
      if (service.hasEnded()) throw new Error(`OctoPrint ended before it was ready: ${service.words().slice(-2_000)}`)
      const answer = await fetch(`${url}/api/connection`, { headers: { 'x-api-key': apiKey } }).catch(() => undefined)
      return answer?.ok && ((await answer.json()) as { current: { state: string } }).current.state === 'Operational'
    })
  } catch (error) {
    await service.stop()
    throw error
  }
  return { service, url, apiKey }
}

async function printJob({ operator, learnerId, machineId, programmeId }: Lesson, server: Server, claims: Claims): Promise<void> {
  const job = new Uint8Array(readFileSync(jobFile))
  const { url, apiKey } = server
  await operator.expect('PUT', `/api/machines/${machineId}/octoprint`, { url, apiKey })
  const machine = await until('the push socket', 30_000, async () => {
    const seen = await operator.expect('GET', `/api/machines/${machineId}`)
    return seen.octoPrint?.state === 'connected' ? seen : undefined
  })
  const who = await operator.expect('POST', `/api/machines/${machineId}/octoprint/test`)
  claims.hold(machine.attestation === 'gateway-attested' && who.version === version, `the base follows OctoPrint ${who.version}`)
  const { sessionId } = await operator.expect('POST', '/api/sessions', { learnerId, machineId, programmeId })
  await operator.expect('PUT', `/api/sessions/${sessionId}/job?name=cube.gcode&start=true`, job)
  const began = performance.now()
  const last = await printToTheEnd({ server, sessionId, operator }, claims)
  claims.say(
    `OctoPrint: ${last.state}, ${Math.round(last.completion)} % of ${job.length} bytes in ${Math.round((performance.now() - began) / 1000)} s`,
  )
  claims.hold(last.completion === 100, 'OctoPrint printed the job to the end')
  const closed = await until('the session to close with its summary', 60_000, async () => {
    const seen = await operator.expect('GET', `/api/sessions/${sessionId}`)
    return seen.summary?.completed
      ? seen
      : seen.state === 'open' && seen.readings > 0
        ? operator.expect('POST', `/api/sessions/${sessionId}/close`)
        : undefined
  })
  const digest = `0x${createHash('sha256').update(job).digest('hex')}`
  const { summary, segment, evidence } = closed
  claims.hold(summary.jobDigest === digest, `the digest of the job in the evidence is that of the file: ${summary.jobDigest}`)
  claims.hold(summary.completed, `the evidence says that the job was completed: ${JSON.stringify(summary)}`)
  claims.hold(
    closed.attestation === 'gateway-attested',
    `attested by the ${closed.attestation === 'gateway-attested' ? 'gateway' : 'device'}`,
  )
  claims.hold(segment.treeSize > 0 && segment.gaps === 0, `${closed.readings} readings in a Merkle segment of ${segment.treeSize} frames`)
  claims.hold(evidence.length === 2, `${evidence.map(({ item }: { item: string }) => item).join(' and ')} kept as evidence`)
}

type Print = { server: Server; sessionId: string; operator: Lesson['operator'] }

async function printToTheEnd({ server, sessionId, operator }: Print, claims: Claims): Promise<{ state: string; completion: number }> {
  let told = 0
  return until('OctoPrint to finish the job', 900_000, async () => {
    const answer = await fetch(`${server.url}/api/job`, { headers: { 'x-api-key': server.apiKey } })
    const { state, progress } = (await answer.json()) as { state: string; progress: { completion: number | null } }
    const completion = progress.completion ?? 0
    if (completion >= told + 25 && completion < 100) {
      told = Math.floor(completion / 25) * 25
      const { frames, readings } = await operator.expect('GET', `/api/sessions/${sessionId}`)
      claims.say(`${told} %: ${readings} readings in ${frames} frames at the base`)
    }
    if (/error|offline|cancel/i.test(state)) throw new Error(`OctoPrint stopped at ${Math.round(completion)} %: ${state}`)
    return completion === 100 && /operational/i.test(state) ? { state, completion } : undefined
  })
}

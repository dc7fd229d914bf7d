import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installFromDebian } from './install.ts'
import { jobFile, type Lesson, startLesson } from './lesson.ts'
import { beginClaims, type Claims, type Peer, until } from './peer.ts'
import { findFreePort, runProgram, type Service, startService } from './programs.ts'

/** Mosquitto as the school's own broker: TLS only, passwords only; base and printer are two of its users. */
export const mosquitto: Peer = {
  name: 'mosquitto',
  version: "Mosquitto (Debian's package)",
  async run() {
    const command = await installFromDebian('mosquitto', 'mosquitto')
    const folder = mkdtempSync(join(tmpdir(), 'guildhall-mosquitto-'))
    const claims = beginClaims()
    const broker = await startMosquitto(command, folder)
    try {
      claims.say(/mosquitto version [\d.]+/.exec(broker.service.words())?.[0] ?? 'mosquitto did not say its version')
      await holdSession(folder, broker, claims)
      await refuseWrongPasswords(folder, broker, claims)
    } finally {
      await broker.service.stop()
      rmSync(folder, { recursive: true, force: true })
    }
    return claims.result()
  },
}

type Broker = { service: Service; url: string; authority: string; passwords: { base: string; printer: string } }

async function startMosquitto(command: string, folder: string): Promise<Broker> {
  await makeCertificates(folder)
  const passwords = { base: randomUUID(), printer: randomUUID() }
  const passwordFile = join(folder, 'passwords')
  writeFileSync(passwordFile, `base:${passwords.base}\nprinter:${passwords.printer}\n`, { mode: 0o600 })
  const hashed = await runProgram(await installFromDebian('mosquitto_passwd', 'mosquitto'), ['-U', passwordFile])
  if (hashed.code !== 0) throw new Error(`mosquitto_passwd ended with ${hashed.code}: ${hashed.output}`)
  const port = await findFreePort()
  const lines = [
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    'persistence false',
    `listener ${port} 127.0.0.1`,
    'allow_anonymous false',
    `password_file ${passwordFile}`,
    `cafile ${join(folder, 'authority.crt')}`,
    `certfile ${join(folder, 'broker.crt')}`,
    `keyfile ${join(folder, 'broker.key')}`,
  ]
  writeFileSync(join(folder, 'mosquitto.conf'), `${lines.join('\n')}\n`)
  const service = startService(command, ['-v', '-c', join(folder, 'mosquitto.conf')])
  await until('Mosquitto to listen', 20_000, async () => {
    if (service.hasEnded()) throw new Error(`Mosquitto ended: ${service.words()}`)
    return / running/.test(service.words())
  })
  return { service, url: `mqtts://localhost:${port}`, authority: join(folder, 'authority.crt'), passwords }
}

/** An authority and the broker's certificate below it, for names and addresses of this machine. */
async function makeCertificates(folder: string): Promise<void> {
  const openssl = await installFromDebian('openssl', 'openssl')
  const issue = async (name: string, more: string[]) => {
    const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)]
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '2', '-subj', `/CN=Guildhall ${name}`]
    const { code, output } = await runProgram(openssl, ['req', ...kind, ...files, ...more])
    if (code !== 0) throw new Error(`openssl made no ${name}: ${output}`)
  }
  await issue('authority', [])
  const above = ['-CA', join(folder, 'authority.crt'), '-CAkey', join(folder, 'authority.key')]
  await issue('broker', [...above, '-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'])
}

const settingsFor = ({ url, authority }: Broker, password: string) => ({
  BROKER_URL: url,
  BROKER_USERNAME: 'base',
  BROKER_PASSWORD: password,
  BROKER_CA_FILE: authority,
})

async function holdSession(folder: string, broker: Broker, claims: Claims): Promise<void> {
  const settings = { DATA_DIR: join(folder, 'base'), ...settingsFor(broker, broker.passwords.base) }
  const lesson = await startLesson(settings, 'device-signed')
  try {
    const seen = await until('the base at the broker', 20_000, async () => {
      const answer = await lesson.operator.expect('GET', '/api/broker')
      return answer.connected ? answer : undefined
    })
    claims.hold(seen.kind === 'external' && seen.tls, 'the base is connected to the external broker over TLS, with its password')
    await printOverBroker(lesson, { folder, broker, claims })
  } finally {
    await lesson.end()
  }
}

type Place = { folder: string; broker: Broker; claims: Claims }

async function printOverBroker(lesson: Lesson, { folder, broker, claims }: Place): Promise<void> {
  const { operator, learnerId, machineId, programmeId } = lesson
  const printer = (more: string[]) => runPrinter(broker, ['--state', join(folder, 'printer.json'), ...more])
  const { code } = await operator.expect('POST', `/api/machines/${machineId}/pairing-code`)
  const paired = await printer(['--pairing', code, '--pair-only', '--password', broker.passwords.printer])
  claims.hold(paired.code === 0, `the printer pairs over the broker${paired.code === 0 ? '' : `: ${paired.output}`}`)
  const { sessionId } = await operator.expect('POST', '/api/sessions', { learnerId, machineId, programmeId })
  await operator.expect('PUT', `/api/sessions/${sessionId}/job?name=cube.gcode`, new Uint8Array(readFileSync(jobFile)))
  const printed = await printer(['--password', broker.passwords.printer])
  claims.hold(printed.code === 0, `the printer: ${printed.output.trim().split('\n').at(-1)}`)
  const closed = await operator.expect('POST', `/api/sessions/${sessionId}/close`)
  const said = JSON.parse(printed.output.trim().split('\n').at(-1) ?? '{}') as { jobDigest?: string; filamentMm?: number }
  const { summary, segment, attestation } = closed
  claims.hold(summary.completed && summary.jobDigest === said.jobDigest, `the session is closed; digest of its job ${summary.jobDigest}`)
  const apart = Math.abs(summary.filamentMm - (said.filamentMm ?? 0))
  claims.hold(
    apart <= summary.filamentMm * 0.001,
    `filament ${summary.filamentMm.toFixed(1)} mm at the base, ${said.filamentMm?.toFixed(1)} at the printer`,
  )
  const isWhole = attestation === 'device-signed' && segment.treeSize > 0 && segment.gaps === 0
  claims.hold(isWhole, `${closed.readings} readings, ${attestation}, in a Merkle segment of ${segment.treeSize} frames without a gap`)
}

function runPrinter({ url, authority }: Broker, more: string[]): Promise<{ code: number; output: string }> {
  const program = join(import.meta.dirname, '../../demo/device/printer.ts')
  const args = ['--job', jobFile, '--broker', url, '--authority', authority, '--username', 'printer', '--speed', '600', ...more]
  return runProgram(process.execPath, [program, ...args], { timeoutMs: 300_000 })
}

async function refuseWrongPasswords(folder: string, broker: Broker, claims: Claims): Promise<void> {
  const pairing = ['--state', join(folder, 'other.json'), '--pairing', 'AAAAAAAA', '--pair-only', '--password', 'wrong']
  const printer = await runPrinter(broker, pairing)
  const said = printer.output.trim().split('\n').at(-1) ?? ''
  claims.hold(printer.code !== 0 && /not authori[sz]ed/i.test(said), `a printer with a wrong password is refused: ${said}`)
  const dataDir = join(folder, 'refused')
  const lesson = await startLesson({ DATA_DIR: dataDir, ...settingsFor(broker, 'wrong') }, 'device-signed')
  try {
    const line = await until('the base to write that it was refused', 20_000, async () => {
      const log = readFileSync(join(dataDir, 'logs/base.log'), 'utf8').split('\n')
      return log.find((one) => one.includes('LABS_BROKER_UNREACHABLE'))
    })
    const { connected } = await lesson.operator.expect('GET', '/api/broker')
    claims.hold(connected === false && /not authori[sz]ed/i.test(line), `a base with a wrong password says so and goes on without: ${line}`)
    claims.hold(!line.includes('"wrong"') && !line.includes(broker.passwords.base), 'no password is in the log')
  } finally {
    await lesson.end()
  }
}

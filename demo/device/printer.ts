/**
 * A 3D printer that is software: it carries out a G-code file and tells the base what it does.
 *
 *   node demo/device/printer.ts --job FILE --broker URL --pairing CODE [--speed N] [--state FILE] [--key ed25519|p256] [--origin URL] [--authority FILE]
 *     (on an external broker also --username NAME --password SECRET)
 *   node demo/device/printer.ts --mode octoprint --job FILE --broker URL --username ID --password SECRET [--prefix octoPrint/] [--speed N]
 *
 * With `--pair-only` it pairs, keeps its key in the state file and ends.
 * Each step is one line of JSON on standard output. Ends with 0 when the job was done and everything is acknowledged, 130 when it was stopped, else 1.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { connectBroker, createDeviceLink, parseGcode } from '@guildhall/gateway/labs'
import { obtainIdentity } from './identity.ts'
import type { Sample } from './run-job.ts'
import { runJob } from './run-job.ts'
import type { Speaker } from './speak.ts'
import { speakFrames } from './speak-frames.ts'
import { speakOctoPrint } from './speak-octoprint.ts'

const { values } = parseArgs({
  options: {
    job: { type: 'string' },
    broker: { type: 'string' },
    pairing: { type: 'string' },
    speed: { type: 'string', default: '1' },
    interval: { type: 'string', default: '0.5' },
    mode: { type: 'string', default: 'frames' },
    state: { type: 'string' },
    key: { type: 'string', default: 'ed25519' },
    label: { type: 'string', default: 'Demo printer' },
    origin: { type: 'string' },
    authority: { type: 'string' },
    username: { type: 'string' },
    password: { type: 'string' },
    prefix: { type: 'string', default: 'octoPrint/' },
    'pair-only': { type: 'boolean', default: false },
  },
})

const say = (event: string, fields: object = {}) => process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`)
const need = (name: 'job' | 'broker' | 'username' | 'password'): string => {
  const value = values[name]
  if (value === undefined) throw new Error(`--${name} is needed`)
  return value
}
const positive = (name: 'speed' | 'interval'): number => {
  const value = Number(values[name])
  if (!(value > 0)) throw new Error(`--${name} must be a number above zero`)
  return value
}

/** Time in which the base must answer. */
const PATIENCE_MS = 60_000

const connect = async (authorityPem: string | undefined): Promise<Speaker> => {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const url = need('broker')
  const onTrouble = (detail: string) => say('trouble', { detail })
  if (values.mode === 'octoprint') {
    const login = { url, username: need('username'), password: need('password'), clientId: `octoprint-${randomUUID()}` }
    const connection = connectBroker(
      { ...login, ...(authorityPem && { authorityPem }) },
      { subscriptions: [], onMessage: () => undefined, onTrouble },
    )
    await connection.whenConnected(signal)
    return speakOctoPrint(connection, Date.now, values.prefix)
  }
  const keyType = values.key === 'p256' ? 'p256' : 'ed25519'
  const login = values.username === undefined ? undefined : { username: values.username, password: need('password') }
  const { pairing: code, state: stateFile, label, origin } = values
  const { signer, paired } = await obtainIdentity({ broker: url, code, stateFile, keyType, label, origin, authorityPem, login, signal })
  say('paired', { deviceId: paired.deviceId, did: paired.did, machineId: paired.machineId })
  const { deviceId, acknowledgementKey } = paired
  const link = createDeviceLink({
    url,
    deviceId,
    acknowledgementKey,
    signer,
    password: paired.broker.password,
    ...login,
    onTrouble,
    ...(authorityPem && { authorityPem }),
  })
  await link.whenReady(signal)
  return speakFrames(link, Date.now)
}

const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stopping.abort())

const print = async (): Promise<number> => {
  if (values['pair-only']) {
    const speaker = await connect(values.authority === undefined ? undefined : readFileSync(values.authority, 'utf8'))
    await speaker.close()
    return 0
  }
  const bytes = readFileSync(need('job'))
  const facts = await parseGcode(bytes)
  const speaker = await connect(values.authority === undefined ? undefined : readFileSync(values.authority, 'utf8'))
  let last: Sample | undefined
  let ending: 'completed' | 'cancelled' = 'completed'
  await speaker.started({ name: basename(need('job')), digest: facts.digest })
  say('started', { jobDigest: facts.digest, estimatedSeconds: Math.round(facts.estimatedSeconds) })
  try {
    for await (const sample of runJob(bytes, facts, {
      speed: positive('speed'),
      interval: positive('interval'),
      signal: stopping.signal,
    })) {
      await speaker.sample(sample)
      last = sample
    }
  } catch (error) {
    if (!stopping.signal.aborted) throw error
    ending = 'cancelled'
  }
  if (last !== undefined) await speaker.ended(ending, last, AbortSignal.timeout(PATIENCE_MS))
  // OctoPrint's way has no acknowledgement; what was written last still has to leave the socket.
  if (values.mode === 'octoprint') await sleep(200)
  say(ending, {
    jobDigest: facts.digest,
    filamentMm: last?.extruded ?? 0,
    layers: last?.layer ?? 0,
    machineSeconds: Math.round(last?.elapsed ?? 0),
  })
  await speaker.close()
  return ending === 'completed' ? 0 : 130
}

process.exitCode = await print().catch((error: unknown) => {
  say('failed', { message: error instanceof Error ? error.message : 'unknown' })
  return 1
})
// The verifying worker and timers of the line may linger; everything is acknowledged by now.
process.exit()

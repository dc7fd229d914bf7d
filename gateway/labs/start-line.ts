import type { BrokerConnection } from './broker/connect-broker.ts'
import { connectBroker } from './broker/connect-broker.ts'
import type { Authenticate, OwnBroker } from './broker/own-broker.ts'
import { startOwnBroker } from './broker/own-broker.ts'
import { BASE_CLIENT_ID, parseBaseTopic, topics } from './broker/topics.ts'
import type { DeviceRecord, DeviceStore } from './devices/device-store.ts'
import type { MachineBridges } from './devices/machine-bridges.ts'
import { parsePairingRequest } from './devices/pair-over-mqtt.ts'
import type { Pairing } from './devices/pairing.ts'
import { LabsError } from './errors.ts'
import { encodeAcknowledgement } from './frames/acknowledgement.ts'
import type { DeviceSigner } from './frames/device-key.ts'
import { didOfKey } from './frames/device-key.ts'
import { hashFrame } from './frames/frame.ts'
import { startFrameVerifier } from './frames/frame-verifier.ts'
import type { BrokerState, LabsCounters, LabsInit, LabsNotice, PairedDevice } from './labs.ts'
import type { LiveReadings } from './sessions/live-readings.ts'
import type { AppendLog, LogPlace } from './telemetry/append-log.ts'
import { openLog } from './telemetry/append-log.ts'
import type { DeviceTracks } from './telemetry/device-tracks.ts'
import { createTracks } from './telemetry/device-tracks.ts'
import type { Ingest } from './telemetry/ingest.ts'
import { createIngest } from './telemetry/ingest.ts'
import type { LogEntry } from './telemetry/log-record.ts'
import type { Observation, Observations } from './telemetry/observations.ts'

/** Everything that runs between broker and disk. */
export interface Line {
  readonly log: AppendLog
  readonly tracks: DeviceTracks
  readonly ingest: Ingest
  brokerState(): BrokerState
  counters(): LabsCounters
  isConnected(deviceId: string): boolean
  disconnect(deviceId: string): void
  describePaired(paired: { readonly device: DeviceRecord; readonly password: string }): PairedDevice
  stop(): Promise<void>
}

/** What the line works with. */
export interface LineParts {
  readonly init: LabsInit
  readonly folder: string
  readonly devices: DeviceStore
  readonly observations: Observations
  readonly pairing: Pairing
  readonly bridges: MachineBridges
  readonly live: LiveReadings
  readonly gatewaySigner: DeviceSigner
  readonly notify: (level: LabsNotice['level'], code: string, fields?: LabsNotice['fields']) => void
}

/** Opens the log, starts verification and broker, and connects them. @throws LABS_LOG_DAMAGED, LABS_BROKER_PORT */
export const startLine = async (parts: LineParts): Promise<Line> => {
  const { observations, live } = parts
  const tracks = createTracks()
  const log = await openLog({
    folder: parts.folder,
    onFound: (entry: LogEntry, place: LogPlace) => tracks.add(entry, place, hashFrame(entry.frame)),
    onTornEnd: (file, bytes) => parts.notify('warn', 'LABS_LOG_TORN_END', { file, bytes }),
  })
  const verifier = startFrameVerifier()
  const tally = { gaps: 0, replays: 0 }
  const observe = (observation: Observation) => {
    if (observation.kind === 'gap') tally.gaps += 1
    if (observation.kind === 'replay') tally.replays += 1
    observations.add(observation)
  }
  const ingest = createIngest({
    log,
    tracks,
    verifier,
    observe,
    nowMs: parts.init.nowMs,
    keyOf: (deviceId) => activeKey(parts.devices, deviceId),
    acknowledge: (acknowledgement) => {
      parts.bridges.acknowledge(acknowledgement)
      link.connection.publish(
        topics.acknowledgements(acknowledgement.deviceId),
        encodeAcknowledgement(acknowledgement, parts.gatewaySigner),
      )
    },
    onDurable: live.take,
    onFailure: (error) => parts.notify('error', error instanceof LabsError ? error.code : 'LABS_LOG_FAILED'),
  })
  const flushing = setInterval(observations.flush, 250)
  const link = await startBroker(parts, ingest).catch(async (error: unknown) => {
    clearInterval(flushing)
    await Promise.all([verifier.stop(), log.close()])
    throw error
  })
  return {
    log,
    tracks,
    ingest,
    brokerState: () => brokerState(parts.init, link),
    counters: () => ({ ...ingest.counters, ...tally, queueLength: ingest.queueLength() }),
    isConnected: (deviceId) => link.own?.isConnected(deviceId) ?? false,
    disconnect: (deviceId) => link.own?.disconnect(deviceId),
    describePaired: (paired) => describePaired(paired, { url: deviceUrl(parts.init, link), signer: parts.gatewaySigner }),
    stop: async () => {
      clearInterval(flushing)
      await link.connection.close()
      await link.own?.stop()
      await ingest.drain()
      observations.flush()
      await verifier.stop()
      await log.close()
    },
  }
}

/** A device is looked up for every frame: a revoked one is refused at once. */
const activeKey = (devices: DeviceStore, deviceId: string): string | undefined => {
  const device = devices.find(deviceId)
  return device === undefined || device.revokedAt !== null ? undefined : device.publicKeyMultibase
}

interface BrokerLink {
  readonly own: OwnBroker | null
  readonly connection: BrokerConnection
}

const startBroker = async (parts: LineParts, ingest: Ingest): Promise<BrokerLink> => {
  const { init, gatewaySigner, notify } = parts
  const settings = init.broker
  const basePassword = Buffer.from(init.randomBytes(24)).toString('base64url')
  const own = settings.kind === 'own' ? await startOwnBroker(settings, authenticator(parts, basePassword)) : null
  const login =
    settings.kind === 'external'
      ? { ...settings, clientId: `${BASE_CLIENT_ID}-${gatewaySigner.publicKeyMultibase.slice(-8)}` }
      : { url: own?.url ?? '', username: 'base', password: basePassword, clientId: BASE_CLIENT_ID }
  const greeting = JSON.stringify({ origin: init.origin, acknowledgementKey: gatewaySigner.publicKeyMultibase })
  const connection: BrokerConnection = connectBroker(login, {
    subscriptions: topics.all,
    onMessage: (topic, payload) =>
      hear({ parts, ingest, publish: connection.publish, url: () => deviceUrl(init, { own, connection }) }, topic, payload),
    onConnected: () => connection.publish(topics.base, greeting, { retain: true }),
    onTrouble: (detail) => notify('warn', 'LABS_BROKER_UNREACHABLE', { host: new URL(login.url).host, detail }),
  })
  if (own) await connection.whenConnected(AbortSignal.timeout(10_000))
  return { own, connection }
}

const authenticator =
  ({ devices, pairing }: LineParts, basePassword: string): Authenticate =>
  ({ username, password, clientId }) => {
    if (username === 'base') return password === basePassword ? { kind: 'base' } : undefined
    if (username === 'pairing') return isOpen(pairing, password) ? { kind: 'pairing', clientId } : undefined
    const device = devices.find(username)
    if (device === undefined || !devices.isPassword(username, password)) return undefined
    return device.login === 'octoprint' ? { kind: 'octoprint', deviceId: username } : { kind: 'device', deviceId: username }
  }

const isOpen = (pairing: Pairing, code: string): boolean => {
  try {
    return pairing.isOpen(code)
  } catch {
    // Too many wrong codes: the door stays shut for everyone for the rest of the minute.
    return false
  }
}

interface Hearing {
  readonly parts: LineParts
  readonly ingest: Ingest
  readonly publish: BrokerConnection['publish']
  readonly url: () => string
}

const hear = ({ parts, ingest, publish, url }: Hearing, topic: string, payload: Buffer): void => {
  const to = parseBaseTopic(topic)
  if (to === undefined) return
  switch (to.kind) {
    case 'frames':
      // The buffer is part of the connection's read buffer; a frame waits and must not change.
      ingest.submit(to.deviceId, Uint8Array.from(payload))
      break
    case 'hello':
      if (parts.devices.find(to.deviceId)) ingest.tellPlace(to.deviceId)
      break
    case 'octoprint':
      parts.bridges.hear(to.deviceId, to.path, payload)
      break
    case 'pairing':
      publish(topics.pairingAnswer(to.clientId), JSON.stringify(answerPairing(parts, payload, url())))
  }
}

const answerPairing = (
  { pairing, gatewaySigner }: LineParts,
  payload: Buffer,
  url: string,
): PairedDevice | Pick<LabsError, 'code' | 'params'> => {
  try {
    const request = parsePairingRequest(payload)
    if (request === undefined) throw new LabsError('LABS_PAIRING_REFUSED')
    return describePaired(pairing.pair(request), { url, signer: gatewaySigner })
  } catch (error) {
    if (error instanceof LabsError) return { code: error.code, params: error.params }
    throw error
  }
}

const describePaired = (
  { device, password }: { readonly device: DeviceRecord; readonly password: string },
  base: { readonly url: string; readonly signer: DeviceSigner },
): PairedDevice => {
  const { deviceId, machineId, publicKeyMultibase } = device
  return {
    deviceId,
    machineId,
    did: didOfKey(publicKeyMultibase),
    acknowledgementKey: base.signer.publicKeyMultibase,
    broker: { url: base.url, username: deviceId, password },
    topics: { frames: topics.frames(deviceId), acknowledgements: topics.acknowledgements(deviceId) },
  }
}

/** Where a device connects: the network address where there is one, else this machine. */
const deviceUrl = ({ broker }: LabsInit, { own }: BrokerLink): string =>
  broker.kind === 'external' ? broker.url : (own?.networkUrl ?? own?.url ?? '')

const brokerState = (init: LabsInit, link: BrokerLink): BrokerState => {
  const url = deviceUrl(init, link)
  return {
    kind: init.broker.kind,
    url,
    tls: url.startsWith('mqtts:'),
    connected: link.connection.isConnected(),
    connectedClients: link.own?.connectedClients() ?? 0,
  }
}

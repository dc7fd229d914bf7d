import { setTimeout as sleep } from 'node:timers/promises'
import { LabsError } from '../errors.ts'
import type { Acknowledgement } from '../frames/acknowledgement.ts'
import type { DeviceSigner } from '../frames/device-key.ts'
import type { BrokerSettings, OctoPrintAccount, PlayedMachine } from '../labs.ts'
import { followOctoPrint } from '../octoprint/follow-octoprint.ts'
import type { OctoPrintLink, OctoPrintTarget } from '../octoprint/link.ts'
import { toReadings } from '../octoprint/machine-report.ts'
import { readMqttMessage } from '../octoprint/read-mqtt-message.ts'
import type { DeviceTracks } from '../telemetry/device-tracks.ts'
import type { AttestedSource } from './attested-source.ts'
import { createAttestedSource } from './attested-source.ts'
import type { DeviceRecord, DeviceStore } from './device-store.ts'

/** What bridges work with. */
export interface BridgeParts {
  readonly devices: DeviceStore
  readonly gatewaySigner: DeviceSigner
  readonly broker: BrokerSettings
  readonly now: () => number
  readonly nowMs: () => number
  readonly randomBytes: (length: number) => Uint8Array
  readonly uuid: () => string
  /** The running line. @throws LABS_NOT_STARTED */
  readonly line: () => { readonly tracks: DeviceTracks; readonly ingest: { submit(deviceId: string, bytes: Uint8Array): boolean } }
}

/** Machines that cannot sign: what is heard of them is signed by the base and marked gateway-attested. */
export interface MachineBridges {
  createAccount(machineId: string): OctoPrintAccount
  follow(machineId: string, target: OctoPrintTarget): OctoPrintLink
  play(machineId: string, label: string): PlayedMachine
  /** A message of an OctoPrint on the broker; `path` without the plug-in's prefix. */
  hear(deviceId: string, path: string, payload: Uint8Array): void
  acknowledge(acknowledgement: Acknowledgement): void
  /** Puts what a machine's sources still hold into frames. */
  finish(machineId: string): void
  stop(): Promise<void>
}

/** Between two looks whether what was told is durable. */
const TURN_MS = 5

/** Makes the bridges; each source begins when it is first needed. */
export const createMachineBridges = (parts: BridgeParts): MachineBridges => {
  const { devices, gatewaySigner } = parts
  const sources = new Map<string, AttestedSource>()
  const links = new Map<string, OctoPrintLink>()

  const sourceOf = (deviceId: string): AttestedSource => {
    const known = sources.get(deviceId)
    if (known) return known
    const { tracks, ingest } = parts.line()
    const submit = (frame: Uint8Array) => ingest.submit(deviceId, frame)
    const source = createAttestedSource({ deviceId, signer: gatewaySigner, head: tracks.head(deviceId), submit, nowMs: parts.nowMs })
    sources.set(deviceId, source)
    return source
  }
  const follow = (machineId: string, target: OctoPrintTarget): OctoPrintLink => {
    const known = devices.list(machineId).find((device) => device.login === 'none' && device.revokedAt === null)
    const deviceId = known?.deviceId ?? addDevice(parts, { machineId, login: 'none', password: null })
    if (links.has(deviceId)) throw new LabsError('LABS_MACHINE_BUSY', { sessionId: 'OctoPrint' })
    const source = sourceOf(deviceId)
    const link = followOctoPrint({ target, deviceId, nowMs: parts.nowMs, onReadings: source.add, onJobEnd: source.finish })
    links.set(deviceId, link)
    return {
      ...link,
      stop: async () => {
        links.delete(deviceId)
        await link.stop()
      },
    }
  }
  const hear = (deviceId: string, path: string, payload: Uint8Array) => {
    const device = devices.find(deviceId)
    if (device?.login !== 'octoprint' || device.revokedAt !== null) return
    const report = readMqttMessage(path, payload, parts.nowMs())
    if (report === undefined) return
    sourceOf(deviceId).add(toReadings(report))
    if (report.job !== undefined && report.job.event !== 'started') sourceOf(deviceId).finish()
  }
  return {
    follow,
    play: (machineId, label) => playOn(sourceOf(addDevice(parts, { machineId, login: 'none', password: null, label }))),
    hear,
    createAccount: (machineId) => {
      const password = Buffer.from(parts.randomBytes(24)).toString('base64url')
      const deviceId = addDevice(parts, { machineId, login: 'octoprint', password })
      // On the base's own broker every plug-in keeps its default prefix; an external one needs a prefix for each machine.
      const topicPrefix = parts.broker.kind === 'own' ? 'octoPrint/' : `guildhall/v1/${deviceId}/octoprint/`
      return { deviceId, topicPrefix, username: deviceId, password }
    },
    acknowledge: (acknowledgement) => sources.get(acknowledgement.deviceId)?.acknowledge(acknowledgement),
    finish: (machineId) => {
      for (const { deviceId } of devices.list(machineId)) sources.get(deviceId)?.finish()
    },
    stop: async () => {
      await Promise.all([...links.values()].map((link) => link.stop()))
      links.clear()
      for (const source of sources.values()) {
        source.finish()
        source.stop()
      }
      sources.clear()
    },
  }
}

const playOn = (source: AttestedSource): PlayedMachine => ({
  deviceId: source.deviceId,
  add: source.add,
  finish: async (signal) => {
    for (source.finish(); source.isWaiting(); source.finish()) await sleep(TURN_MS, undefined, { signal })
  },
})

interface NewDevice {
  readonly machineId: string
  readonly login: DeviceRecord['login']
  readonly password: string | null
  readonly label?: string
}

/** A machine that cannot sign is a device under the base's own gateway key. */
const addDevice = (
  { devices, gatewaySigner, uuid, now }: BridgeParts,
  { machineId, login, password, label = 'OctoPrint' }: NewDevice,
): string => {
  const deviceId = uuid()
  const publicKeyMultibase = gatewaySigner.publicKeyMultibase
  const device = { deviceId, machineId, attestation: 'gateway-attested', publicKeyMultibase, label, revokedAt: null } as const
  devices.add({ ...device, pairedAt: now(), login }, password)
  return deviceId
}

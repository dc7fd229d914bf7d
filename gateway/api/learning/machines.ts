import Type from 'typebox'
import { defineRoute } from '../define-route.ts'
import {
  bilingual,
  count,
  did,
  flag,
  line,
  list,
  multibaseKey,
  nothing,
  nullable,
  object,
  oneOf,
  optional,
  reason,
  unixSeconds,
  url,
  uuid,
} from '../fields.ts'

/** Who vouches for a reading: the device's own key, or only the base. */
export const attestationModes = ['device-signed', 'gateway-attested'] as const
export const machineKinds = ['printer-3d', 'laser-cutter', 'cnc', 'robot-arm', 'drone', 'sensor-station', 'instrument', 'other'] as const

const machineParams = object({ machineId: uuid() })
const device = object({
  deviceId: uuid(),
  did: did(),
  label: line(60),
  pairedAt: unixSeconds(),
  revokedAt: nullable(unixSeconds()),
  lastFrameAt: nullable(unixSeconds()),
  online: flag(),
  frames: count(),
  gaps: count(),
  replays: count(),
})
const octoPrint = object({
  url: url(),
  state: oneOf(['connected', 'connecting', 'refused', 'unreachable'] as const),
  detail: nullable(line(300)),
})
const machine = object({
  machineId: uuid(),
  name: bilingual(100),
  kind: oneOf(machineKinds),
  location: nullable(line(100)),
  attestation: oneOf(attestationModes),
  octoPrint: nullable(octoPrint),
  devices: list(device, 20),
  openSessionId: nullable(uuid()),
  addedAt: unixSeconds(),
})
export type Machine = Type.Static<typeof machine>
const machineInput = object({
  name: bilingual(100),
  kind: oneOf(machineKinds),
  location: optional(line(100)),
  attestation: oneOf(attestationModes),
})

export const listMachines = defineRoute({
  id: 'listMachines',
  tag: 'Machines',
  summary: 'The machines of the base',
  roles: ['teacher', 'examiner', 'operator', 'auditor'],
  rateLimit: 'read',
  response: { 200: object({ items: list(machine, 500) }) },
})

export const addMachine = defineRoute({
  id: 'addMachine',
  tag: 'Machines',
  summary: 'Add a machine',
  roles: ['operator', 'teacher'],
  rateLimit: 'write',
  body: machineInput,
  response: { 201: machine },
})

export const getMachine = defineRoute({
  id: 'getMachine',
  tag: 'Machines',
  summary: 'One machine and its devices',
  roles: ['teacher', 'examiner', 'operator', 'auditor'],
  rateLimit: 'read',
  params: machineParams,
  response: { 200: machine },
})

/** The attestation mode cannot change while a session is open on the machine. */
export const updateMachine = defineRoute({
  id: 'updateMachine',
  tag: 'Machines',
  summary: 'Change a machine',
  roles: ['operator', 'teacher'],
  rateLimit: 'write',
  params: machineParams,
  body: machineInput,
  response: { 200: machine },
})

/** The key is sealed by the base's key and never shown again. */
export const setOctoPrint = defineRoute({
  id: 'setOctoPrint',
  tag: 'Machines',
  summary: 'Connect a machine through its OctoPrint',
  roles: ['operator'],
  rateLimit: 'write',
  params: machineParams,
  body: object({ url: url(), apiKey: Type.String({ pattern: '^[A-Za-z0-9_-]{8,100}$' }) }),
  response: { 200: machine },
})

export const testOctoPrint = defineRoute({
  id: 'testOctoPrint',
  tag: 'Machines',
  summary: "Ask a machine's OctoPrint who it is",
  roles: ['operator', 'teacher'],
  rateLimit: 'heavy',
  params: machineParams,
  response: { 200: object({ reached: flag(), version: nullable(line(60)), printer: nullable(line(100)), reason: nullable(reason()) }) },
})

/** One use, ten minutes. */
export const createPairingCode = defineRoute({
  id: 'createPairingCode',
  tag: 'Machines',
  summary: 'A code that lets one device join a machine',
  roles: ['operator', 'teacher'],
  rateLimit: 'write',
  params: machineParams,
  response: { 201: object({ code: Type.String({ pattern: '^[A-Z2-7]{8}$' }), expiresAt: unixSeconds() }) },
})

/** The device made its own key and proves that it has it: Ed25519 over `guildhall-pair:<code>:<base origin>`. */
export const pairDevice = defineRoute({
  id: 'pairDevice',
  tag: 'Machines',
  summary: 'Pair a device',
  roles: 'anyone',
  rateLimit: 'sign-in',
  body: object({
    code: Type.String({ pattern: '^[A-Z2-7]{8}$' }),
    publicKeyMultibase: multibaseKey(),
    signature: Type.String({ pattern: '^[A-Za-z0-9_-]{86}$' }),
    label: line(60),
  }),
  response: {
    201: object({
      deviceId: uuid(),
      did: did(),
      machineId: uuid(),
      /** Base key that signs acknowledgements. */
      acknowledgementKey: multibaseKey(),
      broker: object({ url: Type.String({ maxLength: 500 }), username: line(100), password: line(200) }),
      topics: object({ frames: line(200), acknowledgements: line(200) }),
    }),
  },
})

export const revokeDevice = defineRoute({
  id: 'revokeDevice',
  tag: 'Machines',
  summary: 'Refuse a device from now on',
  roles: ['operator', 'teacher'],
  rateLimit: 'write',
  params: object({ deviceId: uuid() }),
  response: { 200: nothing() },
})

export const getBroker = defineRoute({
  id: 'getBroker',
  tag: 'Machines',
  summary: 'Where machines connect by MQTT',
  roles: ['teacher', 'operator'],
  rateLimit: 'read',
  response: {
    200: object({
      kind: oneOf(['own', 'external'] as const),
      url: Type.String({ maxLength: 500 }),
      tls: flag(),
      connected: flag(),
      connectedClients: count(),
      octoPrintTopic: line(200),
    }),
  },
})

import type { Static } from 'typebox'
import { octoPrintKeyContext } from '../../adapters/octoprint-links.ts'
import type {
  addMachine as addMachineRoute,
  Machine,
  pairDevice as pairDeviceRoute,
  setOctoPrint as setOctoPrintRoute,
} from '../../api/learning/machines.ts'
import type { Actor } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import { LabsError } from '../../labs/index.ts'
import type { MachineRow } from '../../records/learning-tables.ts'
import type { IssuingBase } from '../base/issuing.ts'

type Input = Static<typeof addMachineRoute.body>
type Use = Pick<IssuingBase, 'records' | 'labs' | 'octoPrints'>

/** Every machine with its devices, in the order in which they were added. */
export function listMachines(base: Use): { items: Machine[] } {
  return { items: base.records.machines.list({}, { orderBy: 'addedAt' }).map((row) => showMachine(base, row)) }
}

/** @throws NOT_FOUND */
export function getMachine(base: Use, machineId: string): Machine {
  return showMachine(base, base.records.machines.get(machineId))
}

/** Adds a machine that has no device yet. */
export function addMachine(
  base: Use & Pick<IssuingBase, 'transaction' | 'audit' | 'random' | 'clock'>,
  actor: Actor,
  input: Input,
): Machine {
  const machineId = base.random.uuid()
  base.transaction(() => {
    base.records.machines.insert({
      machineId,
      ...input,
      location: input.location ?? null,
      octoPrintUrl: null,
      octoPrintKeySealed: null,
      sample: false,
      addedAt: base.clock.now(),
    })
    base.audit.append(actor, 'machine.added', { subject: machineId, details: { kind: input.kind, attestation: input.attestation } })
  })
  return getMachine(base, machineId)
}

/** @throws STATE_REFUSED when the attestation mode would change while a session is open */
export function updateMachine(
  base: Use & Pick<IssuingBase, 'transaction' | 'audit'>,
  actor: Actor,
  { machineId, ...input }: Input & { machineId: string },
): Machine {
  const present = base.records.machines.get(machineId)
  if (present.attestation !== input.attestation && openSessionOn(base, machineId)) {
    throw new GuildhallError('STATE_REFUSED', { thing: 'machine', state: 'in use by an open session', next: 'Close the session first.' })
  }
  base.transaction(() => {
    base.records.machines.update(machineId, { ...input, location: input.location ?? null })
    base.audit.append(actor, 'machine.changed', { subject: machineId, details: { kind: input.kind, attestation: input.attestation } })
  })
  return getMachine(base, machineId)
}

/** Seals the key and follows the OctoPrint from now on. */
export async function setOctoPrint(
  base: Use & Pick<IssuingBase, 'transaction' | 'audit' | 'keys'>,
  actor: Actor,
  { machineId, url, apiKey }: Static<typeof setOctoPrintRoute.body> & { machineId: string },
): Promise<Machine> {
  base.records.machines.get(machineId)
  base.transaction(() => {
    const octoPrintKeySealed = base.keys.seal(Buffer.from(apiKey), octoPrintKeyContext(machineId))
    base.records.machines.update(machineId, { octoPrintUrl: url, octoPrintKeySealed })
    base.audit.append(actor, 'machine.octoprint-set', { subject: machineId })
  })
  await base.octoPrints.follow(machineId)
  return getMachine(base, machineId)
}

/** Asks the machine's OctoPrint who it is; an outage is an answer here, not an error. */
export async function testOctoPrint(base: Use, machineId: string) {
  base.records.machines.get(machineId)
  const link = base.octoPrints.find(machineId)
  if (!link)
    throw new GuildhallError('STATE_REFUSED', { thing: 'machine', state: 'without an OctoPrint', next: 'Enter its address and key first.' })
  try {
    const { version, printer } = await link.identify()
    return { reached: true, version, printer, reason: null }
  } catch (error) {
    if (!(error instanceof LabsError)) throw error
    return { reached: false, version: null, printer: null, reason: { code: error.code, params: { ...error.params } } }
  }
}

/** One use, ten minutes. */
export function createPairingCode(base: Use & Pick<IssuingBase, 'audit' | 'transaction'>, actor: Actor, machineId: string) {
  base.records.machines.get(machineId)
  return base.transaction(() => {
    const code = base.labs.createPairingCode(machineId)
    base.audit.append(actor, 'device.pairing-code-made', { subject: machineId })
    return code
  })
}

/** A device that proves its key joins the machine of its code. */
export function pairDevice(
  base: Use & Pick<IssuingBase, 'audit' | 'transaction'>,
  actor: Actor,
  request: Static<typeof pairDeviceRoute.body>,
) {
  return base.transaction(() => {
    const paired = base.labs.pairDevice(request)
    base.audit.append(actor, 'device.paired', { subject: paired.deviceId, details: { machineId: paired.machineId } })
    return { ...paired, broker: { ...paired.broker }, topics: { ...paired.topics } }
  })
}

/** Refuses the device's frames and connections from now on. */
export function revokeDevice(base: Use & Pick<IssuingBase, 'audit' | 'transaction'>, actor: Actor, deviceId: string): null {
  base.transaction(() => {
    base.labs.revokeDevice(deviceId)
    base.audit.append(actor, 'device.revoked', { subject: deviceId })
  })
  return null
}

/** Where machines connect. */
export function getBroker(base: Use) {
  return { ...base.labs.broker(), octoPrintTopic: 'octoPrint/<device>/' }
}

const openSessionOn = ({ records }: Pick<IssuingBase, 'records'>, machineId: string) =>
  records.sessions.find({ machineId, state: ['open', 'closing'] })

function showMachine(base: Use, row: MachineRow): Machine {
  const { machineId, name, kind, location, attestation, addedAt } = row
  const link = base.octoPrints.find(machineId)
  return {
    machineId,
    name,
    kind,
    location,
    attestation,
    addedAt,
    octoPrint: row.octoPrintUrl === null ? null : { url: row.octoPrintUrl, ...(link?.state() ?? { state: 'connecting', detail: null }) },
    devices: base.labs.listDevices(machineId).map(({ machineId: _, attestation: __, ...device }) => device),
    openSessionId: openSessionOn(base, machineId)?.sessionId ?? null,
  }
}

import {
  addMachine,
  createPairingCode,
  getBroker,
  getMachine,
  listMachines,
  pairDevice,
  revokeDevice,
  setOctoPrint,
  testOctoPrint,
  updateMachine,
} from '../../use-cases/learning/machines.ts'
import { bind } from '../bind.ts'

/** Machines, their devices and where they connect. */
export const machineBindings = [
  bind('listMachines', ({ base }) => listMachines(base)),
  bind('addMachine', ({ base, actor, body }) => addMachine(base, actor, body)),
  bind('getMachine', ({ base, params }) => getMachine(base, params.machineId)),
  bind('updateMachine', ({ base, actor, params, body }) => updateMachine(base, actor, { ...params, ...body })),
  bind('setOctoPrint', ({ base, actor, params, body }) => setOctoPrint(base, actor, { ...params, ...body })),
  bind('testOctoPrint', ({ base, params }) => testOctoPrint(base, params.machineId)),
  bind('createPairingCode', ({ base, actor, params }) => createPairingCode(base, actor, params.machineId)),
  bind('pairDevice', ({ base, actor, body }) => pairDevice(base, actor, body)),
  bind('revokeDevice', ({ base, actor, params }) => revokeDevice(base, actor, params.deviceId)),
  bind('getBroker', ({ base }) => getBroker(base)),
]

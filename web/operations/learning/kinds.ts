import type { Machine } from '@guildhall/gateway/api'
import * as m from '../../paraglide/messages.js'

/** The kinds of machines. */
export const machineKinds: Record<Machine['kind'], () => string> = {
  'printer-3d': m.kind_printer_3d,
  'laser-cutter': m.kind_laser_cutter,
  cnc: m.kind_cnc,
  'robot-arm': m.kind_robot_arm,
  drone: m.kind_drone,
  'sensor-station': m.kind_sensor_station,
  instrument: m.kind_instrument,
  other: m.kind_other,
}

/** Who vouches for a reading. */
export const attestations: Record<Machine['attestation'], () => string> = {
  'device-signed': m.attestation_device_signed,
  'gateway-attested': m.attestation_gateway_attested,
}

import { didOfKey } from '../frames/device-key.ts'
import type { DeviceState } from '../labs.ts'
import type { DeviceTracks } from '../telemetry/device-tracks.ts'
import type { Observations } from '../telemetry/observations.ts'
import type { DeviceRecord } from './device-store.ts'

/** A device that was heard this recently counts as online where the broker cannot tell. */
const ONLINE_MS = 60_000

/** Devices as the operator sees them. */
export const describeDevices = (
  records: readonly DeviceRecord[],
  from: {
    readonly line: { readonly tracks: DeviceTracks; isConnected(deviceId: string): boolean }
    readonly observations: Observations
    readonly nowMs: () => number
  },
): DeviceState[] =>
  records.map((record) => {
    const { deviceId, machineId, label, attestation, pairedAt, revokedAt, publicKeyMultibase } = record
    const track = from.line.tracks.find(deviceId)
    const isRecent = track !== undefined && from.nowMs() - track.lastReceivedMs < ONLINE_MS
    return {
      deviceId,
      machineId,
      label,
      attestation,
      pairedAt,
      revokedAt,
      did: didOfKey(publicKeyMultibase),
      lastFrameAt: track ? Math.floor(track.lastReceivedMs / 1000) : null,
      online: revokedAt === null && (from.line.isConnected(deviceId) || isRecent),
      frames: track?.frames ?? 0,
      ...from.observations.counts(deviceId),
    }
  })

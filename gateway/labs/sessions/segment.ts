import type { AttestationMode } from '../labs.ts'
import type { SessionSummary } from './summarise-readings.ts'

/** A place in a device's chain of frames. */
interface FramePosition {
  readonly epoch: number
  readonly seq: number
}

/** What one device contributed to a session. */
export interface SegmentDevice {
  readonly deviceId: string
  /** `did:key` of the key that signed the frames: the device's own, or the base's gateway key. */
  readonly did: string
  readonly attestation: AttestationMode
  readonly first: FramePosition
  readonly last: FramePosition
  readonly frames: number
}

/** A fact of the summary that leaves the base only as SHA-256(0x00 ‖ salt ‖ JCS([name, value])). */
export interface SaltedFact {
  readonly name: string
  readonly value: string | number | boolean | null
  /** 16 bytes as `0x…`; kept with the evidence. */
  readonly salt: string
  readonly commitment: string
}

/** A closed session: an RFC 9162 tree over its frames, in the order of the recording. */
export interface SessionSegment {
  readonly sessionId: string
  readonly machineId: string
  readonly openedAt: number
  readonly closedAt: number
  /** `device-signed` only when every frame is. */
  readonly attestation: AttestationMode
  readonly devices: readonly SegmentDevice[]
  /** Merkle root as `0x…`; leaf = SHA-256(0x00 ‖ frame bytes), node = SHA-256(0x01 ‖ left ‖ right). */
  readonly root: string
  readonly treeSize: number
  readonly readings: number
  readonly quarantined: number
  readonly gaps: number
  readonly replays: number
  readonly jobDigest: string | null
  readonly summary: SessionSummary
  readonly facts: readonly SaltedFact[]
}

/** A session as it stands. Times are UnixSeconds. */
export interface SessionState {
  readonly sessionId: string
  readonly machineId: string
  readonly state: 'open' | 'closed' | 'abandoned'
  readonly attestation: AttestationMode
  readonly openedAt: number
  readonly closedAt: number | null
  readonly jobDigest: string | null
  readonly frames: number
  readonly readings: number
  /** The newest durable reading of each channel, unless the session is over. */
  readonly latest: readonly { readonly at: number; readonly name: string; readonly value: number | string; readonly unit: string | null }[]
}

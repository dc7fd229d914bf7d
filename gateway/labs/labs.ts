import type { DatabaseSync } from 'node:sqlite'
import type { Reading } from './frames/channels.ts'
import type { OctoPrintLink, OctoPrintTarget } from './octoprint/link.ts'
import type { SessionSegment, SessionState } from './sessions/segment.ts'
import type { Observation } from './telemetry/observations.ts'

/** Who vouches for the readings: the device's own key, or only the base's. */
export type AttestationMode = 'device-signed' | 'gateway-attested'

/** Which broker carries the frames. */
export type BrokerSettings =
  | {
      readonly kind: 'own'
      /** Loopback port for plain MQTT; 0 takes a free one. */
      readonly port: number
      /** A listener for the local network; always TLS. `host` is the name that devices are told; `listenOn` an address of this machine, all by default. */
      readonly network?: {
        readonly host: string
        readonly listenOn?: string
        readonly port: number
        readonly certificatePem: string
        readonly keyPem: string
      }
    }
  | {
      readonly kind: 'external'
      /** `mqtt://` or `mqtts://` with host and port, without credentials. */
      readonly url: string
      readonly username: string
      readonly password: string
      /** PEM of the authority that signed the broker's certificate, where it is not a public one. */
      readonly authorityPem?: string
    }

/** What labs need of the base. */
export interface LabsInit {
  /** The base's database: tables `labs_*` are created in it. */
  readonly database: DatabaseSync
  /** Folder for the telemetry log; created with mode 0700. */
  readonly folder: string
  readonly broker: BrokerSettings
  /** What the device names when it proves its key, so that a proof for one base is worth nothing at another. */
  readonly origin: string
  /** 32-byte Ed25519 seed of the base's own gateway key: signs acknowledgements and gateway-attested frames. */
  readonly gatewaySeed: Uint8Array
  readonly nowMs: () => number
  readonly randomBytes: (length: number) => Uint8Array
  readonly uuid: () => string
  /** Told of what an operator should know; ids and codes only. */
  readonly onNotice?: (notice: LabsNotice) => void
}

/** Something that happened, for the log: ids, codes and counts, nothing personal. */
export interface LabsNotice {
  readonly level: 'info' | 'warn' | 'error'
  readonly code: string
  readonly fields: Readonly<Record<string, string | number>>
}

/** What a device sends to pair: the same over HTTP and over MQTT. */
export interface PairingRequest {
  /** Eight characters of base32. */
  readonly code: string
  /** Multikey of the device's Ed25519 (`z6Mk…`) or P-256 (`zDn…`) public key. */
  readonly publicKeyMultibase: string
  /** base64url of the 64-byte signature (P-256: r‖s over SHA-256) over UTF-8 `guildhall-pair:<code>:<origin>`. */
  readonly signature: string
  /** What the operator will read beside the device, at most 60 characters. */
  readonly label: string
}

/** What a device is told when it is paired. The password is shown once. */
export interface PairedDevice {
  readonly deviceId: string
  readonly did: string
  readonly machineId: string
  readonly acknowledgementKey: string
  readonly broker: { readonly url: string; readonly username: string; readonly password: string }
  readonly topics: { readonly frames: string; readonly acknowledgements: string }
}

/** A device as the operator sees it. Times are UnixSeconds. */
export interface DeviceState {
  readonly deviceId: string
  readonly machineId: string
  readonly did: string
  readonly label: string
  readonly attestation: AttestationMode
  readonly pairedAt: number
  readonly revokedAt: number | null
  readonly lastFrameAt: number | null
  readonly online: boolean
  readonly frames: number
  readonly gaps: number
  readonly replays: number
}

/** Where machines connect. */
export interface BrokerState {
  readonly kind: 'own' | 'external'
  readonly url: string
  readonly tls: boolean
  /** Whether the base itself is connected; an external broker may be away, and is tried again. */
  readonly connected: boolean
  readonly connectedClients: number
}

/** A broker account for an OctoPrint that speaks MQTT: it may publish below `topicPrefix` and nothing else. */
export interface OctoPrintAccount {
  readonly deviceId: string
  readonly topicPrefix: string
  readonly username: string
  readonly password: string
}

/** A machine without a machine. */
export interface PlayedMachine {
  readonly deviceId: string
  add(readings: readonly Reading[]): void
  /** Resolves when everything added is durable. @throws the signal's reason */
  finish(signal: AbortSignal): Promise<void>
}

/** Counters since start, for the metrics page. */
export interface LabsCounters {
  readonly framesDurable: number
  readonly readingsDurable: number
  readonly framesRefused: number
  readonly readingsQuarantined: number
  readonly gaps: number
  readonly replays: number
  readonly bytesDurable: number
  readonly queueLength: number
}

/** What a session needs to begin. The caller has asked the gate before. */
export interface SessionOpening {
  readonly sessionId: string
  readonly machineId: string
  /** SHA-256 of the job file as `0x…`, where one is known already. */
  readonly jobDigest?: string
}

/** The machines of a base. `createLabs(init)` makes one; nothing listens before `start`. */
export interface Labs {
  /** Rebuilds the index from the log, starts broker and ingest. An external broker that is away
   * does not stop the base: it is tried again, and a notice says so. @throws LABS_LOG_DAMAGED, LABS_BROKER_PORT */
  start(): Promise<void>
  /** Stops taking frames, makes what was taken durable, closes everything. */
  stop(): Promise<void>
  broker(): BrokerState
  counters(): LabsCounters

  /** One use, ten minutes. `expiresAt` in UnixSeconds. */
  createPairingCode(machineId: string): { readonly code: string; readonly expiresAt: number }
  /** @throws LABS_PAIRING_REFUSED, LABS_PAIRING_TOO_MANY, LABS_PAIRING_KEY, LABS_DEVICE_LIMIT */
  pairDevice(request: PairingRequest): PairedDevice
  listDevices(machineId?: string): DeviceState[]
  /** What was odd about a device's frames and readings, newest first: gaps, replays, refusals, quarantined readings. */
  listObservations(deviceId: string, limit: number): Observation[]
  /** Refuses the device's frames and connections from now on. @throws LABS_DEVICE_UNKNOWN */
  revokeDevice(deviceId: string): void

  /** Gives the machine's OctoPrint an account on the base's own broker; its readings are gateway-attested. */
  createOctoPrintAccount(machineId: string): OctoPrintAccount
  /** Follows an OctoPrint by REST and push socket until `stop`; its readings are gateway-attested. */
  followOctoPrint(machineId: string, target: OctoPrintTarget): OctoPrintLink
  /** A machine that the base itself plays, to look around with: its readings are gateway-attested. */
  playMachine(machineId: string, label: string): PlayedMachine

  /** @throws LABS_MACHINE_BUSY, LABS_MACHINE_SILENT, LABS_SESSION_EXISTS */
  openSession(opening: SessionOpening): SessionState
  /** @throws LABS_SESSION_UNKNOWN */
  getSession(sessionId: string): SessionState
  /** Names the job of an open session. @throws LABS_SESSION_UNKNOWN */
  setSessionJob(sessionId: string, jobDigest: string): void
  /** Makes the session's frames a Merkle segment. Closing again gives the same answer. @throws LABS_SESSION_UNKNOWN, LABS_SESSION_EMPTY */
  closeSession(sessionId: string): Promise<SessionSegment>
  /** Ends a session without evidence, for one in which nothing happened. @throws LABS_SESSION_UNKNOWN */
  abandonSession(sessionId: string): void
  /** The recording of a closed session: a CBOR sequence (RFC 8742) of its header and its frames, to be sealed as evidence. @throws LABS_SESSION_UNKNOWN */
  readRecording(sessionId: string): AsyncIterable<Uint8Array>
  /** Calls `listener` with durable readings of the machine of an open session; returns how to stop. */
  watchSession(sessionId: string, listener: (readings: readonly Reading[]) => void): () => void
}

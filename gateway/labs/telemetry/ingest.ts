import type { Acknowledgement } from '../frames/acknowledgement.ts'
import type { FrameFinding, FrameToVerify, FrameVerifier } from '../frames/frame-verifier.ts'
import type { AppendLog } from './append-log.ts'
import type { ChainHead, DeviceTracks } from './device-tracks.ts'
import { judgePlace } from './judge-place.ts'
import type { LogEntry } from './log-record.ts'
import type { Observation } from './observations.ts'

/** What ingest works with. */
export interface IngestParts {
  readonly log: AppendLog
  readonly tracks: DeviceTracks
  readonly verifier: FrameVerifier
  /** Public key of a device that may send; undefined for an unknown or revoked one. */
  readonly keyOf: (deviceId: string) => string | undefined
  readonly nowMs: () => number
  /** Called after fsync, once for each device of a group. */
  readonly acknowledge: (acknowledgement: Acknowledgement) => void
  /** Called after fsync with the frames of a group, in order. */
  readonly onDurable: (entries: readonly LogEntry[]) => void
  readonly observe: (observation: Observation) => void
  /** The log could not be written: nothing was acknowledged, devices will send again. */
  readonly onFailure: (error: unknown) => void
}

/** Takes frames, verifies them, makes them durable, then acknowledges. */
export interface Ingest {
  /** False when the queue is full: the frame is dropped, and its device will send it again. */
  submit(deviceId: string, bytes: Uint8Array): boolean
  /** Tells a device that asks where its chain stands. */
  tellPlace(deviceId: string): void
  /** Resolves when everything taken so far is durable or refused. */
  drain(): Promise<void>
  readonly counters: {
    framesDurable: number
    readingsDurable: number
    framesRefused: number
    readingsQuarantined: number
    bytesDurable: number
  }
  queueLength(): number
}

/** Frames that wait for verification at most: some 16 MB. */
const QUEUE_LIMIT = 16_384
/** Frames verified in one message to the worker. */
const BATCH = 128
/** How long a group gathers before it is written; with the sync it stays below the 20 ms that a group may take. */
const GATHER_MS = 4

interface Taken extends FrameToVerify {
  readonly receivedMs: number
}

interface Verified {
  readonly taken: Taken
  readonly finding: FrameFinding
}

interface Group {
  readonly entries: LogEntry[]
  readonly hashes: Uint8Array[]
  readonly answers: Map<string, Pick<Acknowledgement, 'status' | 'reason'>>
}

/** Starts the two loops of ingest, verification and group commit; each runs only while there is work. */
export const createIngest = (parts: IngestParts): Ingest => {
  const counters = { framesDurable: 0, readingsDurable: 0, framesRefused: 0, readingsQuarantined: 0, bytesDurable: 0 }
  const queue: Taken[] = []
  const verified: Verified[] = []
  let verifying: Promise<void> | null = null
  let committing: Promise<void> | null = null
  const asking = new Set<string>()
  const holes = new Map<string, string>()

  const verifyAll = async () => {
    while (queue.length > 0) {
      const batch = queue.splice(0, BATCH)
      const findings = await parts.verifier.verify(batch)
      for (const [at, taken] of batch.entries()) verified.push({ taken, finding: findings[at] ?? { refusal: 'not-cose' } })
      startCommitting()
    }
    verifying = null
  }
  const commitAll = async () => {
    while (verified.length > 0 || asking.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS))
      const group = placeFrames(verified.splice(0), { parts, counters, holes })
      for (const deviceId of asking) if (!group.answers.has(deviceId)) group.answers.set(deviceId, { status: 'durable', reason: null })
      asking.clear()
      await commitGroup(group, { parts, counters, holes })
    }
    committing = null
  }
  const startCommitting = () => {
    committing ??= commitAll().catch((error) => {
      committing = null
      parts.onFailure(error)
    })
  }
  const startVerifying = () => {
    verifying ??= verifyAll().catch((error) => {
      verifying = null
      parts.onFailure(error)
    })
  }
  const submit = (deviceId: string, bytes: Uint8Array): boolean => {
    const publicKeyMultibase = parts.keyOf(deviceId)
    if (publicKeyMultibase === undefined || queue.length >= QUEUE_LIMIT) {
      counters.framesRefused += 1
      return false
    }
    queue.push({ bytes, deviceId, publicKeyMultibase, receivedMs: parts.nowMs() })
    startVerifying()
    return true
  }
  const tellPlace = (deviceId: string) => {
    asking.add(deviceId)
    startCommitting()
  }
  const drain = async () => {
    while (verifying || committing) await Promise.all([verifying, committing])
  }
  return { submit, tellPlace, drain, counters, queueLength: () => queue.length + verified.length }
}

interface Surroundings {
  readonly parts: IngestParts
  readonly counters: Ingest['counters']
  /** Head behind which each device's newest hole lies: all frames in flight behind one hole are one gap. */
  readonly holes: Map<string, string>
}

/** Decides for each verified frame, in the order in which they came, whether it is the next of its chain. */
const placeFrames = (frames: readonly Verified[], { parts, counters, holes }: Surroundings): Group => {
  const group: Group = { entries: [], hashes: [], answers: new Map() }
  const heads = new Map<string, ChainHead>()
  for (const { taken, finding } of frames) {
    const { deviceId, receivedMs } = taken
    const head = heads.get(deviceId) ?? parts.tracks.head(deviceId)
    const about = { deviceId, headEpoch: head.epoch, headSeq: head.seq, atMs: receivedMs }
    if ('refusal' in finding) {
      counters.framesRefused += 1
      parts.observe({ ...about, kind: `refused:${finding.refusal}`, epoch: 0, seq: 0 })
      // A frame that another signed says nothing about the device; one that the device signed badly is answered.
      if (['bad-payload', 'reading-count', 'wrong-device'].includes(finding.refusal))
        group.answers.set(deviceId, { status: 'refused', reason: finding.refusal })
      continue
    }
    const { epoch, seq } = finding
    const place = judgePlace(head, finding)
    const hole = `${head.epoch}/${head.seq}`
    const isKnown = place === 'gap' && holes.get(deviceId) === hole
    if (place === 'gap') holes.set(deviceId, hole)
    if (place !== 'next' && place !== 'new-epoch-linked' && !isKnown) parts.observe({ ...about, kind: place, epoch, seq })
    if (place === 'gap' || place === 'broken-chain') {
      counters.framesRefused += 1
      group.answers.set(deviceId, place === 'gap' ? { status: 'gap', reason: null } : { status: 'refused', reason: place })
      continue
    }
    if (!group.answers.has(deviceId)) group.answers.set(deviceId, { status: 'durable', reason: null })
    if (place === 'replay') continue
    for (const { reason } of finding.quarantined) parts.observe({ ...about, kind: `quarantine:${reason}`, epoch, seq })
    heads.set(deviceId, { epoch, seq, hash: finding.hash })
    group.hashes.push(finding.hash)
    group.entries.push({
      deviceId,
      epoch,
      seq,
      receivedMs,
      readings: finding.readings,
      quarantined: finding.quarantined.length,
      frame: taken.bytes,
    })
  }
  return group
}

/** Writes and syncs a group, and only then moves the heads and acknowledges. */
const commitGroup = async (group: Group, { parts, counters }: Surroundings): Promise<void> => {
  if (group.entries.length > 0) {
    const places = await parts.log.append(group.entries)
    for (const [at, entry] of group.entries.entries()) {
      const [place, hash] = [places[at], group.hashes[at]]
      if (place === undefined || hash === undefined) continue
      parts.tracks.add(entry, place, hash)
      counters.framesDurable += 1
      counters.readingsDurable += entry.readings - entry.quarantined
      counters.readingsQuarantined += entry.quarantined
      counters.bytesDurable += place.size
    }
    parts.onDurable(group.entries)
  }
  for (const [deviceId, answer] of group.answers) {
    const { epoch, seq } = parts.tracks.head(deviceId)
    parts.acknowledge({ deviceId, epoch, seq, ...answer })
  }
}

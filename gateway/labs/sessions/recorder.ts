import type { DeviceStore } from '../devices/device-store.ts'
import { LabsError } from '../errors.ts'
import { didOfKey } from '../frames/device-key.ts'
import { soundReadings } from '../frames/frame.ts'
import type { AttestationMode, SessionOpening } from '../labs.ts'
import type { AppendLog } from '../telemetry/append-log.ts'
import type { DeviceTrack, DeviceTracks } from '../telemetry/device-tracks.ts'
import { positionOf } from '../telemetry/device-tracks.ts'
import type { Observations } from '../telemetry/observations.ts'
import { commitFacts, FACT_COUNT } from './commit-facts.ts'
import { createMerkleSegment } from './merkle-segment.ts'
import type { RecordingHeader } from './recording.ts'
import { encodeRecordingHeader } from './recording.ts'
import type { SegmentDevice, SessionSegment } from './segment.ts'
import type { SessionMark, SessionRecord, SessionStore } from './session-store.ts'
import { sumReadings } from './summarise-readings.ts'

/** What the recorder works with. `now` in UnixSeconds. */
export interface RecorderParts {
  readonly sessions: SessionStore
  readonly devices: DeviceStore
  readonly tracks: DeviceTracks
  readonly log: AppendLog
  readonly observations: Observations
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
  /** Resolves when everything received so far is durable. */
  readonly drain: () => Promise<void>
}

/** Sessions as ranges of the durable log. */
export interface Recorder {
  open(opening: SessionOpening): SessionRecord
  get(sessionId: string): SessionRecord
  setJob(sessionId: string, jobDigest: string): void
  close(sessionId: string): Promise<SessionSegment>
  abandon(sessionId: string): void
  /** Frames and sound readings so far. */
  count(session: SessionRecord): { readonly frames: number; readonly readings: number }
  readRecording(sessionId: string): AsyncIterable<Uint8Array>
}

/** Makes the recorder. Everything that it knows is in the log and in the table, so it goes on after a kill where it was. */
export const createRecorder = (parts: RecorderParts): Recorder => {
  const { sessions, devices, tracks } = parts
  const get = (sessionId: string): SessionRecord => {
    const session = sessions.find(sessionId)
    if (session === undefined) throw new LabsError('LABS_SESSION_UNKNOWN', { sessionId })
    return session
  }
  const open = (opening: SessionOpening): SessionRecord => {
    const { sessionId, machineId, jobDigest = null } = opening
    if (sessions.find(sessionId)) throw new LabsError('LABS_SESSION_EXISTS', { sessionId })
    const busy = sessions.findOpen(machineId)
    if (busy) throw new LabsError('LABS_MACHINE_BUSY', { sessionId: busy.sessionId })
    const present = devices.list(machineId).filter((device) => device.revokedAt === null)
    if (present.length === 0) throw new LabsError('LABS_MACHINE_SILENT')
    const marks = present.map(({ deviceId }) => ({ deviceId, from: tracks.find(deviceId)?.frames ?? 0, to: null }))
    const attestation: AttestationMode = present.every((device) => device.attestation === 'device-signed')
      ? 'device-signed'
      : 'gateway-attested'
    const session = {
      sessionId,
      machineId,
      state: 'open' as const,
      attestation,
      openedAt: parts.now(),
      closedAt: null,
      jobDigest,
      marks,
      salts: [],
    }
    sessions.add(session)
    return session
  }
  const close = async (sessionId: string): Promise<SessionSegment> => {
    await parts.drain()
    const session = get(sessionId)
    const closed = session.state === 'closed' ? session : endSession(session, parts)
    return buildSegment(closed, parts)
  }
  const count = (session: SessionRecord) => {
    const ranges = rangesOf(session, parts)
    return {
      frames: sumOf(ranges.map(({ from, to }) => to - from)),
      readings: sumOf(ranges.map(readingsOf)) - sumOf(ranges.map(quarantinedOf)),
    }
  }
  return {
    open,
    get,
    close,
    count,
    setJob: (sessionId, jobDigest) => sessions.update({ ...get(sessionId), jobDigest }),
    abandon: (sessionId) => {
      const session = get(sessionId)
      if (session.state === 'open') sessions.update({ ...session, state: 'abandoned', closedAt: parts.now() })
    },
    readRecording: (sessionId) => streamRecording(get(sessionId), parts),
  }
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, value) => sum + value, 0)

/** Fixes the end of the session: what came after is not its own. Devices that were paired meanwhile count from their first frame. */
const endSession = (session: SessionRecord, parts: RecorderParts): SessionRecord => {
  const marks = openMarks(session, parts)
    .map((mark) => ({ ...mark, to: parts.tracks.find(mark.deviceId)?.frames ?? 0 }))
    .filter(({ from, to }) => to > from)
  if (session.state !== 'open' || marks.length === 0) throw new LabsError('LABS_SESSION_EMPTY')
  const isSigned = marks.every(({ deviceId }) => parts.devices.find(deviceId)?.attestation === 'device-signed')
  const closed: SessionRecord = {
    ...session,
    state: 'closed',
    closedAt: parts.now(),
    attestation: isSigned ? 'device-signed' : 'gateway-attested',
    marks,
    salts: Array.from({ length: FACT_COUNT }, () => Buffer.from(parts.randomBytes(16)).toString('hex')),
  }
  parts.sessions.update(closed)
  return closed
}

const openMarks = (session: SessionRecord, { devices }: Pick<RecorderParts, 'devices'>): SessionMark[] => {
  const known = new Set(session.marks.map(({ deviceId }) => deviceId))
  const added = devices.list(session.machineId).filter(({ deviceId, pairedAt }) => !known.has(deviceId) && pairedAt >= session.openedAt)
  return [...session.marks, ...added.map(({ deviceId }) => ({ deviceId, from: 0, to: null }))]
}

interface Range {
  readonly track: DeviceTrack
  readonly from: number
  readonly to: number
}

const rangesOf = (session: SessionRecord, parts: Pick<RecorderParts, 'tracks' | 'devices'>): Range[] => {
  const marks = session.state === 'open' ? openMarks(session, parts) : session.marks
  return marks.flatMap(({ deviceId, from, to }) => {
    const track = parts.tracks.find(deviceId)
    return track ? [{ track, from, to: to ?? track.frames }] : []
  })
}

const between = (before: readonly number[], total: number, { from, to }: Range): number => (before[to] ?? total) - (before[from] ?? total)
const readingsOf = (range: Range): number => between(range.track.readingsBefore, range.track.readings, range)
const quarantinedOf = (range: Range): number => between(range.track.quarantinedBefore, range.track.quarantined, range)

async function* framesOf(ranges: readonly Range[], log: AppendLog): AsyncGenerator<Uint8Array> {
  for (const { track, from, to } of ranges) {
    for (const place of track.places.slice(from, to)) yield (await log.read(place)).frame
  }
}

const buildSegment = async (session: SessionRecord, parts: RecorderParts): Promise<SessionSegment> => {
  const ranges = rangesOf(session, parts)
  const segment = createMerkleSegment()
  const sum = sumReadings()
  for await (const frame of framesOf(ranges, parts.log)) {
    segment.add(frame)
    for (const reading of soundReadings(frame)) sum.add(reading)
  }
  const summary = sum.summary()
  const seen = session.marks.map(({ deviceId }) =>
    parts.observations.between(deviceId, session.openedAt * 1000, ((session.closedAt ?? 0) + 1) * 1000),
  )
  return {
    sessionId: session.sessionId,
    machineId: session.machineId,
    openedAt: session.openedAt,
    closedAt: session.closedAt ?? session.openedAt,
    attestation: session.attestation,
    devices: ranges.map((range) => describeDevice(range, parts)),
    root: segment.root(),
    treeSize: segment.treeSize,
    readings: summary.readings,
    quarantined: sumOf(ranges.map(quarantinedOf)),
    gaps: sumOf(seen.map(({ gaps }) => gaps)),
    replays: sumOf(seen.map(({ replays }) => replays)),
    jobDigest: session.jobDigest,
    summary,
    facts: commitFacts(
      summary,
      session.salts.map((salt) => Buffer.from(salt, 'hex')),
    ),
  }
}

const describeDevice = ({ track, from, to }: Range, { devices }: RecorderParts): SegmentDevice => {
  const device = devices.find(track.deviceId)
  return {
    deviceId: track.deviceId,
    did: didOfKey(device?.publicKeyMultibase ?? ''),
    attestation: device?.attestation ?? 'gateway-attested',
    first: positionOf(track, from),
    last: positionOf(track, to - 1),
    frames: to - from,
  }
}

async function* streamRecording(session: SessionRecord, parts: RecorderParts): AsyncGenerator<Uint8Array> {
  const ranges = rangesOf(session, parts)
  const header: RecordingHeader = {
    type: 'GuildhallRecording',
    version: 1,
    session: session.sessionId,
    machine: session.machineId,
    openedAt: session.openedAt,
    closedAt: session.closedAt ?? session.openedAt,
    devices: ranges.map(({ track, from, to }) => {
      const device = parts.devices.find(track.deviceId)
      return {
        device: track.deviceId,
        publicKey: device?.publicKeyMultibase ?? '',
        attestation: device?.attestation ?? '',
        frames: to - from,
      }
    }),
  }
  yield encodeRecordingHeader(header)
  yield* framesOf(ranges, parts.log)
}

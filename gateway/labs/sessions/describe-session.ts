import type { LiveReadings } from './live-readings.ts'
import type { Recorder } from './recorder.ts'
import type { SessionState } from './segment.ts'
import type { SessionRecord } from './session-store.ts'

/** A session as callers see it. */
export const describeSession = (session: SessionRecord, { recorder, live }: { recorder: Recorder; live: LiveReadings }): SessionState => {
  const { sessionId, machineId, state, attestation, openedAt, closedAt, jobDigest } = session
  const latest = state === 'open' ? live.latest(session.marks.map(({ deviceId }) => deviceId)) : []
  return { sessionId, machineId, state, attestation, openedAt, closedAt, jobDigest, ...recorder.count(session), latest }
}

import { commitTo, type TelemetryReceipt } from '@guildhall/credentials'
import type { Session } from '../../api/learning/sessions.ts'
import type { Actor } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import { LabsError, type SessionSegment } from '../../labs/index.ts'
import type { SessionRow } from '../../records/learning-tables.ts'
import type { IssuingBase } from '../base/issuing.ts'
import { openSecrets, sealPiece, sealSecrets } from './session-evidence.ts'
import { showSession } from './show-session.ts'

type Use = Pick<IssuingBase, 'records' | 'labs' | 'evidence' | 'random' | 'clock' | 'transaction' | 'audit' | 'anchors'>
type Why = Session['closedBecause']

/**
 * Closes the frames of a session into a Merkle segment, seals the recording and queues the segment's root for the ledger.
 * Closing again gives the same answer: each step finds what the one before it has left, so a crash between two of them loses nothing.
 * @throws STATE_REFUSED for a session that ended without evidence
 */
export async function closeSession(base: Use, actor: Actor, { sessionId, why = null }: { sessionId: string; why?: Why }): Promise<Session> {
  const session = base.records.sessions.get(sessionId)
  if (session.state === 'closed' || session.state === 'awarded') return showSession(base, session)
  if (session.state === 'refused') {
    throw new GuildhallError('STATE_REFUSED', { thing: 'session', state: 'ended without evidence', next: 'Open a new session.' })
  }
  if (session.state === 'open') base.transaction(() => base.records.sessions.update(sessionId, { state: 'closing', closedBecause: why }))
  const segment = await closeSegment(base, sessionId)
  if (!segment) return endWithoutEvidence(base, actor, sessionId)
  const { secrets, shown } = await sealPiece(base, 'recording', base.labs.readRecording(sessionId))
  base.transaction(() => {
    const present = base.records.sessions.get(sessionId)
    if (present.state !== 'closing') return
    const kept = openSecrets(base, present)
    const evidence = [...present.evidence.filter(({ item }) => item !== 'recording'), shown]
    const facts = segment.facts.map(({ name, value, salt }) => ({ name, value, salt }))
    base.records.sessions.update(sessionId, {
      state: 'closed',
      closedAt: base.clock.now(),
      attestation: segment.attestation,
      evidence,
      ...showSegment(present, segment),
      receipt: { ...buildReceipt(segment, evidence) },
      sealed: sealSecrets(base, present, { pieces: { ...kept.pieces, recording: secrets }, facts }),
    })
    base.anchors.enqueueSegment(segment.root)
    base.audit.append(actor, 'session.closed', { subject: sessionId, details: { root: segment.root, frames: segment.treeSize } })
  })
  return showSession(base, base.records.sessions.get(sessionId))
}

/** Goes on with the sessions that a crash left half closed. */
export async function resumeClosing(base: Use, actor: Actor): Promise<void> {
  for (const { sessionId } of base.records.sessions.list({ state: 'closing' })) await closeSession(base, actor, { sessionId })
}

async function closeSegment({ labs }: Use, sessionId: string): Promise<SessionSegment | undefined> {
  try {
    return await labs.closeSession(sessionId)
  } catch (error) {
    if (error instanceof LabsError && error.code === 'LABS_SESSION_EMPTY') return undefined
    throw error
  }
}

function endWithoutEvidence(base: Use, actor: Actor, sessionId: string): Session {
  base.transaction(() => {
    const because = base.records.sessions.get(sessionId).closedBecause ?? { code: 'LABS_SESSION_EMPTY', params: {} }
    base.labs.abandonSession(sessionId)
    base.records.sessions.update(sessionId, { state: 'refused', closedAt: base.clock.now(), closedBecause: because })
    base.audit.append(actor, 'session.ended-empty', { subject: sessionId })
  })
  return showSession(base, base.records.sessions.get(sessionId))
}

function showSegment(session: SessionRow, segment: SessionSegment): Pick<SessionRow, 'summary' | 'segment' | 'jobDigest'> {
  const { jobDigest, durationSeconds, filamentMm, layers, maxNozzleCelsius, maxBedCelsius, completed } = segment.summary
  const first = segment.devices.reduce((least, device) => Math.min(least, device.first.seq), Number.MAX_SAFE_INTEGER)
  const last = segment.devices.reduce((most, device) => Math.max(most, device.last.seq), 0)
  return {
    jobDigest: jobDigest ?? session.jobDigest,
    summary: { jobDigest, jobName: session.jobName, durationSeconds, filamentMm, layers, maxNozzleCelsius, maxBedCelsius, completed },
    segment: {
      root: segment.root,
      treeSize: segment.treeSize,
      firstFrame: first,
      lastFrame: last,
      gaps: segment.gaps,
      replays: segment.replays,
    },
  }
}

const mediaTypes = { job: 'text/x.gcode', recording: 'application/cbor-seq' } as const

/** The telemetry receipt that goes into the certificate: root, range, CIDs of ciphertext and salted commitments, nothing that tells who or what. */
function buildReceipt({ root, treeSize, attestation, facts }: SessionSegment, evidence: SessionRow['evidence']): TelemetryReceipt {
  const values = facts.flatMap(({ name, value, salt }) => (value === null ? [] : [[name, commitTo(name, value, fromHex(salt))] as const]))
  const pieces = evidence.map(({ item, commitment }) => [`${item}-digest`, commitment as `0x${string}`] as const)
  return {
    attestation,
    segment: { root: root as `0x${string}`, treeSize },
    frames: { first: 0, last: treeSize - 1 },
    contents: evidence.map(({ item, cid }) => ({ role: item, cid, mediaType: mediaTypes[item] })),
    commitments: Object.fromEntries([...values, ...pieces]),
  }
}

const fromHex = (text: string): Uint8Array => Buffer.from(text.slice(2), 'hex')

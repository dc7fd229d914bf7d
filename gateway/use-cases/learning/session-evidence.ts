import { commitTo } from '@guildhall/credentials'
import type { Actor } from '../../base.ts'
import { GuildhallError, notFound } from '../../errors.ts'
import { parseGcode } from '../../labs/index.ts'
import type { SessionRow } from '../../records/learning-tables.ts'
import type { IssuingBase } from '../base/issuing.ts'
import { getSession } from './show-session.ts'

/** The two pieces of evidence that a session leaves. */
export type Piece = 'job' | 'recording'

/** What opens a piece of evidence and its commitment; kept under the learner's key, so that erasing the learner makes it unreadable. */
export type PieceSecrets = { cid: string; contentKey: string; digest: string; salt: string }

/** What a session keeps sealed: its pieces, and the salted facts that its certificate commits to. */
export type SessionSecrets = {
  pieces: Partial<Record<Piece, PieceSecrets>>
  facts: { name: string; value: string | number | boolean | null; salt: string }[]
}

const context = (sessionId: string) => `session/${sessionId}`

/** Opens what a session keeps sealed. @throws LEARNER_ERASED */
export function openSecrets({ records }: Pick<IssuingBase, 'records'>, { sessionId, learnerId, sealed }: SessionRow): SessionSecrets {
  return sealed === null ? { pieces: {}, facts: [] } : records.vault.openJson<SessionSecrets>(learnerId, context(sessionId), sealed)
}

/** The sealed form of a session's secrets. @throws LEARNER_ERASED */
export function sealSecrets(
  { records }: Pick<IssuingBase, 'records'>,
  { sessionId, learnerId }: SessionRow,
  secrets: SessionSecrets,
): Uint8Array {
  return records.vault.sealJson(learnerId, context(sessionId), secrets)
}

/** Encrypts one piece under a key of its own and keeps the ciphertext by its CID; only CID and salted commitment are for others. */
export async function sealPiece(
  base: Pick<IssuingBase, 'evidence' | 'random'>,
  item: Piece,
  source: AsyncIterable<Uint8Array>,
): Promise<{ secrets: PieceSecrets; shown: SessionRow['evidence'][number] }> {
  const contentKey = base.random.bytes(32)
  const salt = base.random.bytes(16)
  const { cid, sizeBytes, digest } = await base.evidence.seal(source, contentKey)
  const commitment = commitTo(`${item}-digest`, digest, salt)
  const secrets = { cid, contentKey: Buffer.from(contentKey).toString('hex'), digest, salt: `0x${Buffer.from(salt).toString('hex')}` }
  return { secrets, shown: { item, cid, sizeBytes, commitment } }
}

type JobInput = { sessionId: string; name: string; bytes: Uint8Array; start?: boolean | undefined }
type JobUse = Pick<IssuingBase, 'records' | 'labs' | 'evidence' | 'random' | 'transaction' | 'audit' | 'octoPrints'>

/**
 * The G-code of an open session: read strictly, kept as evidence, and sent to the machine's OctoPrint where there is one.
 * @throws LABS_JOB_REFUSED naming line and cause, STATE_REFUSED when the session is not open
 */
export async function putSessionJob(base: JobUse, actor: Actor, { sessionId, name, bytes, start = false }: JobInput) {
  requireOpen(base.records.sessions.get(sessionId))
  const facts = await parseGcode(bytes)
  const { secrets, shown } = await sealPiece(base, 'job', once(bytes))
  base.transaction(() => {
    const session = requireOpen(base.records.sessions.get(sessionId))
    const kept = openSecrets(base, session)
    base.labs.setSessionJob(sessionId, facts.digest)
    base.records.sessions.update(sessionId, {
      jobName: name,
      jobDigest: facts.digest,
      evidence: [...session.evidence.filter(({ item }) => item !== 'job'), shown],
      sealed: sealSecrets(base, session, { ...kept, pieces: { ...kept.pieces, job: secrets } }),
    })
    base.audit.append(actor, 'session.job-set', { subject: sessionId, details: { jobDigest: facts.digest, bytes: facts.bytes } })
  })
  const link = base.octoPrints.find(base.records.sessions.get(sessionId).machineId)
  if (link) await link.sendJob({ name, bytes, start })
  return getSession(base, sessionId)
}

/** A piece of evidence, decrypted, for the examiner who judges by it. Every download is an audit row. */
export async function downloadSessionEvidence(
  base: Pick<IssuingBase, 'records' | 'evidence' | 'transaction' | 'audit'>,
  actor: Actor,
  { sessionId, item }: { sessionId: string; item: Piece },
): Promise<Uint8Array> {
  const session = base.records.sessions.get(sessionId)
  const piece = openSecrets(base, session).pieces[item]
  if (!piece) throw notFound('piece of evidence')
  const bytes = await base.evidence.open(piece.cid, Buffer.from(piece.contentKey, 'hex'))
  base.transaction(() => base.audit.append(actor, 'session.evidence-opened', { subject: sessionId, details: { item } }))
  return bytes
}

/** Summary, segment and pieces of a closed session, with the receipt that its certificate carries. */
export function getSessionEvidence({ records }: Pick<IssuingBase, 'records'>, sessionId: string) {
  const { summary, segment, evidence, receipt, state } = records.sessions.get(sessionId)
  if (summary === null || segment === null) {
    throw new GuildhallError('STATE_REFUSED', { thing: 'session', state, next: 'Close the session first.' })
  }
  return { summary, segment, items: evidence, receipt }
}

function requireOpen(session: SessionRow): SessionRow {
  if (session.state === 'open') return session
  throw new GuildhallError('STATE_REFUSED', { thing: 'session', state: session.state, next: 'Open a new session.' })
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

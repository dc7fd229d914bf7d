import type { Award } from '../../api/credentials/awards.ts'
import type { Actor } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import type { SessionRow } from '../../records/learning-tables.ts'
import type { IssuingBase } from '../base/issuing.ts'
import { type ProofFormat, prepareCertificate } from './issue-certificate.ts'
import { showAward } from './show-award.ts'
import { takeStatusPlace } from './status-lists.ts'

type Use = Pick<IssuingBase, 'records' | 'registry' | 'clock' | 'random' | 'keys' | 'config' | 'transaction' | 'audit'>
type Input = { levels: Record<string, number>; comment?: string | undefined; formats?: readonly ProofFormat[] | undefined }

/**
 * Session closed → evidence → certificate. The certificate, its status entry, the session's state and the audit row are one transaction;
 * the anchor follows with the next batch.
 * @throws STATE_REFUSED, GATE_REFUSED, RUBRIC_NOT_MET, RUBRIC_INVALID, LEARNER_ERASED
 */
export async function awardCredential(base: Use, actor: Actor, { sessionId, ...judgement }: Input & { sessionId: string }): Promise<Award> {
  const session = requireClosed(base.records.sessions.get(sessionId))
  const certificate = await prepareCertificate(base, { session, examiner: actor.id, ...judgement })
  base.transaction(() => {
    requireClosed(base.records.sessions.get(sessionId))
    base.records.credentials.insert(certificate)
    takeStatusPlace(base, certificate)
    base.records.sessions.update(sessionId, { state: 'awarded', credentialId: certificate.credentialId })
    base.audit.append(actor, 'credential.awarded', {
      subject: certificate.credentialId,
      details: { sessionId, programmeId: session.programmeId },
    })
  })
  return showAward(base, certificate)
}

/** One judgement for many sessions, as a job; what can't be awarded is counted and named by its code, the rest goes on. */
export function awardBatch(
  base: Use & Pick<IssuingBase, 'jobs'>,
  actor: Actor,
  { sessionIds, ...judgement }: Input & { sessionIds: string[] },
): { jobId: string } {
  const title = { 'zh-CN': `颁发 ${sessionIds.length} 份证书`, en: `Award ${sessionIds.length} certificates` }
  const jobId = base.jobs.start(actor, { kind: 'award-batch', title }, async ({ signal, stage }) => {
    const awarding = stage({ 'zh-CN': '颁发', en: 'Awarding' }, 'steps', sessionIds.length)
    const refused: string[] = []
    for (const sessionId of sessionIds) {
      signal.throwIfAborted()
      await awardCredential(base, actor, { sessionId, ...judgement }).catch((error: unknown) => {
        if (!(error instanceof GuildhallError)) throw error
        refused.push(error.code)
      })
      awarding.advance(1)
    }
    const done = sessionIds.length - refused.length
    const why = [...new Set(refused)].join(', ')
    return {
      sentence: {
        'zh-CN': `已颁发 ${done} 份${refused.length > 0 ? `，${refused.length} 份未颁发（${why}）` : ''}`,
        en: `${done} awarded${refused.length > 0 ? `, ${refused.length} not (${why})` : ''}`,
      },
      subjectId: null,
    }
  })
  return { jobId }
}

function requireClosed(session: SessionRow): SessionRow {
  if (session.state === 'closed') return session
  const next = session.state === 'awarded' ? 'Open the certificate that it has.' : 'Close the session first.'
  throw new GuildhallError('STATE_REFUSED', { thing: 'session', state: session.state, next })
}

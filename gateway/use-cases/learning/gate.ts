import { GuildhallError } from '../../errors.ts'
import { type GateAnswer, getIdentity, type IssuingBase } from '../base/issuing.ts'

type Use = Pick<IssuingBase, 'records' | 'registry' | 'clock'>

/** Whether this base may run sessions and issue in a programme now, by its synced view of the ledger. */
export function askGate(base: Use, programmeId: number): GateAnswer {
  const { baseId, issuer } = getIdentity(base)
  return base.registry.gate({ baseId, programmeId, keyId: issuer.keyId, time: base.clock.now() })
}

/** @throws GATE_REFUSED with the reason */
export function passGate(base: Use, programmeId: number): Extract<GateAnswer, { entitled: true }> {
  const answer = askGate(base, programmeId)
  if (!answer.entitled) throw new GuildhallError('GATE_REFUSED', { programmeId, refusal: answer.refusal })
  return answer
}

/**
 * Closes every open session of a programme that the base may no longer run, with the reason. The gate stops sessions as it stops issuing.
 * @returns ids of the sessions to close
 */
export function listLapsedSessions(base: Use): { sessionId: string; refusal: string }[] {
  return base.records.sessions.list({ state: 'open' }).flatMap(({ sessionId, programmeId }) => {
    const answer = askGate(base, programmeId)
    return answer.entitled ? [] : [{ sessionId, refusal: answer.refusal }]
  })
}

/** The consents that a minor's guardian gives one by one. */
type Scope = 'base-held-wallet' | 'recordings-as-evidence' | 'share-by-learning-code'

/** @throws CONSENT_MISSING for a minor without a consent in force */
export function requireConsent({ records }: Pick<IssuingBase, 'records'>, learnerId: string, scope: Scope): void {
  if (!records.people.isMinor(learnerId)) return
  if (!records.consents.find({ learnerId, scope, withdrawnAt: null })) throw new GuildhallError('CONSENT_MISSING', { scope })
}

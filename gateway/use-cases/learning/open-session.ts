import type { Session } from '../../api/learning/sessions.ts'
import type { Actor } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import type { IssuingBase } from '../base/issuing.ts'
import { getProgramme } from '../credentials/issue-certificate.ts'
import { passGate, requireConsent } from './gate.ts'
import { getSession } from './show-session.ts'

type Use = Pick<IssuingBase, 'records' | 'labs' | 'registry' | 'clock' | 'transaction' | 'audit' | 'random'>

/**
 * A learner begins work on a machine. The gate is asked first: with an assessment lapsed no session opens.
 * @throws GATE_REFUSED, CONSENT_MISSING, LEARNER_ERASED, NOT_FOUND, LABS_MACHINE_BUSY, LABS_MACHINE_SILENT
 */
export function openSession(base: Use, actor: Actor, input: { learnerId: string; machineId: string; programmeId: number }): Session {
  const { learnerId, machineId, programmeId } = input
  const machine = base.records.machines.get(machineId)
  const learner = base.records.learners.get(learnerId)
  if (learner.erasedAt !== null) throw new GuildhallError('LEARNER_ERASED')
  passGate(base, programmeId)
  requireConsent(base, learnerId, 'recordings-as-evidence')
  const sessionId = base.random.uuid()
  base.transaction(() => {
    const { attestation } = base.labs.openSession({ sessionId, machineId })
    base.records.sessions.insert({
      sessionId,
      learnerId,
      machineId,
      programmeId,
      state: 'open',
      attestation: machine.attestation === 'gateway-attested' ? 'gateway-attested' : attestation,
      openedBy: actor.id,
      openedAt: base.clock.now(),
      closedAt: null,
      closedBecause: null,
      jobName: null,
      jobDigest: null,
      summary: null,
      segment: null,
      evidence: [],
      receipt: null,
      sealed: null,
      credentialId: null,
      // What is done with anything of the sample school goes with it.
      sample: machine.sample || learner.sample || getProgramme(base, programmeId).sample,
    })
    base.audit.append(actor, 'session.opened', { subject: sessionId, details: { learnerId, machineId, programmeId } })
  })
  return getSession(base, sessionId)
}

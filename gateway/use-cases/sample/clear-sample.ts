import { baseItself } from '../../base.ts'
import type { IssuingBase } from '../base/issuing.ts'
import { setStatusBit } from '../credentials/status-lists.ts'
import { endProgramme } from '../learning/programmes.ts'
import { eraseRecords } from '../people/erase-learner.ts'

/** Revokes the sample's certificates, ends its programme on the ledger and deletes its records: one transaction, so that a crash leaves all of it or nothing. */
export const clearSample = (base: IssuingBase): void => {
  const { records } = base
  const learners = records.learners.list({ sample: true, erasedAt: null }).map(({ learnerId }) => learnerId)
  base.transaction(() => {
    endCertificates(base)
    for (const { programmeId } of records.programmes.list({ sample: true })) if (programmeId !== null) endProgramme(base, programmeId)
    for (const learnerId of learners) eraseSampleLearner(base, learnerId)
    records.sessions.remove({ sample: true })
    records.classes.remove({ sample: true })
    records.organisations.remove({ sample: true })
    records.staff.remove({ sample: true })
    for (const { machineId } of records.machines.list({ sample: true })) revokeDevices(base, machineId)
    records.machines.remove({ sample: true })
    records.programmes.remove({ sample: true })
  })
  for (const learnerId of learners) records.people.forget(learnerId)
}

/** Whoever kept a copy is told by its next check that it is revoked. The places in the status list stay taken. */
const endCertificates = (base: IssuingBase): void => {
  for (const row of base.records.credentials.list({ sample: true })) {
    setStatusBit(base, row, { purpose: 'revocation', isSet: true })
    base.audit.append(baseItself, 'credential.revoked', {
      subject: row.credentialId,
      details: { reason: 'awarded-in-error', sample: true },
    })
    base.records.statusChanges.remove({ credentialId: row.credentialId })
    base.records.credentials.remove({ credentialId: row.credentialId })
  }
}

const eraseSampleLearner = (base: IssuingBase, learnerId: string): void => {
  eraseRecords(base, learnerId)
  base.records.vault.destroy(learnerId)
  base.records.learners.update(learnerId, {
    sealed: null,
    sourceMac: null,
    fingerprint: null,
    holderSealed: null,
    erasedAt: base.clock.now(),
  })
}

const revokeDevices = (base: IssuingBase, machineId: string): void => {
  for (const { deviceId, revokedAt } of base.labs.listDevices(machineId)) if (revokedAt === null) base.labs.revokeDevice(deviceId)
}

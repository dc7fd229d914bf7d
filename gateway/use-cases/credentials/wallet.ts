import type { AnchorReceipt } from '../../api/base/public.ts'
import type { HeldCredential } from '../../api/credentials/wallet.ts'
import type { Actor } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import type { CredentialRow } from '../../records/credential-tables.ts'
import { getIdentity, type IssuingBase } from '../base/issuing.ts'
import { requireConsent } from '../learning/gate.ts'
import { assertHolds } from './holder.ts'
import { type CertificateSecrets, openCertificate } from './issue-certificate.ts'
import { stateOf } from './show-award.ts'

type Use = Pick<IssuingBase, 'records' | 'clock' | 'config'>

/**
 * Whose wallet the actor means: a learner's own, or that of a learner whom the guardian is registered for.
 * @throws NOT_YOURS, LEARNER_ERASED
 */
export function resolveLearner({ records }: Pick<IssuingBase, 'records'>, actor: Actor, learnerId?: string): string {
  const meant = actor.roles.includes('learner') ? (learnerId ?? actor.id) : learnerId
  const isOwn = actor.roles.includes('learner') && meant === actor.id
  const isGuardian =
    meant !== undefined && actor.roles.includes('guardian') && records.learnerGuardians.find({ learnerId: meant, guardianId: actor.id })
  if (meant === undefined || (!isOwn && !isGuardian)) throw new GuildhallError('NOT_YOURS')
  if (records.learners.get(meant).erasedAt !== null) throw new GuildhallError('LEARNER_ERASED')
  return meant
}

/** A learner's certificates, newest first, with those still to be claimed. One that only moved to another key is shown once. */
export function listMyCredentials(base: Use, actor: Actor, { learnerId }: { learnerId?: string | undefined }) {
  const owner = resolveLearner(base, actor, learnerId)
  const { holderDid, custody } = base.records.learners.get(owner)
  const rows = base.records.credentials
    .list({ learnerId: owner }, { orderBy: 'validFrom', descending: true })
    .filter(({ state, stateReason }) => state !== 'superseded' || stateReason !== 'learner-request')
  return {
    items: rows.map((row) => showHeld(base, row)),
    holder: holderDid,
    custody,
    minor: base.records.people.isMinor(owner),
    base: { origin: base.config.origin, host: getIdentity(base).host },
  }
}

/** One of a learner's certificates with its files and the receipt that travels beside them. @throws NOT_YOURS */
export function getMyCredential(
  base: Use & Pick<IssuingBase, 'transaction'>,
  actor: Actor,
  { credentialId, learnerId }: { credentialId: string; learnerId?: string | undefined },
) {
  const { row, secrets } = openOwn(base, actor, { credentialId, learnerId })
  if (row.seenAt === null) base.transaction(() => base.records.credentials.update(credentialId, { seenAt: base.clock.now() }))
  return {
    ...showHeld(base, row),
    files: Object.entries(secrets.files).map(([format, credential]) => ({
      format: format as CredentialRow['formats'][number],
      credential: credential as string,
    })),
    receipt: receiptOf(row, secrets),
    identity: secrets.identity,
  }
}

/**
 * Takes a certificate into the wallet. Base-held: it is bound to the learner's key already, so this is the learner's "yes". Own wallet: its
 * key is proven first.
 * @throws CONSENT_MISSING for a minor whose guardian has not agreed to a wallet that the base holds, WALLET_SHUT, PASSKEY_REFUSED
 */
export async function claimCredential(
  base: Use & Pick<IssuingBase, 'transaction' | 'audit'>,
  actor: Actor,
  { credentialId, proof }: { credentialId: string; proof?: string | undefined },
): Promise<HeldCredential> {
  const { row } = openOwn(base, actor, { credentialId })
  const { learnerId, holderDid: holder } = row
  if (base.records.learners.get(learnerId).custody === 'base') requireConsent(base, learnerId, 'base-held-wallet')
  else if (proof === undefined) throw new GuildhallError('WALLET_SHUT')
  else await assertHolds(base, { holder, proof, learnerId })
  base.transaction(() => {
    const present = base.records.credentials.get(credentialId)
    if (present.claimedAt !== null) return
    base.records.credentials.update(credentialId, { claimedAt: base.clock.now() })
    base.audit.append(actor, 'credential.claimed', { subject: credentialId })
  })
  return showHeld(base, base.records.credentials.get(credentialId))
}

/** A certificate that the actor may open, with what it keeps sealed. @throws NOT_YOURS, NOT_FOUND, LEARNER_ERASED */
export function openOwn(
  base: Pick<IssuingBase, 'records'>,
  actor: Actor,
  { credentialId, learnerId }: { credentialId: string; learnerId?: string | undefined },
): { row: CredentialRow; secrets: CertificateSecrets } {
  const row = base.records.credentials.get(credentialId)
  resolveLearner(base, actor, actor.roles.includes('learner') ? row.learnerId : (learnerId ?? row.learnerId))
  return { row, secrets: openCertificate(base, row) }
}

/** The receipt as it is handed out, with the leaf's salt; null while the certificate waits for the ledger. */
export function receiptOf({ receipt }: CredentialRow, { leafSalt }: Pick<CertificateSecrets, 'leafSalt'>): AnchorReceipt | null {
  return receipt === null ? null : { ...receipt, salt: leafSalt }
}

function showHeld(base: Use, row: CredentialRow): HeldCredential {
  const { definition } = base.records.programmes.find({ programmeId: row.programmeId }) ?? {}
  return {
    credentialId: row.credentialId,
    title: row.title,
    description: definition?.template.description ?? row.title,
    issuerName: base.config.baseName,
    direction: definition?.direction ?? 'digital-manufacturing',
    validFrom: row.validFrom,
    validUntil: row.validUntil,
    state: stateOf(base, row),
    stateReason: row.stateReason,
    anchor: row.anchor,
    claimed: row.claimedAt !== null,
    isNew: row.seenAt === null,
    trial: getIdentity(base).network.trial,
  }
}

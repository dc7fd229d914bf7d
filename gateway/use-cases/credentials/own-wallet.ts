import { decodeMultikey, didKeyOf, resolveDidKey } from '@guildhall/credentials'
import type { Static } from 'typebox'
import type { putVault as putVaultRoute } from '../../api/credentials/wallet.ts'
import type { Actor } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import type { CredentialRow } from '../../records/credential-tables.ts'
import type { IssuingBase } from '../base/issuing.ts'
import { prepareCertificate } from './issue-certificate.ts'
import { readLevels } from './show-award.ts'
import { setStatusBit, takeStatusPlace } from './status-lists.ts'
import { resolveLearner } from './wallet.ts'

type Vault = Static<typeof putVaultRoute.body>

/** The learner's own encrypted wallet, as it was last put; the base cannot read it. */
export function getVault(base: Pick<IssuingBase, 'records'>, actor: Actor): Vault | null {
  const learnerId = resolveLearner(base, actor)
  const found = base.records.vaults.find({ learnerId })
  return found === undefined
    ? null
    : { version: found.version, ciphertext: found.ciphertext, wrappedKeys: found.wrappedKeys as Vault['wrappedKeys'] }
}

/** Keeps the wallet's ciphertext. @throws CONFLICT when another device has put a newer one */
export function putVault(base: Pick<IssuingBase, 'records' | 'transaction' | 'audit'>, actor: Actor, vault: Vault): { version: number } {
  const learnerId = resolveLearner(base, actor)
  return base.transaction(() => {
    const present = base.records.vaults.find({ learnerId })?.version ?? 0
    if (vault.version !== present + 1) throw new GuildhallError('CONFLICT', { thing: 'wallet' })
    base.records.vaults.put({ learnerId, ...vault })
    base.audit.append(actor, 'wallet.kept', { subject: learnerId, details: { version: vault.version } })
    return { version: vault.version }
  })
}

type Graduating = Pick<IssuingBase, 'records' | 'registry' | 'clock' | 'random' | 'keys' | 'config' | 'transaction' | 'audit'>

/**
 * Moves a learner from the base-held key to a key of their own: the browser proves that it has the key, every valid certificate is issued
 * again to it and the old one is superseded, all in one transaction.
 * @throws PASSKEY_REFUSED when the proof does not fit, STATE_REFUSED for a wallet that is the learner's own already, GATE_REFUSED
 */
export async function graduate(
  base: Graduating,
  actor: Actor,
  { holderKey, proof }: { holderKey: string; proof: string },
): Promise<{ holder: string; moved: number }> {
  const learnerId = resolveLearner(base, actor)
  const learner = base.records.learners.get(learnerId)
  if (learner.custody === 'own')
    throw new GuildhallError('STATE_REFUSED', { thing: 'wallet', state: 'your own already', next: 'Open it with your passkey.' })
  const holder = didKeyOf(decodeMultikey(holderKey))
  await assertHolds(base, { holder, holderKey, proof, learnerId })
  const held = base.records.credentials.list({ learnerId, state: 'valid' }).filter(({ sessionId }) => sessionId !== null)
  const moved: { row: CredentialRow; next: CredentialRow }[] = []
  for (const row of held) {
    const session = base.records.sessions.get(row.sessionId ?? '')
    const judgement = { session, examiner: row.examiner, levels: readLevels(base, row), formats: row.formats, supersedes: row.credentialId }
    moved.push({ row, next: await prepareCertificate(base, { ...judgement, holderDid: holder }) })
  }
  base.transaction(() => {
    for (const one of moved) moveCertificate(base, one)
    base.records.learners.update(learnerId, { custody: 'own', holderDid: holder, holderSealed: null })
    base.audit.append(actor, 'wallet.graduated', { subject: learnerId, details: { moved: moved.length } })
  })
  return { holder, moved: moved.length }
}

/** The new certificate takes the place of the old one. Inside the caller's transaction. */
function moveCertificate(base: Graduating, { row, next }: { row: CredentialRow; next: CredentialRow }): void {
  const now = base.clock.now()
  base.records.credentials.insert({ ...next, claimedAt: now })
  takeStatusPlace(base, next)
  const superseded = { state: 'superseded', stateReason: 'learner-request', stateSince: now, supersededBy: next.credentialId } as const
  base.records.credentials.update(row.credentialId, superseded)
  if (next.sessionId !== null) base.records.sessions.update(next.sessionId, { credentialId: next.credentialId })
  setStatusBit(base, row, { purpose: 'revocation', isSet: true })
}

type Claim = { holder: string; holderKey: string; proof: string; learnerId: string }

/** The proof is a JWS over `{ aud: <base origin>, sub: <learner>, iat }` by the key (RFC 7515), not older than five minutes. */
async function assertHolds(base: Pick<IssuingBase, 'config' | 'clock'>, { holder, proof, learnerId }: Claim): Promise<void> {
  const [header = '', payload = '', signature = ''] = proof.split('.')
  const refuse = (problem: string) => new GuildhallError('PASSKEY_REFUSED', { problem })
  const said = parseJson(payload)
  const key = resolveDidKey(holder)
  const isSigned = await key.verify(new TextEncoder().encode(`${header}.${payload}`), Buffer.from(signature, 'base64url'))
  if (!isSigned) throw refuse('the signature is not by the key named')
  if (said['aud'] !== base.config.origin || said['sub'] !== learnerId) throw refuse('it was made for another base or another learner')
  if (typeof said['iat'] !== 'number' || Math.abs(base.clock.now() - said['iat']) > 300) throw refuse('it is older than five minutes')
}

function parseJson(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

import { createHash } from 'node:crypto'
import { decodeMultikey, didKeyOf } from '@guildhall/credentials'
import type { Static } from 'typebox'
import type { graduate as graduateRoute, OwnVault, putVault as putVaultRoute } from '../../api/credentials/wallet.ts'
import type { Actor } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import type { CredentialRow } from '../../records/credential-tables.ts'
import type { KeptLock } from '../../records/entry-tables.ts'
import type { IssuingBase } from '../base/issuing.ts'
import { assertHolds } from './holder.ts'
import { openCertificate, prepareCertificate } from './issue-certificate.ts'
import { readLevels } from './show-award.ts'
import { setStatusBit, takeStatusPlace } from './status-lists.ts'
import { resolveLearner } from './wallet.ts'

type Given = Static<typeof putVaultRoute.body>
type Keeping = Pick<IssuingBase, 'records' | 'transaction' | 'audit'>

/** Wrong PINs until a lock stays shut. */
const pinTries = 5

/**
 * The learner's own encrypted wallet, as it was last put; the base cannot read it. What a PIN opens is held back until the PIN is proven, so
 * that wrong ones are counted here and not in the device.
 */
export function getVault(base: Pick<IssuingBase, 'records'>, actor: Actor): OwnVault | null {
  const found = base.records.vaults.find({ learnerId: resolveLearner(base, actor) })
  if (found === undefined) return null
  const [iv = '', ciphertext = ''] = found.ciphertext.split('.')
  return { version: found.version, iv, ciphertext, locks: found.wrappedKeys.map(showLock) }
}

/** Keeps the wallet's ciphertext. @throws CONFLICT when another device has put a newer one */
export function putVault(base: Keeping, actor: Actor, vault: Given): { version: number } {
  const learnerId = resolveLearner(base, actor)
  return base.transaction(() => {
    keepVault(base, learnerId, vault)
    base.audit.append(actor, 'wallet.kept', { subject: learnerId, details: { version: vault.version } })
    return { version: vault.version }
  })
}

/**
 * Gives out what a PIN opens, once the PIN is proven. Five wrong ones shut the lock for good; counters survive a restart.
 * @throws WALLET_PIN_WRONG with the tries left, WALLET_PIN_LOCKED, NOT_FOUND
 */
export function openPinLock(base: Keeping, actor: Actor, { lockId, proof }: { lockId: string; proof: string }): { wrapped: string } {
  const learnerId = resolveLearner(base, actor)
  const answer = base.transaction(() => {
    const vault = base.records.vaults.find({ learnerId })
    const lock = vault?.wrappedKeys.find(({ id, kind }) => id === lockId && kind === 'pin')
    if (!vault || !lock) throw new GuildhallError('NOT_FOUND', { thing: 'wallet' })
    if ((lock.failures ?? 0) >= pinTries) throw new GuildhallError('WALLET_PIN_LOCKED')
    const isRight = lock.pinCheck !== undefined && lock.pinCheck === checkOf(proof)
    const failures = isRight ? 0 : (lock.failures ?? 0) + 1
    base.records.vaults.put({ ...vault, wrappedKeys: vault.wrappedKeys.map((one) => (one.id === lockId ? { ...one, failures } : one)) })
    if (!isRight) base.audit.append(actor, 'wallet.pin-wrong', { subject: learnerId, details: { failures } })
    return { isRight, failures, wrapped: lock.wrapped }
  })
  // Outside the transaction: a refusal inside would take the count back.
  if (!answer.isRight && answer.failures >= pinTries) throw new GuildhallError('WALLET_PIN_LOCKED')
  if (!answer.isRight) throw new GuildhallError('WALLET_PIN_WRONG', { attemptsLeft: pinTries - answer.failures })
  return { wrapped: answer.wrapped }
}

type Graduating = Pick<IssuingBase, 'records' | 'registry' | 'clock' | 'random' | 'keys' | 'config' | 'transaction' | 'audit'>
type Moved = { row: CredentialRow; next: CredentialRow }

/**
 * Moves a learner to a key of their own: the browser proves that it has the key, every certificate that stands is issued again to it with the
 * end that it had, a suspended one as suspended, the old one is superseded, and the vault that keeps the key is stored, all in one transaction. `replacesLost` does the same
 * for an own wallet that nobody can open any more.
 * @throws WALLET_MINOR, PASSKEY_NEEDED, PASSKEY_REFUSED when the proof does not fit, STATE_REFUSED for a wallet that is the learner's own
 * already, CONFLICT when a certificate was awarded or changed meanwhile, GATE_REFUSED
 */
export async function graduate(
  base: Graduating,
  actor: Actor,
  { holderKey, proof, vault, replacesLost = false }: Static<typeof graduateRoute.body>,
): Promise<{ holder: string; moved: number }> {
  const learnerId = resolveLearner(base, actor)
  const { custody } = base.records.learners.get(learnerId)
  if (base.records.people.isMinor(learnerId)) throw new GuildhallError('WALLET_MINOR')
  if (actor.via !== 'passkey') throw new GuildhallError('PASSKEY_NEEDED')
  if ((custody === 'own') !== replacesLost) throw ownAlready(replacesLost)
  const holder = didKeyOf(decodeMultikey(holderKey))
  await assertHolds(base, { holder, proof, learnerId })
  const moved: Moved[] = []
  for (const row of listMovable(base, learnerId)) moved.push({ row, next: await issueAgain(base, row, holder) })
  base.transaction(() => {
    const present = listMovable(base, learnerId).map(({ credentialId }) => credentialId)
    if (present.join() !== moved.map(({ row }) => row.credentialId).join() || base.records.learners.get(learnerId).custody !== custody)
      throw new GuildhallError('CONFLICT', { thing: 'wallet' })
    for (const one of moved) moveCertificate(base, one)
    keepVault(base, learnerId, vault)
    base.records.learners.update(learnerId, { custody: 'own', holderDid: holder, holderSealed: null })
    const did = replacesLost ? 'wallet.replaced' : 'wallet.graduated'
    base.audit.append(actor, did, { subject: learnerId, details: { moved: moved.length } })
  })
  return { holder, moved: moved.length }
}

/** What is moved: certificates of this base's own sessions that stand, though they be suspended, and have not run out. */
function listMovable(base: Pick<Graduating, 'records' | 'clock'>, learnerId: string): CredentialRow[] {
  const rows = base.records.credentials.list({ learnerId, state: ['valid', 'suspended'] }, { orderBy: 'validFrom' })
  return rows.filter((row) => row.sessionId !== null && (row.validUntil === null || row.validUntil > base.clock.now()))
}

/** A move is no award: the new certificate ends when the old one would have, and carries the examiner's words. */
function issueAgain(base: Graduating, row: CredentialRow, holderDid: string): Promise<CredentialRow> {
  const session = base.records.sessions.get(row.sessionId ?? '')
  const { comment } = openCertificate(base, row)
  const { examiner, formats, validUntil, credentialId: supersedes } = row
  const judgement = { session, examiner, formats, validUntil, supersedes, levels: readLevels(base, row), comment: comment ?? undefined }
  return prepareCertificate(base, { ...judgement, holderDid })
}

/** The new certificate takes the place of the old one. Inside the caller's transaction. */
function moveCertificate(base: Graduating, { row, next }: Moved): void {
  const now = base.clock.now()
  const { state, stateReason, stateSince } = row
  base.records.credentials.insert({ ...next, state, stateReason, stateSince, claimedAt: row.claimedAt === null ? null : now })
  takeStatusPlace(base, next)
  if (state === 'suspended') setStatusBit(base, next, { purpose: 'suspension', isSet: true })
  const superseded = { state: 'superseded', stateReason: 'learner-request', stateSince: now, supersededBy: next.credentialId } as const
  base.records.credentials.update(row.credentialId, superseded)
  if (next.sessionId !== null) base.records.sessions.update(next.sessionId, { credentialId: next.credentialId })
  setStatusBit(base, row, { purpose: 'revocation', isSet: true })
}

/** Inside the caller's transaction. A PIN lock that comes without what it wraps is one that the base has already. */
function keepVault({ records }: Pick<IssuingBase, 'records'>, learnerId: string, { version, iv, ciphertext, locks }: Given): void {
  const present = records.vaults.find({ learnerId })
  if (version !== (present?.version ?? 0) + 1) throw new GuildhallError('CONFLICT', { thing: 'wallet' })
  const wrappedKeys = locks.map(({ pinProof, ...lock }): KeptLock => {
    if (lock.kind !== 'pin') return lock
    if (pinProof !== undefined) return { ...lock, pinCheck: checkOf(pinProof), failures: 0 }
    const kept = present?.wrappedKeys.find(({ id, kind }) => id === lock.id && kind === 'pin')
    if (!kept) throw new GuildhallError('REQUEST_INVALID', { where: 'body/locks', problem: 'holds a PIN lock without its proof' })
    return kept
  })
  records.vaults.put({ learnerId, version, ciphertext: `${iv}.${ciphertext}`, wrappedKeys })
}

function showLock({ pinCheck: _, failures = 0, ...lock }: KeptLock): OwnVault['locks'][number] {
  return lock.kind === 'pin' ? { ...lock, wrapped: '', attemptsLeft: pinTries - failures } : lock
}

/** The proof opens the door that the counter guards: what is kept is its SHA-256. */
const checkOf = (proof: string): string => createHash('sha256').update(proof).digest('base64url')

function ownAlready(replacesLost: boolean): GuildhallError {
  const state = replacesLost ? "not the learner's own yet" : "the learner's own already"
  return new GuildhallError('STATE_REFUSED', { thing: 'wallet', state, next: 'Open the wallet anew and look at what it offers.' })
}

import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import canonicalize from 'canonicalize'
import { base58btc } from 'multiformats/bases/base58'
import type { ErasureReceipt } from '../../api/people/learners.ts'
import type { Actor, Base } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import { findIdentity } from '../base/issuing.ts'
import { endAllSignIns } from './entry/sign-in.ts'

type Use = Pick<Base, 'records' | 'clock' | 'random' | 'audit' | 'transaction' | 'keys' | 'db'>
type Input = { learnerId: string; basis: string }

/**
 * Destroys the learner's key and everything sealed under it, and leaves a receipt signed by the base. Certificates that were handed out keep
 * verifying: what stands on the ledger is salted and names nobody.
 * @throws NOT_FOUND, LEARNER_ERASED when it was done before, STATE_REFUSED while a session is open
 */
export function eraseLearner(base: Use, actor: Actor, { learnerId, basis }: Input): ErasureReceipt {
  const receipt = base.transaction(() => {
    const learner = base.records.learners.get(learnerId)
    if (learner.erasedAt !== null) throw new GuildhallError('LEARNER_ERASED')
    if (base.records.sessions.count({ learnerId, state: ['open', 'closing'] }) > 0) {
      throw new GuildhallError('STATE_REFUSED', { thing: 'learner', state: 'in an open session', next: 'Close the session first.' })
    }
    const now = base.clock.now()
    const recordsErased = eraseRecords(base, learnerId)
    const destroyedKey = base.records.vault.destroy(learnerId)
    const receipt = signReceipt(base, {
      receiptId: base.random.uuid(),
      learnerId,
      erasedAt: now,
      by: actor.id,
      destroyedKey,
      recordsErased,
    })
    base.records.erasures.insert({ receiptId: receipt.receiptId, learnerId, sourceMac: learner.sourceMac, erasedAt: now, receipt })
    base.records.learners.update(learnerId, { sealed: null, sourceMac: null, fingerprint: null, holderSealed: null, erasedAt: now })
    base.audit.append(actor, 'learner.erased', { subject: learnerId, details: { basis, receipt: receipt.receiptId } })
    return receipt
  })
  base.records.people.forget(learnerId)
  // What was overwritten still stands in the write-ahead log until it is copied back.
  base.db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  return receipt
}

/** Receipts, newest first. `after` is a number of rows to skip. */
export function listErasures(
  base: Pick<Base, 'records'>,
  { after = '0', limit = 50 }: { after?: string | undefined; limit?: number | undefined },
) {
  const offset = Number.parseInt(after, 10) || 0
  const rows = base.records.erasures.list({}, { orderBy: 'erasedAt', descending: true, limit, offset })
  const total = base.records.erasures.count()
  return { items: rows.map(({ receipt }) => receipt), total, next: offset + rows.length < total ? String(offset + rows.length) : null }
}

/** Guardians go with their last learner. Sessions and certificates stay as facts without a person. */
export const eraseRecords = (base: Pick<Base, 'records'>, learnerId: string): number => {
  const { records } = base
  const guardians = records.learnerGuardians.list({ learnerId }).map(({ guardianId }) => guardianId)
  endAllSignIns(base, learnerId)
  let erased = records.learnerGuardians.remove({ learnerId })
  for (const guardianId of guardians.filter((id) => records.learnerGuardians.count({ guardianId: id }) === 0)) {
    endAllSignIns(base, guardianId)
    records.passkeys.remove({ accountId: guardianId })
    records.vault.destroy(guardianId)
    erased += records.guardians.remove({ guardianId })
  }
  erased += records.enrolments.remove({ personId: learnerId })
  erased += records.cards.remove({ learnerId })
  erased += records.passkeys.remove({ accountId: learnerId })
  erased += records.learningCodes.remove({ learnerId })
  erased += records.vaults.remove({ learnerId })
  records.consents.updateWhere({ learnerId }, { noteSealed: null })
  erased += records.sessions.updateWhere({ learnerId }, { sealed: null })
  erased += records.credentials.updateWhere({ learnerId }, { sealed: null })
  return erased + 1
}

type Unsigned = Omit<ErasureReceipt, 'signature' | 'verificationMethod'>

/** Ed25519 (RFC 8032) over JCS (RFC 8785). By the key that the base issues with; before a network is founded, by a key of its own as did:key. */
const signReceipt = (base: Use, receipt: Unsigned): ErasureReceipt => {
  const issuer = findIdentity(base)?.issuer
  const seed = base.keys.seed(issuer?.seedName ?? 'receipts')
  // RFC 8410 §7: the PKCS #8 wrapping of an Ed25519 seed.
  const key = createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  })
  seed.fill(0)
  const unsigned = { ...receipt, verificationMethod: issuer?.verificationMethod ?? didKeyMethod(key) }
  const signature = sign(null, Buffer.from(canonicalize(unsigned) ?? ''), key).toString('base64url')
  return { ...unsigned, signature }
}

/** did:key (W3C CCG) of an Ed25519 key: multicodec 0xed01, base58btc. */
const didKeyMethod = (key: Parameters<typeof createPublicKey>[0]): string => {
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
  const multibase = base58btc.encode(new Uint8Array([0xed, 0x01, ...raw]))
  return `did:key:${multibase}#${multibase}`
}

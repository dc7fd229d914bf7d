import { checkHolderProof, type Signer, signerFromSeed } from '@guildhall/credentials'
import { GuildhallError } from '../../errors.ts'
import type { IssuingBase } from '../base/issuing.ts'

type Use = Pick<IssuingBase, 'records' | 'random' | 'transaction' | 'keys'>
const context = 'holder-key'

/**
 * The DID that a learner's certificates are issued to: the learner's own, or the base-held key of this learner at this base, made at
 * first need. Pairwise: another base gets another one.
 * @throws LEARNER_ERASED
 */
export async function getHolderDid(base: Use, learnerId: string): Promise<string> {
  const { holderDid, erasedAt } = base.records.learners.get(learnerId)
  if (erasedAt !== null) throw new GuildhallError('LEARNER_ERASED')
  if (holderDid !== null) return holderDid
  const seed = base.random.bytes(32)
  const { verificationMethod } = await signerFromSeed(seed)
  const made = verificationMethod.slice(0, verificationMethod.indexOf('#'))
  base.transaction(() => {
    // Two awards at once: the first key stays.
    if (base.records.learners.get(learnerId).holderDid !== null) return
    base.records.learners.update(learnerId, { holderDid: made, holderSealed: base.records.vault.seal(learnerId, context, seed) })
  })
  seed.fill(0)
  return base.records.learners.get(learnerId).holderDid ?? made
}

/** Signs for a learner whose key the base holds. @throws WALLET_SHUT when the learner has a wallet of their own */
export async function holderSigner({ records }: Pick<IssuingBase, 'records'>, learnerId: string): Promise<Signer> {
  const { custody, holderSealed } = records.learners.get(learnerId)
  if (custody !== 'base' || holderSealed === null) throw new GuildhallError('WALLET_SHUT')
  const seed = records.vault.open(learnerId, context, holderSealed)
  const signer = await signerFromSeed(seed)
  seed.fill(0)
  return signer
}

/** @throws PASSKEY_REFUSED with what is wrong with the proof. Its audience is the base's origin, its subject the learner's id. */
export async function assertHolds(
  base: Pick<IssuingBase, 'config' | 'clock'>,
  { holder, proof, learnerId }: { holder: string; proof: string; learnerId: string },
): Promise<void> {
  const expected = { holder, audience: base.config.origin, subject: learnerId, now: base.clock.now() }
  const problem = await checkHolderProof(proof, expected)
  if (problem) throw new GuildhallError('PASSKEY_REFUSED', { problem })
}

/** Signs certificates with the base's present issuing key. */
export async function issuerSigner({ keys }: Pick<IssuingBase, 'keys'>, issuer: { seedName: string }, did: string): Promise<Signer> {
  const seed = keys.seed(issuer.seedName)
  const signer = await signerFromSeed(seed, did)
  seed.fill(0)
  return signer
}

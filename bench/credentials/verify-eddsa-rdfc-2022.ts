import { proofFormats, type Secured, verifyingKeyOf } from '@guildhall/credentials'
import type { BenchOptions, Measurement } from '../run.ts'
import { compare } from './compare.ts'
import { digitalBazaar } from './digital-bazaar.ts'
import { created, makeSample } from './sample.ts'

/** Data Integrity proofs verified, against Digital Bazaar's verifyCredential. */
export const figure = 'credentials.verify.eddsa-rdfc-2022'

/** Measures the figure; 12 seconds unless told. */
export async function run(options: BenchOptions): Promise<Measurement[]> {
  const { credential, signer } = await makeSample()
  const peer = digitalBazaar(signer)
  const secured: Secured = await proofFormats['eddsa-rdfc-2022'].issue(credential, signer, { created })
  if (typeof secured === 'string') throw new Error('not a document')
  const own = async () => {
    // The key is made anew from its bytes each time, as the peer does.
    const key = verifyingKeyOf(signer)
    const { outcome } = await proofFormats['eddsa-rdfc-2022'].verifyProof(secured, { resolveKey: () => ({ key }), now: created })
    if (outcome !== 'passed') throw new Error('own verification did not pass')
  }
  const theirs = async () => {
    if (!(await peer.verify(secured))) throw new Error('the peer’s verification did not pass')
  }
  return compare({ figure, peer: '@digitalbazaar/vc 7.3.0', own, theirs, expectedRatio: 12 }, options)
}

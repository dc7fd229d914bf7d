import { proofFormats } from '@guildhall/credentials'
import type { BenchOptions, Measurement } from '../run.ts'
import { compare } from './compare.ts'
import { digitalBazaar } from './digital-bazaar.ts'
import { created, makeSample } from './sample.ts'

/** Data Integrity proofs made, against Digital Bazaar's libraries over the same credential with the same key. */
export const figure = 'credentials.issue.eddsa-rdfc-2022'

/** Measures the figure; 12 seconds unless told. */
export async function run(options: BenchOptions): Promise<Measurement[]> {
  const { credential, signer } = await makeSample()
  const peer = digitalBazaar(signer)
  const own = () => proofFormats['eddsa-rdfc-2022'].issue(credential, signer, { created })
  const theirs = () => peer.issue(credential, new Date(created * 1000))
  const value = (secured: unknown) => (secured as { proof: { proofValue: string } }).proof.proofValue
  if (value(await own()) !== value(await theirs())) throw new Error('the two signatures differ')
  return compare({ figure, peer: '@digitalbazaar/vc 7.3.0', own, theirs, expectedRatio: 12 }, options)
}

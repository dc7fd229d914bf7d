import { proofFormats, verifyingKeyOf } from '@guildhall/credentials'
import { importJWK, jwtVerify } from 'jose'
import type { BenchOptions, Measurement } from '../run.ts'
import { compare } from './compare.ts'
import { created, makeSample } from './sample.ts'

/** The proof of a vc+jwt verified with the key in hand, against jose's jwtVerify. */
export const figure = 'credentials.verify.vc-jwt'

/** Measures the figure; 12 seconds unless told. */
export async function run(options: BenchOptions): Promise<Measurement[]> {
  const { credential, signer } = await makeSample()
  const token = String(await proofFormats['vc+jwt'].issue(credential, signer, { created }))
  const key = verifyingKeyOf(signer)
  const peerKey = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: Buffer.from(signer.publicKey).toString('base64url') }, 'EdDSA')
  const own = async () => {
    const { outcome } = await proofFormats['vc+jwt'].verifyProof(token, { resolveKey: () => ({ key }), now: created })
    if (outcome !== 'passed') throw new Error('own verification did not pass')
  }
  const theirs = () => jwtVerify(token, peerKey, { algorithms: ['EdDSA'], typ: 'vc+jwt', currentDate: new Date(created * 1000) })
  return compare({ figure, peer: 'jose 6.2.17', own, theirs, expectedRatio: 1 }, options)
}

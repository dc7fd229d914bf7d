import { proofFormats } from '@guildhall/credentials'
import { CompactSign, importJWK } from 'jose'
import type { BenchOptions, Measurement } from '../run.ts'
import { compare } from './compare.ts'
import { created, makeSample } from './sample.ts'

/** vc+jwt tokens signed, against jose's CompactSign over the same bytes with the same key. */
export const figure = 'credentials.issue.vc-jwt'

/** Measures the figure; 12 seconds unless told. */
export async function run(options: BenchOptions): Promise<Measurement[]> {
  const { credential, signer } = await makeSample()
  const d = Buffer.alloc(32, 7).toString('base64url')
  const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', d, x: Buffer.from(signer.publicKey).toString('base64url') }, 'EdDSA')
  const header = { alg: 'EdDSA', typ: 'vc+jwt', cty: 'vc', kid: signer.verificationMethod }
  const encoder = new TextEncoder()
  const theirs = () => new CompactSign(encoder.encode(JSON.stringify(credential))).setProtectedHeader(header).sign(key)
  const own = () => proofFormats['vc+jwt'].issue(credential, signer, { created })
  if ((await own()) !== (await theirs())) throw new Error('the two tokens differ')
  return compare({ figure, peer: 'jose 6.2.17', own, theirs, expectedRatio: 1 }, options)
}

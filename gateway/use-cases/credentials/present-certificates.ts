import { type JsonObject, proofFormats, type Secured, type Signer } from '@guildhall/credentials'
import type { CertificateSecrets } from './issue-certificate.ts'

type Presented = { signer: Signer; files: CertificateSecrets['files'][]; challenge: string; domain: string; now: number }

/**
 * A Verifiable Presentation by the holder (VC Data Model 2.0 §4.13) with a Data Integrity proof over challenge and domain. A certificate
 * with an embedded proof stands in it as it is; one that is only a vc+jwt is enveloped (§4.12.1).
 */
export async function buildPresentation({ signer, files, challenge, domain, now }: Presented): Promise<JsonObject> {
  const presentation: JsonObject = {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    type: ['VerifiablePresentation'],
    holder: signer.verificationMethod.slice(0, signer.verificationMethod.indexOf('#')),
    verifiableCredential: files.map(embed),
  }
  const options = { created: now, proofPurpose: 'authentication', challenge, domain }
  const secured = await proofFormats['eddsa-rdfc-2022'].issue(presentation, signer, options)
  return secured as JsonObject
}

function embed(files: CertificateSecrets['files']): JsonObject {
  const embedded: Secured | undefined = files['eddsa-rdfc-2022']
  if (embedded !== undefined && typeof embedded !== 'string') return embedded
  return {
    '@context': 'https://www.w3.org/ns/credentials/v2',
    id: `data:application/vc+jwt,${String(files['vc+jwt'])}`,
    type: 'EnvelopedVerifiableCredential',
  }
}

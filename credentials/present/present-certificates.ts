import type { FormatId, JsonObject, Secured } from '../formats/format.ts'
import { proofFormats } from '../formats/formats.ts'
import type { Signer } from '../keys/key.ts'

/** The files of one certificate by the format of their proof. */
type Files = Partial<Record<FormatId, Secured>>

/**
 * A Verifiable Presentation of some certificates without its proof (VC Data Model 2.0 §4.13). A certificate with an embedded proof stands in
 * it as it is; one that is only a vc+jwt is enveloped (§4.12.1). `holder` is a DID.
 */
export function buildPresentation(holder: string, files: readonly Files[]): JsonObject {
  return {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    type: ['VerifiablePresentation'],
    holder,
    verifiableCredential: files.map(embed),
  }
}

/** Who presents what, on which occasion: `challenge` is the learning code, `domain` the base's host, `now` UnixSeconds. */
export interface PresentOptions {
  signer: Signer
  files: readonly Files[]
  challenge: string
  domain: string
  now: number
}

/** A presentation by its holder, with a Data Integrity proof over challenge and domain, so that it can't be shown on another occasion. */
export async function presentCertificates({ signer, files, challenge, domain, now }: PresentOptions): Promise<JsonObject> {
  const holder = signer.verificationMethod.slice(0, signer.verificationMethod.indexOf('#'))
  const options = { created: now, proofPurpose: 'authentication', challenge, domain }
  const secured = await proofFormats['eddsa-rdfc-2022'].issue(buildPresentation(holder, files), signer, options)
  return secured as JsonObject
}

function embed(files: Files): JsonObject {
  const embedded = files['eddsa-rdfc-2022']
  if (embedded !== undefined && typeof embedded !== 'string') return embedded
  return {
    '@context': 'https://www.w3.org/ns/credentials/v2',
    id: `data:application/vc+jwt,${String(files['vc+jwt'])}`,
    type: 'EnvelopedVerifiableCredential',
  }
}

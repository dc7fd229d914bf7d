import type { FormatId, JsonObject, Secured } from '../formats/format.ts'
import { proofFormats } from '../formats/formats.ts'
import type { Signer } from '../keys/key.ts'
import { buildCredential } from './build-credential.ts'
import type { CredentialRecord } from './credential-record.ts'

/** One certificate: the JSON that was secured, and the secured forms by format. */
export interface IssuedCredential {
  credential: JsonObject
  secured: Partial<Record<FormatId, Secured>>
}

/**
 * Issues a record in every format asked for, each a file of its own over the same JSON.
 * @throws CredentialError CREDENTIAL_DATA_MODEL_INVALID for a record that cannot be a credential.
 */
export async function issueCredential(
  record: CredentialRecord,
  { signer, formats, created }: { signer: Signer; formats: readonly FormatId[]; created: number },
): Promise<IssuedCredential> {
  const credential = buildCredential(record)
  const secured: Partial<Record<FormatId, Secured>> = {}
  for (const format of formats) secured[format] = await proofFormats[format].issue(credential, signer, { created })
  return { credential, secured }
}

import { CredentialError } from '../errors.ts'
import type { KeyAnswer, KeyRequest, ResolveKey } from './format.ts'
import { proofReason } from './reasons.ts'

/**
 * Asks for a key. What is in a proof may make a resolver throw (a did:key that is none); that is an answer here: there is no such key.
 * Errors that are not ours go on: they are outages or bugs.
 */
export async function lookUpKey(resolveKey: ResolveKey, request: KeyRequest): Promise<KeyAnswer> {
  try {
    return await resolveKey(request)
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error
    return { outcome: 'failed', reason: proofReason('proof-key-not-found', { verificationMethod: request.verificationMethod }) }
  }
}

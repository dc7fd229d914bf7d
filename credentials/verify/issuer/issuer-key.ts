import type { KeyAnswer, KeyRequest } from '../../formats/format.ts'
import { proofReason } from '../../formats/reasons.ts'
import { resolveDidKey, verifyingKeyOf } from '../../keys/did-key.ts'
import { decodeMultikey, keyIdOf } from '../../keys/multikey.ts'
import type { Case } from '../case.ts'

/** Whether a key is one of the issuer's: sure, surely not, or nobody could tell. */
export type KeyStanding = 'confirmed' | 'denied' | 'unconfirmed'

/**
 * The key that a proof names. A verification method here ends in the key itself (`<did>#<publicKeyMultibase>`), so a signature can be checked
 * before it is known whose key it is; `standingOf` tells that.
 */
export function keyNamedBy({ verificationMethod }: KeyRequest): KeyAnswer {
  const [did = '', fragment = ''] = verificationMethod.split('#')
  try {
    if (did.startsWith('did:key:')) return { key: resolveDidKey(verificationMethod), controller: did }
    return { key: verifyingKeyOf(decodeMultikey(fragment)), controller: did }
  } catch {
    // Another way of naming keys (did:web documents, JWK sets) would have to be fetched.
    return { outcome: 'unknown', reason: proofReason('proof-key-unreachable', { verificationMethod }) }
  }
}

/** Whether the key named by `verificationMethod` is its DID's: by the ledger's key records first, by the DID log second. */
export async function standingOf(verificationMethod: string, verification: Case): Promise<KeyStanding> {
  const [did = '', multikey = ''] = verificationMethod.split('#')
  if (did.startsWith('did:key:')) return multikey === '' || did === `did:key:${multikey}` ? 'confirmed' : 'denied'
  if (did !== verification.issuerId?.split('#')[0]) return 'unconfirmed'
  const onLedger = await findOnLedger(multikey, verification)
  if (onLedger === 'confirmed') return 'confirmed'
  const inLog = await findInLog(multikey, verification)
  if (inLog === 'confirmed') return 'confirmed'
  return onLedger === 'denied' || inLog === 'denied' ? 'denied' : 'unconfirmed'
}

async function findOnLedger(multikey: string, verification: Case): Promise<KeyStanding> {
  const base = await verification.base()
  if (base.outcome !== 'found' || verification.programme === undefined) return 'unconfirmed'
  const { directory } = verification.options.ports
  const keyId = keyIdOf(decodeMultikey(multikey).publicKey)
  const key = await directory.findKey(verification.programme.networkId, base.value.baseId, keyId, { signal: verification.options.signal })
  if (key.outcome === 'unreachable') return 'unconfirmed'
  return key.outcome === 'found' ? 'confirmed' : 'denied'
}

async function findInLog(multikey: string, verification: Case): Promise<KeyStanding> {
  const reading = await verification.logReading()
  if (reading === undefined || 'problem' in reading) return 'unconfirmed'
  return reading.keys.includes(multikey) ? 'confirmed' : 'denied'
}

import { CredentialError } from '../errors.ts'
import { decodeBase64url } from '../formats/base64url.ts'
import { signerFromSeed } from '../keys/did-key.ts'
import { webCryptoSigner } from '../keys/ed25519.ts'
import type { Signer } from '../keys/key.ts'
import { encodeMultikey } from '../keys/multikey.ts'
import type { VaultContent } from './vault.ts'

/** The learner's key: its DID, and a signer for presentations. Where the private part is kept is not told. */
export interface HolderKey {
  did: string
  signer: Signer
}

/**
 * The holder key that a vault keeps.
 * @throws CredentialError CREDENTIAL_KEY_NOT_FOUND when the vault keeps none.
 */
export async function holderKeyOf({ holderSeed }: VaultContent): Promise<HolderKey> {
  if (holderSeed === undefined)
    throw new CredentialError('CREDENTIAL_KEY_NOT_FOUND', 'The vault keeps no holder key: it stays in this device, or with the base.')
  const signer = await signerFromSeed(decodeBase64url(holderSeed))
  return { did: didOf(signer), signer }
}

/** A holder key that can not leave its device: `privateKey` is a non-extractable Ed25519 key of WebCrypto. */
export function holderKeyFromWebCrypto(privateKey: CryptoKey, publicKey: Uint8Array): HolderKey {
  const multikey = encodeMultikey({ algorithm: 'EdDSA', publicKey })
  const did = `did:key:${multikey}`
  return { did, signer: webCryptoSigner(privateKey, { publicKey, verificationMethod: `${did}#${multikey}` }) }
}

function didOf({ verificationMethod }: Signer): string {
  return verificationMethod.slice(0, verificationMethod.indexOf('#'))
}

/** The signature algorithms understood here, by their JOSE names: EdDSA is Ed25519 only, ES256 is P-256 with SHA-256. */
export type KeyAlgorithm = 'EdDSA' | 'ES256'

/** Signs with a key that need not be in this process (a store, a passkey's wrapped key, a test's seed). */
export interface Signer {
  algorithm: KeyAlgorithm
  /** Raw public key: 32 bytes (Ed25519) or 33 bytes compressed (P-256). */
  publicKey: Uint8Array
  /** The DID URL under which verifiers find the key: `<did>#<publicKeyMultibase>`. */
  verificationMethod: string
  /** 64 bytes: the Ed25519 signature, or r‖s for P-256. */
  sign(bytes: Uint8Array): Promise<Uint8Array>
}

/** A public key that is ready to verify. */
export interface VerifyingKey {
  algorithm: KeyAlgorithm
  publicKey: Uint8Array
  /** True only for a valid signature; a signature of the wrong length is false, not an error. */
  verify(bytes: Uint8Array, signature: Uint8Array): Promise<boolean>
}

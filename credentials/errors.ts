/** Every code a `CredentialError` can carry. Stable: programs and the HTTP status table of the gateway compare them. */
export const credentialErrorCodes = [
  'CREDENTIAL_MALFORMED',
  'CREDENTIAL_TOO_LARGE',
  'CREDENTIAL_KEY_MALFORMED',
  'CREDENTIAL_KEY_NOT_FOUND',
  'CREDENTIAL_KEY_MISMATCH',
  'CREDENTIAL_CONTEXT_UNKNOWN',
  'CREDENTIAL_FORMAT_UNSUPPORTED',
  'CREDENTIAL_DATA_MODEL_INVALID',
  'CREDENTIAL_DID_INVALID',
  'CREDENTIAL_MERKLE_INVALID',
  'CREDENTIAL_RECEIPT_MALFORMED',
  'CREDENTIAL_STATUS_LIST_MALFORMED',
  'CREDENTIAL_STATUS_INDEX_OUT_OF_RANGE',
  'CREDENTIAL_STATUS_LIST_FULL',
  'CREDENTIAL_IMAGE_MALFORMED',
  'CREDENTIAL_BUNDLE_MALFORMED',
  'CREDENTIAL_BUNDLE_TOO_LARGE',
  'CREDENTIAL_LEARNING_CODE_MALFORMED',
  'CREDENTIAL_VAULT_MALFORMED',
  'CREDENTIAL_VAULT_LOCKED',
] as const

/** One of `credentialErrorCodes`. */
export type CredentialErrorCode = (typeof credentialErrorCodes)[number]

/**
 * Misuse or outage. "Not valid" is an answer of a verification, never this error.
 * The message says what happened, with which value, and what to do next; it never contains personal data.
 */
export class CredentialError extends Error {
  override readonly name = 'CredentialError'
  readonly code: CredentialErrorCode

  constructor(code: CredentialErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

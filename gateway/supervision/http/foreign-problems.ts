/** What an error of another part means over HTTP. Its own message, which names no person, becomes the detail. */
type Foreign = { status: number; title: string; nextStep: string }

const refused = (status: number, title: string, nextStep: string): Foreign => ({ status, title, nextStep })
const missing = refused(404, 'Not found', 'Go back to the list and choose again.')
const busy = refused(409, 'Not possible now', 'Look at the present state, then try again.')
const unfit = refused(422, 'Not accepted', 'Correct what the detail names and try again.')
const away = refused(503, 'Not reachable now', 'Try again later; see Operations for what is missing.')
const tooLarge = refused(413, 'The request is too large', 'Send less at a time.')
const full = refused(507, 'The disk is full', 'Make space on the disk, then try again.')

/** By stable code. A code that is not here is our own fault and becomes INTERNAL. */
export const foreignProblems: Readonly<Record<string, Foreign>> = {
  LABS_PAIRING_REFUSED: refused(401, 'The pairing code is not accepted', 'Ask for a new pairing code.'),
  LABS_PAIRING_TOO_MANY: refused(429, 'Too many wrong pairing codes', 'Wait, then ask for a new pairing code.'),
  LABS_PAIRING_KEY: unfit,
  LABS_DEVICE_UNKNOWN: missing,
  LABS_DEVICE_LIMIT: busy,
  LABS_MACHINE_BUSY: busy,
  LABS_MACHINE_SILENT: busy,
  LABS_SESSION_UNKNOWN: missing,
  LABS_SESSION_EXISTS: busy,
  LABS_SESSION_EMPTY: busy,
  LABS_JOB_REFUSED: unfit,
  LABS_RECORDING_DAMAGED: unfit,
  LABS_NOT_STARTED: away,
  LABS_LOG_FAILED: full,
  LABS_OCTOPRINT_REFUSED: refused(424, 'OctoPrint refused', 'Check the address and the key of OctoPrint.'),
  LABS_OCTOPRINT_UNREACHABLE: refused(424, 'OctoPrint does not answer', 'Check that OctoPrint runs and that its address is right.'),
  CONTENT_CID_INVALID: refused(400, 'The CID is not one that this base can hold', 'Copy the whole CID and try again.'),
  CONTENT_NOT_FOUND: missing,
  CONTENT_NOT_A_FILE: unfit,
  CONTENT_RANGE_INVALID: unfit,
  CONTENT_TOO_LARGE: unfit,
  CONTENT_STALLED: away,
  CONTENT_NOT_STARTED: away,
  CONTENT_DISK_FULL: full,
  CREDENTIAL_MALFORMED: unfit,
  CREDENTIAL_KEY_MALFORMED: unfit,
  CREDENTIAL_KEY_NOT_FOUND: unfit,
  CREDENTIAL_KEY_MISMATCH: unfit,
  CREDENTIAL_CONTEXT_UNKNOWN: unfit,
  CREDENTIAL_FORMAT_UNSUPPORTED: unfit,
  CREDENTIAL_DATA_MODEL_INVALID: unfit,
  CREDENTIAL_DID_INVALID: unfit,
  CREDENTIAL_MERKLE_INVALID: unfit,
  CREDENTIAL_RECEIPT_MALFORMED: unfit,
  CREDENTIAL_STATUS_LIST_MALFORMED: unfit,
  CREDENTIAL_STATUS_INDEX_OUT_OF_RANGE: unfit,
  CREDENTIAL_IMAGE_MALFORMED: unfit,
  CREDENTIAL_BUNDLE_MALFORMED: unfit,
  CREDENTIAL_LEARNING_CODE_MALFORMED: unfit,
  CREDENTIAL_VAULT_MALFORMED: unfit,
  CREDENTIAL_VAULT_LOCKED: unfit,
  CREDENTIAL_TOO_LARGE: tooLarge,
  CREDENTIAL_BUNDLE_TOO_LARGE: tooLarge,
  CREDENTIAL_STATUS_LIST_FULL: full,
}

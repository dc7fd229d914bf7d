/**
 * Every code that this package can throw, with what it means to the reader. A code never changes its meaning; messages may.
 */
export const nodeErrorCodes = {
  NODE_PEER_KEY_UNREADABLE: 'the peer key file cannot be read, is not an Ed25519 key, or others may read it',
  NODE_PEER_ADDRESS_INVALID: 'an address to listen on, or of another base, is not a multiaddr this node can use',
  NODE_PEER_LISTEN_FAILED: 'the node cannot listen on the address it was given',
  NODE_ANNOUNCEMENT_INVALID: 'an announcement of ours would be refused by every other base',
  NODE_QUESTION_UNANSWERED: 'another base is not connected, or gave no answer that is signed by it',
  NODE_KEY_MESSAGE_INVALID: 'what another base said about a content key is not in the form that was agreed',
  CONTENT_CID_INVALID: 'the text is not a CID that this store can hold (CIDv1, SHA-256, raw or dag-pb)',
  CONTENT_NOT_FOUND: 'neither this base nor any connected base has the content',
  CONTENT_NOT_HELD: 'this base does not list the content as its own',
  CONTENT_STALLED: 'another base stopped sending before the content was complete',
  CONTENT_BLOCK_DAMAGED: 'a block on this disk no longer has the bytes that its CID promises, and no other base could replace it',
  CONTENT_NOT_A_FILE: 'the CID names something that is not a UnixFS file',
  CONTENT_RANGE_INVALID: 'the asked range does not lie within the content',
  CONTENT_TOO_LARGE: 'the content is larger than the caller allowed',
  CONTENT_DISK_FULL: 'the disk that holds the data folder has no room left',
  SEAL_KEY_INVALID: 'a content key must be exactly 32 bytes',
  SEAL_FORMAT_INVALID: 'the bytes are not a sealed content envelope of a known version',
  SEAL_BROKEN: 'a sealed frame was changed, moved, dropped, or the key is another one',
  INDEX_LEDGER_MISMATCH: 'the read model was built from another ledger than the one that is connected',
  INDEX_EVENT_UNREADABLE: 'a log of a known contract cannot be decoded with the ABI this base was built with',
} as const

/** A stable name for one way in which this package can fail. */
export type NodeErrorCode = keyof typeof nodeErrorCodes

/**
 * The error of this package: a stable `code`, and a message that says what happened, with which value, and what to do next.
 *
 * @example
 * try { await content.stat(cid) } catch (error) { if (error instanceof NodeError && error.code === 'CONTENT_NOT_FOUND') … }
 */
export class NodeError extends Error {
  readonly code: NodeErrorCode

  constructor(code: NodeErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'NodeError'
    this.code = code
  }
}

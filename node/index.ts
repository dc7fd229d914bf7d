export { cidFromDigest, cidFromLedger } from './content/content-cid.ts'
export type { ContentItem, Pull } from './content/content-tables.ts'
export type { Content, ContentReading, ContentTotals, GetOptions } from './content/create-content.ts'
export { createContent } from './content/create-content.ts'
export type { ContentProgress, HoldOptions, ReplicateOptions } from './content/hold-content.ts'
export {
  type ContentKeyStore,
  type ContentKeys,
  createContentKeys,
  type DepositOutcome,
  type KeyOutcome,
} from './content/keys/content-keys.ts'
export type { VersionOfWork } from './content/keys/key-messages.ts'
export { measureSealed, parseHeader as parseSealHeader, type SealHeader, type SealShape, sealedLength } from './content/seal/envelope.ts'
export { openSealed, openSealedRange, type SealedSource } from './content/seal/open-sealed.ts'
export { getSealed, type SealAndAddOptions, type SealedContent, sealAndAdd } from './content/seal/seal-content.ts'
export { type SealOptions, type SealSummary, sealStream } from './content/seal/seal-stream.ts'
export type { ContentVerdict, DamagedBlock } from './content/tend-content.ts'
export type { BaseNode, BaseNodeInit, BaseNodeMetrics, MirrorPolicy, NodeLog } from './create-base-node.ts'
export { createBaseNode } from './create-base-node.ts'
export type { NodeErrorCode } from './errors.ts'
export { NodeError, nodeErrorCodes } from './errors.ts'
export {
  createEventIndex,
  type EventIndex,
  type EventIndexInit,
  type IndexListeners,
  type IndexStatus,
} from './event-index/create-event-index.ts'
export { createJsonRpcSource, type JsonRpcSource, type JsonRpcSourceInit } from './event-index/json-rpc-source.ts'
export type { LedgerBlock, LedgerLog, LedgerSource } from './event-index/ledger-source.ts'
export * from './event-index/queries/index.ts'
export type { Checkpoint } from './event-index/read-model.ts'
export type { Announcement, AnnouncementKind, SignedAnnouncement } from './peer/announcements/announcement.ts'
export type { SignedAnswer } from './peer/ask-bases.ts'
export type { Peer, PeerEvents, PeerTotals } from './peer/create-peer.ts'
export { createPeer } from './peer/create-peer.ts'
export type { KnownPeer, PeerState } from './peer/dial-bases.ts'
export { parsePeerAddress } from './peer/dial-bases.ts'
export { loadPeerKey } from './peer/peer-key.ts'

import Type from 'typebox'
import { defineRoute } from '../define-route.ts'
import { bytes, cid, count, digest, hex, json, ledgerId, line, list, object, optional, unixSeconds, uuid } from '../fields.ts'

/** The six read-only methods that a verifier's browser needs; every other method is refused. */
export const readOnlyMethods = [
  'eth_chainId',
  'eth_blockNumber',
  'eth_getBlockByNumber',
  'eth_call',
  'eth_getLogs',
  'eth_getTransactionReceipt',
] as const

/** JSON-RPC 2.0, one call a request, read-only. Errors of the ledger come back as JSON-RPC errors with status 200. */
export const callLedger = defineRoute({
  id: 'callLedger',
  tag: 'Verification',
  summary: 'Read the ledger (six read-only JSON-RPC methods)',
  roles: 'anyone',
  rateLimit: 'verify',
  crossOrigin: true,
  body: object({
    jsonrpc: Type.Literal('2.0'),
    id: Type.Union([Type.Integer(), Type.String({ maxLength: 40 })]),
    method: Type.String({ maxLength: 60 }),
    params: optional(Type.Array(Type.Unknown(), { maxItems: 4 })),
  }),
  response: {
    200: Type.Object(
      { jsonrpc: Type.Literal('2.0'), id: Type.Union([Type.Integer(), Type.String(), Type.Null()]) },
      { additionalProperties: true },
    ),
  },
})

/** did:webvh 1.0: the log of the base's DID, one JSON entry a line. */
export const getDidLog = defineRoute({
  id: 'getDidLog',
  tag: 'Verification',
  summary: "The log of the base's DID",
  roles: 'anyone',
  rateLimit: 'verify',
  crossOrigin: true,
  response: { 200: bytes('text/jsonl') },
})

/** The same DID as did:web, for programs that know no more. */
export const getDidDocument = defineRoute({
  id: 'getDidDocument',
  tag: 'Verification',
  summary: "The base's present DID document",
  roles: 'anyone',
  rateLimit: 'verify',
  crossOrigin: true,
  response: { 200: json() },
})

/** A Bitstring Status List credential as vc+jwt. Informative: the ledger's entry and its CID come first. */
export const getStatusList = defineRoute({
  id: 'getStatusList',
  tag: 'Verification',
  summary: 'A status list credential',
  roles: 'anyone',
  rateLimit: 'verify',
  crossOrigin: true,
  params: object({ listId: line(40) }),
  response: { 200: bytes('application/vc+jwt') },
})

/** Content of this base's node by CID: status lists, DID logs, and ciphertext of evidence. The reader compares the bytes with the CID. */
export const getContent = defineRoute({
  id: 'getContent',
  tag: 'Verification',
  summary: 'Content by its CID',
  roles: 'anyone',
  rateLimit: 'verify',
  crossOrigin: true,
  params: object({ cid: cid() }),
  response: { 200: bytes('application/octet-stream') },
})

/** The proof that a credential's digest stands on the ledger. It travels beside the credential. */
export const anchorReceipt = object({
  type: Type.Literal('GuildhallAnchorReceipt'),
  networkId: Type.String({ pattern: '^[0-9a-f]{16}$' }),
  contract: Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' }),
  batch: object({ root: digest(), treeSize: count() }),
  leafIndex: count(),
  path: list(digest(), 64),
  salt: hex(16),
  transactionHash: digest(),
  blockNumber: count(),
  blockHash: digest(),
  blockTime: unixSeconds(),
  baseId: ledgerId(),
  programmeId: ledgerId(),
  keyId: digest(),
  /** Ids of the entitlement records that the contract checked. */
  records: object({ accreditationId: ledgerId(), standingId: ledgerId() }),
})
export type AnchorReceipt = Type.Static<typeof anchorReceipt>

/** Whoever holds a certificate may have its receipt: `digest` is SHA-256 of JCS(credential without proof), which shows that and nothing else. */
export const getReceipt = defineRoute({
  id: 'getReceipt',
  tag: 'Verification',
  summary: 'The anchor receipt of a certificate, for whoever holds it',
  roles: 'anyone',
  rateLimit: 'verify',
  crossOrigin: true,
  params: object({ credentialId: uuid() }),
  query: object({ digest: digest() }),
  response: { 200: anchorReceipt },
})

import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { Fact } from '../bundle/fact.ts'
import { type FactBook, factPorts } from '../bundle/fact-ports.ts'
import type { JsonObject, Secured } from '../formats/format.ts'
import { proofFormats } from '../formats/formats.ts'
import { buildMerkleTree, hashLeaf, proveInclusion } from '../formats/merkle-tree.ts'
import { leafOf } from '../issue/anchor-leaf.ts'
import { buildCredential } from '../issue/build-credential.ts'
import type { CredentialRecord } from '../issue/credential-record.ts'
import { sampleRecord } from '../issue/fixtures.ts'
import { commitTo } from '../issue/telemetry-receipt.ts'
import { signerFromSeed } from '../keys/did-key.ts'
import { createDidLog } from '../keys/did-log.ts'
import { didLogDigest } from '../keys/did-log-entry.ts'
import type { Signer } from '../keys/key.ts'
import { encodeMultikey, keyIdOf } from '../keys/multikey.ts'
import type { AnchorEntry, AnchorReceipt, EvidenceOpening, NetworkDescriptor, StatusHead, StatusListDocument } from '../ports.ts'
import { createStatusList, writeStatus } from '../status/status-list.ts'
import { buildStatusListCredential, type StatusListCredentialDetails } from '../status/status-list-credential.ts'
import type { CredentialInput } from './case.ts'
import { toHex } from './evidence/anchor-receipt.ts'
import { networkIdOf } from './issuer/network.ts'

/** A small network with one base and one certificate, all real: keys, DID log, proofs, tree, lists. For tests. */
export interface World {
  network: NetworkDescriptor
  networkId: string
  did: string
  log: string
  issuing: Signer
  keyId: `0x${string}`
  checkpointSigners: readonly Signer[]
  record: CredentialRecord
  credential: JsonObject
  jwt: string
  dataIntegrity: JsonObject
  receipt: AnchorReceipt
  openings: readonly EvidenceOpening[]
  book: FactBook
  /** The time of the ledger's head, when everything is looked at. */
  now: number
}

/** When the base was founded, when the session's segment was recorded, when the certificate is dated, when it was anchored, and now. */
export const times = {
  founded: 1_790_000_000,
  closed: 1_790_080_000,
  issued: 1_790_086_400,
  anchored: 1_790_086_460,
  now: 1_790_172_800,
} as const
/** Places of the sample certificate on its two lists. */
export const statusIndex = 94_567
const salt = (byte: number) => new Uint8Array(16).fill(byte)
const seed = (byte: number) => new Uint8Array(32).fill(byte)

/** Builds the world; `changes` are made to the record before it is issued. */
export async function createWorld(changes: Partial<CredentialRecord> = {}, trial = false): Promise<World> {
  const [update, plain, first, second] = await Promise.all([
    signerFromSeed(seed(1)),
    signerFromSeed(seed(3)),
    signerFromSeed(seed(5)),
    signerFromSeed(seed(6)),
  ])
  const { did, log } = await createDidLog('base.localhost', { updateKey: update, issuingKeys: [plain], time: times.founded })
  const issuing = await signerFromSeed(seed(3), did)
  const keyId = keyIdOf(issuing.publicKey)
  const network = networkOf([first, second], trial)
  const networkId = networkIdOf(network)
  const record = sampleRecord({
    networkId,
    issuer: { ...sampleRecord().issuer, did },
    validFrom: times.issued,
    evidence: evidence(),
    ...changes,
  })
  const credential = buildCredential(record)
  const { receipt, anchor } = anchorOf(credential, { networkId, keyId, programmeId: record.programme.programmeId })
  const world = {
    network,
    networkId,
    did,
    log,
    issuing,
    keyId,
    checkpointSigners: [first, second],
    record,
    credential,
    jwt: String(await secure(credential, 'vc+jwt', issuing)),
    dataIntegrity: (await secure(credential, 'eddsa-rdfc-2022', issuing)) as JsonObject,
    receipt,
    openings: [{ name: 'filamentMm', value: 1234, salt: toHex(salt(7)) }],
    now: times.now,
  }
  const lists = await Promise.all([makeList(world, { purpose: 'revocation' }), makeList(world, { purpose: 'suspension' })])
  return { ...world, book: bookOf(world, anchor, lists) }
}

/** Secures a document by the issuer's key (or another's). */
export function secure(document: JsonObject, format: 'vc+jwt' | 'eddsa-rdfc-2022', signer: Signer): Promise<Secured> {
  return proofFormats[format].issue(document, signer, { created: times.issued })
}

/** The certificate with its receipt, as `verifyCredential` takes it. */
export function inputOf(world: World, secured: Secured = world.jwt): CredentialInput {
  return { secured, receipt: world.receipt }
}

/** A published list: its document and its head. */
export interface PublishedList {
  url: string
  listId: string
  head: StatusHead
  document: StatusListDocument
}

/** Makes a list, by the issuer unless told, with entries set. */
export async function makeList(
  world: Pick<World, 'did' | 'issuing'>,
  details: {
    purpose: 'revocation' | 'suspension'
    set?: readonly number[]
    recordedAt?: number
    signer?: Signer
  } & Partial<StatusListCredentialDetails>,
): Promise<PublishedList> {
  const { purpose, set = [], recordedAt = times.founded + 60, signer = world.issuing } = details
  const listId = purpose === 'revocation' ? '1' : '2'
  const url = `https://example.localhost/status/${listId}`
  const list = set.reduce((before, index) => writeStatus(before, index, 1), createStatusList())
  const validFrom = new Date(recordedAt * 1000).toISOString().replace('.000Z', 'Z')
  const unsecured = buildStatusListCredential({ url, issuerId: world.did, list, validFrom, ...details })
  const text = String(await secure(unsecured, 'vc+jwt', signer))
  return publish({ url, listId, recordedAt, text })
}

/** The head of a text. */
export function publish({
  url,
  listId,
  recordedAt,
  text,
}: {
  url: string
  listId: string
  recordedAt: number
  text: string
}): PublishedList {
  const digest = toHex(sha256(utf8ToBytes(text)))
  return { url, listId, head: { cid: `bafy${digest.slice(2, 32)}`, digest, recordedAt }, document: { text } }
}

/** A book in which a list's history is these heads, oldest first. */
export function withLists(book: FactBook, histories: readonly (readonly PublishedList[])[]): FactBook {
  const lists = new Map(book.lists)
  const facts = [...book.facts]
  for (const history of histories) {
    const last = history.at(-1)
    if (last === undefined) continue
    for (const { head, document } of history) lists.set(head.cid, document)
    lists.set(last.url, last.document)
    const at = facts.findIndex((fact) => fact.kind === 'status-heads' && fact.listId === last.listId)
    const before = facts[at]
    if (before?.kind === 'status-heads') facts[at] = { ...before, heads: history.map(({ head }) => head) }
  }
  return { ...book, facts, lists }
}

/** A book with some facts changed or, where `change` gives undefined, left out. */
export function withFacts(book: FactBook, change: (fact: Fact) => Fact | undefined): FactBook {
  return { ...book, facts: book.facts.map(change).filter((fact) => fact !== undefined) }
}

/** Verification settings over a book. */
export function optionsOf(world: World, book: FactBook = world.book) {
  return { ports: factPorts(book), now: world.now }
}

function networkOf(signers: readonly Signer[], trial: boolean): NetworkDescriptor {
  return {
    name: 'East network',
    chainId: 31_337,
    genesisHash: `0x${'ab'.repeat(32)}`,
    directory: `0x${'cd'.repeat(20)}`,
    checkpointKeys: signers.map((signer) => encodeMultikey(signer)),
    threshold: 2,
    trial,
  }
}

function evidence(): CredentialRecord['evidence'] {
  const [piece] = sampleRecord().evidence
  if (piece?.receipt === undefined) return []
  const commitments = { filamentMm: commitTo('filamentMm', 1234, salt(7)) }
  return [
    {
      ...piece,
      receipt: {
        ...piece.receipt,
        segment: { root: toHex(segment.root), treeSize: segment.treeSize },
        frames: { first: 2, last: 5 },
        commitments,
      },
    },
  ]
}

/** The telemetry segment behind the sample certificate: eight frames. */
export const segment = buildMerkleTree(Array.from({ length: 8 }, (_, at) => hashLeaf(Uint8Array.of(at))))

/** Anchors a credential as the third of five. */
export function anchorOf(
  credential: JsonObject,
  { networkId, keyId, programmeId }: { networkId: string; keyId: `0x${string}`; programmeId: number },
) {
  const others = [1, 2, 4, 5].map((byte) => hashLeaf(Uint8Array.of(byte)))
  const leaf = leafOf(credential, salt(9))
  const tree = buildMerkleTree([...others.slice(0, 2), leaf, ...others.slice(2)])
  const block = {
    blockNumber: 120,
    blockHash: `0x${'0b'.repeat(32)}` as const,
    blockTime: times.anchored,
    transactionHash: `0x${'0c'.repeat(32)}` as const,
  }
  const anchor: AnchorEntry = { root: toHex(tree.root), treeSize: 5, baseId: 1, programmeId, keyId, ...block }
  const receipt: AnchorReceipt = {
    type: 'GuildhallAnchorReceipt',
    networkId,
    contract: `0x${'0d'.repeat(20)}`,
    batch: { root: anchor.root, treeSize: 5 },
    leafIndex: 2,
    path: proveInclusion(tree, 2).path.map(toHex),
    salt: toHex(salt(9)),
    ...block,
    baseId: 1,
    programmeId,
    keyId,
    records: { accreditationId: 4, standingId: 7 },
  }
  return { receipt, anchor }
}

function bookOf(world: Omit<World, 'book'>, anchor: AnchorEntry, lists: readonly PublishedList[]): FactBook {
  const { networkId, did, log, keyId, record } = world
  const base = { networkId, baseId: 1 }
  const facts: Fact[] = [
    { kind: 'base', ...base, did, name: 'East Lake learning base', nameZh: '东湖学习基地', timeZone: 'Asia/Shanghai' },
    { kind: 'did-logs', ...base, records: [{ digest: didLogDigest(log), recordedAt: times.founded }] },
    { kind: 'key', ...base, keyId, validFrom: times.founded, validUntil: null, compromisedAt: null },
    { kind: 'entitlement', ...base, programmeId: record.programme.programmeId, keyId, from: times.founded, until: null, isEntitled: true },
    { kind: 'anchor', networkId, ...anchor },
    { kind: 'segment', ...base, root: toHex(segment.root), blockNumber: 100, recordedAt: times.closed },
    ...lists.map(({ listId, head }) => ({ kind: 'status-heads' as const, ...base, listId, heads: [head] })),
  ]
  return {
    networks: [world.network],
    facts,
    didLogs: new Map([[did, log]]),
    lists: new Map(lists.flatMap(({ url, head, document }) => [[url, document] as const, [head.cid, document] as const])),
    provenance: { source: 'memory ledger', asOf: times.now, blockNumber: 4000 },
    isComplete: true,
  }
}

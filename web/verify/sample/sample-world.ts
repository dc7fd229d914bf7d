import {
  type AnchorReceipt,
  type Bundle,
  buildCheckpoint,
  buildCredential,
  buildMerkleTree,
  buildStatusListCredential,
  type CredentialRecord,
  createDidLog,
  createStatusList,
  didLogDigest,
  encodeMultikey,
  type Fact,
  type Hex,
  hashLeaf,
  type JsonObject,
  keyIdOf,
  leafOf,
  type NetworkDescriptor,
  networkIdOf,
  proofFormats,
  proveInclusion,
  type Secured,
  type Signer,
  signCheckpoint,
  signerFromSeed,
  verificationMethodOf,
  writeStatus,
} from '@guildhall/credentials'
import { sha256Hex } from '../ports/content.ts'
import { sampleBase, sampleProgramme } from './sample-record.ts'

/** When and from which randomness a sample is made. `now` is UnixSeconds. */
export interface SampleOptions {
  now: number
  random: (length: number) => Uint8Array<ArrayBuffer>
}

/** A network of one invented base with one certificate; everything in it is real but the people: keys, DID log, proofs, trees, lists. */
export interface SampleWorld {
  now: number
  network: NetworkDescriptor
  networkId: string
  did: string
  log: string
  issuing: Signer
  checkpointSigner: Signer
  keyId: Hex
  record: CredentialRecord
  times: { founded: number; issued: number; anchored: number }
}

const day = 86_400
const statusIndex = 94_567
const listUrl = 'https://sample.localhost/status/1'
const baseId = 1

/** Founds the network and writes the record of the certificate; nothing is signed with it yet. */
export async function createSampleWorld({ now, random }: SampleOptions): Promise<SampleWorld> {
  const times = { founded: now - 30 * day, issued: now - 2 * day, anchored: now - 2 * day + 60 }
  const [updateKey, plain, checkpointSigner, holder] = await Promise.all(Array.from({ length: 4 }, () => signerFromSeed(random(32))))
  if (!updateKey || !plain || !checkpointSigner || !holder) throw new RangeError('no keys')
  const { did, log } = await createDidLog('sample.localhost', { updateKey, issuingKeys: [plain], time: times.founded })
  const issuing: Signer = { ...plain, verificationMethod: verificationMethodOf(did, plain) }
  const network: NetworkDescriptor = {
    name: '示例网络 Sample network',
    chainId: 31_337,
    genesisHash: hexOf(random(32)),
    directory: hexOf(random(20)),
    checkpointKeys: [encodeMultikey(checkpointSigner)],
    threshold: 1,
    trial: true,
  }
  const networkId = networkIdOf(network)
  const segment = buildMerkleTree(Array.from({ length: 64 }, () => hashLeaf(random(32))))
  const record: CredentialRecord = {
    id: `urn:uuid:${uuidOf(random(16))}`,
    networkId,
    issuer: { did, name: { 'zh-CN': sampleBase.nameZh, en: sampleBase.name } },
    subject: { did: holder.verificationMethod.split('#')[0] ?? '' },
    programme: sampleProgramme,
    levels: { practice: 2 },
    evidence: [
      {
        id: `urn:uuid:${uuidOf(random(16))}`,
        name: { 'zh-CN': '打印过程记录', en: 'Record of the print' },
        receipt: {
          attestation: 'device-signed',
          segment: { root: hexOf(segment.root), treeSize: 64 },
          frames: { first: 0, last: 63 },
          contents: [],
          commitments: { filamentMm: hexOf(random(32)) },
        },
      },
    ],
    status: [{ list: listUrl, index: statusIndex, purpose: 'revocation' }],
    validFrom: times.issued,
    validUntil: now + 3 * 365 * day,
  }
  return { now, network, networkId, did, log, issuing, checkpointSigner, keyId: keyIdOf(issuing.publicKey), record, times }
}

/** What of the finished bundle is to be otherwise than sound. */
export interface BundleChanges {
  /** Members of the record, changed before the credential is built. */
  record?: Partial<CredentialRecord>
  /** Members of the credential, changed before it is signed. */
  credential?: JsonObject
  /** The signed text, changed afterwards. */
  tamper?: (secured: string) => Secured
  /** Facts of the ledger; `undefined` leaves one out. */
  fact?: (fact: Fact) => Fact | undefined
  receipt?: AnchorReceipt | 'none'
  isRevoked?: boolean
  /** The ledger's time of the checkpoint (UnixSeconds). */
  asOf?: number
}

/** The certificate as a bundle that verifies by itself for whoever trusts the network. */
export async function createSampleBundle(world: SampleWorld, changes: BundleChanges = {}): Promise<Bundle> {
  const credential = { ...buildCredential({ ...world.record, ...changes.record }), ...changes.credential }
  const secured = String(await proofFormats['vc+jwt'].issue(credential, world.issuing, { created: world.times.issued }))
  const { receipt, anchor } = anchorOf(world, credential)
  const list = await createList(world, changes.isRevoked ?? false)
  const facts = [...factsOf(world), anchor, headOf(world, list)].map(changes.fact ?? ((fact) => fact)).filter((fact) => fact !== undefined)
  const asOf = changes.asOf ?? world.now - 60
  const block = { networkId: world.networkId, blockNumber: 4000, blockHash: `0x${'0f'.repeat(32)}` as const, blockTime: asOf }
  const { checkpoint, proven } = buildCheckpoint(block, facts)
  const travelling = changes.receipt === 'none' ? {} : { receipt: changes.receipt ?? receipt }
  return {
    network: world.network,
    checkpoint: await signCheckpoint(checkpoint, world.checkpointSigner),
    facts: proven,
    credentials: [{ secured: changes.tamper?.(secured) ?? secured, ...travelling }],
    didLogs: [{ did: world.did, log: world.log }],
    lists: [{ cid: list.cid, url: listUrl, text: list.text }],
  }
}

function anchorOf(world: SampleWorld, credential: JsonObject): { receipt: AnchorReceipt; anchor: Fact } {
  const { networkId, keyId, record, times } = world
  const salt = new Uint8Array(16).fill(9)
  const others = [1, 2, 3].map((byte) => hashLeaf(Uint8Array.of(byte)))
  const tree = buildMerkleTree([...others, leafOf(credential, salt)])
  const block = {
    blockNumber: 3000,
    blockHash: `0x${'0b'.repeat(32)}` as const,
    blockTime: times.anchored,
    transactionHash: `0x${'0c'.repeat(32)}` as const,
  }
  const common = { baseId, programmeId: record.programme.programmeId, keyId, ...block }
  const root = hexOf(tree.root)
  return {
    anchor: { kind: 'anchor', networkId, root, treeSize: 4, ...common },
    receipt: {
      type: 'GuildhallAnchorReceipt',
      networkId,
      contract: `0x${'0d'.repeat(20)}`,
      batch: { root, treeSize: 4 },
      leafIndex: 3,
      path: proveInclusion(tree, 3).path.map(hexOf),
      salt: hexOf(salt),
      records: { accreditationId: 1, standingId: 1 },
      ...common,
    },
  }
}

function factsOf({ networkId, did, log, keyId, record, times }: SampleWorld): Fact[] {
  const base = { networkId, baseId }
  const { programmeId } = record.programme
  return [
    { kind: 'base', ...base, did, ...sampleBase },
    { kind: 'did-logs', ...base, records: [{ digest: didLogDigest(log), recordedAt: times.founded }] },
    { kind: 'key', ...base, keyId, validFrom: times.founded, validUntil: null, compromisedAt: null },
    { kind: 'entitlement', ...base, programmeId, keyId, from: times.founded, until: null, isEntitled: true },
    ...segmentsOf(record).map((root) => ({ kind: 'segment' as const, ...base, root, blockNumber: 2900, recordedAt: times.issued })),
  ]
}

function segmentsOf({ evidence }: CredentialRecord): Hex[] {
  return evidence.flatMap(({ receipt }) => (receipt === undefined ? [] : [receipt.segment.root]))
}

async function createList(world: SampleWorld, isRevoked: boolean): Promise<{ cid: string; text: string; digest: Hex }> {
  const empty = createStatusList()
  const list = isRevoked ? writeStatus(empty, statusIndex, 1) : empty
  const validFrom = new Date((world.now - 3600) * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
  const document = buildStatusListCredential({ url: listUrl, issuerId: world.did, list, validFrom, purpose: 'revocation' })
  const text = String(await proofFormats['vc+jwt'].issue(document, world.issuing, { created: world.now - 3600 }))
  const digest = await sha256Hex(text)
  return { cid: `bafkrei${digest.slice(2, 40).replaceAll(/[0189]/g, '2')}`, text, digest }
}

function headOf({ networkId, now }: SampleWorld, { cid, digest }: { cid: string; digest: Hex }): Fact {
  return { kind: 'status-heads', networkId, baseId, listId: '1', heads: [{ cid, digest, recordedAt: now - 3600 }] }
}

function hexOf(bytes: Uint8Array): Hex {
  return `0x${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/** RFC 9562 §5.4, version 4. */
function uuidOf(bytes: Uint8Array): string {
  const hex = hexOf(bytes).slice(2)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}

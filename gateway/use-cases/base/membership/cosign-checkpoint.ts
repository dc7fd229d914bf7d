import { isDeepStrictEqual } from 'node:util'
import {
  buildCheckpoint,
  type Checkpoint,
  type CheckpointSignature,
  CredentialError,
  encodeMultikey,
  type Fact,
  type Lookup,
  readCheckpoint,
  signCheckpoint,
  signerFromSeed,
  type VerifierPorts,
} from '@guildhall/credentials'
import type { Base } from '../../../base.ts'
import { findIdentity, type IssuingBase } from '../issuing.ts'
import { certainFact } from './sign-checkpoint.ts'

/** Why a base does not sign what another one asks it to. */
type CosigningRefusal = 'malformed' | 'no-key' | 'other-network' | 'other-ledger' | 'ledger-moved' | 'fact-differs'

/** The answer to a base that asks. */
export type CosigningAnswer = { signature: CheckpointSignature } | { refusal: CosigningRefusal }

type Use = Pick<Base, 'records' | 'keys' | 'ledger' | 'clock'> & Pick<IssuingBase, 'registry' | 'verifier'>

/** The most facts of one checkpoint: several hundred certificates, each with its own. */
const mostFacts = 20_000
/** How long a base that is behind is waited for, in milliseconds. */
const syncTimeoutMs = 10_000
/** How far the clocks of two bases may be apart, in seconds. */
const clockSkewSeconds = 60

/**
 * Signs the checkpoint of another base's bundle, if this base's key is in the network's descriptor and it finds the block and every single
 * fact on its own ledger. Whatever the other says is only a question: nothing that was not looked up here is ever signed.
 */
export async function cosignCheckpoint(base: Use, request: unknown): Promise<CosigningAnswer> {
  const identity = findIdentity(base)
  const asked = open(request)
  if (asked === undefined) return { refusal: 'malformed' }
  const signer = await signerFromSeed(base.keys.seed('checkpoint'))
  if (!identity?.network.checkpointKeys.includes(encodeMultikey(signer))) return { refusal: 'no-key' }
  const { facts, checkpoint } = asked
  const { networkId } = identity
  if (checkpoint.networkId !== networkId || facts.some((fact) => fact.networkId !== networkId)) return { refusal: 'other-network' }
  const isSame = await compareBlock(base, checkpoint)
  if (isSame !== true) return { refusal: isSame }
  const seen = await recallAll(base.verifier, facts, checkpoint.blockTime)
  if (!isDeepStrictEqual(seen, facts)) return { refusal: 'fact-differs' }
  const { signatures: _, facts: __, type: ___, ...block } = checkpoint
  const own = buildCheckpoint(block, facts).checkpoint
  if (!isDeepStrictEqual(own.facts, checkpoint.facts)) return { refusal: 'malformed' }
  const signature = (await signCheckpoint(own, signer)).signatures.at(-1)
  return signature === undefined ? { refusal: 'no-key' } : { signature }
}

function open(request: unknown): { checkpoint: Checkpoint; facts: Fact[] } | undefined {
  if (typeof request !== 'object' || request === null) return undefined
  const { checkpoint, facts } = request as { checkpoint?: unknown; facts?: unknown }
  if (!Array.isArray(facts) || facts.length === 0 || facts.length > mostFacts) return undefined
  if (!facts.every((fact) => typeof fact === 'object' && fact !== null && !Array.isArray(fact))) return undefined
  try {
    return { checkpoint: onlyKnown(readCheckpoint(checkpoint)), facts: facts as Fact[] }
  } catch (error) {
    if (error instanceof CredentialError) return undefined
    throw error
  }
}

/** Members that a checkpoint does not have would be signed unread. */
function onlyKnown({ type, networkId, blockNumber, blockHash, blockTime, seenAt, facts }: Checkpoint): Checkpoint {
  const { root, treeSize } = facts
  const block = { networkId, blockNumber, blockHash, blockTime, ...(seenAt !== undefined && { seenAt }) }
  return { type, ...block, facts: { root, treeSize }, signatures: [] }
}

/** The block stands on this base's own ledger, and at `seenAt` there was no later one. */
async function compareBlock(base: Use, { blockNumber, blockHash, blockTime, seenAt }: Checkpoint): Promise<true | CosigningRefusal> {
  try {
    await base.registry.whenSyncedTo(blockNumber, AbortSignal.timeout(syncTimeoutMs))
    const [block, next] = await Promise.all([findBlock(base, blockNumber), findBlock(base, blockNumber + 1)])
    if (block?.hash !== blockHash || Number(block.timestamp) !== blockTime) return 'other-ledger'
    if (seenAt === undefined) return true
    const hadLater = next !== undefined && Number(next.timestamp) < seenAt
    return hadLater || seenAt > base.clock.now() + clockSkewSeconds ? 'ledger-moved' : true
  } catch {
    return 'other-ledger'
  }
}

type Block = { hash: string; timestamp: string }

async function findBlock({ ledger }: Pick<Base, 'ledger'>, blockNumber: number): Promise<Block | undefined> {
  return ((await ledger.request('eth_getBlockByNumber', [`0x${blockNumber.toString(16)}`, false])) as Block | null) ?? undefined
}

/** Each fact as this base sees it; undefined where it sees none. */
async function recallAll(ports: VerifierPorts, facts: readonly Fact[], blockTime: number): Promise<(Fact | undefined)[]> {
  const dids = new Map(facts.flatMap((fact) => (fact.kind === 'base' ? [[fact.baseId, fact.did] as const] : [])))
  const seen: (Fact | undefined)[] = []
  for (const fact of facts) {
    const own = await recall(ports, fact, { dids, blockTime }).catch(() => undefined)
    // As JSON, the form in which the other's facts came.
    seen.push(own === undefined ? undefined : (JSON.parse(JSON.stringify(own)) as Fact))
  }
  return seen
}

type Recalling = { dids: ReadonlyMap<number, string>; blockTime: number }

async function recall(
  { directory, status, evidence }: VerifierPorts,
  fact: Fact,
  { dids, blockTime }: Recalling,
): Promise<Fact | undefined> {
  const { networkId, kind } = fact
  if (kind === 'base') {
    const base = found(await directory.findBase(networkId, fact.did))
    return base && certainFact({ kind, networkId, ...base })
  }
  const { baseId } = fact
  if (kind === 'did-logs') {
    const records = found(await directory.findDidLog(networkId, dids.get(baseId) ?? ''))?.records
    return records && { kind, networkId, baseId, records }
  }
  if (kind === 'key') {
    const key = found(await directory.findKey(networkId, baseId, fact.keyId))
    return key && { kind, networkId, baseId, ...key }
  }
  if (kind === 'anchor') {
    const anchor = found(await evidence.findAnchor(networkId, baseId, fact.root))
    return anchor && { kind, networkId, ...anchor }
  }
  if (kind === 'segment') {
    const segment = found(await evidence.findSegment(networkId, baseId, fact.root))
    return segment && { kind, networkId, ...segment }
  }
  if (kind === 'status-heads') {
    const { listId } = fact
    const heads = found(await status.listHeads({ networkId, baseId, listId, url: '' }))
    return heads && { kind, networkId, baseId, listId, heads }
  }
  if (kind !== 'entitlement' || !Number.isSafeInteger(fact.from) || fact.from > blockTime) return undefined
  const { programmeId, keyId, from } = fact
  const answer = found(await directory.isEntitled({ networkId, baseId, programmeId, keyId, time: from }))
  return answer && { kind, networkId, baseId, programmeId, keyId, from, until: from + 1, ...answer }
}

function found<T>(lookup: Lookup<T>): T | undefined {
  return lookup.outcome === 'found' ? lookup.value : undefined
}

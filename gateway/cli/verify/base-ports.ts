import { ENTITLEMENT_REASONS } from '@guildhall/contracts'
import {
  type AnchorEntry,
  type DidLogEntry,
  didHashOf,
  type EntitlementAnswer,
  entitlementGaps,
  type Hex,
  type KeyInterval,
  type Lookup,
  type NetworkDescriptor,
  networkIdOf,
  type SegmentEntry,
  type StatusHead,
  type StatusListName,
  type VerifierPorts,
} from '@guildhall/credentials'
import { encodeBytes32String } from 'ethers'
import { createLedgerReader, LedgerOutage, type LedgerReader, patientFetch } from './ledger-reader.ts'

/** A base that is asked, and the network that is trusted. */
export type AskedBase = { origin: string; network: NetworkDescriptor; now: () => number }

type Source = { origin: string; name: string; reader: LedgerReader }
type Answer<T> = { value: T } | 'absent'

/** The ports of a verification over a base's read-only doors. What cannot be reached is `unreachable`, never an error. */
export function createBasePorts({ origin, network, now }: AskedBase): VerifierPorts {
  const name = new URL(origin).host
  const reader = createLedgerReader({ rpcUrl: `${origin}/rpc`, name, network }, now)
  const source = { origin, name, reader }
  const networkId = networkIdOf(network)
  const look = <T>(asked: string | undefined, find: () => Promise<Answer<T>>): Promise<Lookup<T>> =>
    asked === networkId ? lookUp(source, find) : Promise.resolve({ outcome: 'unreachable', cause: 'not-covered', source: name })
  return {
    directory: {
      listNetworks: async () => [network],
      findBase: (asked, did) =>
        look(asked, async () => {
          const baseId = await findBaseId(reader, did)
          // The ledger keeps no names: its DID's host is what is known of a base for certain.
          return baseId === 0 ? 'absent' : { value: { baseId, did, name: decodeURIComponent(did.split(':')[3] ?? did) } }
        }),
      findDidLog: (asked, did) => look(asked, () => findDidLog(source, did)),
      findKey: (asked, baseId, keyId) => look(asked, () => findKey(reader, baseId, keyId)),
      isEntitled: ({ networkId: asked, baseId, programmeId, keyId, time }) =>
        look(asked, async () => {
          const [reason] = await reader.call('Entitlements', 'entitlementOf', [baseId, programmeId, keyId, time])
          return { value: entitlementOf(Number(reason)) }
        }),
    },
    status: {
      findHead: (list) =>
        look(list.networkId, async () => {
          const newest = (await listHeads(reader, list)).at(-1)
          return newest === undefined ? 'absent' : { value: newest }
        }),
      listHeads: (list) => look(list.networkId, async () => ({ value: await listHeads(reader, list) })),
      findList: (list, head) =>
        look(list.networkId, async () => ({
          value: { text: await readText(source, head ? `/ipfs/${head.cid}` : `/status/${encodeURIComponent(list.listId)}`) },
        })),
    },
    evidence: {
      findSegment: (asked, baseId, root) => look(asked, () => findSegment(reader, baseId, root)),
      findAnchor: (asked, baseId, root) => look(asked, () => findAnchor(reader, baseId, root)),
    },
  }
}

async function lookUp<T>({ name, reader }: Source, find: () => Promise<Answer<T>>): Promise<Lookup<T>> {
  try {
    const provenance = await reader.provenance()
    const answer = await find()
    return answer === 'absent' ? { outcome: 'absent', ...provenance } : { outcome: 'found', value: answer.value, ...provenance }
  } catch (error) {
    if (!(error instanceof LedgerOutage)) throw error
    return { outcome: 'unreachable', cause: 'unreachable', source: name, detail: error.message }
  }
}

async function findBaseId(reader: LedgerReader, did: string): Promise<number> {
  return Number((await reader.call('BaseRegistry', 'baseByDid', [didHashOf(did)]))[0])
}

async function findDidLog(source: Source, did: string): Promise<Answer<DidLogEntry>> {
  const baseId = await findBaseId(source.reader, did)
  const logs = baseId === 0 ? [] : await source.reader.logs('BaseRegistry', 'DidLogPublished', { indexed: [baseId] })
  const newest = logs.at(-1)
  if (newest === undefined) return 'absent'
  const records = logs.map(({ values, blockTime }) => ({ digest: String(values['digest']) as Hex, recordedAt: blockTime }))
  return { value: { log: await readText(source, `/ipfs/${String(newest.values['cid'])}`), records } }
}

async function findKey(reader: LedgerReader, baseId: number, keyId: Hex): Promise<Answer<KeyInterval>> {
  const [key] = await reader.call('Entitlements', 'issuerKeyOf', [baseId, keyId])
  const [from, until, retiredAt, compromisedAt] = (key as bigint[]).map(Number)
  if (!from) return 'absent'
  const ends = [until, retiredAt].filter((end): end is number => end !== undefined && end > 0)
  const validUntil = ends.length === 0 ? null : Math.min(...ends)
  return { value: { keyId, validFrom: from, validUntil, compromisedAt: compromisedAt || null } }
}

function entitlementOf(number: number): EntitlementAnswer {
  const reason = ENTITLEMENT_REASONS[number]
  if (reason === 'Entitled') return { isEntitled: true }
  const name = reason?.replaceAll(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()
  const gap = entitlementGaps.find((entry) => entry === name)
  // A later contract's reason that this program has no word for: not entitled all the same.
  return gap === undefined ? { isEntitled: false } : { isEntitled: false, gap }
}

async function listHeads(reader: LedgerReader, { baseId, listId }: StatusListName): Promise<StatusHead[]> {
  if (baseId === undefined || !/^\d{1,9}$/.test(listId)) return []
  const logs = await reader.logs('StatusLists', 'StatusListPublished', { indexed: [baseId, Number(listId)] })
  return logs.map(({ values, blockTime }) => ({
    cid: String(values['cid']),
    digest: String(values['digest']) as Hex,
    recordedAt: blockTime,
  }))
}

/** The root of a telemetry segment is a head of the base's log "telemetry". */
async function findSegment(reader: LedgerReader, baseId: number, root: Hex): Promise<Answer<SegmentEntry>> {
  const heads = await reader.logs('CredentialAnchors', 'HeadAnchored', { indexed: [baseId, encodeBytes32String('telemetry')] })
  const head = heads.find(({ values }) => String(values['digest']) === root)
  return head === undefined ? 'absent' : { value: { root, baseId, blockNumber: head.blockNumber, recordedAt: head.blockTime } }
}

async function findAnchor(reader: LedgerReader, baseId: number, root: Hex): Promise<Answer<AnchorEntry>> {
  const [log] = await reader.logs('CredentialAnchors', 'CredentialsAnchored', { indexed: [baseId, null, root] })
  if (log === undefined) return 'absent'
  const { values, blockNumber, blockHash, blockTime, transactionHash } = log
  const said = { treeSize: Number(values['size']), programmeId: Number(values['programmeId']), keyId: String(values['keyId']) as Hex }
  return { value: { root, baseId, ...said, blockNumber, blockHash, blockTime, transactionHash } }
}

async function readText({ origin, name }: Source, path: string): Promise<string> {
  return (await patientFetch(origin + path, name)).text()
}

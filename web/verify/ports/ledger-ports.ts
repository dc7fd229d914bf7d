import { ENTITLEMENT_REASONS } from '@guildhall/contracts/abi'
import {
  type AnchorEntry,
  type BaseEntry,
  type DidLogEntry,
  type EntitlementGap,
  entitlementGaps,
  type Hex,
  type KeyInterval,
  type Lookup,
  type LookupOptions,
  type Provenance,
  type SegmentEntry,
  type StatusHead,
  type StatusListName,
  type VerifierPorts,
} from '@guildhall/credentials'
import { type AbiValue, bytes32Of } from './abi.ts'
import { readContent, sha256Hex } from './content.ts'
import { LedgerOutage, type LedgerReader, type LedgerSource, patientFetch } from './ledger.ts'

type Tuple = { [name: string]: AbiValue }
type Answer<T> = { value: T } | 'absent'

/** A reader with the base behind it and the network that it reads. */
export interface LedgerPortSource extends LedgerSource {
  networkId: string
  reader: LedgerReader
}

/** The ports of a verification over one base's read-only doors. What cannot be reached is `unreachable`, never an error. */
export function createLedgerPorts(source: LedgerPortSource): VerifierPorts {
  const { reader, networkId, network, name } = source
  const look = <T>(asked: string | undefined, options: LookupOptions | undefined, find: () => Promise<Answer<T>>): Promise<Lookup<T>> =>
    asked === networkId ? lookUp({ reader, name, find }, options) : Promise.resolve(notCovered(name))
  return {
    directory: {
      listNetworks: async () => [network],
      findBase: (asked, did, options) => look(asked, options, () => findBase(source, did, options)),
      findDidLog: (asked, did, options) => look(asked, options, () => findDidLog(source, did, options)),
      findKey: (asked, baseId, keyId, options) => look(asked, options, () => findKey(reader, { baseId, keyId }, options)),
      isEntitled: (question, options) =>
        look(question.networkId, options, async () => {
          const { baseId, programmeId, keyId, time } = question
          const answer = (await reader.call('Entitlements', 'entitlementOf', [baseId, programmeId, keyId, time], options)) as Tuple
          return { value: gapOf(Number(answer['reason'])) }
        }),
    },
    status: {
      findHead: (list, options) => look(list.networkId, options, () => findHead(reader, list, options)),
      listHeads: (list, options) => look(list.networkId, options, async () => ({ value: await listHeads(reader, list, options) })),
      findList: (list, head, options) => look(list.networkId, options, () => findList(source, { list, head }, options)),
    },
    evidence: {
      findSegment: (asked, baseId, root, options) => look(asked, options, () => findSegment(reader, { baseId, root }, options)),
      findAnchor: (asked, baseId, root, options) => look(asked, options, () => findAnchor(reader, { baseId, root }, options)),
    },
  }
}

async function lookUp<T>(
  { reader, name, find }: { reader: LedgerReader; name: string; find: () => Promise<Answer<T>> },
  options: LookupOptions | undefined,
): Promise<Lookup<T>> {
  try {
    const provenance: Provenance = await reader.provenance(options)
    const answer = await find()
    return answer === 'absent' ? { outcome: 'absent', ...provenance } : { outcome: 'found', value: answer.value, ...provenance }
  } catch (error) {
    options?.signal?.throwIfAborted()
    if (error instanceof LedgerOutage || error instanceof RangeError) {
      return { outcome: 'unreachable', cause: 'unreachable', source: name, detail: error.message }
    }
    throw error
  }
}

function notCovered<T>(source: string): Lookup<T> {
  return { outcome: 'unreachable', cause: 'not-covered', source }
}

async function findBaseId(reader: LedgerReader, did: string, options?: LookupOptions): Promise<number> {
  return Number(await reader.call('BaseRegistry', 'baseByDid', [await sha256Hex(did)], options))
}

async function findBase(source: LedgerPortSource, did: string, options?: LookupOptions): Promise<Answer<BaseEntry>> {
  const baseId = await findBaseId(source.reader, did, options)
  if (baseId === 0) return 'absent'
  const own = await readOwnBase(source, options)
  if (own?.did === did) return { value: { baseId, did, ...own.named } }
  // The ledger keeps no names. Of another base than the one asked, its DID's host is what is known for certain.
  return { value: { baseId, did, name: hostOf(did) } }
}

interface OwnBase {
  did: string | null
  named: { name: string; nameZh: string; timeZone: string }
}

async function readOwnBase(source: LedgerPortSource, options?: LookupOptions): Promise<OwnBase | undefined> {
  const response = await patientFetch(source, { path: '/api/base' }, options?.signal)
  const facts = (await response.json()) as { did: string | null; name: { en: string; 'zh-CN': string }; timeZone: string }
  return { did: facts.did, named: { name: facts.name.en, nameZh: facts.name['zh-CN'], timeZone: facts.timeZone } }
}

function hostOf(did: string): string {
  return decodeURIComponent(did.split(':')[3] ?? did)
}

async function findDidLog(source: LedgerPortSource, did: string, options?: LookupOptions): Promise<Answer<DidLogEntry>> {
  const { reader } = source
  const baseId = await findBaseId(reader, did, options)
  if (baseId === 0) return 'absent'
  const logs = await reader.logs('BaseRegistry', 'DidLogPublished', { indexed: { baseId } }, options)
  const newest = logs.at(-1)
  if (!newest) return 'absent'
  const records = logs.map(({ values, blockTime }) => ({ digest: values['digest'] as Hex, recordedAt: blockTime }))
  const bytes = await readContent(source, { cid: String(newest.values['cid']), otherwise: '/.well-known/did.jsonl' }, options?.signal)
  return { value: { log: new TextDecoder().decode(bytes), records } }
}

async function findKey(
  reader: LedgerReader,
  { baseId, keyId }: { baseId: number; keyId: Hex },
  options?: LookupOptions,
): Promise<Answer<KeyInterval>> {
  const key = (await reader.call('Entitlements', 'issuerKeyOf', [baseId, keyId], options)) as Tuple
  const [from, until, retiredAt, compromisedAt] = ['from', 'until', 'retiredAt', 'compromisedAt'].map((name) => Number(key[name]))
  if (!from) return 'absent'
  const ends = [until, retiredAt, compromisedAt].filter((end): end is number => end !== undefined && end > 0)
  const validUntil = ends.length === 0 ? null : Math.min(...ends)
  return { value: { keyId, validFrom: from, validUntil, compromisedAt: compromisedAt || null } }
}

function gapOf(number: number): { isEntitled: boolean; gap?: EntitlementGap } {
  const reason = ENTITLEMENT_REASONS[number]
  if (reason === 'Entitled') return { isEntitled: true }
  const name = reason?.replaceAll(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()
  const gap = entitlementGaps.find((entry) => entry === name)
  // A later contract's reason that this page has no word for: not entitled all the same.
  return gap === undefined ? { isEntitled: false } : { isEntitled: false, gap }
}

async function findHead(reader: LedgerReader, list: StatusListName, options?: LookupOptions): Promise<Answer<StatusHead>> {
  const id = listIdOf(list)
  if (!id) return 'absent'
  const head = (await reader.call('StatusLists', 'headOf', [id.baseId, id.listId], options)) as Tuple
  const sequence = Number(head['sequence'])
  if (sequence === 0) return 'absent'
  const filter = { indexed: { ...id, sequence }, blockNumber: Number(head['blockNumber']) }
  const [log] = await reader.logs('StatusLists', 'StatusListPublished', filter, options)
  if (!log) throw new LedgerOutage('the record of the status list is not to be had')
  return { value: { cid: String(log.values['cid']), digest: head['digest'] as Hex, recordedAt: Number(head['time']) } }
}

async function listHeads(reader: LedgerReader, list: StatusListName, options?: LookupOptions): Promise<readonly StatusHead[]> {
  const id = listIdOf(list)
  if (!id) return []
  const logs = await reader.logs('StatusLists', 'StatusListPublished', { indexed: id }, options)
  return logs.map(({ values, blockTime }) => ({ cid: String(values['cid']), digest: values['digest'] as Hex, recordedAt: blockTime }))
}

function listIdOf({ baseId, listId }: StatusListName): { baseId: number; listId: number } | undefined {
  const number = /^[0-9]{1,10}$/.test(listId) ? Number(listId) : Number.NaN
  return baseId !== undefined && number <= 0xffffffff ? { baseId, listId: number } : undefined
}

async function findList(
  source: LedgerPortSource,
  { list, head }: { list: StatusListName; head: StatusHead | undefined },
  options?: LookupOptions,
): Promise<Answer<{ text: string }>> {
  const byUrl = `/status/${encodeURIComponent(list.listId)}`
  const bytes = head
    ? await readContent(source, { cid: head.cid }, options?.signal)
    : new Uint8Array(await (await patientFetch(source, { path: byUrl }, options?.signal)).arrayBuffer())
  return { value: { text: new TextDecoder().decode(bytes) } }
}

async function findAnchor(
  reader: LedgerReader,
  { baseId, root }: { baseId: number; root: Hex },
  options?: LookupOptions,
): Promise<Answer<AnchorEntry>> {
  const anchor = (await reader.call('CredentialAnchors', 'anchorOf', [baseId, root], options)) as Tuple
  const blockNumber = Number(anchor['blockNumber'])
  if (blockNumber === 0) return 'absent'
  const [log] = await reader.logs('CredentialAnchors', 'CredentialsAnchored', { indexed: { baseId, root }, blockNumber }, options)
  if (!log) throw new LedgerOutage('the record of the batch is not to be had')
  const { blockHash, transactionHash } = log
  const place = { root, baseId, blockNumber, blockHash, transactionHash, blockTime: Number(anchor['time']) }
  const keyId = log.values['keyId'] as Hex
  return { value: { ...place, treeSize: Number(anchor['size']), programmeId: Number(anchor['programmeId']), keyId } }
}

/** The root of a telemetry segment is a head of the base's log "telemetry", which the ledger keeps in its events. */
async function findSegment(
  reader: LedgerReader,
  { baseId, root }: { baseId: number; root: Hex },
  options?: LookupOptions,
): Promise<Answer<SegmentEntry>> {
  const logs = await reader.logs('CredentialAnchors', 'HeadAnchored', { indexed: { baseId, purpose: bytes32Of('telemetry') } }, options)
  const first = logs.find(({ values }) => values['digest'] === root)
  return first === undefined ? 'absent' : { value: { root, baseId, blockNumber: first.blockNumber, recordedAt: first.blockTime } }
}

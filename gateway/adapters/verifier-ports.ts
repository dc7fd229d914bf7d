import type { DatabaseSync } from 'node:sqlite'
import type { EntitlementReason } from '@guildhall/contracts'
import { didHashOf, type EntitlementGap, entitlementGaps, type Hex, type Lookup, type VerifierPorts } from '@guildhall/credentials'
import {
  type EventIndex,
  findAnchor,
  findBaseByDidHash,
  findEntitlement,
  findKey,
  type IndexStatus,
  listDidLogs,
  listHeads,
  listStatusHeads,
} from '@guildhall/node'
import type { Content, UnixSeconds } from '../base.ts'
import type { HeadPurpose } from '../use-cases/base/anchor-heads.ts'
import type { Identity } from '../use-cases/base/issuing.ts'

/** What the ports answer from: the base's own copy of the ledger's events, and its node's content. */
export type VerifierSources = {
  db: DatabaseSync
  index: Pick<EventIndex, 'status'>
  content: Pick<Content, 'get'>
  /** Undefined before the network is founded. */
  identity: () => Identity | undefined
  baseName: { 'zh-CN': string; en: string }
  timeZone: string
  now: () => UnixSeconds
}

/** The log of a base's own in which the roots of its telemetry segments stand. */
const telemetryPurpose: HeadPurpose = 'telemetry'

/** The longest that a content of another base is waited for, in milliseconds. */
const contentTimeoutMs = 15_000

/** The ports of a verification over what this base has synced of the ledger. What it has not synced is `unreachable`, never absent. */
export function createVerifierPorts(sources: VerifierSources): VerifierPorts {
  const { db } = sources
  const look = <T>(networkId: string | undefined, find: () => T | undefined | Promise<T | undefined>) => lookUp(sources, networkId, find)
  return {
    directory: {
      listNetworks: async () => [sources.identity()?.network].filter((network) => network !== undefined),
      findBase: (networkId, did) =>
        look(networkId, () => {
          const base = findBaseByDidHash(db, didHashOf(did))
          return base && { baseId: base.baseId, did, ...nameOf(sources, did) }
        }),
      findDidLog: (networkId, did) => look(networkId, () => readDidLog(sources, did)),
      findKey: (networkId, baseId, keyId) =>
        look(networkId, () => {
          const key = findKey(db, baseId, keyId)
          return (
            key && {
              keyId,
              validFrom: key.from,
              validUntil: Math.min(key.until, key.retiredAt ?? key.until),
              compromisedAt: key.compromisedAt ?? null,
            }
          )
        }),
      isEntitled: ({ networkId, ...question }) =>
        look(networkId, () => {
          const { reason } = findEntitlement(db, question)
          return reason === 'Entitled' ? { isEntitled: true } : { isEntitled: false, ...gapOf(reason) }
        }),
    },
    status: {
      findHead: ({ networkId, baseId, listId }) => look(networkId, () => headsOf(db, baseId, listId).at(-1)),
      listHeads: ({ networkId, baseId, listId }) => look(networkId, () => headsOf(db, baseId, listId)),
      // A base asks nobody by URL: what is on the ledger is found by its CID.
      findList: ({ networkId }, head) => look(networkId, async () => head && { text: await readText(sources, head.cid) }),
    },
    evidence: {
      findSegment: (networkId, baseId, root) =>
        look(networkId, () => {
          const head = listHeads(db, baseId, telemetryPurpose).find(({ digest }) => digest === root)
          return head && { root, baseId, blockNumber: head.block, recordedAt: head.time }
        }),
      findAnchor: (networkId, baseId, root) =>
        look(networkId, () => {
          const found = findAnchor(db, baseId, root)
          if (!found) return undefined
          const { programmeId, keyId, block, blockHash, time, transactionHash, size } = found
          return {
            root,
            treeSize: size,
            baseId,
            programmeId,
            keyId: keyId as Hex,
            blockNumber: block,
            blockHash: blockHash as Hex,
            blockTime: time,
            transactionHash: transactionHash as Hex,
          }
        }),
    },
  }
}

async function lookUp<T>(
  sources: VerifierSources,
  networkId: string | undefined,
  find: () => T | undefined | Promise<T | undefined>,
): Promise<Lookup<T>> {
  const source = sources.baseName.en
  const { syncedTo, ...status } = sources.index.status()
  if (networkId === undefined || networkId !== sources.identity()?.networkId)
    return { outcome: 'unreachable', cause: 'not-covered', source }
  if (syncedTo === undefined) return { outcome: 'unreachable', cause: 'unreachable', source }
  try {
    const value = await find()
    const provenance = { source, asOf: syncedTo.time, blockNumber: syncedTo.block, ...seenNow(status, sources.now) }
    return value === undefined ? { outcome: 'absent', ...provenance } : { outcome: 'found', value, ...provenance }
  } catch (error) {
    return { outcome: 'unreachable', cause: 'unreachable', source, detail: error instanceof Error ? error.name : 'unknown' }
  }
}

/** A ledger that is followed live and has nothing newer: an idle one makes no blocks, and what it says is fresh all the same. */
export function seenNow({ state, lagBlocks }: Pick<IndexStatus, 'state' | 'lagBlocks'>, now: () => UnixSeconds): { seenAt?: UnixSeconds } {
  return state === 'live' && lagBlocks === 0 ? { seenAt: now() } : {}
}

function nameOf({ identity, baseName, timeZone }: VerifierSources, did: string) {
  if (identity()?.did === did) return { name: baseName.en, nameZh: baseName['zh-CN'], timeZone }
  // The ledger keeps no names: of another base its DID's host is what is known for certain.
  return { name: decodeURIComponent(did.split(':')[3] ?? did) }
}

async function readDidLog(sources: VerifierSources, did: string) {
  const base = findBaseByDidHash(sources.db, didHashOf(did))
  const logs = base === undefined ? [] : listDidLogs(sources.db, base.baseId)
  const newest = logs.at(-1)
  if (!newest) return undefined
  const own = sources.identity()
  const log = own?.did === did ? own.didLog : await readText(sources, newest.cid)
  return { log, records: logs.map(({ digest, time }) => ({ digest: digest as Hex, recordedAt: time })) }
}

function headsOf(db: DatabaseSync, baseId: number | undefined, listId: string) {
  if (baseId === undefined || !/^[0-9]{1,9}$/.test(listId)) return []
  return listStatusHeads(db, baseId, Number(listId)).map(({ cid, digest, time }) => ({ cid, digest: digest as Hex, recordedAt: time }))
}

async function readText({ content }: VerifierSources, cid: string): Promise<string> {
  return new TextDecoder().decode(await content.get(cid, { signal: AbortSignal.timeout(contentTimeoutMs) }))
}

/** `AncestorRevoked` is `ancestor-revoked`. */
function gapOf(reason: EntitlementReason): { gap?: EntitlementGap } {
  const name = reason.replaceAll(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()
  const gap = entitlementGaps.find((entry) => entry === name)
  return gap === undefined ? {} : { gap }
}

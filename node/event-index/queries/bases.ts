import type { DatabaseSync } from 'node:sqlite'
import { type LedgerPlace, PLACE, selectAll, selectOne } from './select.ts'

/** A base as the ledger has it now. Times are UnixSeconds. */
export interface IndexedBase {
  baseId: number
  /** The account that acts for it; the last one when it has closed. */
  account: string
  /** The account that was named and has not accepted; undefined when none. */
  offeredAccount: string | undefined
  /** The base above it; 0 for the root. */
  parent: number
  /** 1 the network, 2 a regional headquarters, 3 and up the bases below. */
  tier: number
  /** SHA-256 of its DID now. */
  didHash: string
  /** Its service roles, as bits. */
  services: number
  admittedAt: number
  closedAt: number | undefined
  /** Multiaddrs, as the base gave them. */
  peers: string[]
}

/** One published state of a base's DID log. `digest` is SHA-256 of the log, `cid` where it is. */
export interface IndexedDidLog extends LedgerPlace {
  baseId: number
  sequence: number
  digest: string
  previous: string
  cid: string
}

/** All bases that were ever admitted, in order. */
export function listBases(db: DatabaseSync): IndexedBase[] {
  return selectAll<BaseRow>(db, BASE_ROWS).map(toBase)
}

/** One base. */
export function findBase(db: DatabaseSync, baseId: number): IndexedBase | undefined {
  const row = selectOne<BaseRow>(db, `${BASE_ROWS} WHERE admitted.base_id = ?`, baseId)
  return row === undefined ? undefined : toBase(row)
}

/** The base that a DID belongs or once belonged to, by SHA-256 of the DID in UTF-8. */
export function findBaseByDidHash(db: DatabaseSync, didHash: string): IndexedBase | undefined {
  const found = selectOne<{ baseId: number }>(
    db,
    'SELECT base_id AS baseId FROM index_base_admissions WHERE did_hash = ?1 UNION SELECT base_id FROM index_base_dids WHERE did_hash = ?1',
    didHash.toLowerCase(),
  )
  return found === undefined ? undefined : findBase(db, found.baseId)
}

/** The open base that an account acts for. */
export function findBaseByAccount(db: DatabaseSync, account: string): IndexedBase | undefined {
  const row = selectOne<BaseRow>(db, `SELECT * FROM (${BASE_ROWS}) WHERE account = ? AND closedAt IS NULL`, account.toLowerCase())
  return row === undefined ? undefined : toBase(row)
}

/** Every state of a base's DID log, the first one first. */
export function listDidLogs(db: DatabaseSync, baseId: number): IndexedDidLog[] {
  return selectAll(db, `${DID_LOG_ROWS} WHERE base_id = ? ORDER BY sequence`, baseId)
}

/** The state of a base's DID log that was the latest at a time. */
export function findDidLogAt(db: DatabaseSync, baseId: number, time: number): IndexedDidLog | undefined {
  return selectOne(db, `${DID_LOG_ROWS} WHERE base_id = ? AND time <= ? ORDER BY sequence DESC LIMIT 1`, baseId, time)
}

type BaseRow = Omit<IndexedBase, 'peers' | 'closedAt' | 'offeredAccount' | 'services'> & {
  peers: string | null
  closedAt: number | null
  offer: string | null
  services: number | null
}

const latest = (columns: string, table: string, condition = 'true') =>
  `(SELECT ${columns} FROM ${table} AS late WHERE late.base_id = admitted.base_id AND ${condition} ORDER BY block DESC, log_index DESC LIMIT 1)`

const BASE_ROWS = `SELECT
  admitted.base_id AS baseId,
  COALESCE(${latest('account', 'index_base_accounts', 'is_offer = 0')}, admitted.account) AS account,
  ${latest('CASE is_offer WHEN 1 THEN account END', 'index_base_accounts')} AS offer,
  COALESCE(${latest('parent', 'index_base_places')}, admitted.parent) AS parent,
  COALESCE(${latest('tier', 'index_base_places')}, admitted.tier) AS tier,
  COALESCE(${latest('did_hash', 'index_base_dids')}, admitted.did_hash) AS didHash,
  ${latest('services', 'index_base_services')} AS services,
  admitted.time AS admittedAt,
  ${latest('time', 'index_base_closures')} AS closedAt,
  ${latest('peers', 'index_base_peers')} AS peers
  FROM index_base_admissions AS admitted`

const DID_LOG_ROWS = `SELECT ${PLACE}, base_id AS baseId, sequence, digest, previous, cid FROM index_did_logs`

function toBase({ peers, closedAt, offer, services, ...base }: BaseRow): IndexedBase {
  const offeredAccount = offer === null || BigInt(offer) === 0n ? undefined : offer
  return {
    ...base,
    offeredAccount,
    services: services ?? 0,
    closedAt: closedAt ?? undefined,
    peers: peers === null ? [] : JSON.parse(peers),
  }
}

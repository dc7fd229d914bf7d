import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { selectAll, selectOne } from './select.ts'

/** An offer as the ledger has it. `period`: seconds, 0 for ever; `price` in the token's smallest unit; hashes are SHA-256 of the words. */
export interface IndexedOffer {
  offerId: number
  workId: number
  /** 0 free, 1 once, 2 a use, 3 a class. */
  charge: number
  /** Bits: 1 reuse, 2 adapt, 4 commercial. */
  rights: number
  /** ISO 3166 code; empty for everywhere. */
  territory: string
  period: number
  /** 2^32 - 1 for any number. */
  seats: number
  /** Millionths. */
  royaltyShare: number
  token: string
  price: string
  textZh: string
  textEn: string
  madeAt: number
  withdrawnAt: number | null
}

/** A licence as the ledger has it, with what its counted uses came to. Times are UnixSeconds, sums in the token's smallest unit. */
export interface IndexedLicence {
  licenceId: number
  workId: number
  /** 0 where an account holds it for itself. */
  baseId: number
  holder: string
  offerId: number
  seats: number
  from: number
  /** 2^40 - 1 for never. */
  until: number
  endedAt: number | null
  /** 0 given up, 1 refunded, 2 revoked. */
  ending: number | null
  paid: bigint
  owed: bigint
  settled: bigint
}

/** Which licences to list; what is absent is not asked for. */
export interface LicenceQuestion {
  licenceId?: number | undefined
  workId?: number | undefined
  baseId?: number | undefined
  /** Licences of works that this base vouches for. */
  homeBase?: number | undefined
}

/** Why a base may not read a version now. The last ones may change by themselves once more of the ledger has been read. */
export type ReadingRefusal =
  | 'WORK_TAKEN_DOWN'
  | 'VERSION_NOT_LISTED'
  | 'LICENCE_MISSING'
  | 'LICENCE_LAPSED'
  | 'LICENCE_ENDED'
  | 'WORK_UNKNOWN'
  | 'VERSION_UNKNOWN'

/** Whether a base may read a version, by what, and until when (null: as long as nothing changes). */
export type ReadingRight =
  | { mayRead: true; ground: 'own' | 'reviewer' | 'licence'; licenceId: number; until: number | null }
  | { mayRead: false; outcome: 'refused' | 'unknown'; reason: ReadingRefusal }

/** Who asks to read what, when (UnixSeconds). */
export interface ReadingQuestion {
  baseId: number
  workId: number
  version: number
  time: number
}

/** A version of a work: whose it is, where its public description is. `codec`: multicodec code of the description's CID. */
export interface IndexedVersion {
  workId: number
  version: number
  homeBase: number
  holder: string
  contentDigest: `0x${string}`
  codec: number
}

const NEVER = 2 ** 40 - 1

/** The offers of a work that were not withdrawn, the newest first. */
export function listOffers(db: DatabaseSync, workId: number): IndexedOffer[] {
  return selectAll<IndexedOffer>(db, `${OFFERS} WHERE made.work_id = ? ORDER BY made.offer_id DESC`, workId).filter(
    ({ withdrawnAt }) => withdrawnAt === null,
  )
}

/** One offer, also a withdrawn one. */
export function findOffer(db: DatabaseSync, offerId: number): IndexedOffer | undefined {
  return selectOne(db, `${OFFERS} WHERE made.offer_id = ?`, offerId)
}

/** Licences, the newest first. */
export function listLicences(db: DatabaseSync, { licenceId, workId, baseId, homeBase }: LicenceQuestion): IndexedLicence[] {
  const asked: [string, SQLInputValue | undefined][] = [
    ['given.licence_id = ?', licenceId],
    ['given.work_id = ?', workId],
    ['given.base_id = ?', baseId],
    [`${HOME_OF('given.work_id')} = ?`, homeBase],
  ]
  const conditions = asked.filter((one): one is [string, SQLInputValue] => one[1] !== undefined)
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`
  type Row = Omit<IndexedLicence, 'paid' | 'owed' | 'settled'> & { paid: string }
  return selectAll<Row>(db, `${LICENCES}${where} ORDER BY given.licence_id DESC`, ...conditions.map(([, value]) => value)).map((row) => ({
    ...row,
    paid: BigInt(row.paid),
    owed: sumOf(db, COUNTED_DUE, row.licenceId) - sumOf(db, LOWERED, row.licenceId),
    settled: sumOf(db, SETTLED, row.licenceId),
  }))
}

/** One version of a work. */
export function findWorkVersion(db: DatabaseSync, workId: number, version: number): IndexedVersion | undefined {
  const row = selectOne<Omit<IndexedVersion, 'codec'> & { codec: string }>(
    db,
    `SELECT work.work_id AS workId, made.version, ${HOME_OF('work.work_id')} AS homeBase, ${HOLDER_OF('work.work_id')} AS holder,
      made.content_digest AS contentDigest, made.codec
      FROM index_works AS work JOIN index_work_versions AS made ON made.work_id = work.work_id WHERE work.work_id = ? AND made.version = ?`,
    workId,
    version,
  )
  return row === undefined ? undefined : { ...row, codec: Number(row.codec) }
}

/**
 * Whether a base may read a version: its own, one that a panel member of its reviews, or one that was listed and that it has a licence for.
 * The same rule as `Licences.mayBaseOpen`, from this base's own copy of the ledger.
 */
export function findReadingRight(db: DatabaseSync, { baseId, workId, version, time }: ReadingQuestion): ReadingRight {
  if (selectOne(db, 'SELECT 1 FROM index_works WHERE work_id = ?', workId) === undefined) return unknown('WORK_UNKNOWN')
  const found = findWorkVersion(db, workId, version)
  if (found === undefined) return unknown('VERSION_UNKNOWN')
  if (found.homeBase === baseId || isAccountOf(db, found.holder, baseId)) return own
  if (isTakenDown(db, workId)) return refused('WORK_TAKEN_DOWN')
  if (reviews(db, baseId, time)) return { mayRead: true, ground: 'reviewer', licenceId: 0, until: null }
  const held = selectAll<Pick<IndexedLicence, 'licenceId' | 'until' | 'endedAt'>>(
    db,
    `${LICENCES} WHERE base_id = ? AND work_id = ? ORDER BY given.licence_id DESC`,
    baseId,
    workId,
  )
  const current = held.find(({ until, endedAt }) => time < until && endedAt === null)
  if (current === undefined) return refused(whyNone(held[0]))
  const listed = selectOne(db, 'SELECT 1 FROM index_listings WHERE work_id = ? AND version = ?', workId, version)
  if (listed === undefined) return refused('VERSION_NOT_LISTED')
  return { mayRead: true, ground: 'licence', licenceId: current.licenceId, until: current.until >= NEVER ? null : current.until }
}

/** Whether the works' arbiter or a vote has taken a work down, by what was read of the ledger. */
export function isTakenDown(db: DatabaseSync, workId: number): boolean {
  const sql = 'SELECT is_down AS isDown FROM index_work_takedowns WHERE work_id = ? ORDER BY block DESC, log_index DESC LIMIT 1'
  return selectOne<{ isDown: number }>(db, sql, workId)?.isDown === 1
}

const own: ReadingRight = { mayRead: true, ground: 'own', licenceId: 0, until: null }
const refused = (reason: ReadingRefusal): ReadingRight => ({ mayRead: false, outcome: 'refused', reason })
const unknown = (reason: ReadingRefusal): ReadingRight => ({ mayRead: false, outcome: 'unknown', reason })

function whyNone(newest: Pick<IndexedLicence, 'endedAt'> | undefined): ReadingRefusal {
  if (newest === undefined) return 'LICENCE_MISSING'
  return newest.endedAt === null ? 'LICENCE_LAPSED' : 'LICENCE_ENDED'
}

function isAccountOf(db: DatabaseSync, account: string, baseId: number): boolean {
  const sql = `SELECT COALESCE(
    (SELECT account FROM index_base_accounts WHERE base_id = ?1 AND is_offer = 0 ORDER BY block DESC, log_index DESC LIMIT 1),
    (SELECT account FROM index_base_admissions WHERE base_id = ?1)) AS account`
  return selectOne<{ account: string | null }>(db, sql, baseId)?.account === account
}

/** A member sits on a panel from the newest seating; an unseating is a seating that ends at once. */
function reviews(db: DatabaseSync, baseId: number, time: number): boolean {
  const sql = `SELECT 1 FROM index_panel_seats AS seat WHERE base_id = ? AND seated_from <= ? AND until > ? AND NOT EXISTS (
    SELECT 1 FROM index_panel_seats AS later WHERE later.panel = seat.panel AND later.member = seat.member
    AND (later.block, later.log_index) > (seat.block, seat.log_index)) LIMIT 1`
  return selectOne(db, sql, baseId, time, time) !== undefined
}

/** Sums are added here: SQLite's integers end at 2^63. */
function sumOf(db: DatabaseSync, sql: string, licenceId: number): bigint {
  return selectAll<{ amount: string }>(db, sql, licenceId).reduce((sum, { amount }) => sum + BigInt(amount), 0n)
}

const newest = (column: string, table: string, of: string) =>
  `(SELECT ${column} FROM ${table} AS late WHERE late.work_id = ${of} ORDER BY late.block DESC, late.log_index DESC LIMIT 1)`
const first = (column: string, of: string) => `(SELECT ${column} FROM index_works AS begun WHERE begun.work_id = ${of})`
const HOME_OF = (of: string) => `COALESCE(${newest('home_base', 'index_work_homes', of)}, ${first('home_base', of)})`
const HOLDER_OF = (of: string) => `COALESCE(${newest('holder', 'index_work_holders', of)}, ${first('holder', of)})`

const OFFERS = `SELECT made.offer_id AS offerId, made.work_id AS workId, charge, rights, territory, period, seats, royalty_share AS royaltyShare,
  token, price, text_zh AS textZh, text_en AS textEn, made.time AS madeAt,
  (SELECT time FROM index_licence_offer_ends AS gone WHERE gone.offer_id = made.offer_id) AS withdrawnAt FROM index_licence_offers AS made`

const LICENCES = `SELECT given.licence_id AS licenceId, work_id AS workId, base_id AS baseId, offer_id AS offerId, seats, given.time AS "from", until, paid,
  COALESCE((SELECT holder FROM index_licence_moves AS moved WHERE moved.licence_id = given.licence_id ORDER BY block DESC, log_index DESC LIMIT 1),
    given.holder) AS holder,
  over.time AS endedAt, over.ending FROM index_licences AS given LEFT JOIN index_licence_ends AS over ON over.licence_id = given.licence_id`

const COUNTED_DUE = `SELECT due AS amount FROM index_usage_lines WHERE licence_id = ? AND due <> '0'`
const LOWERED = 'SELECT amount FROM index_due_reductions WHERE licence_id = ?'
const SETTLED = 'SELECT amount FROM index_usage_settlements WHERE licence_id = ?'

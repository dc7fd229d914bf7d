import type { DatabaseSync } from 'node:sqlite'

/** What this base holds on purpose. `addedAt` is UnixSeconds; `holders` are the names under which it was added. */
export interface ContentItem {
  cid: string
  bytes: number
  addedAt: number
  holders: string[]
}

/** One block of a held item: its name on disk (multihash) and the codec it is read with. */
export interface HeldBlock {
  name: string
  codec: number
}

/** A replication that was begun and not yet finished. */
export interface Pull {
  cid: string
  holder: string
}

/** The rows behind `Content`. Who holds a block is asked of the rows themselves: there is no counter that could drift. */
export interface ContentTables {
  hold(item: { cid: string; bytes: number; addedAt: number; holder: string; blocks: HeldBlock[] }): void
  /** Drops one holder; with the last one the item goes, and the names of the blocks that nothing else holds are returned. */
  release(cid: string, holder: string): string[]
  find(cid: string): ContentItem | undefined
  list(): ContentItem[]
  blocksOf(cid: string): HeldBlock[]
  isHeld(blockName: string): boolean
  itemsWith(blockName: string): string[]
  beginPull(pull: Pull, startedAt: number): void
  endPull(cid: string): void
  listPulls(): Pull[]
  totals(): { items: number; bytes: number; blocks: number }
}

const schema = `
  CREATE TABLE IF NOT EXISTS content_items (cid TEXT PRIMARY KEY, bytes INTEGER NOT NULL, added_at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS content_holders (
    cid TEXT NOT NULL REFERENCES content_items (cid) ON DELETE CASCADE, holder TEXT NOT NULL, PRIMARY KEY (cid, holder)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS content_blocks (
    block TEXT NOT NULL, cid TEXT NOT NULL REFERENCES content_items (cid) ON DELETE CASCADE, codec INTEGER NOT NULL, PRIMARY KEY (block, cid)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS content_blocks_by_cid ON content_blocks (cid);
  CREATE TABLE IF NOT EXISTS content_pulls (cid TEXT PRIMARY KEY, holder TEXT NOT NULL, started_at INTEGER NOT NULL) STRICT;
`

/** Makes the tables when they are missing. The handle stays the caller's, with `foreign_keys` on. */
export function createContentTables(db: DatabaseSync): ContentTables {
  db.exec('PRAGMA foreign_keys = ON')
  db.exec(schema)
  const holdersOf = db.prepare('SELECT holder FROM content_holders WHERE cid = ? ORDER BY holder')
  const toItem = (row: Record<string, unknown>): ContentItem => ({
    cid: String(row['cid']),
    bytes: Number(row['bytes']),
    addedAt: Number(row['added_at']),
    holders: holdersOf.all(String(row['cid'])).map((holder) => String(holder['holder'])),
  })
  const one = (sql: string) => db.prepare(sql)
  const selectItem = one('SELECT * FROM content_items WHERE cid = ?')
  return {
    ...holding(db),
    ...pulling(db),
    find(cid) {
      const row = selectItem.get(cid)
      return row === undefined ? undefined : toItem(row)
    },
    list: () => one('SELECT * FROM content_items ORDER BY added_at, cid').all().map(toItem),
    blocksOf: (cid) =>
      one('SELECT block, codec FROM content_blocks WHERE cid = ? ORDER BY block')
        .all(cid)
        .map((row) => ({ name: String(row['block']), codec: Number(row['codec']) })),
    isHeld: (name) => one('SELECT 1 FROM content_blocks WHERE block = ? LIMIT 1').get(name) !== undefined,
    itemsWith: (name) =>
      one('SELECT cid FROM content_blocks WHERE block = ? ORDER BY cid')
        .all(name)
        .map((row) => String(row['cid'])),
    totals() {
      const items = one('SELECT COUNT(*) AS items, COALESCE(SUM(bytes), 0) AS bytes FROM content_items').get()
      const blocks = one('SELECT COUNT(DISTINCT block) AS blocks FROM content_blocks').get()
      return { items: Number(items?.['items']), bytes: Number(items?.['bytes']), blocks: Number(blocks?.['blocks']) }
    },
  }
}

/** Contents under one name, oldest first and then by CID, after a place in that order; at most `limit`. */
export function listHeldBy(
  db: DatabaseSync,
  { holder, after, limit }: { holder: string; after: { at: number; cid: string } | undefined; limit: number },
): { cid: string; addedAt: number }[] {
  return db
    .prepare(
      `SELECT items.cid, items.added_at FROM content_items AS items JOIN content_holders AS holders ON holders.cid = items.cid
      WHERE holders.holder = ? AND (items.added_at, items.cid) > (?, ?) ORDER BY items.added_at, items.cid LIMIT ?`,
    )
    .all(holder, after?.at ?? -1, after?.cid ?? '', limit)
    .map((row) => ({ cid: String(row['cid']), addedAt: Number(row['added_at']) }))
}

function holding(db: DatabaseSync): Pick<ContentTables, 'hold' | 'release'> {
  const insertItem = db.prepare('INSERT INTO content_items (cid, bytes, added_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
  const insertHolder = db.prepare('INSERT INTO content_holders (cid, holder) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const insertBlock = db.prepare('INSERT INTO content_blocks (block, cid, codec) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
  const deleteHolder = db.prepare('DELETE FROM content_holders WHERE cid = ? AND holder = ?')
  const anyHolder = db.prepare('SELECT 1 FROM content_holders WHERE cid = ? LIMIT 1')
  const deleteItem = db.prepare('DELETE FROM content_items WHERE cid = ?')
  const lonely = db.prepare(`SELECT block FROM content_blocks AS mine WHERE cid = ?
    AND NOT EXISTS (SELECT 1 FROM content_blocks AS other WHERE other.block = mine.block AND other.cid <> mine.cid)`)
  return {
    hold: ({ cid, bytes, addedAt, holder, blocks }) =>
      inTransaction(db, () => {
        insertItem.run(cid, bytes, addedAt)
        insertHolder.run(cid, holder)
        for (const { name, codec } of blocks) insertBlock.run(name, cid, codec)
        db.prepare('DELETE FROM content_pulls WHERE cid = ?').run(cid)
      }),
    release: (cid, holder) =>
      inTransaction(db, () => {
        deleteHolder.run(cid, holder)
        if (anyHolder.get(cid) !== undefined) return []
        const names = lonely.all(cid).map((row) => String(row['block']))
        deleteItem.run(cid)
        return names
      }),
  }
}

function pulling(db: DatabaseSync): Pick<ContentTables, 'beginPull' | 'endPull' | 'listPulls'> {
  return {
    beginPull({ cid, holder }, startedAt) {
      db.prepare('INSERT INTO content_pulls (cid, holder, started_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING').run(cid, holder, startedAt)
    },
    endPull(cid) {
      db.prepare('DELETE FROM content_pulls WHERE cid = ?').run(cid)
    },
    listPulls: () =>
      db
        .prepare('SELECT cid, holder FROM content_pulls ORDER BY started_at, cid')
        .all()
        .map((row) => ({ cid: String(row['cid']), holder: String(row['holder']) })),
  }
}

/** A savepoint, so that it works alone and inside a transaction of the caller. */
function inTransaction<T>(db: DatabaseSync, change: () => T): T {
  db.exec('SAVEPOINT content')
  try {
    const result = change()
    db.exec('RELEASE content')
    return result
  } catch (error) {
    db.exec('ROLLBACK TO content; RELEASE content')
    throw error
  }
}

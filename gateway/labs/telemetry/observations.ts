import type { DatabaseSync } from 'node:sqlite'
import type { QuarantineReason } from '../frames/channels.ts'

/** Something about a device's frames that an auditor may ask about. It is recorded; the chain itself is never reordered or mended. */
export interface Observation {
  readonly deviceId: string
  /** `quarantine:<reason>` for readings, `refused:<reason>` for frames, else the place in the chain. */
  readonly kind: 'gap' | 'replay' | 'broken-chain' | 'new-epoch-unlinked' | `refused:${string}` | `quarantine:${QuarantineReason}`
  readonly epoch: number
  readonly seq: number
  /** Where the chain stood. */
  readonly headEpoch: number
  readonly headSeq: number
  readonly atMs: number
}

/** Counts of a device's observations. */
interface ObservationCounts {
  readonly gaps: number
  readonly replays: number
}

/** Durable observations, written behind in small transactions. */
export interface Observations {
  add(observation: Observation): void
  counts(deviceId: string): ObservationCounts
  /** Counts within a time, from inclusive to exclusive in milliseconds; at most what is kept of each kind. */
  between(deviceId: string, fromMs: number, toMs: number): ObservationCounts
  /** Newest first. */
  list(deviceId: string, limit: number): Observation[]
  flush(): void
}

/** Rows kept for each device and kind; counting goes on beyond. A device that misbehaves must not fill the disk. */
const ROWS_KEPT = 1000

const SCHEMA = `
CREATE TABLE IF NOT EXISTS labs_observations (
  deviceId TEXT NOT NULL, kind TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
  headEpoch INTEGER NOT NULL, headSeq INTEGER NOT NULL, atMs INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS labs_observations_device ON labs_observations (deviceId, kind);
CREATE TABLE IF NOT EXISTS labs_observation_counts (
  deviceId TEXT NOT NULL, kind TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (deviceId, kind)) WITHOUT ROWID;`

/** Opens the tables in the base's database. */
export const openObservations = (database: DatabaseSync): Observations => {
  database.exec(SCHEMA)
  const insert = database.prepare('INSERT INTO labs_observations VALUES (?, ?, ?, ?, ?, ?, ?)')
  const count = database.prepare(
    'INSERT INTO labs_observation_counts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count RETURNING count',
  )
  const select = database.prepare('SELECT * FROM labs_observations WHERE deviceId = ? ORDER BY rowid DESC LIMIT ?')
  const selectCounts = database.prepare('SELECT kind, count FROM labs_observation_counts WHERE deviceId = ?')
  const countBetween = database.prepare(
    'SELECT kind, count(*) AS count FROM labs_observations WHERE deviceId = ? AND atMs >= ? AND atMs < ? GROUP BY kind',
  )
  let waiting: Observation[] = []

  const write = (observations: readonly Observation[]) => {
    const groups = Map.groupBy(observations, ({ deviceId, kind }) => `${deviceId} ${kind}`)
    for (const group of groups.values()) {
      const [first] = group
      if (first === undefined) continue
      const total = Number(count.get(first.deviceId, first.kind, group.length)?.['count'] ?? 0)
      const room = Math.max(0, ROWS_KEPT - (total - group.length))
      for (const { deviceId, kind, epoch, seq, headEpoch, headSeq, atMs } of group.slice(0, room)) {
        insert.run(deviceId, kind, epoch, seq, headEpoch, headSeq, atMs)
      }
    }
  }
  const flush = () => {
    if (waiting.length === 0) return
    const observations = waiting
    waiting = []
    // A savepoint, since the caller may be inside a transaction of the base.
    database.exec('SAVEPOINT labs_observe')
    try {
      write(observations)
      database.exec('RELEASE labs_observe')
    } catch (error) {
      database.exec('ROLLBACK TO labs_observe; RELEASE labs_observe')
      throw error
    }
  }
  const add = (rows: readonly Record<string, unknown>[]): ObservationCounts => {
    const byKind = new Map(rows.map((row) => [String(row['kind']), Number(row['count'])]))
    return { gaps: (byKind.get('gap') ?? 0) + (byKind.get('new-epoch-unlinked') ?? 0), replays: byKind.get('replay') ?? 0 }
  }
  const counts = (deviceId: string): ObservationCounts => {
    flush()
    return add(selectCounts.all(deviceId))
  }
  const between = (deviceId: string, fromMs: number, toMs: number): ObservationCounts => {
    flush()
    return add(countBetween.all(deviceId, fromMs, toMs))
  }
  const list = (deviceId: string, limit: number): Observation[] => {
    flush()
    return select.all(deviceId, limit) as unknown as Observation[]
  }
  return { add: (observation) => void waiting.push(observation), counts, between, list, flush }
}

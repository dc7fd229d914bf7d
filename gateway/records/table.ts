import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { notFound } from '../errors.ts'

/** How a column's value travels between SQLite and TypeScript. Every kind may be null where the row type says so. */
type ColumnKind = 'text' | 'integer' | 'flag' | 'json' | 'blob'

/** Conditions joined by AND: a value, a list of values (`IN`), or null (`IS NULL`). */
type Where<Row> = { [K in keyof Row]?: Row[K] | readonly Row[K][] | undefined }
type ListOptions<Row> = { orderBy?: keyof Row & string; descending?: boolean; limit?: number; offset?: number }

/** One table with typed rows. Column names are the row's names in snake case. */
export type Table<Row> = {
  readonly name: string
  insert(row: Row): void
  /** Inserts, or changes the row with the same key. */
  put(row: Row): void
  /** Changes the row with this key. @throws NOT_FOUND */
  update(key: string | number | Uint8Array, changes: Partial<Row>): void
  /** Changes all rows that match and says how many. */
  updateWhere(where: Where<Row>, changes: Partial<Row>): number
  find(where: Where<Row>): Row | undefined
  /** @throws NOT_FOUND */
  get(key: string | number | Uint8Array): Row
  list(where?: Where<Row>, options?: ListOptions<Row>): Row[]
  count(where?: Where<Row>): number
  /** Deletes all rows that match and says how many. An empty condition is refused. */
  remove(where: Where<Row>): number
}
export type TableShape<Row> = { name: string; thing: string; key: keyof Row & string; columns: { readonly [K in keyof Row]-?: ColumnKind } }

/** Makes the table of one shape over one database. Statements are prepared once and kept. */
export const openTable = <Row extends object>(db: DatabaseSync, shape: TableShape<Row>): Table<Row> => {
  const prepare = keepStatements(db)
  const columns = Object.keys(shape.columns) as (keyof Row & string)[]
  const kindOf = (column: keyof Row & string): ColumnKind => shape.columns[column]
  const read = (raw: Record<string, unknown>): Row =>
    Object.fromEntries(columns.map((column) => [column, fromSql(kindOf(column), raw[column])])) as Row
  const selected = columns.map((column) => `${snake(column)} AS "${column}"`).join(', ')
  const insertSql = `INSERT INTO ${shape.name} (${columns.map(snake).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
  // Not INSERT OR REPLACE: that deletes the old row, and with it everything that refers to it.
  const others = columns.filter((column) => column !== shape.key).map((column) => `${snake(column)} = excluded.${snake(column)}`)
  const putSql = `${insertSql} ON CONFLICT (${snake(shape.key)}) DO UPDATE SET ${others.join(', ')}`
  const condition = (where: Where<Row>) => conditionOf(where, (column) => shape.columns[column as keyof Row])
  const write = (sql: string, row: Row) => {
    prepare(sql).run(...columns.map((column) => toSql(kindOf(column), row[column])))
  }

  const list = (where: Where<Row> = {}, options: ListOptions<Row> = {}): Row[] => {
    const { sql, values } = condition(where)
    const order = options.orderBy ? ` ORDER BY ${snake(options.orderBy)}${options.descending ? ' DESC' : ''}, rowid` : ''
    const limit = options.limit === undefined ? '' : ` LIMIT ${whole(options.limit)} OFFSET ${whole(options.offset ?? 0)}`
    return prepare(`SELECT ${selected} FROM ${shape.name}${sql}${order}${limit}`)
      .all(...values)
      .map((raw) => read(raw as Record<string, unknown>))
  }
  const updateWhere = (where: Where<Row>, changes: Partial<Row>): number => {
    const changed = columns.filter((column) => changes[column] !== undefined)
    if (changed.length === 0) return 0
    const { sql, values } = condition(where)
    const set = changed.map((column) => `${snake(column)} = ?`).join(', ')
    const given = changed.map((column) => toSql(kindOf(column), changes[column]))
    return Number(prepare(`UPDATE ${shape.name} SET ${set}${sql}`).run(...given, ...values).changes)
  }
  const byKey = (key: string | number | Uint8Array): Where<Row> => ({ [shape.key]: key }) as Where<Row>
  const find = (where: Where<Row>) => list(where, { limit: 1 })[0]

  return {
    name: shape.name,
    insert: (row) => write(insertSql, row),
    put: (row) => write(putSql, row),
    update: (key, changes) => {
      if (updateWhere(byKey(key), changes) === 0) throw notFound(shape.thing)
    },
    updateWhere,
    find,
    get: (key) => {
      const row = find(byKey(key))
      if (row === undefined) throw notFound(shape.thing)
      return row
    },
    list,
    count: (where = {}) => {
      const { sql, values } = condition(where)
      return Number(prepare(`SELECT count(*) AS n FROM ${shape.name}${sql}`).get(...values)?.['n'] ?? 0)
    },
    remove: (where) => {
      const { sql, values } = condition(where)
      if (sql === '') throw new TypeError('A condition is needed to delete rows.')
      return Number(prepare(`DELETE FROM ${shape.name}${sql}`).run(...values).changes)
    },
  }
}

const keepStatements = (db: DatabaseSync): ((sql: string) => StatementSync) => {
  const prepared = new Map<string, StatementSync>()
  return (sql) => {
    const statement = prepared.get(sql) ?? db.prepare(sql)
    prepared.set(sql, statement)
    return statement
  }
}

/** What a caller made of a page's mark may be anything: a bad one is the first page. */
const whole = (value: number): number => (Number.isSafeInteger(Math.trunc(value)) && value > 0 ? Math.trunc(value) : 0)

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const conditionOf = (where: object, kindOf: (column: string) => ColumnKind): { sql: string; values: SQLInputValue[] } => {
  const parts: string[] = []
  const values: SQLInputValue[] = []
  for (const [column, wanted] of Object.entries(where) as [string, unknown][]) {
    if (wanted === undefined) continue
    const kind = kindOf(column)
    if (wanted === null) parts.push(`${snake(column)} IS NULL`)
    else if (Array.isArray(wanted) && kind !== 'json') {
      parts.push(wanted.length === 0 ? '0' : `${snake(column)} IN (${wanted.map(() => '?').join(', ')})`)
      values.push(...wanted.map((value) => toSql(kind, value)))
    } else {
      parts.push(`${snake(column)} = ?`)
      values.push(toSql(kind, wanted))
    }
  }
  return { sql: parts.length === 0 ? '' : ` WHERE ${parts.join(' AND ')}`, values }
}

const toSql = (kind: ColumnKind, value: unknown): SQLInputValue => {
  if (value === null || value === undefined) return null
  if (kind === 'flag') return value ? 1 : 0
  if (kind === 'json') return JSON.stringify(value)
  return value as SQLInputValue
}

const fromSql = (kind: ColumnKind, value: unknown): unknown => {
  if (value === null || value === undefined) return null
  if (kind === 'flag') return value !== 0
  if (kind === 'json') return JSON.parse(String(value))
  return value
}

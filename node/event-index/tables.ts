import { workIndexes, workTables } from './works/tables.ts'

/**
 * The read model: one table a kind of fact, one row an event (several where it has `position`), columns beside (block, log_index, transaction_hash, time).
 * Rows are only ever added, and removed again when their block is replaced; what holds now is for the queries to work out.
 * Names follow the events' arguments. `time` is the block's, UnixSeconds; digests, ids and addresses are `0x…` in lower case.
 */
export const tables = {
  index_base_admissions: { base_id: 'INTEGER', account: 'TEXT', parent: 'INTEGER', tier: 'INTEGER', did_hash: 'TEXT', invite_key: 'TEXT' },
  index_base_closures: { base_id: 'INTEGER' },
  index_base_accounts: { base_id: 'INTEGER', account: 'TEXT', is_offer: 'INTEGER' },
  index_base_places: { base_id: 'INTEGER', parent: 'INTEGER', tier: 'INTEGER' },
  index_base_dids: { base_id: 'INTEGER', did_hash: 'TEXT' },
  index_base_peers: { base_id: 'INTEGER', peers: 'TEXT' },
  index_base_services: { base_id: 'INTEGER', services: 'INTEGER' },
  index_did_logs: { base_id: 'INTEGER', sequence: 'INTEGER', digest: 'TEXT', previous: 'TEXT', cid: 'TEXT' },
  index_invites: { invite_key: 'TEXT', inviter: 'INTEGER', parent: 'INTEGER', tier: 'INTEGER', until: 'INTEGER' },
  index_invite_withdrawals: { invite_key: 'TEXT' },
  index_programmes: { programme_id: 'INTEGER', author: 'INTEGER', digest: 'TEXT', cid: 'TEXT' },
  index_accreditations: {
    accreditation_id: 'INTEGER',
    base_id: 'INTEGER',
    programme_id: 'INTEGER',
    parent: 'INTEGER',
    until: 'INTEGER',
    may_accredit: 'INTEGER',
  },
  index_accreditation_revocations: { accreditation_id: 'INTEGER', by: 'INTEGER', reason: 'TEXT' },
  index_assessments: {
    assessment_id: 'INTEGER',
    base_id: 'INTEGER',
    kind: 'INTEGER',
    assessor: 'INTEGER',
    until: 'INTEGER',
    self_assessed: 'INTEGER',
    report_digest: 'TEXT',
    report_cid: 'TEXT',
  },
  index_assessment_withdrawals: { assessment_id: 'INTEGER', base_id: 'INTEGER', kind: 'INTEGER', reason: 'TEXT' },
  index_suspensions: { base_id: 'INTEGER', by: 'INTEGER', reason: 'TEXT', is_lifted: 'INTEGER' },
  index_standings: {
    standing_id: 'INTEGER',
    base_id: 'INTEGER',
    information_until: 'INTEGER',
    safety_until: 'INTEGER',
    green_until: 'INTEGER',
    suspended: 'INTEGER',
    closed: 'INTEGER',
  },
  index_issuer_keys: { base_id: 'INTEGER', key_id: 'TEXT', until: 'INTEGER' },
  index_issuer_key_ends: { base_id: 'INTEGER', key_id: 'TEXT', is_compromised: 'INTEGER', by: 'INTEGER' },
  index_anchors: {
    base_id: 'INTEGER',
    programme_id: 'INTEGER',
    root: 'TEXT',
    key_id: 'TEXT',
    size: 'INTEGER',
    accreditation_id: 'INTEGER',
    standing_id: 'INTEGER',
  },
  index_heads: { base_id: 'INTEGER', purpose: 'TEXT', digest: 'TEXT', sequence: 'INTEGER', previous: 'TEXT' },
  index_status_heads: { base_id: 'INTEGER', list_id: 'INTEGER', sequence: 'INTEGER', digest: 'TEXT', previous: 'TEXT', cid: 'TEXT' },
  index_contracts: { name: 'TEXT', version: 'INTEGER', target: 'TEXT' },
  index_pauses: { contract: 'TEXT', until: 'INTEGER' },
  index_pause_orders: { target: 'TEXT', until: 'INTEGER', by: 'TEXT', reason: 'TEXT' },
  index_guardians: { account: 'TEXT' },
  index_operation_calls: {
    operation_id: 'TEXT',
    call_index: 'INTEGER',
    target: 'TEXT',
    value: 'TEXT',
    data: 'TEXT',
    predecessor: 'TEXT',
    delay: 'INTEGER',
  },
  index_operation_steps: { operation_id: 'TEXT', step: 'TEXT', detail: 'TEXT' },
  index_roles: { role: 'TEXT', account: 'TEXT', sender: 'TEXT', is_granted: 'INTEGER' },
  index_role_admins: { role: 'TEXT', admin_role: 'TEXT' },
  index_timelock_delays: { delay: 'INTEGER' },
  ...workTables,
} as const

/** The name of a table of the read model. */
export type TableName = keyof typeof tables
type Column<Type> = Type extends 'INTEGER' ? number : string

/** A row to be added: the table it goes into, and its own columns. */
export type Row = {
  [Name in TableName]: { table: Name; values: { [Key in keyof (typeof tables)[Name]]: Column<(typeof tables)[Name][Key]> } }
}[TableName]

/** Columns that the queries look by. */
const indexes: { [Name in TableName]?: readonly string[] } = {
  index_base_admissions: ['base_id', 'account', 'did_hash'],
  index_base_accounts: ['base_id', 'account'],
  index_base_dids: ['base_id', 'did_hash'],
  index_did_logs: ['base_id'],
  index_accreditations: ['accreditation_id', 'base_id, programme_id'],
  index_accreditation_revocations: ['accreditation_id'],
  index_assessments: ['base_id', 'until'],
  index_standings: ['base_id'],
  index_issuer_keys: ['base_id, key_id'],
  index_issuer_key_ends: ['base_id, key_id'],
  index_anchors: ['root', 'base_id, programme_id'],
  index_heads: ['base_id, purpose'],
  index_status_heads: ['base_id, list_id'],
  ...workIndexes,
}

/** The statements that make the whole read model, its blocks and its checkpoint, when they are missing. */
export function schemaStatements(): string[] {
  const own = (Object.keys(tables) as TableName[]).flatMap((name) => {
    const columns = Object.entries(tables[name]).map(([column, type]) => `"${column}" ${type} NOT NULL`)
    const place = ['block INTEGER NOT NULL', 'log_index INTEGER NOT NULL', 'transaction_hash TEXT NOT NULL', 'time INTEGER NOT NULL']
    return [
      `CREATE TABLE IF NOT EXISTS ${name} (${[...place, ...columns].join(', ')}, PRIMARY KEY (${'position' in tables[name] ? 'block, log_index, position' : 'block, log_index'})) STRICT, WITHOUT ROWID`,
      ...(indexes[name] ?? []).map((keys) => `CREATE INDEX IF NOT EXISTS ${name}_by_${keys.replaceAll(', ', '_')} ON ${name} (${keys})`),
    ]
  })
  return [
    ...own,
    'CREATE TABLE IF NOT EXISTS index_blocks (block INTEGER PRIMARY KEY, hash TEXT NOT NULL, time INTEGER NOT NULL, has_events INTEGER NOT NULL) STRICT',
    'CREATE INDEX IF NOT EXISTS index_blocks_empty ON index_blocks (block) WHERE has_events = 0',
    `CREATE TABLE IF NOT EXISTS index_checkpoint (
      id INTEGER PRIMARY KEY CHECK (id = 1), chain_id INTEGER NOT NULL, genesis_hash TEXT NOT NULL, directory TEXT NOT NULL,
      block INTEGER NOT NULL, hash TEXT NOT NULL, time INTEGER NOT NULL, schema INTEGER NOT NULL
    ) STRICT`,
  ]
}

/** Goes up when the meaning of a table changes; a read model of another number is dropped and replayed from zero. */
export const SCHEMA_VERSION = 2

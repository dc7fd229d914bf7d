import type { DatabaseSync } from 'node:sqlite'
import { selectAll } from './select.ts'

/** A document that a base has put on IPFS and named on the ledger. */
export interface PublishedDocument {
  baseId: number
  kind: 'did-log' | 'status-list' | 'programme' | 'usage'
  cid: string
}

/**
 * What every base should keep for the others: the latest DID logs, every state of every status list, every programme's definition, the receipts
 * behind every usage batch. */
export function listPublishedDocuments(db: DatabaseSync): PublishedDocument[] {
  return selectAll(
    db,
    `SELECT base_id AS baseId, 'did-log' AS kind, cid FROM index_did_logs AS mine WHERE cid <> '' AND sequence =
        (SELECT MAX(sequence) FROM index_did_logs AS late WHERE late.base_id = mine.base_id)
      UNION ALL SELECT base_id, 'status-list', cid FROM index_status_heads WHERE cid <> ''
      UNION ALL SELECT author, 'programme', cid FROM index_programmes WHERE cid <> ''
      UNION ALL SELECT base_id, 'usage', cid FROM index_usage_batches WHERE cid <> ''`,
  )
}

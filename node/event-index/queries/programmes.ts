import type { DatabaseSync } from 'node:sqlite'
import { type LedgerPlace, PLACE, selectAll, selectOne } from './select.ts'

/** A registered programme. `digest` is SHA-256 of its definition in canonical JSON (RFC 8785), `cid` where that is. */
export interface IndexedProgramme extends LedgerPlace {
  programmeId: number
  /** The base that defined it; 0 for the network. */
  author: number
  digest: string
  cid: string
}

/** All programmes, in order. */
export function listProgrammes(db: DatabaseSync): IndexedProgramme[] {
  return selectAll(db, `${ROWS} ORDER BY programme_id`)
}

/** One programme by its number. */
export function findProgramme(db: DatabaseSync, programmeId: number): IndexedProgramme | undefined {
  return selectOne(db, `${ROWS} WHERE programme_id = ?`, programmeId)
}

const ROWS = `SELECT ${PLACE}, programme_id AS programmeId, author, digest, cid FROM index_programmes`

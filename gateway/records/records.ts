import type { DatabaseSync } from 'node:sqlite'
import type { BaseKeys, Clock, Random } from '../base.ts'
import { openCredentialTables } from './credential-tables.ts'
import { openEntryTables } from './entry-tables.ts'
import { openLearningTables } from './learning-tables.ts'
import { openPeople, type People } from './people.ts'
import { openPeopleTables } from './people-tables.ts'
import { openPersonVault, type PersonVault } from './person-vault.ts'
import { openSettings, type Settings } from './settings.ts'
import { openContentKeyTables } from './works/content-keys.ts'
import { openDraftTables } from './works/drafts.ts'
import { openAccountTables } from './works/person-accounts.ts'
import { openUsageReceipts, openUsageTables } from './works/uses.ts'

/**
 * Everything that a base has written down: one typed table a noun (`records.sessions.get(id)`), what is sealed through `records.vault`,
 * people with their names through `records.people`, and the usage receipts of all bases through `records.usageReceipts`.
 */
export type Records = ReturnType<typeof openPeopleTables> &
  ReturnType<typeof openEntryTables> &
  ReturnType<typeof openLearningTables> &
  ReturnType<typeof openCredentialTables> &
  ReturnType<typeof openDraftTables> &
  ReturnType<typeof openContentKeyTables> &
  ReturnType<typeof openUsageTables> &
  ReturnType<typeof openAccountTables> & {
    vault: PersonVault
    people: People
    settings: Settings
    usageReceipts: ReturnType<typeof openUsageReceipts>
  }

/** Opens the records of one database. */
export const openRecords = (db: DatabaseSync, use: { keys: BaseKeys; clock: Clock; random: Random }): Records => {
  const vault = openPersonVault(db, use.keys, use)
  const tables = {
    ...openPeopleTables(db),
    ...openEntryTables(db),
    ...openLearningTables(db),
    ...openCredentialTables(db),
    ...openDraftTables(db),
  }
  const works = { ...openContentKeyTables(db), ...openUsageTables(db), ...openAccountTables(db) }
  const people = openPeople(tables, { ...use, vault })
  return { ...tables, ...works, vault, settings: openSettings(db), people, usageReceipts: openUsageReceipts(db) }
}

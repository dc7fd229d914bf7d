import { contentKeyTables } from '../works/content-keys.ts'
import { draftTables } from '../works/drafts.ts'
import { accountTables } from '../works/person-accounts.ts'
import { usageTables } from '../works/uses.ts'
import { baseTables } from './base.ts'
import { credentialTables } from './credentials.ts'
import { learningTables } from './learning.ts'
import { ownWalletTables } from './own-wallet.ts'
import { peopleTables } from './people.ts'

/** The schema, version by version. A version that was released is never edited: a change is a new one at the end. */
export const migrations: readonly string[] = [
  `${baseTables} ${peopleTables} ${learningTables} ${credentialTables}`,
  ownWalletTables,
  `${contentKeyTables} ${usageTables}`,
  draftTables,
  accountTables,
]

import type { BaseNode } from '@guildhall/node'
import type { Base } from '../../base.ts'
import { createUploads, type Uploads } from '../../use-cases/works/uploads/serve-uploads.ts'
import { createWorksLedger, type WorksLedger } from './works-ledger.ts'
import { createWorksStore, type WorksStore } from './works-store.ts'

/** What the registration and the review of works need beside the base itself. */
export type WorksParts = { worksLedger: WorksLedger; worksStore: WorksStore; uploads: Uploads }

type Init = Pick<Base, 'db' | 'records' | 'clock' | 'config' | 'random' | 'supervision' | 'log' | 'node'> & { baseNode: BaseNode }

/** Makes them over the parts of a base. */
export function createWorksParts(init: Init): WorksParts {
  return { worksLedger: createWorksLedger(init.db), worksStore: createWorksStore(init, init.baseNode), uploads: createUploads(init) }
}

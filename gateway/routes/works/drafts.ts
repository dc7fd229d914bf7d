import { createDraft, getDraft, listDrafts, removeDraft, updateDraft } from '../../use-cases/works/register/drafts.ts'
import { findDuplicates } from '../../use-cases/works/register/find-duplicates.ts'
import { registerWork } from '../../use-cases/works/register/register-work.ts'
import { bind } from '../bind.ts'

/** Works before they are on the ledger. */
export const draftBindings = [
  bind('listDrafts', ({ base, actor }) => listDrafts(base, actor)),
  bind('createDraft', ({ base, actor, body }) => createDraft(base, actor, body)),
  bind('getDraft', ({ base, params }) => getDraft(base, params.draftId)),
  bind('updateDraft', ({ base, actor, params, body }) => updateDraft(base, actor, { ...params, body })),
  bind('removeDraft', async ({ base, actor, params }) => {
    await removeDraft(base, actor, params.draftId)
    return null
  }),
  bind('findDuplicates', ({ base, params, visit }) => findDuplicates(base, { ...params, signal: visit.signal })),
  bind('registerWork', ({ base, actor, params }) => registerWork(base, actor, params.draftId)),
]

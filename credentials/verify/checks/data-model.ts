import type { Case } from '../case.ts'
import type { HeldContexts } from '../data-model/contexts.ts'
import { validateCredential } from '../data-model/credential.ts'
import { badgeProfileOf, validateBadge } from '../data-model/open-badges.ts'
import { compareRelatedResources } from '../data-model/related-resource.ts'
import { reason } from '../reasons.ts'
import type { Check } from '../verdict.ts'
import { checkOf } from './check.ts'

/** Check 1: VC Data Model 2.0, and Open Badges 3.0 or CLR 2.0 where the types claim it. Asks nobody. */
export async function checkDataModel({ document, legacy }: Case): Promise<Check> {
  if (legacy !== undefined) return checkOf('data-model', reason('DATA_MODEL_LEGACY', { version: legacy }))
  const held = await holdContexts()
  const { problems, contextsNotHeld } = validateCredential(document, held)
  const resources = compareRelatedResources(document)
  const all = [...problems, ...validateBadge(document), ...resources.problems]
  const notes = [
    ...contextsNotHeld.map((id) => reason('DATA_MODEL_CONTEXT_NOT_HELD', { id })),
    ...resources.notHeld.map((id) => reason('DATA_MODEL_RESOURCE_NOT_HELD', { id })),
  ]
  const [first] = all
  if (first !== undefined) return checkOf('data-model', reason('DATA_MODEL_INVALID', { ...first, count: all.length }), { notes })
  return checkOf('data-model', reason('DATA_MODEL_OK', { profile: badgeProfileOf(document) ?? 'no profile claimed' }), { notes })
}

/** The bundled contexts, loaded when the first credential is read and not with the page. */
export async function holdContexts(): Promise<HeldContexts> {
  return (await import('../../formats/contexts/index.ts')).bundledContexts
}

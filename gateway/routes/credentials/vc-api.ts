import type { JsonObject, Secured } from '@guildhall/credentials'
import { issueForPrograms, verifyForOutsiders, verifyPresentationForOutsiders } from '../../use-cases/credentials/vc-api.ts'
import { bind } from '../bind.ts'

/** The W3C CCG's VC-API, for outside programs and suites. */
export const vcApiBindings = [
  bind('issueCredential', async ({ base, actor, body }) => ({
    verifiableCredential: await issueForPrograms(base, actor, { credential: body.credential as JsonObject, type: body.options?.type }),
  })),
  bind('verifyCredential', ({ base, body }) => verifyForOutsiders(base, body.verifiableCredential as Secured)),
  bind('verifyPresentation', ({ base, body }) =>
    verifyPresentationForOutsiders(base, body.verifiablePresentation as Secured, body.options ?? {}),
  ),
]

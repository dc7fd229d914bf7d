import { readCatalogue } from '../../use-cases/learning/catalogue.ts'
import { accreditProgramme, addIssuerKey, getEntitlement, revokeIssuerKey, signAssessment } from '../../use-cases/learning/entitlement.ts'
import { defineProgramme, listProgrammes, readProgramme, setCredentialTemplate } from '../../use-cases/learning/programmes.ts'
import { bind, type Visit } from '../bind.ts'

/** How long a caller waits for the ledger. What was asked for goes on without them. */
const ledgerWaitMs = 60_000
const patience = ({ signal }: Visit): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(ledgerWaitMs)])

/** Programmes and the base's rights to run them. */
export const programmeBindings = [
  bind('getCatalogue', () => readCatalogue()),
  bind('listProgrammes', ({ base, query }) => listProgrammes(base, query)),
  bind('getProgramme', ({ base, params }) => readProgramme(base, params.programmeId)),
  bind('defineProgramme', ({ base, actor, visit, body }) => defineProgramme(base, actor, { definition: body, signal: patience(visit) })),
  bind('setCredentialTemplate', ({ base, actor, params, body }) => setCredentialTemplate(base, actor, { ...params, template: body })),
  bind('getEntitlement', ({ base }) => getEntitlement(base)),
  bind('signAssessment', ({ base, actor, visit, body }) => signAssessment(base, actor, { ...body, signal: patience(visit) })),
  bind('accreditProgramme', ({ base, actor, visit, body }) => accreditProgramme(base, actor, { ...body, signal: patience(visit) })),
  bind('addIssuerKey', ({ base, actor, visit }) => addIssuerKey(base, actor, { signal: patience(visit) })),
  bind('revokeIssuerKey', ({ base, actor, visit, params, body }) =>
    revokeIssuerKey(base, actor, { ...params, ...body, signal: patience(visit) }),
  ),
]

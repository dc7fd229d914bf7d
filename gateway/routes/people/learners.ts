import { notFound } from '../../errors.ts'
import { exportBundle } from '../../use-cases/credentials/export-bundle.ts'
import {
  assertMayActFor,
  inviteGuardian,
  listConsents,
  listMyLearners,
  recordConsent,
  withdrawConsent,
} from '../../use-cases/people/consents.ts'
import { eraseLearner, listErasures } from '../../use-cases/people/erase-learner.ts'
import { exportLearners, getLearner, listClasses, listLearners } from '../../use-cases/people/learners.ts'
import { checkRoster, importRoster, listRosterImports } from '../../use-cases/people/roster/import-roster.ts'
import { bind, FileAnswer } from '../bind.ts'

/** The roster, learners, and what their guardians agreed to. */
export const learnerBindings = [
  bind('checkRoster', ({ base, body }) => checkRoster(base, body)),
  bind('importRoster', ({ base, actor, query, body }) => importRoster(base, actor, body, query)),
  bind('listRosterImports', ({ base, query }) => listRosterImports(base, query)),
  bind('listClasses', ({ base }) => listClasses(base)),
  bind('listLearners', ({ base, query }) => listLearners(base, query)),
  bind('exportLearners', ({ base, actor, query }) => new FileAnswer(exportLearners(base, actor, query), { fileName: 'learners.csv' })),
  bind('getLearner', ({ base, params }) => getLearner(base, params.learnerId)),
  bind('eraseLearner', ({ base, actor, params, body }) => eraseLearner(base, actor, { ...params, ...body })),
  bind('listErasures', ({ base, query }) => listErasures(base, query)),
  bind('listConsents', ({ base, actor, params }) => listConsents(base, actor, params.learnerId)),
  bind('recordConsent', ({ base, actor, params, body }) => recordConsent(base, actor, { ...params, ...body })),
  bind('withdrawConsent', ({ base, actor, params, body }) => withdrawConsent(base, actor, { ...params, ...body })),
  bind('inviteGuardian', ({ base, actor, visit, params }) => inviteGuardian(base, actor, { ...params, origin: visit.origin })),
  bind('exportForGuardian', async ({ base, actor, params }) => {
    assertMayActFor(base, actor, params.learnerId)
    const credentialIds = base.records.credentials.list({ learnerId: params.learnerId }).map(({ credentialId }) => credentialId)
    if (credentialIds.length === 0) throw notFound('certificate of this learner')
    return new FileAnswer(await exportBundle(base, actor, { credentialIds }), { fileName: 'certificates.guildhall' })
  }),
  bind('listMyLearners', ({ base, actor }) => listMyLearners(base, actor)),
]

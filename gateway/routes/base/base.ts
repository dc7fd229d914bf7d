import { GuildhallError, notFound } from '../../errors.ts'
import { listAudit, verifyAudit } from '../../supervision/audit-pages.ts'
import { certificateHelp } from '../../supervision/certificate-help.ts'
import { listEvents } from '../../supervision/flows.ts'
import { getOutbox, getOverview } from '../../supervision/overview.ts'
import { runSelfTest } from '../../supervision/self-test.ts'
import { derOf } from '../../supervision/start/local-authority.ts'
import { findIdentity, getIdentity, type IssuingBase } from '../../use-cases/base/issuing.ts'
import { createInvite } from '../../use-cases/base/membership/create-invite.ts'
import { nameNetwork } from '../../use-cases/base/name-network.ts'
import { operatorHasSignedIn } from '../../use-cases/people/entry/staff.ts'
import { installSampleSchool, removeSampleSchool, sampleState } from '../../use-cases/sample/sample-school.ts'
import { bind } from '../bind.ts'

/** How long a caller waits for the ledger. The invite itself goes on; its secret is then lost, and it lapses. */
const ledgerWaitMs = 60_000

const descriptorOf = (base: IssuingBase) => {
  const { network, networkId } = getIdentity(base)
  return { networkId, ...network, checkpointKeys: [...network.checkpointKeys] }
}

const authorityOf = (base: IssuingBase): string => {
  if (base.supervision.authority === null) throw notFound('local authority')
  return base.supervision.authority
}

/** The base itself: whether it is well, who it is, what it has done. */
export const baseBindings = [
  bind('getLiveness', ({ base }) => ({
    live: true as const,
    uptimeSeconds: Math.floor((base.clock.nowMs() - base.supervision.startedAtMs) / 1000),
  })),
  bind('getReadiness', ({ base }) => {
    const parts = base.supervision.parts()
    return { ready: parts.every(({ state }) => state === 'ready'), parts }
  }),
  bind('getMetrics', async ({ base, actor, visit }) => {
    const mayRead = visit.isLoopback || actor.roles.some((role) => role === 'operator' || role === 'auditor')
    if (!mayRead) throw new GuildhallError('ROLE_MISSING', { roles: 'operator, auditor' })
    return Buffer.from(await base.supervision.metricsPage())
  }),
  bind('getBase', async ({ base, visit }) => {
    const identity = findIdentity(base)
    return {
      name: base.config.baseName,
      did: identity?.did ?? null,
      baseId: identity?.baseId ?? null,
      origin: base.config.origin,
      trial: identity?.network.trial ?? true,
      network: identity ? descriptorOf(base) : null,
      timeZone: base.config.timeZone,
      version: base.supervision.version,
      otherBases: (await base.node.otherBases.list()).slice(0, 100),
      now: base.clock.now(),
      secureOrigin: visit.origin.startsWith('https:') || /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(visit.origin),
    }
  }),
  bind('getNetworkDescriptor', ({ base }) => descriptorOf(base)),
  bind('getLocalCertificate', ({ base }) => derOf(authorityOf(base))),
  bind('getCertificateHelp', ({ base }) => certificateHelp({ authority: authorityOf(base), baseName: base.config.baseName })),
  bind('getFirstRun', ({ base }) => ({
    founded: findIdentity(base) !== undefined,
    operatorHasSignedIn: operatorHasSignedIn(base),
    sampleSchool: sampleState(base),
    learners: base.records.learners.count({ leftAt: null, erasedAt: null }),
  })),
  bind('foundNetwork', ({ base, actor, body }) => nameNetwork(base, actor, body)),
  bind('createInvite', ({ base, actor, visit, body }) =>
    createInvite(base, actor, { ...body, signal: AbortSignal.any([visit.signal, AbortSignal.timeout(ledgerWaitMs)]) }),
  ),
  bind('installSampleSchool', ({ base, actor }) => installSampleSchool(base, actor)),
  bind('removeSampleSchool', ({ base, actor }) => {
    removeSampleSchool(base, actor)
    return null
  }),
  bind('getSelfTest', ({ base }) => runSelfTest(base)),
  bind('getOverview', ({ base }) => getOverview(base)),
  bind('listEvents', ({ base, query }) => listEvents(base, query)),
  bind('getOutbox', ({ base }) => getOutbox(base)),
  bind('listJobs', ({ base, actor }) => ({ items: base.jobs.list(actor) })),
  bind('getJob', ({ base, params }) => {
    const job = base.jobs.find(params.jobId)
    if (!job) throw notFound('job')
    return job
  }),
  bind('cancelJob', ({ base, params }) => {
    base.jobs.cancel(params.jobId)
    const job = base.jobs.find(params.jobId)
    if (!job) throw notFound('job')
    return job
  }),
  bind('listAudit', ({ base, query }) => listAudit(base, query)),
  bind('verifyAudit', ({ base }) => verifyAudit(base)),
]

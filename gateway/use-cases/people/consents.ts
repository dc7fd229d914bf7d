import type { Static } from 'typebox'
import type { Consent, consentScopes, recordConsent as recordRoute } from '../../api/people/guardians.ts'
import type { Actor, Base } from '../../base.ts'
import { GuildhallError, notFound } from '../../errors.ts'
import type { ConsentRow } from '../../records/people-tables.ts'
import { createLink, endAllSignIns } from './entry/sign-in.ts'

type Use = Pick<Base, 'records' | 'clock' | 'random' | 'audit' | 'transaction'>
type Scope = (typeof consentScopes)[number]
type Input = Static<typeof recordRoute.body> & { learnerId: string }

/** Whether a learner may do what a guardian must agree to: adults always; a minor while a consent for it stands. */
export function consentState(
  base: Pick<Base, 'records'>,
  learnerId: string,
  scope: Scope = 'base-held-wallet',
): 'given' | 'missing' | 'withdrawn' | 'not-needed' {
  if (!base.records.people.isMinor(learnerId)) return 'not-needed'
  const consents = base.records.consents.list({ learnerId, scope })
  if (consents.some((consent) => consent.withdrawnAt === null)) return 'given'
  return consents.length === 0 ? 'missing' : 'withdrawn'
}

/** @throws CONSENT_MISSING */
export function assertConsent(base: Pick<Base, 'records'>, learnerId: string, scope: Scope): void {
  const state = consentState(base, learnerId, scope)
  if (state === 'missing' || state === 'withdrawn') throw new GuildhallError('CONSENT_MISSING', { scope })
}

/** Lets staff pass, a guardian for their own learners, a learner for themselves. @throws NOT_YOURS */
export function assertMayActFor(base: Pick<Base, 'records'>, actor: Actor, learnerId: string): void {
  if (actor.roles.includes('learner') && actor.id === learnerId) return
  if (actor.roles.includes('guardian') && base.records.learnerGuardians.find({ learnerId, guardianId: actor.id })) return
  if (actor.roles.some((role) => role !== 'learner' && role !== 'guardian')) return
  throw new GuildhallError('NOT_YOURS')
}

export function listConsents(base: Use, actor: Actor, learnerId: string): { items: Consent[] } {
  base.records.learners.get(learnerId)
  assertMayActFor(base, actor, learnerId)
  return { items: base.records.consents.list({ learnerId }, { orderBy: 'givenAt' }).map(show) }
}

/** Records one consent a scope; one that stands already stays as it is. */
export function recordConsent(base: Use, actor: Actor, input: Input): { items: Consent[] } {
  return base.transaction(() => {
    base.records.people.learner(input.learnerId)
    assertMayActFor(base, actor, input.learnerId)
    const guardianId = guardianFor(base, actor, input)
    const items = [...new Set(input.scopes)].map((scope) => {
      const standing = base.records.consents.find({ learnerId: input.learnerId, guardianId, scope, withdrawnAt: null })
      if (standing) return show(standing)
      const row: ConsentRow = {
        consentId: base.random.uuid(),
        learnerId: input.learnerId,
        guardianId,
        scope,
        textVersion: input.textVersion,
        how: actor.roles.includes('guardian') ? 'guardian-sign-in' : input.how,
        recordedBy: actor.id,
        givenAt: base.clock.now(),
        withdrawnAt: null,
        noteSealed: null,
      }
      base.records.consents.insert(row)
      base.audit.append(actor, 'consent.recorded', {
        subject: input.learnerId,
        details: { scope, textVersion: input.textVersion, how: row.how },
      })
      return show(row)
    })
    return { items }
  })
}

/** From this moment the base-held wallet is closed and codes stop opening. @throws STATE_REFUSED when it was withdrawn before */
export function withdrawConsent(
  base: Use,
  actor: Actor,
  { learnerId, consentId, note }: { learnerId: string; consentId: string; note?: string | undefined },
): Consent {
  return base.transaction(() => {
    const consent = base.records.consents.find({ consentId, learnerId })
    if (!consent) throw notFound('consent')
    assertMayActFor(base, actor, learnerId)
    if (consent.withdrawnAt !== null)
      throw new GuildhallError('STATE_REFUSED', { thing: 'consent', state: 'withdrawn already', next: 'Nothing more is needed.' })
    const noteSealed = note === undefined ? null : base.records.vault.seal(learnerId, 'consent-note', Buffer.from(note))
    const withdrawnAt = base.clock.now()
    base.records.consents.update(consentId, { withdrawnAt, ...(noteSealed && { noteSealed }) })
    if (consent.scope === 'base-held-wallet' && consentState(base, learnerId) === 'withdrawn') endAllSignIns(base, learnerId)
    base.audit.append(actor, 'consent.withdrawn', { subject: learnerId, details: { scope: consent.scope } })
    return show({ ...consent, withdrawnAt })
  })
}

/** A one-use sign-in link for a guardian whom the base knows; three days. */
export function inviteGuardian(
  base: Use,
  actor: Actor,
  { learnerId, guardianId, origin }: { learnerId: string; guardianId: string; origin: string },
): { guardianId: string; link: string; expiresAt: number } {
  return base.transaction(() => {
    if (!base.records.learnerGuardians.find({ learnerId, guardianId })) throw notFound('guardian of this learner')
    const { token, expiresAt } = createLink(base, { kind: 'guardian', id: guardianId }, 72 * 3_600)
    base.audit.append(actor, 'guardian.invited', { subject: guardianId, details: { learner: learnerId } })
    return { guardianId, link: `${origin}/sign-in#${token}`, expiresAt }
  })
}

/** The learners whom a guardian answers for. */
export function listMyLearners(base: Use, actor: Actor) {
  const items = base.records.learnerGuardians
    .list({ guardianId: actor.id })
    .map(({ learnerId }) => ({
      learnerId,
      name: base.records.people.learnerName(learnerId),
      credentials: base.records.credentials.count({ learnerId }),
    }))
    .filter(({ name }) => name !== '')
    .map((learner) => ({ ...learner, mayExport: learner.credentials > 0 }))
  return { items }
}

const guardianFor = (base: Use, actor: Actor, { learnerId, guardianId, guardian }: Input): string => {
  const named = actor.roles.includes('guardian') ? actor.id : guardianId
  if (named !== undefined) {
    if (!base.records.learnerGuardians.find({ learnerId, guardianId: named })) throw notFound('guardian of this learner')
    return named
  }
  if (guardian === undefined) throw new GuildhallError('REQUEST_INVALID', { where: 'body', problem: 'names no guardian' })
  const added = base.records.people.addGuardian({ name: guardian.name, contact: guardian.contact ?? null })
  base.records.learnerGuardians.insert({ learnerId, guardianId: added, relation: guardian.relation })
  base.audit.append(actor, 'guardian.added', { subject: added, details: { learner: learnerId } })
  return added
}

const show = ({ consentId, guardianId, scope, textVersion, how, recordedBy, givenAt, withdrawnAt }: ConsentRow): Consent => ({
  consentId,
  guardianId,
  scope,
  textVersion,
  how,
  recordedBy,
  givenAt,
  withdrawnAt,
})

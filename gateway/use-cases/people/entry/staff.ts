import type { Static } from 'typebox'
import type { Role } from '../../../api/define-route.ts'
import type { inviteStaff as inviteRoute, listStaff as listRoute } from '../../../api/people/staff.ts'
import type { Actor, Base } from '../../../base.ts'
import { baseItself } from '../../../base.ts'
import { GuildhallError, notFound } from '../../../errors.ts'
import type { StaffRow } from '../../../records/people-tables.ts'
import { createLink, endAllSignIns } from './sign-in.ts'

type Use = Pick<Base, 'records' | 'clock' | 'random' | 'audit' | 'transaction'>
type Account = Static<(typeof listRoute.response)[200]>['items'][number]
type Invite = Static<(typeof inviteRoute.response)[201]>

/** An invited person has three days to come. */
const inviteSeconds = 72 * 3_600
/** Whoever starts the base sits in front of it. */
const operatorLinkSeconds = 24 * 3_600

/** Present staff, in the order in which they were invited. */
export function listStaff(base: Use, actor: Actor): { items: Account[] } {
  const items = base.records.staff.list({ removedAt: null }, { orderBy: 'invitedAt' }).map((row) => show(base, actor, row))
  return { items }
}

/** Adds a member of staff and makes their one-use link. */
export function inviteStaff(
  base: Use,
  actor: Actor,
  { displayName, roles, origin }: { displayName: string; roles: Role[]; origin: string },
): Invite {
  return base.transaction(() => {
    const staffId = addStaff(base, displayName, roles)
    base.audit.append(actor, 'staff.invited', { subject: staffId, details: { roles: roles.join(' ') } })
    return linkFor(base, staffId, { origin, lastsSeconds: inviteSeconds })
  })
}

/** @throws OPERATOR_LAST when nobody would be left to run the base */
export function setStaffRoles(base: Use, actor: Actor, { staffId, roles }: { staffId: string; roles: Role[] }): Account {
  return base.transaction(() => {
    const row = present(base, staffId)
    if (row.roles.includes('operator') && !roles.includes('operator')) assertNotLastOperator(base, staffId)
    base.records.staff.update(staffId, { roles })
    base.audit.append(actor, 'staff.roles-set', { subject: staffId, details: { roles: roles.join(' ') } })
    return show(base, actor, { ...row, roles })
  })
}

/** A new one-use link for someone who lost theirs; the older one stops working. */
export function renewStaffLink(base: Use, actor: Actor, { staffId, origin }: { staffId: string; origin: string }): Invite {
  return base.transaction(() => {
    present(base, staffId)
    base.audit.append(actor, 'staff.link-renewed', { subject: staffId })
    return linkFor(base, staffId, { origin, lastsSeconds: inviteSeconds })
  })
}

/** Their name goes, their pseudonymous id stays in what they did. @throws OPERATOR_LAST */
export function removeStaff(base: Use, actor: Actor, staffId: string): void {
  base.transaction(() => {
    if (present(base, staffId).roles.includes('operator')) assertNotLastOperator(base, staffId)
    endAllSignIns(base, staffId)
    base.records.passkeys.remove({ accountId: staffId })
    const nameSealed = base.records.people.sealStaffName(staffId, '—')
    base.records.staff.update(staffId, { removedAt: base.clock.now(), roles: [], nameSealed })
    base.audit.append(actor, 'staff.removed', { subject: staffId })
  })
}

/** A one-use link for the first operator, made with the account at the first start; for the person who can read the base's own terminal. */
export function createOperatorLink(base: Use, origin: string): Invite {
  return base.transaction(() => {
    const operator = operators(base)[0]
    const staffId = operator?.staffId ?? addStaff(base, 'Operator', ['operator', 'teacher', 'examiner'])
    base.audit.append(baseItself, 'staff.operator-link', { subject: staffId })
    return linkFor(base, staffId, { origin, lastsSeconds: operatorLinkSeconds })
  })
}

/** Whether an operator has ever come in; until then every start prints a link. */
export function operatorHasSignedIn(base: Pick<Base, 'records'>): boolean {
  return operators(base).some((row) => row.lastSignInAt !== null)
}

const addStaff = (base: Use, displayName: string, roles: Role[]): string => {
  const staffId = base.random.uuid()
  const nameSealed = base.records.people.sealStaffName(staffId, displayName)
  const blank = { sourceMac: null, fingerprint: null, sample: false, lastSignInAt: null, removedAt: null }
  base.records.staff.insert({ staffId, nameSealed, roles, invitedAt: base.clock.now(), ...blank })
  return staffId
}

const operators = (base: Pick<Base, 'records'>): StaffRow[] =>
  base.records.staff.list({ removedAt: null }, { orderBy: 'invitedAt' }).filter((row) => row.roles.includes('operator'))

const present = (base: Use, staffId: string): StaffRow => {
  const row = base.records.staff.get(staffId)
  if (row.removedAt !== null) throw notFound('member of staff')
  return row
}

const assertNotLastOperator = (base: Use, staffId: string): void => {
  if (operators(base).every((row) => row.staffId === staffId)) throw new GuildhallError('OPERATOR_LAST')
}

const linkFor = (base: Use, staffId: string, { origin, lastsSeconds }: { origin: string; lastsSeconds: number }): Invite => {
  const { token, expiresAt } = createLink(base, { kind: 'staff', id: staffId }, lastsSeconds)
  // In the fragment, which browsers never send to a server or a log.
  return { staffId, link: `${origin}/sign-in#${token}`, expiresAt }
}

const show = (base: Use, actor: Actor, row: StaffRow): Account => {
  const link = base.records.signInLinks.find({ accountId: row.staffId, usedAt: null })
  return {
    staffId: row.staffId,
    displayName: base.records.people.staffName(row.staffId),
    roles: row.roles as Account['roles'],
    passkeys: base.records.passkeys.count({ accountId: row.staffId }),
    invitedAt: row.invitedAt,
    lastSignInAt: row.lastSignInAt,
    linkExpiresAt: link && link.expiresAt > base.clock.now() ? link.expiresAt : null,
    isSelf: actor.id === row.staffId,
  }
}

import { defineRoute } from '../define-route.ts'
import { count, flag, line, list, nothing, nullable, object, oneOf, unixSeconds, url, uuid } from '../fields.ts'

/** The roles that a staff account may hold. */
export const dutyRoles = ['teacher', 'examiner', 'operator', 'auditor'] as const

const dutyRoleList = () => list(oneOf(dutyRoles), 4)
const params = object({ staffId: uuid() })
const invite = object({ staffId: uuid(), link: url(), expiresAt: unixSeconds() })
const account = object({
  staffId: uuid(),
  displayName: line(100),
  roles: dutyRoleList(),
  passkeys: count(100),
  invitedAt: unixSeconds(),
  lastSignInAt: nullable(unixSeconds()),
  linkExpiresAt: nullable(unixSeconds()),
  isSelf: flag(),
})

export const listStaff = defineRoute({
  id: 'listStaff',
  tag: 'Staff',
  summary: 'The staff of the base',
  roles: ['operator', 'auditor'],
  rateLimit: 'read',
  response: { 200: object({ items: list(account, 500) }) },
})

/** The link is shown once and works once, within 72 hours. */
export const inviteStaff = defineRoute({
  id: 'inviteStaff',
  tag: 'Staff',
  summary: 'Invite a member of staff',
  roles: ['operator'],
  rateLimit: 'write',
  body: object({ displayName: line(100), roles: dutyRoleList() }),
  response: { 201: invite },
})

export const setStaffRoles = defineRoute({
  id: 'setStaffRoles',
  tag: 'Staff',
  summary: 'Change the roles of a member of staff, never of the last operator',
  roles: ['operator'],
  rateLimit: 'write',
  params,
  body: object({ roles: dutyRoleList() }),
  response: { 200: account },
})

export const renewStaffLink = defineRoute({
  id: 'renewStaffLink',
  tag: 'Staff',
  summary: 'A new one-use link for a member of staff; older ones stop working',
  roles: ['operator'],
  rateLimit: 'write',
  params,
  response: { 201: invite },
})

export const removeStaff = defineRoute({
  id: 'removeStaff',
  tag: 'Staff',
  summary: 'Remove a member of staff and end their sign-ins',
  roles: ['operator'],
  rateLimit: 'write',
  params,
  response: { 200: nothing() },
})

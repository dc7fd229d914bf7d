import { createHash } from 'node:crypto'
import type { SignIn } from '../../../api/people/sign-in.ts'
import { type Actor, anyone, type Base, type UnixSeconds } from '../../../base.ts'
import { GuildhallError } from '../../../errors.ts'
import type { AccountKind, SignInRow } from '../../../records/entry-tables.ts'

type Use = Pick<Base, 'records' | 'clock' | 'random' | 'audit' | 'transaction'>

/** How long a sign-in lasts, in seconds: a working day; at a station (a shared tablet) three minutes without a touch. */
const lifetimes = { duty: 12 * 3_600, stationIdle: 180 } as const

/** What the database keeps of a secret token: its SHA-256. The token itself has 256 bits and is never stored. */
export const hashToken = (token: string): Uint8Array => new Uint8Array(createHash('sha256').update(token).digest())

/** A fresh secret of 256 bits, base64url. */
export const newToken = ({ random }: Pick<Base, 'random'>): string => Buffer.from(random.bytes(32)).toString('base64url')

/** Begins a sign-in inside the caller's transaction. @returns the token for the cookie and how long it lasts at most */
export function beginSignIn(
  base: Use,
  account: { kind: AccountKind; id: string },
  how: { via: SignInRow['via']; stationId?: string; until?: UnixSeconds },
): { token: string; actor: Actor; maxAgeSeconds: number } {
  const now = base.clock.now()
  const token = newToken(base)
  const ends = Math.min(now + (how.stationId === undefined ? lifetimes.duty : lifetimes.stationIdle), how.until ?? Number.MAX_SAFE_INTEGER)
  base.records.signIns.insert({
    tokenHash: hashToken(token),
    accountKind: account.kind,
    accountId: account.id,
    via: how.via,
    stationId: how.stationId ?? null,
    createdAt: now,
    lastSeenAt: now,
    expiresAt: ends,
  })
  if (account.kind === 'staff') base.records.staff.update(account.id, { lastSignInAt: now })
  const actor = actorFor(base, { kind: account.kind, id: account.id }, how.via)
  base.audit.append(actor, 'signed-in', { subject: account.id, details: { via: how.via } })
  return { token, actor, maxAgeSeconds: Math.max(1, (how.until ?? now + lifetimes.duty) - now) }
}

/** Who a cookie's token belongs to now; `anyone` where it is unknown, expired, or its account or station is no more. */
export function findActor(base: Use, token: string | null): Actor {
  const row = token === null ? undefined : base.records.signIns.find({ tokenHash: hashToken(token) })
  if (!row || row.expiresAt <= base.clock.now()) return anyone
  const station = row.stationId === null ? undefined : base.records.stations.find({ stationId: row.stationId })
  if (row.stationId !== null && (!station || station.closedAt !== null || station.closesAt <= base.clock.now())) return anyone
  stayAwake(base, row, station?.closesAt)
  return actorFor(base, { kind: row.accountKind, id: row.accountId }, row.via)
}

/** Ties a sign-in by link or passkey to the station that it was made at, as a card's is: it ends with the station, or when nobody is there. */
export function sitAtStation(base: Use, token: string, { stationId, closesAt }: { stationId: string; closesAt: UnixSeconds }): void {
  const tokenHash = hashToken(token)
  const row = base.records.signIns.find({ tokenHash })
  if (!row || row.stationId !== null) return
  base.transaction(() => {
    base.records.signIns.remove({ stationId })
    base.records.signIns.update(tokenHash, { stationId, expiresAt: Math.min(base.clock.now() + lifetimes.stationIdle, closesAt) })
  })
}

/** Inside the caller's transaction, or by itself. */
export function endSignIn(base: Use, actor: Actor, token: string | null): void {
  if (token === null) return
  base.transaction(() => {
    if (base.records.signIns.remove({ tokenHash: hashToken(token) }) > 0 && actor.via !== 'none')
      base.audit.append(actor, 'signed-out', { subject: actor.id })
  })
}

/** What the browser may know of its sign-in. */
export function describeSignIn(base: Use, actor: Actor, token: string | null): SignIn {
  const row = token === null || actor.via === 'none' ? undefined : base.records.signIns.find({ tokenHash: hashToken(token) })
  if (!row)
    return {
      signedIn: false,
      accountId: null,
      displayName: null,
      roles: [],
      learnerId: null,
      via: null,
      expiresAt: null,
      sharedDevice: false,
      passkeys: 0,
      shouldAddPasskey: false,
    }
  const passkeys = base.records.passkeys.count({ accountId: row.accountId })
  return {
    signedIn: true,
    accountId: row.accountId,
    displayName: nameOf(base, row),
    roles: [...actor.roles],
    learnerId: row.accountKind === 'learner' ? row.accountId : null,
    via: row.via,
    expiresAt: row.expiresAt,
    sharedDevice: row.stationId !== null,
    passkeys,
    shouldAddPasskey: row.accountKind === 'staff' && passkeys === 0,
  }
}

/** Makes a one-use link for an account inside the caller's transaction; earlier links of the account stop working. */
export function createLink(
  base: Use,
  account: { kind: AccountKind; id: string },
  lastsSeconds: number,
): { token: string; expiresAt: UnixSeconds } {
  const token = newToken(base)
  const expiresAt = base.clock.now() + lastsSeconds
  base.records.signInLinks.remove({ accountId: account.id })
  base.records.signInLinks.insert({
    tokenHash: hashToken(token),
    accountKind: account.kind,
    accountId: account.id,
    expiresAt,
    usedAt: null,
  })
  return { token, expiresAt }
}

/** Signs in by a one-use link. @throws LINK_REFUSED for a link that is used, expired, unknown, or whose account is no more */
export function redeemLink(base: Use, token: string): ReturnType<typeof beginSignIn> {
  return base.transaction(() => {
    const now = base.clock.now()
    const link = base.records.signInLinks.find({ tokenHash: hashToken(token) })
    if (!link || link.usedAt !== null || link.expiresAt <= now) throw new GuildhallError('LINK_REFUSED')
    if (actorFor(base, { kind: link.accountKind, id: link.accountId }, 'link').via === 'none') throw new GuildhallError('LINK_REFUSED')
    base.records.signInLinks.update(link.tokenHash, { usedAt: now })
    return beginSignIn(base, { kind: link.accountKind, id: link.accountId }, { via: 'link' })
  })
}

/** Ends every sign-in of an account, inside the caller's transaction. */
export function endAllSignIns(base: Pick<Base, 'records'>, accountId: string): void {
  base.records.signIns.remove({ accountId })
  base.records.signInLinks.remove({ accountId })
}

const actorFor = (base: Pick<Base, 'records'>, account: { kind: AccountKind; id: string }, via: SignInRow['via']): Actor => {
  if (account.kind === 'learner') {
    const learner = base.records.learners.find({ learnerId: account.id })
    return learner && learner.erasedAt === null ? { id: account.id, roles: ['learner'], via } : anyone
  }
  if (account.kind === 'guardian')
    return base.records.guardians.find({ guardianId: account.id }) ? { id: account.id, roles: ['guardian'], via } : anyone
  const staff = base.records.staff.find({ staffId: account.id })
  return staff && staff.removedAt === null ? { id: account.id, roles: staff.roles, via } : anyone
}

const nameOf = (base: Pick<Base, 'records'>, { accountKind, accountId }: SignInRow): string => {
  if (accountKind === 'learner') return base.records.people.learnerName(accountId)
  return accountKind === 'guardian' ? base.records.people.guardian(accountId).name : base.records.people.staffName(accountId)
}

/** The three minutes of a station begin anew with each call; written at most twice a minute. */
const stayAwake = (base: Use, row: SignInRow, closesAt: UnixSeconds | undefined): void => {
  const now = base.clock.now()
  if (row.stationId === null || now - row.lastSeenAt < 30) return
  base.records.signIns.update(row.tokenHash, {
    lastSeenAt: now,
    expiresAt: Math.min(now + lifetimes.stationIdle, closesAt ?? Number.MAX_SAFE_INTEGER),
  })
}

import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { Actor, Base } from '../../../base.ts'
import { GuildhallError, notFound } from '../../../errors.ts'
import type { AccountKind, CeremonyRow, PasskeyRow } from '../../../records/entry-tables.ts'
import { beginSignIn } from './sign-in.ts'

type Use = Pick<Base, 'records' | 'clock' | 'random' | 'audit' | 'transaction' | 'config'>
type Ceremony = { ceremonyId: string; options: Record<string, unknown> }
type Answer = { ceremonyId: string; response: Record<string, unknown>; origin: string }

const ceremonySeconds = 300

/** WebAuthn Level 3 §5.4 options for a discoverable passkey with user verification; PRF is asked for, so that the own wallet can use it. */
export async function startRegistration(base: Use, actor: Actor, origin: string): Promise<Ceremony> {
  const options = await generateRegistrationOptions({
    rpName: base.config.baseName.en,
    rpID: new URL(origin).hostname,
    // What the device shows in its list of passkeys; the account's name stays at the base.
    userName: base.config.baseName['zh-CN'],
    userID: new Uint8Array(Buffer.from(actor.id)),
    challenge: challengeBytes(base),
    attestationType: 'none',
    excludeCredentials: base.records.passkeys.list({ accountId: actor.id }).map(({ passkeyId }) => ({ id: passkeyId })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: [-7, -8, -257],
  })
  const ceremonyId = keepCeremony(base, { kind: 'registration', challenge: options.challenge, accountId: actor.id })
  return { ceremonyId, options: { ...options, extensions: { ...options.extensions, prf: {} } } }
}

/** @throws PASSKEY_REFUSED */
export async function finishRegistration(
  base: Use,
  actor: Actor,
  answer: Answer & { label?: string | undefined },
): Promise<{ passkeyId: string }> {
  const { challenge } = takeCeremony(base, answer.ceremonyId, { kind: 'registration', accountId: actor.id })
  const { registrationInfo } = await judged(() =>
    verifyRegistrationResponse({
      response: answer.response as unknown as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: answer.origin,
      expectedRPID: new URL(answer.origin).hostname,
      requireUserVerification: true,
    }),
  )
  if (!registrationInfo) throw refused('it does not verify')
  const { credential, credentialBackedUp } = registrationInfo
  base.transaction(() => {
    if (base.records.passkeys.find({ passkeyId: credential.id })) throw refused('it is registered already')
    base.records.passkeys.insert({
      passkeyId: credential.id,
      accountKind: kindOf(actor),
      accountId: actor.id,
      publicKey: credential.publicKey,
      counter: credential.counter,
      transports: credential.transports ?? [],
      label: answer.label ?? 'Passkey',
      backedUp: credentialBackedUp,
      addedAt: base.clock.now(),
      lastUsedAt: null,
    })
    base.audit.append(actor, 'passkey.added', { subject: actor.id, details: { backedUp: credentialBackedUp } })
  })
  return { passkeyId: credential.id }
}

/** Options for a passkey that the device finds by itself: nobody types who they are. */
export async function startLogin(base: Use, origin: string): Promise<Ceremony> {
  const options = await generateAuthenticationOptions({
    rpID: new URL(origin).hostname,
    challenge: challengeBytes(base),
    userVerification: 'required',
  })
  const ceremonyId = keepCeremony(base, { kind: 'login', challenge: options.challenge, accountId: null })
  return { ceremonyId, options: { ...options } }
}

/** @throws PASSKEY_REFUSED; the counter of a device that counts must rise (WebAuthn Level 3 §6.1.1) */
export async function finishLogin(base: Use, answer: Answer): Promise<ReturnType<typeof beginSignIn>> {
  const { challenge } = takeCeremony(base, answer.ceremonyId, { kind: 'login', accountId: null })
  const passkey = base.records.passkeys.find({ passkeyId: String(answer.response['id']) })
  if (!passkey) throw refused('it is not known here')
  const { verified, authenticationInfo } = await judged(() =>
    verifyAuthenticationResponse({
      response: answer.response as unknown as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: answer.origin,
      expectedRPID: new URL(answer.origin).hostname,
      requireUserVerification: true,
      credential: { id: passkey.passkeyId, publicKey: new Uint8Array(passkey.publicKey), counter: passkey.counter },
    }),
  )
  if (!verified) throw refused('it does not verify')
  return base.transaction(() => {
    base.records.passkeys.update(passkey.passkeyId, { counter: authenticationInfo.newCounter, lastUsedAt: base.clock.now() })
    const begun = beginSignIn(base, { kind: passkey.accountKind, id: passkey.accountId }, { via: 'passkey' })
    if (begun.actor.via === 'none') throw refused('its account is no more')
    return begun
  })
}

export function listPasskeys(
  base: Use,
  actor: Actor,
): { items: Pick<PasskeyRow, 'passkeyId' | 'label' | 'addedAt' | 'lastUsedAt' | 'backedUp'>[] } {
  const rows = base.records.passkeys.list({ accountId: actor.id }, { orderBy: 'addedAt' })
  return { items: rows.map(({ passkeyId, label, addedAt, lastUsedAt, backedUp }) => ({ passkeyId, label, addedAt, lastUsedAt, backedUp })) }
}

/** @throws PASSKEY_LAST, unless the account has another way in: a learner's card */
export function removePasskey(base: Use, actor: Actor, passkeyId: string): void {
  base.transaction(() => {
    if (!base.records.passkeys.find({ passkeyId, accountId: actor.id })) throw notFound('passkey')
    const others = base.records.passkeys.count({ accountId: actor.id }) - 1
    const hasCard = base.records.cards.count({ learnerId: actor.id, replacedAt: null }) > 0
    if (others === 0 && !hasCard) throw new GuildhallError('PASSKEY_LAST')
    base.records.passkeys.remove({ passkeyId })
    base.audit.append(actor, 'passkey.removed', { subject: actor.id })
  })
}

const refused = (problem: string, cause?: unknown): GuildhallError => new GuildhallError('PASSKEY_REFUSED', { problem }, { cause })

const challengeBytes = (base: Use): Uint8Array<ArrayBuffer> => new Uint8Array(base.random.bytes(32))

const kindOf = (actor: Actor): AccountKind =>
  actor.roles.includes('learner') ? 'learner' : actor.roles.includes('guardian') ? 'guardian' : 'staff'

const keepCeremony = (base: Use, ceremony: Pick<CeremonyRow, 'kind' | 'challenge' | 'accountId'>): string => {
  const ceremonyId = base.random.uuid()
  base.transaction(() => {
    for (const old of base.records.ceremonies.list({}, { orderBy: 'expiresAt', limit: 20 })) {
      if (old.expiresAt <= base.clock.now()) base.records.ceremonies.remove({ ceremonyId: old.ceremonyId })
    }
    base.records.ceremonies.insert({ ceremonyId, ...ceremony, expiresAt: base.clock.now() + ceremonySeconds })
  })
  return ceremonyId
}

/** A challenge is used once, whatever comes of it. */
const takeCeremony = (base: Use, ceremonyId: string, wanted: Pick<CeremonyRow, 'kind' | 'accountId'>): CeremonyRow => {
  const ceremony = base.records.ceremonies.find({ ceremonyId, ...wanted })
  base.records.ceremonies.remove({ ceremonyId })
  if (!ceremony || ceremony.expiresAt <= base.clock.now()) throw refused('it took too long')
  return ceremony
}

/** The library throws on every answer that does not fit, and on bytes that it cannot read: all are the sender's. */
const judged = async <T>(verify: () => Promise<T>): Promise<T> => {
  try {
    return await verify()
  } catch (cause) {
    throw refused('it does not verify', cause)
  }
}

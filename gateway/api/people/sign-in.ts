import Type from 'typebox'
import { defineRoute, roles, staff } from '../define-route.ts'
import {
  base64url,
  bilingual,
  count,
  flag,
  json,
  line,
  list,
  nothing,
  nullable,
  object,
  oneOf,
  optional,
  unixSeconds,
  uuid,
} from '../fields.ts'

/** What the browser knows of who is signed in. The session itself is in an HttpOnly cookie. */
export const signIn = object({
  signedIn: flag(),
  accountId: nullable(uuid()),
  displayName: nullable(line(200)),
  roles: list(oneOf(roles), 6),
  /** Present for a learner and, as the learners that a guardian answers for, empty here. */
  learnerId: nullable(uuid()),
  via: nullable(oneOf(['link', 'passkey', 'card'] as const)),
  expiresAt: nullable(unixSeconds()),
  /** At a station: it ends after three minutes without a touch, however one came in. */
  sharedDevice: flag(),
  passkeys: count(100),
  /** A duty account without a passkey is asked for one before it does anything else. */
  shouldAddPasskey: flag(),
})
export type SignIn = Type.Static<typeof signIn>

/** Who is signed in here. */
export const getSignIn = defineRoute({
  id: 'getSignIn',
  tag: 'Sign-in',
  summary: 'Who is signed in',
  roles: 'anyone',
  rateLimit: 'read',
  response: { 200: signIn },
})

export const signOut = defineRoute({
  id: 'signOut',
  tag: 'Sign-in',
  summary: 'Sign out',
  roles: 'anyone',
  rateLimit: 'write',
  response: { 200: nothing() },
})

/** A one-use link opens `/sign-in#<token>`; the page sends the token here. The token never travels in a URL that a server sees. */
export const redeemLink = defineRoute({
  id: 'redeemLink',
  tag: 'Sign-in',
  summary: 'Sign in with a one-use link',
  roles: 'anyone',
  rateLimit: 'sign-in',
  body: object({ token: base64url(100) }),
  response: { 200: signIn },
})

/** WebAuthn Level 3 options, as @simplewebauthn/browser takes them. */
const webauthnOptions = object({ ceremonyId: uuid(), options: json() })
const webauthnResponse = object({ ceremonyId: uuid(), response: json() })

export const startPasskeyLogin = defineRoute({
  id: 'startPasskeyLogin',
  tag: 'Sign-in',
  summary: 'Begin to sign in with a passkey',
  roles: 'anyone',
  rateLimit: 'sign-in',
  response: { 200: webauthnOptions },
})

export const finishPasskeyLogin = defineRoute({
  id: 'finishPasskeyLogin',
  tag: 'Sign-in',
  summary: 'Sign in with a passkey',
  roles: 'anyone',
  rateLimit: 'sign-in',
  body: webauthnResponse,
  response: { 200: signIn },
})

export const startPasskeyRegistration = defineRoute({
  id: 'startPasskeyRegistration',
  tag: 'Sign-in',
  summary: 'Begin to add a passkey to the account signed in',
  roles: [...staff, 'learner', 'guardian'],
  rateLimit: 'sign-in',
  response: { 200: webauthnOptions },
})

export const finishPasskeyRegistration = defineRoute({
  id: 'finishPasskeyRegistration',
  tag: 'Sign-in',
  summary: 'Add a passkey to the account signed in',
  roles: [...staff, 'learner', 'guardian'],
  rateLimit: 'sign-in',
  body: object({ ceremonyId: uuid(), response: json(), label: optional(line(60)) }),
  response: { 200: object({ passkeyId: line(400) }) },
})

export const listPasskeys = defineRoute({
  id: 'listPasskeys',
  tag: 'Sign-in',
  summary: 'The passkeys of the account signed in',
  roles: [...staff, 'learner', 'guardian'],
  rateLimit: 'read',
  response: {
    200: object({
      items: list(
        object({ passkeyId: line(400), label: line(60), addedAt: unixSeconds(), lastUsedAt: nullable(unixSeconds()), backedUp: flag() }),
        20,
      ),
    }),
  },
})

export const removePasskey = defineRoute({
  id: 'removePasskey',
  tag: 'Sign-in',
  summary: 'Remove a passkey, never the last way in',
  roles: [...staff, 'learner', 'guardian'],
  rateLimit: 'write',
  params: object({ passkeyId: base64url(400) }),
  response: { 200: nothing() },
})

/** The sixteen pictures of a picture PIN, by name. Web draws them; the order on the screen is the server's and changes each time. */
export const pictures = [
  'apple',
  'bell',
  'boat',
  'book',
  'cat',
  'cloud',
  'drum',
  'fish',
  'flower',
  'house',
  'key',
  'kite',
  'moon',
  'star',
  'tree',
  'wheel',
] as const
export type Picture = (typeof pictures)[number]

/** What is printed on a learning-code card, behind the base's address: `GH1` and 26 characters of base32. */
const cardCode = () => Type.String({ pattern: '^GH1[A-Z2-7]{26}$' })
const picturePin = () => Type.Array(oneOf(pictures), { minItems: 4, maxItems: 4 })

/** A card opens nothing by itself: it tells the station whose turn it is and which pictures to show. */
export const scanCard = defineRoute({
  id: 'scanCard',
  tag: 'Sign-in',
  summary: 'Scan a learning-code card at an open station',
  roles: 'anyone',
  rateLimit: 'sign-in',
  body: object({ card: cardCode() }),
  response: {
    200: object({
      pin: oneOf(['set', 'unset', 'locked'] as const),
      pictures: list(object({ id: oneOf(pictures), name: bilingual(20) }), 16),
      attemptsLeft: count(5),
    }),
  },
})

export const signInWithPin = defineRoute({
  id: 'signInWithPin',
  tag: 'Sign-in',
  summary: 'Sign in with card and picture PIN at an open station',
  roles: 'anyone',
  rateLimit: 'sign-in',
  body: object({ card: cardCode(), pictures: picturePin() }),
  response: { 200: signIn },
})

/** The first time, or after a teacher has reset it. */
export const setPin = defineRoute({
  id: 'setPin',
  tag: 'Sign-in',
  summary: 'Choose a picture PIN for a card at an open station',
  roles: 'anyone',
  rateLimit: 'sign-in',
  body: object({ card: cardCode(), pictures: picturePin() }),
  response: { 200: signIn },
})

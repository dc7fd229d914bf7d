import Type from 'typebox'
import { anchorReceipt } from '../base/public.ts'
import { defineRoute } from '../define-route.ts'
import {
  base64url,
  bilingual,
  bytes,
  count,
  credential,
  did,
  flag,
  json,
  line,
  list,
  multibaseKey,
  nullable,
  object,
  oneOf,
  optional,
  unixSeconds,
  url,
  uuid,
} from '../fields.ts'
import { anchorStates, credentialId, credentialParams, credentialStates, proofFormats } from './awards.ts'

/** A certificate as its learner sees it. */
const held = object({
  credentialId: credentialId(),
  title: bilingual(120),
  description: bilingual(1_000),
  issuerName: bilingual(100),
  direction: line(60),
  validFrom: unixSeconds(),
  validUntil: nullable(unixSeconds()),
  state: oneOf(credentialStates),
  stateReason: nullable(line(300)),
  anchor: oneOf(anchorStates),
  claimed: flag(),
  isNew: flag(),
  trial: flag(),
})
export type HeldCredential = Type.Static<typeof held>

/** A guardian names the learner; a learner sees only their own. */
const whose = { learnerId: optional(uuid()) }

export const listMyCredentials = defineRoute({
  id: 'listMyCredentials',
  tag: 'Wallet',
  summary: 'My certificates, with those still to be claimed',
  roles: ['learner', 'guardian'],
  rateLimit: 'read',
  query: object(whose),
  response: {
    200: object({
      items: list(held, 1_000),
      holder: nullable(did()),
      custody: oneOf(['base', 'own'] as const),
      /** The base keeps the wallet of a learner under 18, or whose age it does not know. */
      minor: flag(),
      /** For whom an own wallet signs: `origin` is the audience of its proofs, `host` the domain of its presentations. */
      base: object({ origin: url(), host: line(253) }),
    }),
  },
})

/** The files of a certificate by proof format, and the receipt that travels beside them. */
export const getMyCredential = defineRoute({
  id: 'getMyCredential',
  tag: 'Wallet',
  summary: 'One of my certificates',
  roles: ['learner', 'guardian'],
  rateLimit: 'read',
  params: credentialParams,
  query: object(whose),
  response: {
    200: object({
      ...held.properties,
      files: list(object({ format: oneOf(proofFormats), credential: credential() }), 2),
      receipt: nullable(anchorReceipt),
      /** Opens the salted name in the credential (OB 3.0 IdentityObject): shown only if the learner ticks "my name". */
      identity: nullable(object({ name: line(200), salt: line(100) })),
    }),
  },
})

export const downloadFormats = ['vc+jwt', 'json-ld', 'png', 'svg', 'bundle'] as const

export const downloadMyCredential = defineRoute({
  id: 'downloadMyCredential',
  tag: 'Wallet',
  summary: 'One of my certificates as a file',
  roles: ['learner', 'guardian'],
  rateLimit: 'heavy',
  params: credentialParams,
  query: object({ ...whose, format: oneOf(downloadFormats), language: optional(oneOf(['zh-CN', 'en'] as const)) }),
  response: { 200: bytes('application/octet-stream') },
})

/** A proof by the holder's key of OpenID4VCI kind, a compact JWS (RFC 7515) over audience, learner and time. */
const holderProof = () => Type.String({ maxLength: 4_000 })

/** Base-held: the certificate is bound to the learner's key already. Own wallet: the browser proves that it has the key. */
export const claimCredential = defineRoute({
  id: 'claimCredential',
  tag: 'Wallet',
  summary: 'Take a certificate into my wallet',
  roles: ['learner'],
  rateLimit: 'write',
  params: credentialParams,
  body: object({ proof: optional(holderProof()) }),
  response: { 200: held },
})

/** The vault's key wrapped for one secret: a passkey's PRF, a PIN on one device, or a recovery sheet. */
const lock = {
  id: base64url(40),
  kind: oneOf(['passkey', 'pin', 'recovery'] as const),
  salt: base64url(40),
  iv: base64url(40),
  wrapped: base64url(200),
  credentialId: optional(base64url(1_400)),
  cost: optional(object({ memoryKiB: count(1_048_576), passes: count(16), lanes: count(16) })),
}
const sealed = { version: count(), iv: base64url(16), ciphertext: base64url(4_000_000) }

/** What the base tells of a vault: for a PIN lock the tries that are left instead of what it wraps. */
const vault = object({ ...sealed, locks: list(object({ ...lock, attemptsLeft: optional(count(5)) }), 20) })
export type OwnVault = Type.Static<typeof vault>

/** What the home base keeps for an own wallet: ciphertext that it cannot read, with a version against lost updates. A new PIN lock brings its `pinProof`. */
const newVault = object({ ...sealed, locks: list(object({ ...lock, pinProof: optional(base64url(60)) }), 20) })

export const getVault = defineRoute({
  id: 'getVault',
  tag: 'Wallet',
  summary: 'My own encrypted wallet',
  roles: ['learner'],
  rateLimit: 'read',
  response: { 200: nullable(vault) },
})

/** `version` must be one more than the version kept. */
export const putVault = defineRoute({
  id: 'putVault',
  tag: 'Wallet',
  summary: 'Keep my own encrypted wallet',
  roles: ['learner'],
  rateLimit: 'write',
  body: newVault,
  response: { 200: object({ version: count() }) },
})

/** The base counts: five wrong ones shut the lock, and only the recovery sheet opens the wallet then. */
export const openPinLock = defineRoute({
  id: 'openPinLock',
  tag: 'Wallet',
  summary: 'Get what the PIN of my own wallet opens',
  roles: ['learner'],
  rateLimit: 'sign-in',
  body: object({ lockId: base64url(40), proof: base64url(60) }),
  response: { 200: object({ wrapped: base64url(200) }) },
})

/** From the base-held key to the learner's own. The certificates are issued again to the new key, the old ones superseded. */
export const graduate = defineRoute({
  id: 'graduate',
  tag: 'Wallet',
  summary: 'Move my wallet to a key of my own',
  roles: ['learner'],
  rateLimit: 'write',
  body: object({ holderKey: multibaseKey(), proof: holderProof(), vault: newVault, replacesLost: optional(flag()) }),
  response: { 200: object({ holder: did(), moved: count() }) },
})

const learningCode = object({
  codeId: uuid(),
  credentialIds: list(credentialId(), 20),
  nameShown: flag(),
  createdAt: unixSeconds(),
  expiresAt: unixSeconds(),
  openedAt: nullable(unixSeconds()),
  /** What the opener said of themselves; not checked. */
  openedBy: nullable(line(100)),
})

/** What an own wallet signed itself, over a code that it made; the base hands it on, once. */
const ownPresentation = object({
  code: Type.String({ pattern: '^[A-Z2-7]{26}$' }),
  presentation: json(),
  identity: nullable(object({ name: line(200), salts: list(line(100), 20) })),
})
export type OwnPresentation = Type.Static<typeof ownPresentation>

/** Lives 60 seconds, opens once. `text` is in capitals: at most 45 modules as a QR code. An own wallet brings what it signed. */
export const createLearningCode = defineRoute({
  id: 'createLearningCode',
  tag: 'Learning code',
  summary: 'A learning code that shows the certificates picked',
  roles: ['learner'],
  rateLimit: 'write',
  body: object({
    credentialIds: Type.Array(credentialId(), { minItems: 1, maxItems: 20 }),
    nameShown: Type.Boolean(),
    own: optional(ownPresentation),
  }),
  response: { 201: object({ ...learningCode.properties, code: Type.String({ pattern: '^[A-Z2-7]{26}$' }), text: line(150), url: url() }) },
})

export const listLearningCodes = defineRoute({
  id: 'listLearningCodes',
  tag: 'Learning code',
  summary: 'Who opened my learning codes',
  roles: ['learner', 'guardian'],
  rateLimit: 'read',
  query: object(whose),
  response: { 200: object({ items: list(learningCode, 200) }) },
})

/** Once, within its minute. What comes back is verified in the browser that asked. */
export const openLearningCode = defineRoute({
  id: 'openLearningCode',
  tag: 'Learning code',
  summary: 'Open a learning code',
  roles: 'anyone',
  rateLimit: 'sign-in',
  crossOrigin: true,
  body: object({ code: Type.String({ pattern: '^[A-Z2-7]{26}$' }), visitor: optional(line(100)) }),
  response: {
    200: object({
      /** A Verifiable Presentation by the holder, over the code as its challenge. */
      presentation: credential(),
      receipts: list(nullable(anchorReceipt), 20),
      identity: nullable(object({ name: line(200), salts: list(line(100), 20) })),
      openedAt: unixSeconds(),
    }),
  },
})

/** A `.guildhall` bundle: verifies offline after this base is gone. Learners and guardians export their own, staff what they issued. */
export const exportBundle = defineRoute({
  id: 'exportBundle',
  tag: 'Bundles',
  summary: 'Certificates as a bundle that verifies by itself',
  roles: ['learner', 'guardian', 'examiner', 'operator'],
  rateLimit: 'heavy',
  body: object({ credentialIds: Type.Array(credentialId(), { minItems: 1, maxItems: 1_000 }), nameShown: optional(Type.Boolean()) }),
  response: { 200: bytes('application/vnd.guildhall.bundle+zip') },
})

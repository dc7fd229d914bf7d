import { entryProblems } from './use-cases/people/entry/problems.ts'
import { workProblems } from './use-cases/works/problems.ts'
import { readingProblems } from './use-cases/works/reading/problems.ts'

import { moneyProblems } from './use-cases/works/royalties/problems.ts'

/** What a code means over HTTP (RFC 9457): status, title, what happened, and what to do next. `{name}` is filled from the error's params. */
export type ProblemText = { status: number; title: string; detail: string; nextStep: string }

/** Every error that the gateway itself reports. Web translates by code and params; these sentences are for programs and logs. */
export const problems = {
  REQUEST_INVALID: {
    status: 400,
    title: 'The request is not valid',
    detail: '{where} {problem}.',
    nextStep: 'Correct the value named and send the request again.',
  },
  REQUEST_UNREADABLE: {
    status: 400,
    title: 'The request cannot be read',
    detail: 'The body is not {expected}.',
    nextStep: 'Send the body in the media type that the route asks for.',
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    title: 'The request is too large',
    detail: 'At most {maxBytes} bytes are taken here.',
    nextStep: 'Send less at a time.',
  },
  MEDIA_TYPE_REFUSED: {
    status: 415,
    title: 'The media type is not taken',
    detail: 'This route does not take {mediaType}.',
    nextStep: 'Send the media type that /openapi.json names.',
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    title: 'There is no such route',
    detail: 'This base has nothing at that address.',
    nextStep: 'Look into /openapi.json.',
  },
  METHOD_REFUSED: {
    status: 405,
    title: 'The method is not taken',
    detail: 'This address does not take {method}.',
    nextStep: 'Look into /openapi.json.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'Not found',
    detail: 'There is no {thing} with that id.',
    nextStep: 'Go back to the list and choose again.',
  },
  SIGN_IN_NEEDED: { status: 401, title: 'Sign in first', detail: 'This needs a sign-in.', nextStep: 'Sign in and try again.' },
  ROLE_MISSING: {
    status: 403,
    title: 'Not allowed',
    detail: 'This needs one of the roles {roles}.',
    nextStep: 'Ask an operator of the base for the role.',
  },
  NOT_YOURS: { status: 403, title: 'Not allowed', detail: 'This belongs to someone else.', nextStep: 'Choose one of your own.' },
  HOST_REFUSED: { status: 421, title: 'Misdirected', detail: 'This base is not {host}.', nextStep: 'Use its address, or NETWORK_HOSTS.' },
  ORIGIN_REFUSED: {
    status: 403,
    title: 'Refused',
    detail: 'The request came from a page of another origin.',
    nextStep: "Open the base's own address and try again.",
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    title: 'Too many requests',
    detail: 'Try again in {seconds} seconds.',
    nextStep: 'Wait, then try again.',
  },
  CONFLICT: {
    status: 409,
    title: 'It has changed meanwhile',
    detail: 'The {thing} has changed since you read it.',
    nextStep: 'Read it again and repeat what you meant to do.',
  },
  STATE_REFUSED: { status: 409, title: 'Not possible now', detail: 'The {thing} is {state}.', nextStep: '{next}' },
  NOT_READY: {
    status: 503,
    title: 'Not ready yet',
    detail: '{part} is not ready.',
    nextStep: 'Wait a moment and try again; see Operations for what is missing.',
  },
  CHECKPOINT_UNSIGNED: {
    status: 503,
    title: 'Too few bases signed',
    detail: '{signers} of {needed} bases that hold a checkpoint key of the network signed what the file says of the ledger.',
    nextStep: 'Try again when a base that holds such a key is connected; the base that founded the network is one.',
  },
  NOT_BUILT_IN: {
    status: 501,
    title: 'Not offered here',
    detail: 'This base does not offer {thing}.',
    nextStep: 'Look into /openapi.json for what it offers.',
  },
  INTERNAL: {
    status: 500,
    title: 'Something went wrong in the base',
    detail: 'The base could not finish this.',
    nextStep: 'Try again; if it stays so, give the request id to the operator.',
  },

  ...entryProblems,
  ...readingProblems,

  GATE_REFUSED: {
    status: 403,
    title: 'The base may not do this now',
    detail: 'This base may not run or issue in programme {programmeId}: {refusal}.',
    nextStep: 'Renew what has lapsed under Operations, Entitlement; then try again.',
  },
  RUBRIC_NOT_MET: {
    status: 422,
    title: 'The rubric is not met',
    detail: 'The levels add up to {total}; {needed} are needed.',
    nextStep: 'Judge again, or award when the learner has reached the level.',
  },
  RUBRIC_INVALID: {
    status: 422,
    title: 'The judgement does not fit the rubric',
    detail: 'The programme has no level {level} for {criterion}.',
    nextStep: "Give each criterion of the programme's rubric one of its levels.",
  },

  ...workProblems,

  ...moneyProblems,

  LEDGER_REFUSED: {
    status: 409,
    title: 'The ledger refused the write',
    detail: 'The ledger refused the write of kind {kind}: {reason}.',
    nextStep: 'Look at Operations, Waiting for the ledger; correct what is named there and try again.',
  },
  INVITE_REFUSED: {
    status: 409,
    title: 'The invite does not work',
    detail: 'The invite cannot be used: {problem}.',
    nextStep: 'Ask the base that invites for a new one, set INVITE to it, and start again.',
  },
  LEARNING_CODE_REFUSED: {
    status: 404,
    title: 'The learning code does not open',
    detail: 'The learning code is not ours, was opened before, or its minute is over.',
    nextStep: 'Ask the learner for a new code.',
  },
  ROSTER_UNREADABLE: {
    status: 422,
    title: 'The roster cannot be read',
    detail: 'The file is not a OneRoster 1.2 CSV zip: {problem}.',
    nextStep: 'Export the roster again as OneRoster 1.2 CSV and import that file.',
  },
  ROSTER_SHRINKS: {
    status: 409,
    title: 'The roster would shrink',
    detail: 'The import would remove {removed} of {present} {what}.',
    nextStep: 'Check the file; import with confirmation if this is meant.',
  },

  CONFIGURATION_INVALID: {
    status: 500,
    title: 'The configuration is not valid',
    detail: '{count} settings are not valid.',
    nextStep: 'Correct the settings named and start again.',
  },
  DATA_IN_USE: {
    status: 500,
    title: 'The base is running already',
    detail: 'Another process (pid {pid}) uses this data folder.',
    nextStep: 'Stop the other process, or start with another DATA_DIR.',
  },
  PORT_TAKEN: {
    status: 500,
    title: 'The port is taken',
    detail: 'Port {port} is used by another program.',
    nextStep: 'Stop that program, or set PORT to a free port.',
  },
  DISK_FULL: {
    status: 507,
    title: 'The disk is full',
    detail: 'Only {freeBytes} bytes are free in the data folder.',
    nextStep: 'Make space on the disk, then try again.',
  },
  CLOCK_WRONG: {
    status: 500,
    title: 'The clock is wrong',
    detail: 'The clock of this machine says {clock}, but {evidence}.',
    nextStep: 'Set the clock of this machine, then start again.',
  },
  KEY_WRONG: {
    status: 500,
    title: "The base's key does not open",
    detail: 'The passphrase does not open the key of this data folder.',
    nextStep: 'Set KEY_PASSPHRASE to the passphrase that this base was first started with.',
  },
  DATA_TOO_NEW: {
    status: 500,
    title: 'The data is newer than the program',
    detail: 'The data folder has version {found}; this program knows {known}.',
    nextStep: 'Start a newer version of Guildhall.',
  },
  SEAL_BROKEN: {
    status: 500,
    title: 'A sealed field does not open',
    detail: 'A personal field of learner {learnerId} does not open.',
    nextStep: 'The data folder has been changed from outside: restore it from a backup.',
  },
  LEARNER_ERASED: {
    status: 410,
    title: 'The learner was erased',
    detail: 'The personal data of this learner is destroyed.',
    nextStep: 'Only the receipt of the erasure remains.',
  },
} as const satisfies Record<string, ProblemText>

/** The stable codes of `problems`. */
export type GuildhallErrorCode = keyof typeof problems

/** Values for the sentences of a problem. Never personal: they reach logs and screens. */
export type ProblemParams = Record<string, string | number>

/**
 * The one error class of the gateway.
 * @example throw new GuildhallError('NOT_FOUND', { thing: 'session' })
 */
export class GuildhallError extends Error {
  readonly code: GuildhallErrorCode
  readonly params: ProblemParams
  constructor(code: GuildhallErrorCode, params: ProblemParams = {}, options: { cause?: unknown } = {}) {
    super(fill(problems[code].detail, params), options)
    this.name = 'GuildhallError'
    this.code = code
    this.params = params
  }
}

/** Puts params into a sentence: `fill('{n} left', { n: 3 })` is `3 left`. */
export const fill = (sentence: string, params: ProblemParams): string =>
  sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole))

/** Shorthand for the commonest refusal. */
export const notFound = (thing: string): GuildhallError => new GuildhallError('NOT_FOUND', { thing })

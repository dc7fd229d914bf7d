import type { ProblemText } from '../../../errors.ts'

/** Why somebody does not come in: links, passkeys, stations, cards, pictures, consent and the wallet behind them. Part of `problems` in gateway/errors.ts. */
export const entryProblems = {
  LINK_REFUSED: {
    status: 401,
    title: 'The link does not work',
    detail: 'The sign-in link is used, expired or not ours.',
    nextStep: 'Ask the operator for a new link.',
  },
  PASSKEY_REFUSED: {
    status: 401,
    title: 'The passkey was not accepted',
    detail: 'The answer of the passkey does not fit: {problem}.',
    nextStep: 'Try again, or sign in with a link and add the passkey anew.',
  },
  PASSKEY_LAST: {
    status: 409,
    title: 'This is the last way in',
    detail: 'Without this passkey nobody could sign in to this account.',
    nextStep: 'Add another passkey first.',
  },
  OPERATOR_LAST: {
    status: 409,
    title: 'This is the last operator',
    detail: 'A base must keep at least one operator.',
    nextStep: 'Make someone else an operator first.',
  },
  STATION_CLOSED: {
    status: 403,
    title: 'The station is closed',
    detail: 'Cards work only at a station that a teacher has opened.',
    nextStep: 'Ask your teacher to open this station.',
  },
  CARD_REFUSED: {
    status: 401,
    title: 'The card is not accepted',
    detail: 'The card is not known here, or has been replaced.',
    nextStep: 'Ask your teacher for your present card.',
  },
  CARD_LOCKED: {
    status: 423,
    title: 'The card is locked',
    detail: 'Five wrong tries locked the card.',
    nextStep: 'Ask your teacher to free it.',
  },
  PIN_WRONG: {
    status: 401,
    title: 'Those were not the pictures',
    detail: '{attemptsLeft} tries are left.',
    nextStep: 'Try again, slowly.',
  },
  PIN_SET_ALREADY: {
    status: 409,
    title: 'Pictures are chosen already',
    detail: 'This card has its pictures.',
    nextStep: 'Ask your teacher to reset them.',
  },
  PIN_TOO_SIMPLE: {
    status: 422,
    title: 'Choose other pictures',
    detail: 'Four times the same picture is too easy to guess.',
    nextStep: 'Choose at least two different pictures.',
  },
  CONSENT_MISSING: {
    status: 403,
    title: 'A consent is missing',
    detail: "A guardian's consent for {scope} is missing or withdrawn.",
    nextStep: 'Record the consent of a guardian first.',
  },
  WALLET_MINOR: {
    status: 403,
    title: 'The base keeps this wallet',
    detail: 'The base keeps the wallet of a learner under 18, or whose birth date it does not know.',
    nextStep: 'If the learner is of age, ask the base to take the birth date from the school roster.',
  },
  PASSKEY_NEEDED: {
    status: 403,
    title: 'A passkey is needed',
    detail: 'This needs a sign-in with a passkey.',
    nextStep: 'Sign in with your passkey and try again.',
  },
  WALLET_SHUT: {
    status: 409,
    title: 'The wallet is shut',
    detail: "This wallet is in its learner's own hands: the base cannot sign for it.",
    nextStep: 'Open the wallet with its passkey or PIN first.',
  },
  WALLET_PIN_WRONG: {
    status: 403,
    title: 'That was not the PIN',
    detail: '{attemptsLeft} tries are left.',
    nextStep: 'Try again, or open the wallet with the recovery sheet.',
  },
  WALLET_PIN_LOCKED: {
    status: 423,
    title: 'The PIN is locked',
    detail: 'Five wrong tries locked the PIN.',
    nextStep: 'Open the wallet with the recovery sheet and choose a new PIN.',
  },
} as const satisfies Record<string, ProblemText>

import type { ProblemText } from '../../../errors.ts'

/** Why money is not moved. Part of `problems` in gateway/errors.ts. */
export const moneyProblems = {
  MINTER_MISSING: {
    status: 403,
    title: 'This base is not the bank',
    detail: 'The network has not named this base to make money against deposits.',
    nextStep: 'Have the base that keeps the bank account record the deposit.',
  },
  DEPOSIT_RECORDED: {
    status: 409,
    title: 'Recorded before',
    detail: 'Money was made for this receipt already.',
    nextStep: 'Check the number of the receipt; each is recorded once.',
  },
  AMOUNT_REFUSED: {
    status: 422,
    title: 'The amount is not possible',
    detail: 'An amount of {amount} cannot be moved.',
    nextStep: 'Give an amount above 0.',
  },
  WORK_CONTESTED: {
    status: 409,
    title: 'The work is contested',
    detail: 'Nothing is paid to work {workId} while it is contested.',
    nextStep: 'Wait for the ruling.',
  },
  NOTHING_OWED: {
    status: 409,
    title: 'There is nothing to withdraw',
    detail: 'Nothing that has flowed is owed to this account.',
    nextStep: 'Let the royalties flow first, or wait until a work has been paid.',
  },
  WITHDRAWAL_OVER: {
    status: 409,
    title: 'The withdrawal is over',
    detail: 'This withdrawal was sent before, or its time is over.',
    nextStep: 'Begin again.',
  },
  RECIPIENT_REFUSED: {
    status: 403,
    title: 'It cannot go there',
    detail: 'What the base withdraws for a person goes to the account of that person.',
    nextStep: 'Open an account with a passkey to send money elsewhere, or leave the recipient out.',
  },
  ACCOUNT_REFUSED: {
    status: 409,
    title: 'The account does not work',
    detail: 'The account cannot be used: {problem}.',
    nextStep: 'Choose another passkey, or another account.',
  },
  DISPUTE_REFUSED: {
    status: 409,
    title: 'This cannot be decided',
    detail: 'The dispute cannot be decided like that: {problem}.',
    nextStep: 'See Disputes for who decides, and what the ruling needs.',
  },
} as const satisfies Record<string, ProblemText>

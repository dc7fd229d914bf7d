/** Who may call what of the contracts for people's accounts, which no network owns: an account is its holder's, a paymaster its base's. */
import type { accountAbis } from '../generated/accounts.ts'

/** Who a function lets through, beside the conditions that its interface names. */
export const ACCOUNT_CALLERS = {
  EntryPoint: 'the EntryPoint 0.8, which asks the account whether its passkey signed',
  'EntryPoint or itself': 'the EntryPoint after a good signature; the account itself',
  base: 'the account that acts for the base that pays',
  anyone: 'anyone: it grants nothing to the caller',
} as const

type Own = Exclude<keyof typeof accountAbis, 'EntryPoint'>

/** The table: every function that changes something. */
export const accountPermissions = {
  LearnerAccount: { execute: 'EntryPoint or itself', validateUserOp: 'EntryPoint' },
  LearnerAccountFactory: { makeAccount: 'anyone' },
  SponsorPaymaster: {
    sponsor: 'base',
    setLimits: 'base',
    withdraw: 'base',
    deposit: 'anyone',
    validatePaymasterUserOp: 'EntryPoint',
    postOp: 'EntryPoint',
  },
} as const satisfies { readonly [Name in Own]: Readonly<Record<string, keyof typeof ACCOUNT_CALLERS>> }

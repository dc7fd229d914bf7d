import type { Static } from 'typebox'
import Type from 'typebox'
import { defineRoute, staff } from '../define-route.ts'
import { count, digest, flag, json, ledgerId, list, nullable, object, oneOf, optional, unixSeconds, uuid } from '../fields.ts'
import { account, amount } from './fields.ts'
import { owners } from './royalties.ts'

const passkeyId = () => Type.String({ pattern: '^[A-Za-z0-9_-]{1,1400}$' })

const ownAccount = object({
  account: account(),
  kind: oneOf(['base-held', 'passkey'] as const),
  /** The passkey that moves its money; null for an account whose key the base keeps. */
  passkeyId: nullable(passkeyId()),
  /** Whether there is a contract at it already. Its address is the same before. */
  isDeployed: flag(),
})
/** An account of a person on the ledger. */
export type OwnAccount = Static<typeof ownAccount>

/** The accounts of the person signed in; the first is the one that new works should name. */
export const listOwnAccounts = defineRoute({
  id: 'listOwnAccounts',
  tag: 'Royalties',
  summary: 'My accounts on the ledger',
  roles: staff,
  rateLimit: 'read',
  response: { 200: object({ items: list(ownAccount, 20) }) },
})

/** An account that only a passkey of the person signed in moves. Its address is known at once; its contract comes with its first use. */
export const openPasskeyAccount = defineRoute({
  id: 'openPasskeyAccount',
  tag: 'Royalties',
  summary: 'Open an account with a passkey',
  roles: staff,
  rateLimit: 'write',
  body: object({ passkeyId: passkeyId() }),
  response: { 201: ownAccount },
})

const withdrawnLine = object({ workId: ledgerId(), epoch: ledgerId(), amount: amount() })

/**
 * Works out what an account can withdraw. `options`: what the browser gives to the passkey (WebAuthn Level 3 §5.5), whose challenge is the
 * hash of what it signs; null where the base keeps the key, and nothing but `finishWithdrawal` is left to do.
 */
export const startWithdrawal = defineRoute({
  id: 'startWithdrawal',
  tag: 'Royalties',
  summary: 'Begin to withdraw what was earned',
  roles: staff,
  rateLimit: 'write',
  body: object({
    whose: optional(oneOf(owners)),
    /** One of the own accounts; the first with something to withdraw where left out. */
    account: optional(account()),
    /** Where it goes; the account itself where left out. Elsewhere needs a passkey's account, or the base's. */
    to: optional(account()),
  }),
  response: {
    200: object({
      withdrawalId: uuid(),
      account: account(),
      to: account(),
      token: account(),
      amount: amount(),
      lines: list(withdrawnLine, 10_000),
      expiresAt: unixSeconds(),
      options: nullable(json()),
    }),
  },
})

/** Sends a withdrawal to the ledger; the base pays what that costs. `response`: what the passkey answered. */
export const finishWithdrawal = defineRoute({
  id: 'finishWithdrawal',
  tag: 'Royalties',
  summary: 'Withdraw what was earned',
  roles: staff,
  rateLimit: 'write',
  body: object({ withdrawalId: uuid(), response: optional(json()) }),
  response: { 202: object({ jobId: uuid() }) },
})

const withdrawal = object({
  at: unixSeconds(),
  account: account(),
  to: account(),
  workId: ledgerId(),
  epoch: ledgerId(),
  token: account(),
  amount: amount(),
  transactionHash: digest(),
  blockNumber: count(),
})
/** Money that was withdrawn. */
export type WithdrawalLine = Static<typeof withdrawal>

/** What was withdrawn by the person's accounts, or the base's, the newest first. */
export const listWithdrawals = defineRoute({
  id: 'listWithdrawals',
  tag: 'Royalties',
  summary: 'What was withdrawn',
  roles: staff,
  rateLimit: 'read',
  query: object({ whose: optional(oneOf(owners)) }),
  response: { 200: object({ items: list(withdrawal, 10_000) }) },
})

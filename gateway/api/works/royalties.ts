import type { Static } from 'typebox'
import Type from 'typebox'
import { defineRoute, staff } from '../define-route.ts'
import { bytes, count, digest, flag, ledgerId, line, list, nullable, object, oneOf, optional, unixSeconds, uuid } from '../fields.ts'
import { account, amount, millionths, workParams } from './fields.ts'

/** Whose money: that of the person signed in, or the base's own (for operators and auditors). */
export const owners = ['me', 'base'] as const
/** What brought a line of a statement about. `rerouted`: a ruling moved what had not flowed from one list of creators to another. */
export const lineKinds = ['payment', 'derived', 'rerouted', 'withdrawal'] as const
/** What a payment was for. */
export const causes = ['licence', 'usage', 'gift'] as const

/** An amount that may go out as well as come in. */
const signedAmount = () => Type.String({ pattern: '^(0|-?[1-9][0-9]{0,38})$' })

const statementLine = object({
  at: unixSeconds(),
  transactionHash: digest(),
  blockNumber: count(),
  workId: ledgerId(),
  /** The list of creators that shares it. */
  epoch: ledgerId(),
  kind: oneOf(lineKinds),
  /** What arrived at the work, less than 0 where it went away. */
  amount: signedAmount(),
  /** What of it is the owner's, by the floor of the sums; these add up to the totals to the unit. */
  yours: signedAmount(),
  /** Whether it has flowed, so that it can be withdrawn. */
  hasFlowed: flag(),
  source: object({
    cause: nullable(oneOf(causes)),
    /** Who paid, or where a withdrawal went. */
    account: nullable(account()),
    /** The base behind the payment, where the ledger names it. */
    baseId: nullable(ledgerId()),
    licenceId: nullable(ledgerId()),
    /** The uses that a settlement paid for. */
    uses: nullable(count()),
    /** The work made from this one that it came from. */
    fromWorkId: nullable(ledgerId()),
  }),
})
/** One line of a statement, with what it came from. */
export type StatementLine = Static<typeof statementLine>

const workAccount = object({
  workId: ledgerId(),
  epoch: ledgerId(),
  /** The account of the owner that is on the list of creators. */
  account: account(),
  /** The owner's share of what the parents leave, and that rest, in millionths. */
  share: millionths(),
  ownShare: millionths(),
  received: amount(),
  flowed: amount(),
  earned: amount(),
  withdrawn: amount(),
  claimable: amount(),
  /** The owner's part of what has not flowed yet. */
  onTheWay: amount(),
  isFrozen: flag(),
})
const totals = object({ earned: amount(), withdrawn: amount(), claimable: amount(), onTheWay: amount() })

const statement = object({
  accounts: list(account(), 100),
  /** The money's contract on the ledger; the zero address for the ledger's own coin. */
  token: account(),
  /** Digits after the point when amounts are shown to people. */
  decimals: count(36),
  asOf: object({ blockNumber: count(), time: unixSeconds() }),
  totals,
  works: list(workAccount, 10_000),
  lines: list(statementLine, 100_000),
})
/** What an owner's works earned, how it flowed, and what can be withdrawn. */
export type Statement = Static<typeof statement>

const statementQuery = () => object({ whose: optional(oneOf(owners)), workId: optional(ledgerId()), token: optional(account()) })

const balance = object({
  account: account(),
  owner: oneOf(owners),
  /** `base-held`: the base keeps its key. `passkey`: only the person's passkey moves its money. */
  kind: oneOf(['base-held', 'passkey', 'base'] as const),
  balance: amount(),
  claimable: amount(),
  onTheWay: amount(),
})
const deposit = object({
  receiptHash: digest(),
  account: account(),
  amount: amount(),
  at: unixSeconds(),
  transactionHash: digest(),
})

/** The accounts of the person signed in, and for operators and auditors the base's, with what they have and are owed. */
export const getPurse = defineRoute({
  id: 'getPurse',
  tag: 'Royalties',
  summary: 'What is there and what is owed',
  roles: staff,
  rateLimit: 'read',
  response: {
    200: object({
      token: account(),
      decimals: count(36),
      accounts: list(balance, 20),
      /** Whether this base may make money against deposits, as the consortium's bank. */
      isMinter: flag(),
      deposits: list(deposit, 1_000),
    }),
  },
})

/** Makes money on the ledger against a deposit at the bank, once for each receipt. Without `account` the base gets it. */
export const recordDeposit = defineRoute({
  id: 'recordDeposit',
  tag: 'Royalties',
  summary: 'Record a deposit at the bank',
  roles: ['operator'],
  rateLimit: 'write',
  body: object({ receipt: line(200), amount: amount(), account: optional(account()) }),
  response: { 202: object({ jobId: uuid(), receiptHash: digest() }) },
})

/** Pays a work with the base's money, for no licence: a gift. Licences and uses are paid by their own routes. */
export const payWork = defineRoute({
  id: 'payWork',
  tag: 'Royalties',
  summary: 'Pay a work',
  roles: ['operator'],
  rateLimit: 'write',
  params: workParams,
  body: object({ amount: amount() }),
  response: { 202: object({ jobId: uuid() }) },
})

/** Lets what works have earned flow on to those that they were made from. Without `workIds`: everything that waits. Anyone may do it. */
export const flowRoyalties = defineRoute({
  id: 'flowRoyalties',
  tag: 'Royalties',
  summary: 'Let royalties flow on',
  roles: staff,
  rateLimit: 'heavy',
  body: object({ workIds: optional(list(ledgerId(), 10_000)) }),
  response: { 202: object({ jobId: uuid() }) },
})

export const getStatement = defineRoute({
  id: 'getStatement',
  tag: 'Royalties',
  summary: 'What works earned, line by line',
  roles: staff,
  rateLimit: 'read',
  query: statementQuery(),
  response: { 200: statement },
})

/** The lines of the statement for a spreadsheet (RFC 4180). */
export const exportStatement = defineRoute({
  id: 'exportStatement',
  tag: 'Royalties',
  summary: 'The statement for a spreadsheet',
  roles: staff,
  rateLimit: 'heavy',
  query: statementQuery(),
  response: { 200: bytes('text/csv') },
})

/** The statement on A4 pages. */
export const printStatement = defineRoute({
  id: 'printStatement',
  tag: 'Royalties',
  summary: 'The statement to print',
  roles: staff,
  rateLimit: 'heavy',
  query: object({ ...statementQuery().properties, language: optional(oneOf(['zh-CN', 'en'] as const)) }),
  response: { 200: bytes('application/pdf') },
})

const books = object({
  token: account(),
  asOf: object({ blockNumber: count(), time: unixSeconds() }),
  /** paidIn = withdrawn + claimable + inFlight + dust, to the unit. */
  paidIn: amount(),
  withdrawn: amount(),
  claimable: amount(),
  /** Arrived at works and not flowed yet. */
  inFlight: amount(),
  /** Lost to rounding, which belongs to nobody, and the most that it can be: one unit for each parent and creator of an account. */
  dust: amount(),
  dustBound: amount(),
  /** What the pool has on the ledger, read from the token itself. */
  held: amount(),
  /** Sent to the pool without paying a work. */
  strayed: signedAmount(),
  accounts: count(),
  outcome: oneOf(['passed', 'failed', 'unknown'] as const),
})
/** Whether the books of all works of the network balance. */
export type Books = Static<typeof books>

/** Adds up everything that the ledger tells of money, and compares it with what the pool has. */
export const getBooks = defineRoute({
  id: 'getBooks',
  tag: 'Royalties',
  summary: 'Whether the books balance',
  roles: staff,
  rateLimit: 'heavy',
  query: object({ token: optional(account()) }),
  response: { 200: books },
})

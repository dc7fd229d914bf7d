import type { IndexedEpoch, MoneyEvent, PaymentCause, PaymentSource } from '@guildhall/node'
import type { UnixSeconds } from '../../../base.ts'

/** A work's money as others decided about it: what it was made from, and until when it stands still. */
type WorkOfMoney = { parents: readonly number[]; frozenUntil: UnixSeconds }
/** Money that the bank let in. `receipt`: SHA-256 of the deposit's receipt. */
type Minted = { account: string; receipt: string; amount: bigint; time: UnixSeconds; transactionHash: string }

/** What the ledger says of money, as this base has read it. Accounts are in lower case. Reads are local and synchronous. */
export type MoneyBook = {
  /** Every list of creators, or those that name one of the accounts. */
  shares(accounts?: readonly string[]): (IndexedEpoch & { workId: number })[]
  /** Everything that happened to money of one token, in order. */
  events(question: { token: string; workIds?: readonly number[] }): MoneyEvent[]
  findWork(workId: number): WorkOfMoney | undefined
  readCause(cause: string): PaymentCause
  sourceOf(cause: PaymentCause): PaymentSource | undefined
  baseOfAccount(account: string): number | undefined
  accountOf(baseId: number): string | undefined
  /** What an account has of the settlement token. */
  balanceOf(account: string): bigint
  /** What an account was sent of the settlement token, and what it sent. */
  transfersOf(account: string): { received: bigint; sent: bigint }
  /** How many parents each work ever had. */
  parentCounts(): Map<number, number>
  isMinter(account: string): boolean
  mints(): Minted[]
}

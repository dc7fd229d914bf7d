import type { MoneyEvent } from '@guildhall/node'

/** A million: the whole of which shares are parts. */
const whole = 1_000_000n

/** One account on one list of creators. Shares are millionths. */
export type Share = { workId: number; epoch: number; account: string; share: number; ownShare: number }
/** One thing that happened to a share's money: what arrived at the work and what of it is the account's; below 0 where it went away. */
export type ShareLine = { event: MoneyEvent; amount: bigint; yours: bigint; hasFlowed: boolean }
/** What a share comes to. earned = floor(flowed × ownShare × share), as the ledger reckons it. */
export type ShareSums = {
  received: bigint
  flowed: bigint
  earned: bigint
  withdrawn: bigint
  claimable: bigint
  onTheWay: bigint
}

/** A share's part of a sum that only grows: the floor, in the token's smallest unit, as RoyaltyLedger.withdraw has it. */
export const partOf = (sum: bigint, { share, ownShare }: Pick<Share, 'share' | 'ownShare'>): bigint =>
  (sum * BigInt(ownShare) * BigInt(share)) / (whole * whole)

/**
 * Follows one share's money through the events of its work's epoch, in order. The lines that came in add up to earned + onTheWay, to the unit,
 * because each is a difference of two floors.
 */
export function addUpShare(share: Share, events: readonly MoneyEvent[]): { sums: ShareSums; lines: ShareLine[] } {
  let received = 0n
  let flowed = 0n
  let withdrawn = 0n
  const lines: (Omit<ShareLine, 'hasFlowed'> & { upTo: bigint })[] = []
  for (const event of events) {
    if (event.workId !== share.workId || event.epoch !== share.epoch) continue
    if (event.kind === 'flowed') flowed = event.amount
    else if (event.kind === 'withdrawn') {
      if (event.account !== share.account) continue
      withdrawn += event.amount
      lines.push({ event, amount: -event.amount, yours: -event.amount, upTo: 0n })
    } else {
      const before = partOf(received, share)
      received += event.amount
      lines.push({ event, amount: event.amount, yours: partOf(received, share) - before, upTo: received })
    }
  }
  const earned = partOf(flowed, share)
  const sums = { received, flowed, earned, withdrawn, claimable: earned - withdrawn, onTheWay: partOf(received, share) - earned }
  return { sums, lines: lines.map(({ upTo, ...line }) => ({ ...line, hasFlowed: upTo <= flowed })) }
}

/** What each account of works and epochs has received and let flow; `key` is `<work>/<epoch>`. */
export type AccountSums = { workId: number; epoch: number; received: bigint; flowed: bigint }

/** The sums of every work and epoch that money ever reached. */
export function addUpAccounts(events: readonly MoneyEvent[]): Map<string, AccountSums> {
  const accounts = new Map<string, AccountSums>()
  for (const { kind, workId, epoch, amount } of events) {
    if (kind === 'withdrawn') continue
    const key = `${workId}/${epoch}`
    const sums = accounts.get(key) ?? { workId, epoch, received: 0n, flowed: 0n }
    if (kind === 'flowed') sums.flowed = amount
    else sums.received += amount
    accounts.set(key, sums)
  }
  return accounts
}

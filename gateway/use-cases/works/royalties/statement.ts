import type { Statement, StatementLine } from '../../../api/works/royalties.ts'
import type { Actor } from '../../../base.ts'
import { GuildhallError } from '../../../errors.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import { ownAccounts } from '../accounts/own-accounts.ts'
import { addUpShare, type Share, type ShareLine, type ShareSums } from './add-up.ts'
import type { MoneyBook } from './ports.ts'

type Use = Pick<IssuingBase, 'records' | 'keys' | 'registry' | 'clock'> & { money: MoneyBook }
type Question = { whose?: 'me' | 'base' | undefined; workId?: number | undefined; token?: string | undefined }

/** Digits after the point of the settlement token, which counts fen; and of the ledger's own coin (EIP-20, Ether). */
const settlementDigits = 2
const nativeDigits = 18

/**
 * What an owner's works earned, the newest line first. Everything is reckoned from the ledger's events with the ledger's own floors.
 * @throws ROLE_MISSING for the base's money without being an operator or auditor
 */
export function getStatement(base: Use, actor: Actor, { whose = 'me', workId, token: asked }: Question): Statement {
  const token = tokenOf(base, asked)
  const accounts = accountsOf(base, actor, whose)
  const shares = base.money
    .shares(accounts)
    .filter((list) => workId === undefined || list.workId === workId)
    .flatMap(({ contributors, ...list }) =>
      contributors.filter(({ account }) => accounts.includes(account)).map((one): Share => ({ ...list, ...one })),
    )
  const events = base.money.events({ token, workIds: [...new Set(shares.map((share) => share.workId))] })
  const reckoned = shares.map((share) => ({ share, ...addUpShare(share, events) }))
  const now = base.clock.now()
  return {
    accounts,
    token,
    decimals: digitsOf(base, token),
    asOf: asOf(base),
    totals: toTotals(reckoned.map(({ sums }) => sums)),
    works: reckoned.map(({ share, sums }) => ({
      workId: share.workId,
      epoch: share.epoch,
      account: share.account,
      share: share.share,
      ownShare: share.ownShare,
      ...inText(sums),
      isFrozen: (base.money.findWork(share.workId)?.frozenUntil ?? 0) > now,
    })),
    lines: reckoned
      .flatMap(({ lines }) => lines)
      .sort((a, b) => b.event.block - a.event.block || b.event.logIndex - a.event.logIndex)
      .map((line) => show(base.money, line)),
  }
}

/**
 * The accounts of an owner, in lower case.
 * @throws ROLE_MISSING for the base's without being an operator or auditor
 */
export function accountsOf(base: Omit<Use, 'clock'>, actor: Actor, whose: 'me' | 'base'): string[] {
  if (whose === 'me') return ownAccounts(base, actor.id).map(({ account }) => account)
  if (!actor.roles.some((role) => role === 'operator' || role === 'auditor'))
    throw new GuildhallError('ROLE_MISSING', { roles: 'operator, auditor' })
  return [baseAccountOf(base)]
}

/** The account that acts for this base. @throws NOT_READY before the ledger was read */
export function baseAccountOf(base: Pick<Use, 'records' | 'money'>): string {
  const account = base.money.accountOf(getIdentity(base).baseId)
  if (account === undefined) throw new GuildhallError('NOT_READY', { part: 'What the ledger says of this base' })
  return account.toLowerCase()
}

/** A token in lower case; the settlement token where none is named. */
export const tokenOf = (base: Pick<Use, 'records'>, token: string | undefined): string =>
  (token ?? getIdentity(base).contracts.SettlementToken).toLowerCase()

/** Digits after the point when people read amounts of a token; 0 for tokens that this base does not know. */
export function digitsOf(base: Pick<Use, 'records'>, token: string): number {
  if (BigInt(token) === 0n) return nativeDigits
  return token === tokenOf(base, undefined) ? settlementDigits : 0
}

/** Until where the ledger has been read. */
export function asOf({ registry }: Pick<Use, 'registry'>): Statement['asOf'] {
  const synced = registry.syncedTo()
  if (synced === null) throw new GuildhallError('NOT_READY', { part: 'What the ledger says' })
  return { blockNumber: synced.blockNumber, time: synced.time }
}

const inText = (sums: ShareSums) => ({
  received: String(sums.received),
  flowed: String(sums.flowed),
  earned: String(sums.earned),
  withdrawn: String(sums.withdrawn),
  claimable: String(sums.claimable),
  onTheWay: String(sums.onTheWay),
})

/** The sums of several shares together. */
export function toTotals(all: readonly ShareSums[]): Statement['totals'] {
  const total = (name: keyof ShareSums) => String(all.reduce((sum, sums) => sum + sums[name], 0n))
  return { earned: total('earned'), withdrawn: total('withdrawn'), claimable: total('claimable'), onTheWay: total('onTheWay') }
}

const kinds = { paid: 'payment', arrived: 'derived', rerouted: 'rerouted', withdrawn: 'withdrawal', flowed: 'payment' } as const
const nothing = { cause: null, account: null, baseId: null, licenceId: null, uses: null, fromWorkId: null } as const

function show(money: MoneyBook, { event, amount, yours, hasFlowed }: ShareLine): StatementLine {
  return {
    at: event.time,
    transactionHash: event.transactionHash,
    blockNumber: event.block,
    workId: event.workId,
    epoch: event.epoch,
    kind: kinds[event.kind],
    amount: String(amount),
    yours: String(yours),
    hasFlowed,
    source: sourceOf(money, event),
  }
}

function sourceOf(money: MoneyBook, { kind, account, about, fromWork }: ShareLine['event']): StatementLine['source'] {
  if (kind === 'arrived') return { ...nothing, fromWorkId: fromWork }
  if (kind === 'withdrawn') return { ...nothing, account: about }
  if (kind !== 'paid') return nothing
  const cause = money.readCause(about)
  if (cause.kind === 'other') return { ...nothing, cause: 'gift', account, baseId: money.baseOfAccount(account) ?? null }
  const source = money.sourceOf(cause)
  return {
    ...nothing,
    cause: cause.kind,
    account,
    baseId: source?.baseId || null,
    licenceId: source?.licenceId ?? null,
    uses: source?.uses ?? null,
  }
}

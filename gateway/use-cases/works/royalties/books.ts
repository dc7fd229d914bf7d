import type { MoneyEvent } from '@guildhall/node'
import { AbiCoder } from 'ethers'
import type { Books } from '../../../api/works/royalties.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import { type AccountSums, addUpAccounts, partOf } from './add-up.ts'
import type { MoneyBook } from './ports.ts'
import { asOf, tokenOf } from './statement.ts'

type Use = Pick<IssuingBase, 'records' | 'registry' | 'ledger'> & { money: MoneyBook }

/** keccak256("balanceOf(address)"), its first four bytes (ERC-20). */
const balanceOfSelector = '0x70a08231'

/**
 * Whether everything that was ever paid to works is withdrawn, claimable, on its way or lost to rounding within its bound; and whether the
 * pool has it. Unknown where the ledger did not say what the pool has.
 */
export async function getBooks(base: Use, { token: asked }: { token?: string | undefined }): Promise<Books> {
  const token = tokenOf(base, asked)
  const at = asOf(base)
  const pool = getIdentity(base).contracts.RoyaltyLedger
  const sums = addUpBooks(base.money, token)
  const held = await readHeld(base, { token, pool, blockNumber: at.blockNumber }).catch(() => undefined)
  const owed = sums.paidIn - sums.withdrawn
  const strayed = strayedOf(base, { token, pool, sums }) ?? (held ?? owed) - owed
  return {
    token,
    asOf: at,
    ...(Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, String(sum)])) as Record<keyof Sums, string>),
    accounts: addUpAccounts(base.money.events({ token })).size,
    held: String(held ?? 0n),
    strayed: String(strayed),
    outcome: judge(sums, { held, expected: owed + strayed }),
  }
}

function judge(
  { dust, dustBound, claimable, inFlight }: Sums,
  { held, expected }: { held: bigint | undefined; expected: bigint },
): Books['outcome'] {
  if (dust < 0n || dust > dustBound || claimable < 0n || inFlight < 0n) return 'failed'
  if (held === undefined) return 'unknown'
  return held === expected && held >= claimable + inFlight + dust ? 'passed' : 'failed'
}

type Sums = { paidIn: bigint; withdrawn: bigint; claimable: bigint; inFlight: bigint; dust: bigint; dustBound: bigint }

/** Adds up what the ledger's events say of one token. paidIn = withdrawn + claimable + inFlight + dust, by how dust is reckoned. */
function addUpBooks(money: Pick<MoneyBook, 'events' | 'shares' | 'parentCounts'>, token: string): Sums {
  const events = money.events({ token })
  const total = (kind: MoneyEvent['kind']) => events.reduce((sum, event) => (event.kind === kind ? sum + event.amount : sum), 0n)
  const accounts = addUpAccounts(events)
  const lists = new Map(money.shares().map((list) => [`${list.workId}/${list.epoch}`, list]))
  const parents = money.parentCounts()
  const withdrawn = total('withdrawn')
  let earned = 0n
  let inFlight = 0n
  let flowed = 0n
  let dustBound = 0n
  for (const [key, account] of accounts) {
    const list = lists.get(key)
    earned += earnedOf(account, list)
    inFlight += account.received - account.flowed
    flowed += account.flowed
    dustBound += BigInt((list?.contributors.length ?? 0) + (parents.get(account.workId) ?? 0))
  }
  // What flowed went to the parents, to the creators, or was lost to the floors.
  const dust = flowed - total('arrived') - earned
  return { paidIn: total('paid'), withdrawn, claimable: earned - withdrawn, inFlight, dust, dustBound }
}

type List = { ownShare: number; contributors: readonly { share: number }[] }

function earnedOf({ flowed }: AccountSums, list: List | undefined): bigint {
  if (list === undefined) return 0n
  return list.contributors.reduce((sum, { share }) => sum + partOf(flowed, { share, ownShare: list.ownShare }), 0n)
}

type Pool = { token: string; pool: string }

/** Settlement money that reached the pool without paying a work, from the token's own transfers; undefined for other tokens. */
function strayedOf(base: Use, { token, pool, sums }: Pool & { sums: Sums }): bigint | undefined {
  if (token !== tokenOf(base, undefined)) return undefined
  const { received, sent } = base.money.transfersOf(pool)
  return received - sums.paidIn - (sent - sums.withdrawn)
}

/** What the pool has of a token at a block, asked of the ledger. */
async function readHeld({ ledger }: Use, { token, pool, blockNumber }: Pool & { blockNumber: number }): Promise<bigint> {
  const block = `0x${blockNumber.toString(16)}`
  if (BigInt(token) === 0n) return BigInt(String(await ledger.request('eth_getBalance', [pool, block])))
  const data = balanceOfSelector + AbiCoder.defaultAbiCoder().encode(['address'], [pool]).slice(2)
  return BigInt(String(await ledger.request('eth_call', [{ to: token, data }, block])))
}

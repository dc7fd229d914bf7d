/**
 * Works and their money once more, in exact arithmetic and without the ledger's storage, epochs' keys or gas: what the RoyaltyLedger's
 * sums must be after a history. It counts twice: in whole units, each part the floor of an exact fraction; and with no rounding at all.
 */

/** Shares in millionths. `parent` counts works from 1, `wallet` the wallets from 0. */
export type Edge = { readonly parent: number; readonly share: bigint }
export type Part = { readonly wallet: number; readonly share: bigint }

/** One thing that happens. `work` and `epoch` count from 1, `token` is 0 or 1, `index` is a place in a list. */
export type Step =
  | { readonly kind: 'register'; readonly edges: readonly Edge[]; readonly parts: readonly Part[] }
  | { readonly kind: 'pay'; readonly work: number; readonly token: number; readonly amount: bigint }
  | { readonly kind: 'flow'; readonly work: number; readonly token: number }
  | { readonly kind: 'flowEpoch'; readonly work: number; readonly token: number; readonly epoch: number }
  | { readonly kind: 'withdraw'; readonly work: number; readonly token: number; readonly epoch: number; readonly index: number }
  | { readonly kind: 'change'; readonly work: number; readonly parts: readonly Part[] }
  | { readonly kind: 'rule'; readonly work: number; readonly edges: readonly Edge[]; readonly parts: readonly Part[] }
  | { readonly kind: 'freeze' | 'unfreeze' | 'takeDown' | 'putBack'; readonly work: number }

/** `units / 1,000,000^power`, exactly. */
export type Fraction = { readonly units: bigint; readonly power: number }

/** Who shares what arrives in one epoch. */
export type Epoch = { readonly ownShare: bigint; readonly edges: readonly Edge[]; readonly parts: readonly Part[] }

/** A work, a pot of it for each epoch and token. */
type Work = { readonly epochs: Epoch[]; readonly pots: Pot[][]; ruledEpoch: number; isFrozen: boolean; isDown: boolean }

/** What arrived in one epoch in one token; the exact sums are what they would be without any rounding. */
type Pot = { received: bigint; flowed: bigint; exactReceived: Fraction; exactFlowed: Fraction; readonly withdrawn: bigint[] }

/** Everything there is. `pool`: what is held of each token. */
export type Books = { readonly works: Work[]; readonly pool: [bigint, bigint] }

export const WALLETS = 4
export const TOKENS = 2
const MILLION = 1_000_000n
const NOTHING: Fraction = { units: 0n, power: 0 }

export const emptyBooks = (): Books => ({ works: [], pool: [0n, 0n] })

export const fraction = (units: bigint): Fraction => ({ units, power: 0 })

/** The sum; `sign` -1n makes it the difference. */
export function add(a: Fraction, b: Fraction, sign = 1n): Fraction {
  const power = Math.max(a.power, b.power)
  const scaled = ({ units, power: own }: Fraction) => units * MILLION ** BigInt(power - own)
  return { units: scaled(a) + sign * scaled(b), power }
}

/** A share of a fraction, in millionths. */
export const times = ({ units, power }: Fraction, share: bigint): Fraction => ({ units: units * share, power: power + 1 })

/** The whole units in it; it is never below zero here. */
export const floor = ({ units, power }: Fraction): bigint => units / MILLION ** BigInt(power)

/** What contributor `index` has earned of `flowed`, before rounding. */
export function earned(flowed: Fraction, epoch: Epoch, index: number): Fraction {
  return times(times(flowed, epoch.ownShare), epoch.parts[index]?.share ?? 0n)
}

/** Lets a step happen, and says whether it may. */
export function apply(books: Books, step: Step): boolean {
  if (step.kind === 'register') return register(books, step)
  const work = books.works[step.work - 1]
  if (work === undefined) return step.kind === 'flow' || step.kind === 'flowEpoch'
  switch (step.kind) {
    case 'pay':
      return pay(books, work, step)
    case 'flow':
      return flow(books, work, { token: step.token, epoch: work.epochs.length })
    case 'flowEpoch':
      return flow(books, work, step)
    case 'withdraw':
      return withdraw(books, work, step)
    case 'change':
      return !work.isFrozen && begin(work, { ...lastOf(work), parts: step.parts })
    case 'rule':
      return rule(work, step)
    case 'freeze':
      return setFrozen(work, true)
    case 'unfreeze':
      return work.isFrozen && setFrozen(work, false)
    default:
      return work.isDown !== (step.kind === 'takeDown') && put(work, step.kind === 'takeDown')
  }
}

/** What the parents leave, of a million. */
const ownShareOf = (edges: readonly Edge[]): bigint => edges.reduce((left, { share }) => left - share, MILLION)

function register({ works }: Books, { edges, parts }: Step & { kind: 'register' }): boolean {
  if (edges.some(({ parent }) => works[parent - 1]?.isFrozen || works[parent - 1]?.isDown)) return false
  const work: Work = { epochs: [], pots: [], ruledEpoch: 0, isFrozen: false, isDown: false }
  works.push(work)
  return begin(work, { ownShare: ownShareOf(edges), edges, parts })
}

function begin(work: Work, epoch: Epoch): boolean {
  work.epochs.push(epoch)
  const pot = (): Pot => ({
    received: 0n,
    flowed: 0n,
    exactReceived: NOTHING,
    exactFlowed: NOTHING,
    withdrawn: Array.from({ length: WALLETS }, () => 0n),
  })
  work.pots.push(Array.from({ length: TOKENS }, pot))
  return true
}

function rule(work: Work, { edges, parts }: Step & { kind: 'rule' }): boolean {
  if (!work.isFrozen) return false
  begin(work, { ownShare: ownShareOf(edges), edges, parts })
  work.ruledEpoch = work.epochs.length
  work.isFrozen = false
  return true
}

function setFrozen(work: Work, isFrozen: boolean): boolean {
  work.isFrozen = isFrozen
  return true
}

function put(work: Work, isDown: boolean): boolean {
  work.isDown = isDown
  return true
}

function pay(books: Books, work: Work, { token, amount }: Step & { kind: 'pay' }): boolean {
  if (work.isFrozen || work.isDown || amount === 0n) return false
  arrive(potOf(work, work.epochs.length, token), amount, fraction(amount))
  books.pool[token === 0 ? 0 : 1] += amount
  return true
}

/** What is there flows to the parents, or to the epoch that a later ruling began. Frozen works and unknown epochs stay as they are. */
function flow(books: Books, work: Work, { token, epoch }: { token: number; epoch: number }): boolean {
  const shares = work.epochs[epoch - 1]
  if (work.isFrozen || shares === undefined) return true
  const pot = potOf(work, epoch, token)
  const exact = add(pot.exactReceived, pot.exactFlowed, -1n)
  if (epoch < work.ruledEpoch) {
    arrive(potOf(work, work.ruledEpoch, token), pot.received - pot.flowed, exact)
    pot.received = pot.flowed
    pot.exactReceived = pot.exactFlowed
    return true
  }
  for (const { parent, share } of routes(work, epoch)) {
    const part = (sum: bigint) => floor(times(fraction(sum), share))
    const target = books.works[parent - 1]
    if (target !== undefined) arrive(potOf(target, target.epochs.length, token), part(pot.received) - part(pot.flowed), times(exact, share))
  }
  pot.flowed = pot.received
  pot.exactFlowed = pot.exactReceived
  return true
}

/** Epochs since the last ruling share its edges, so an epoch's own are the ones to use. */
const routes = (work: Work, epoch: number): readonly Edge[] => work.epochs[epoch - 1]?.edges ?? []

function withdraw(books: Books, work: Work, { token, epoch, index }: Step & { kind: 'withdraw' }): boolean {
  const shares = work.epochs[epoch - 1]
  const part = shares?.parts[index]
  if (shares === undefined || part === undefined) return false
  const pot = potOf(work, epoch, token)
  const amount = floor(earned(fraction(pot.flowed), shares, index)) - (pot.withdrawn[part.wallet] ?? 0n)
  if (amount === 0n) return false
  pot.withdrawn[part.wallet] = (pot.withdrawn[part.wallet] ?? 0n) + amount
  books.pool[token === 0 ? 0 : 1] -= amount
  return true
}

function arrive(pot: Pot, amount: bigint, exact: Fraction): void {
  pot.received += amount
  pot.exactReceived = add(pot.exactReceived, exact)
}

function potOf(work: Work, epoch: number, token: number): Pot {
  const pot = work.pots[epoch - 1]?.[token]
  if (pot === undefined) throw new Error(`no pot ${epoch}/${token}`)
  return pot
}

function lastOf(work: Work): Epoch {
  const epoch = work.epochs.at(-1)
  if (epoch === undefined) throw new Error('a work without an epoch')
  return epoch
}

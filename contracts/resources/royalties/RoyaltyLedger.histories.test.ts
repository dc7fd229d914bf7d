import { ContractFactory, Interface, type Signer } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSampleNetwork, digestOf, type SampleNetwork } from '../../network/sample-network.ts'
import {
  add,
  apply,
  type Books,
  type Edge,
  earned,
  emptyBooks,
  floor,
  fraction,
  type Part,
  type Step,
  TOKENS,
  times,
  WALLETS,
} from './history-model.ts'

const HISTORIES = 5_000
const STEPS = 36
const MOST_WORKS = 7
const MOST_EPOCHS = 4
const KINDS = ['register', 'pay', 'flow', 'flowEpoch', 'withdraw', 'change', 'freeze', 'unfreeze', 'rule', 'takeDown', 'putBack'] as const
/** What is tried how often; `register` comes first in every history. */
const OFTEN: Readonly<Record<Step['kind'], number>> = {
  register: 4,
  pay: 12,
  flow: 10,
  flowEpoch: 4,
  withdraw: 7,
  change: 2,
  freeze: 1,
  unfreeze: 1,
  rule: 2,
  takeDown: 1,
  putBack: 1,
}

let network: SampleNetwork
let runner: string
const codec = new Interface(['function run(uint256[] words, uint256 steps)'])

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  const { abi, bytecode } = await hre.artifacts.readArtifact('RoyaltyHistory')
  const factory = new ContractFactory(abi, bytecode, network.accounts[0] as Signer)
  const { ResourceRegistry, RoyaltyLedger } = network.addresses
  const contract = await factory.deploy(ResourceRegistry, RoyaltyLedger)
  runner = await contract.getAddress()
  await network.request('hardhat_setBalance', [runner, '0xffffffffffffffffffffffffffff'])
  const token = String(await contract.getFunction('TOKEN')())
  const identity = { didHash: digestOf('did'), didLogDigest: digestOf('log'), didLogCid: 'cid' }
  await network.govern('BaseRegistry.admit', [runner, 1, 2, identity])
  await network.govern('ResourceRegistry.setArbiter', [runner])
  await network.govern('RoyaltyLedger.acceptToken', [token, true])
})
afterAll(() => network.close())

/** A generator of numbers below a bound, the same for the same seed (mulberry32). */
function dice(seed: number): (bound: number) => number {
  let state = seed
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound
  }
}

const pick = <Value>(roll: (bound: number) => number, values: readonly Value[]): Value => values[roll(values.length)] as Value

/** Up to four parents by rising number, owed nothing, something, or all that is left. */
function rollEdges(roll: (bound: number) => number, work: number): Edge[] {
  const parents = Array.from({ length: work - 1 }, (_, index) => index + 1).filter(() => roll(3) > 0)
  let left = 1_000_000
  return parents.slice(-4).map((parent) => {
    const share = pick(roll, [roll(left + 1), Math.floor(left / 3), left, 0, Math.min(left, 1)])
    left -= share
    return { parent, share: BigInt(share) }
  })
}

/** One to four contributors by rising wallet, whose shares make a million. */
function rollParts(roll: (bound: number) => number): Part[] {
  const wallets = Array.from({ length: WALLETS }, (_, wallet) => wallet).filter(() => roll(2) > 0)
  const chosen = wallets.length === 0 ? [roll(WALLETS)] : wallets
  let left = 1_000_000
  return chosen.map((wallet, index) => {
    const share = index === chosen.length - 1 ? left : 1 + roll(left - (chosen.length - index - 1))
    left -= share
    return { wallet, share: BigInt(share) }
  })
}

const rollAmount = (roll: (bound: number) => number) =>
  pick(roll, [1n, BigInt(1 + roll(9)), BigInt(roll(1000)), BigInt(roll(2 ** 32)) ** 3n])

function rollStep(roll: (bound: number) => number, books: Books, allowed: readonly Step['kind'][]): Step {
  const kind = books.works.length === 0 ? 'register' : pick(roll, allowed)
  // One more than there are, now and then: what does not exist must be refused or passed over.
  const work = 1 + roll(books.works.length + (roll(12) === 0 ? 1 : 0))
  const epochs = books.works[work - 1]?.epochs.length ?? 1
  const common = { work, token: roll(TOKENS), epoch: 1 + roll(epochs), index: 0 }
  if (kind === 'register' && books.works.length < MOST_WORKS)
    return { kind, edges: rollEdges(roll, books.works.length + 1), parts: rollParts(roll) }
  if ((kind === 'change' || kind === 'rule') && work <= books.works.length && epochs < MOST_EPOCHS)
    return { kind, work, edges: rollEdges(roll, work), parts: rollParts(roll) }
  if (kind === 'withdraw') {
    const parts = books.works[work - 1]?.epochs[common.epoch - 1]?.parts.length ?? 1
    return { kind, ...common, index: roll(parts) }
  }
  if (kind === 'flow' || kind === 'flowEpoch') return { kind, ...common }
  if (kind === 'freeze' || kind === 'unfreeze' || kind === 'takeDown' || kind === 'putBack') return { kind, work }
  return { kind: 'pay', ...common, amount: rollAmount(roll) }
}

const wordOf = (...parts: (readonly [value: bigint | number, bits: number])[]): string => {
  let [word, shift] = [0n, 0n]
  for (const [value, bits] of parts) {
    word |= BigInt(value) << shift
    shift += BigInt(bits)
  }
  return word.toString(16).padStart(64, '0')
}

/** A step as the words that RoyaltyHistory reads. `books` are as they were before it. */
function encode(step: Step, books: Books): string {
  const kind = KINDS.indexOf(step.kind)
  const field = (name: 'work' | 'epoch' | 'token' | 'index') => (name in step ? Number((step as Record<string, unknown>)[name]) : 0)
  const present = books.works[field('work') - 1]
  const edges = step.kind === 'register' || step.kind === 'rule' ? step.edges : []
  let [first, second, amount]: [readonly string[], readonly Part[], bigint] = [
    edges.map(({ parent, share }) => wordOf([parent, 32], [share, 24])),
    'parts' in step ? step.parts : [],
    step.kind === 'pay' ? step.amount : 0n,
  ]
  const wordOfPart = ({ wallet, share }: Part) => wordOf([wallet, 8], [share, 24])
  if (step.kind === 'withdraw') {
    const epoch = present?.epochs[step.epoch - 1]
    ;[second, amount] = [epoch?.parts ?? [], epoch?.ownShare ?? 0n]
  }
  if (step.kind === 'change') {
    const old = present?.epochs.at(-1)?.parts ?? []
    const shareOf = (wallet: number) => step.parts.find((part) => part.wallet === wallet)?.share ?? 0n
    ;[first, amount] = [old.map(wordOfPart), BigInt(old.filter(({ wallet, share }) => shareOf(wallet) < share).length)]
  }
  const [work, epoch, token, index] = [field('work'), field('epoch'), field('token'), field('index')]
  const head = wordOf([kind, 8], [work, 32], [epoch, 24], [token, 8], [index, 8], [first.length, 8], [second.length, 8], [amount, 128])
  return head + first.join('') + second.map(wordOfPart).join('')
}

type History = { readonly books: Books; readonly words: string; readonly passed: boolean[] }

/** Makes a history up and lets it happen in the model. */
function makeHistory(seed: number, kinds: readonly Step['kind'][]): History {
  const roll = dice(seed)
  const books = emptyBooks()
  const allowed = kinds.flatMap((kind) => Array.from({ length: OFTEN[kind] }, () => kind))
  const passed: boolean[] = []
  let words = ''
  for (let count = 0; count < STEPS; count++) {
    const step = rollStep(roll, books, allowed)
    words += encode(step, books)
    passed.push(apply(books, step))
  }
  return { books, words, passed }
}

/** Lets a history happen on the ledger, and leaves no trace of it there. */
async function carryOut({ words }: History): Promise<bigint[]> {
  const selector = codec.getFunction('run')?.selector ?? ''
  const length = words.length / 64
  const data = `${selector}${wordOf([64, 256])}${wordOf([STEPS, 256])}${wordOf([length, 256])}${words}`
  const answer = String(await network.request('eth_call', [{ to: runner, data, gas: '0xf00000' }, 'latest']))
  const result: bigint[] = []
  for (let start = 2 + 128; start < answer.length; start += 64) result.push(BigInt(`0x${answer.slice(start, start + 64)}`))
  return result
}

/** What the ledger must answer, word by word. */
function expected({ books, passed }: History): bigint[] {
  const sums = books.works.flatMap(({ pots }) =>
    pots.flat().flatMap(({ received, flowed, withdrawn }) => [(received << 128n) | flowed, ...withdrawn]),
  )
  return [...passed.map((went) => (went ? 1n : 0n)), ...sums, ...books.pool]
}

const MILLION = 1_000_000n
/** Everyone's sum in a history without changes of shares, and how far rounding may have brought it below the exact one. */
function drifts({ works }: Books): { readonly short: boolean; readonly over: boolean }[] {
  return Array.from({ length: TOKENS }, (_, token) => token).flatMap((token) => {
    // Less than one unit an edge, and of what the child lacks its share.
    const bounds = works.map(() => fraction(0n))
    works.toReversed().forEach(({ epochs }, index) => {
      const bound = bounds[works.length - 1 - index] ?? fraction(0n)
      for (const { parent, share } of epochs[0]?.edges ?? [])
        bounds[parent - 1] = add(add(bounds[parent - 1] ?? fraction(0n), times(bound, share)), fraction(1n))
    })
    return works.flatMap(({ epochs, pots }, index) => {
      const [epoch, pot] = [epochs[0], pots[0]?.[token]]
      if (epoch === undefined || pot === undefined) return []
      const bound = bounds[index] ?? fraction(0n)
      const judge = (real: bigint, exact: ReturnType<typeof fraction>, within: ReturnType<typeof fraction>) => {
        const gap = add(exact, fraction(real), -1n)
        return { over: gap.units < 0n, short: add(gap, within, -1n).units > 0n }
      }
      const parts = epoch.parts.map((_, part) =>
        judge(floor(earned(fraction(pot.flowed), epoch, part)), earned(pot.exactFlowed, epoch, part), add(bound, fraction(1n))),
      )
      return [judge(pot.received, pot.exactReceived, bound), ...parts]
    })
  })
}

/** What one account keeps for nobody, and how much that may be. */
function dustOf({ works }: Books): { readonly dust: bigint; readonly most: bigint }[] {
  return works.flatMap(({ epochs, pots }) =>
    pots.flatMap((tokens, epoch) =>
      tokens.map(({ flowed }) => {
        const { edges = [], parts = [], ownShare = MILLION } = epochs[epoch] ?? {}
        const up = edges.map(({ share }) => floor(times(fraction(flowed), share)))
        const own = parts.map((_, index) => floor(earned(fraction(flowed), { edges, parts, ownShare }, index)))
        const dust = [...up, ...own].reduce((left, each) => left - each, flowed)
        return { dust, most: BigInt(edges.length + parts.length) }
      }),
    ),
  )
}

describe('histories', () => {
  it('given 5,000 random histories it has, sum by sum, what exact arithmetic says, and refuses what it must', async () => {
    const wrong: number[] = []
    const tried = new Set<string>()
    for (let seed = 0; seed < HISTORIES; seed++) {
      const history = makeHistory(seed, KINDS)
      const [real, due] = [await carryOut(history), expected(history)]
      if (real.length !== due.length || real.some((word, index) => word !== due[index])) wrong.push(seed)
      if (dustOf(history.books).some(({ dust, most }) => dust < 0n || dust >= most)) wrong.push(seed)
      for (const { ruledEpoch, isFrozen, isDown, epochs } of history.books.works)
        tried.add(`${ruledEpoch > 0} ${isFrozen} ${isDown} ${epochs.length}`)
    }
    expect(wrong).toEqual([])
    expect(tried.size).toBeGreaterThan(15)
  }, 300_000)

  it('given shares never change it gives everyone what no rounding at all would, less a bounded dust, however many payments there were', () => {
    const still = KINDS.filter((kind) => kind !== 'change' && kind !== 'rule')
    const judged = Array.from({ length: 1_000 }, (_, seed) => drifts(makeHistory(seed, still).books)).flat()
    expect(judged.length).toBeGreaterThan(10_000)
    expect(judged.filter(({ short, over }) => short || over)).toEqual([])
  })
})

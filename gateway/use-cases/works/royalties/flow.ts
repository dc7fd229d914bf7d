import { encodeCall, interfaces } from '@guildhall/contracts'
import type { Actor, LedgerWrite } from '../../../base.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import { type AccountSums, addUpAccounts } from './add-up.ts'
import type { MoneyBook } from './ports.ts'
import { tokenOf } from './statement.ts'
import { writeMoney } from './write-money.ts'

type Use = Pick<IssuingBase, 'records' | 'jobs' | 'outbox' | 'transaction' | 'audit' | 'registry' | 'clock'> & { money: MoneyBook }

/** A hop costs at most some 30,000 gas and one write has 2,000,000: how many works and parents together go into one. */
const hopsInOne = 40

/** Lets what works have earned flow up to everything that they were made from, in as few writes as there must be. */
export function flowRoyalties(base: Use, actor: Actor, { workIds }: { workIds?: readonly number[] | undefined } = {}): { jobId: string } {
  const writes = planFlow(base, workIds)
  const jobId = writeMoney(base, actor, {
    kind: 'royalty-flow',
    title: { 'zh-CN': '分配版税', en: 'Let royalties flow' },
    subject: tokenOf(base, undefined),
    details: { writes: writes.length },
    writes,
    done: { 'zh-CN': '版税已分配到各上游作品。', en: 'Royalties have reached the works above.' },
  })
  return { jobId }
}

type Planning = Pick<Use, 'records' | 'clock' | 'money'>

/** The writes that bring everything up that waits, of all works or of some: lists of creators that have ended first, then the deepest work first. */
function planFlow(base: Planning, workIds?: readonly number[]): Pick<LedgerWrite, 'to' | 'calldata'>[] {
  const token = tokenOf(base, undefined)
  const waiting = [...addUpAccounts(base.money.events({ token })).values()].filter(
    ({ workId, received, flowed }) => received > flowed && (workIds === undefined || workIds.includes(workId)) && !isFrozen(base, workId),
  )
  const newest = new Map<number, number>()
  for (const { workId, epoch } of base.money.shares()) newest.set(workId, Math.max(epoch, newest.get(workId) ?? 0))
  const ended = waiting.filter(({ workId, epoch }) => epoch < (newest.get(workId) ?? 0))
  const { contracts } = getIdentity(base)
  const ofEnded = inParts(ended.map((one) => ({ one, hops: 1 + parentsOf(base, one).length }))).map((part) => {
    const calls = part.map(({ workId, epoch }) => interfaces.RoyaltyLedger.encodeFunctionData('flowEpoch', [token, workId, epoch]))
    return encodeCall(contracts, 'RoyaltyLedger.multicall', [calls])
  })
  const works = withAncestors(
    base,
    waiting.map(({ workId }) => workId),
  )
  const ofWorks = inParts(works.map((one) => ({ one, hops: 1 + parentsOf(base, { workId: one }).length }))).map((part) =>
    encodeCall(contracts, 'RoyaltyLedger.flow', [token, part]),
  )
  return [...ofEnded, ...ofWorks].map(({ to, data }) => ({ to, calldata: data }))
}

const isFrozen = ({ money, clock }: Planning, workId: number): boolean => (money.findWork(workId)?.frozenUntil ?? 0) > clock.now()
const parentsOf = ({ money }: Planning, { workId }: Pick<AccountSums, 'workId'>): readonly number[] => money.findWork(workId)?.parents ?? []

/** Works and all that they were made from, later works first: what a work was made from is always registered before it. */
function withAncestors(base: Planning, workIds: readonly number[]): number[] {
  const found = new Set<number>()
  const next = [...workIds]
  for (let workId = next.pop(); workId !== undefined; workId = next.pop()) {
    if (found.has(workId) || isFrozen(base, workId)) continue
    found.add(workId)
    next.push(...parentsOf(base, { workId }))
  }
  return [...found].sort((a, b) => b - a)
}

/** Cuts a list where its hops would not fit into one write. */
function inParts<T>(items: readonly { one: T; hops: number }[]): T[][] {
  const parts: T[][] = []
  let room = 0
  for (const { one, hops } of items) {
    if (hops > room || parts.length === 0) {
      parts.push([])
      room = hopsInOne
    }
    parts.at(-1)?.push(one)
    room -= hops
  }
  return parts
}

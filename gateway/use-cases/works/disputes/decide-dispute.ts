import { encodeCall, interfaces } from '@guildhall/contracts'
import type { RulingBody } from '../../../api/works/disputes.ts'
import { derivationKinds } from '../../../api/works/fields.ts'
import type { Actor } from '../../../base.ts'
import { GuildhallError, notFound } from '../../../errors.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import { digestOfText } from '../register/change-work.ts'
import { writeMoney } from '../royalties/write-money.ts'
import { type DisputeBook, findDisputes } from './list-disputes.ts'
import { keepText, resolve, sitsOnCommittee } from './resolve.ts'

type Use = IssuingBase & { disputes: DisputeBook }

const daySeconds = 86_400
/** The emergency committee freezes for less than a week at a time (ResourceRegistry.LONGEST_FREEZE); a minute for the way to the ledger. */
const longestFreeze = 7 * daySeconds - 60
/** The base that founded the network holds the emergency role until the bases vote. */
const rootBaseId = 1

/**
 * Contests a work: by members of the expert committee, or at once, for less than a week, by an operator of the base that holds the emergency role.
 * @throws NOT_FOUND, DISPUTE_REFUSED
 */
export async function openDispute(base: Use, actor: Actor, { workId, grounds, days }: { workId: number; grounds: string; days: number }) {
  if (base.worksLedger.find(workId) === undefined) throw notFound('work')
  if (grounds.trim() === '') throw new GuildhallError('DISPUTE_REFUSED', { problem: 'the grounds say nothing' })
  const title = { 'zh-CN': `对作品 ${workId} 提出争议`, en: `Contest work ${workId}` }
  const done = { 'zh-CN': '作品已冻结，等待裁决。', en: 'The work stands still until a ruling.' }
  const now = base.clock.now()
  const freeze = (until: number) => interfaces.ResourceRegistry.encodeFunctionData('freeze', [workId, until, digestOfText(grounds)])
  if (sitsOnCommittee(base, actor.id))
    return resolve(base, actor, {
      workId,
      call: freeze(now + days * daySeconds),
      key: `freeze/${days}/${grounds}`,
      text: grounds,
      title,
      done,
    })
  if (!actor.roles.includes('operator') || getIdentity(base).baseId !== rootBaseId)
    throw new GuildhallError('DISPUTE_REFUSED', { problem: 'only the expert committee and the emergency committee contest a work' })
  base.transaction(() => keepText(base, grounds))
  await base.node.content.add(Buffer.from(grounds))
  const until = now + Math.min(days * daySeconds, longestFreeze)
  const writes = [{ to: getIdentity(base).contracts.ResourceRegistry, calldata: freeze(until) }]
  return { jobId: writeMoney(base, actor, { kind: 'dispute', title, subject: String(workId), writes, done }) }
}

type Ruling = RulingBody & { workId: number; disputeId: string }

/**
 * Rules on a contested work: what was left out stays as it is. What had not flowed goes to the list that the ruling gives.
 * @throws NOT_FOUND, DISPUTE_REFUSED
 */
export async function ruleOnDispute(base: Use, actor: Actor, { workId, disputeId, ...ruling }: Ruling) {
  const dispute = findDisputes(base, workId).find((one) => one.disputeId === disputeId)
  if (dispute === undefined) throw notFound('dispute')
  if (dispute.state !== 'frozen') throw new GuildhallError('DISPUTE_REFUSED', { problem: 'the dispute is over' })
  if (ruling.reason.trim() === '') throw new GuildhallError('DISPUTE_REFUSED', { problem: 'the ruling gives no reason' })
  const isLifted = ruling.decision === 'lift'
  const call = isLifted
    ? interfaces.ResourceRegistry.encodeFunctionData('unfreeze', [workId, digestOfText(ruling.reason)])
    : encodeRuling(base, workId, ruling)
  return resolve(base, actor, {
    workId,
    call,
    key: call,
    text: ruling.reason,
    title: { 'zh-CN': `裁决作品 ${workId}`, en: `Rule on work ${workId}` },
    done: isLifted
      ? { 'zh-CN': '争议已撤销，一切照旧。', en: 'The freeze is lifted; everything stays as it was.' }
      : { 'zh-CN': '裁决已生效。', en: 'The ruling holds.' },
  })
}

function encodeRuling(base: Use, workId: number, { reason, holder, creators, parents }: RulingBody): string {
  const work = base.worksLedger.find(workId)
  const present = base.worksLedger.epochs(workId).at(-1)
  if (work === undefined || present === undefined) throw notFound('work')
  const contributors = (creators ?? present.contributors)
    .map(({ account, share }) => ({ account, share }))
    .sort((a, b) => (BigInt(a.account) < BigInt(b.account) ? -1 : 1))
  if (contributors.reduce((sum, { share }) => sum + share, 0) !== 1_000_000)
    throw new GuildhallError('DISPUTE_REFUSED', { problem: 'the shares of the creators do not make the whole' })
  const asked = parents?.map(({ workId: parentId, share, kind }) => ({ parentId, share, kind: derivationKinds.indexOf(kind) }))
  const edges: readonly { parentId: number; share: number; kind: number }[] = asked ?? base.worksLedger.parents(workId)
  const ruled = {
    holder: holder ?? work.holder,
    parents: edges.map(({ parentId, share, kind }) => ({ parentId, share, kind })).sort((a, b) => a.parentId - b.parentId),
    contributors,
    reason: digestOfText(reason),
  }
  return encodeCall(getIdentity(base).contracts, 'ResourceRegistry.rule', [workId, ruled]).data
}

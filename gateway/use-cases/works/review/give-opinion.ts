import { encodeCall, PANELS, type Panel } from '@guildhall/contracts'
import canonicalize from 'canonicalize'
import { dimensions, type OpinionBody } from '../../../api/works/review.ts'
import type { Actor } from '../../../base.ts'
import { GuildhallError, notFound } from '../../../errors.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import { heldAccount } from '../accounts/held-account.ts'
import { digestOfText, enqueueCall, recordOnLedger, requireHeld } from '../register/change-work.ts'
import { allDimensions, findReview } from './show-reviews.ts'

type VersionOf = { workId: number; version: number }

/** How long a signed opinion may be handed in, in seconds: a week, for a ledger that is out of reach. */
const openForSeconds = 604_800

/** As ReviewPanels hashes it (IReviewPanels.Opinion). */
const opinionTypes = {
  Opinion: [
    { name: 'workId', type: 'uint32' },
    { name: 'version', type: 'uint32' },
    { name: 'content', type: 'bytes32' },
    { name: 'panel', type: 'uint8' },
    { name: 'marks', type: 'uint8' },
    { name: 'until', type: 'uint40' },
    { name: 'member', type: 'address' },
    { name: 'reasons', type: 'bytes32' },
  ],
}

/**
 * An opinion of the person signed in, who sits on the panel: its reasons are published, and it is signed (EIP-712) by the account that the base
 * keeps for the person.
 * @throws NOT_FOUND, OPINION_REFUSED, REQUEST_INVALID
 */
export async function giveOpinion(base: IssuingBase, actor: Actor, { workId, version, ...body }: VersionOf & OpinionBody) {
  const review = findReview(base, actor, { workId, version })
  if (!review.mayOpine.includes(body.panel))
    throw new GuildhallError('OPINION_REFUSED', {
      problem: `this account does not sit on the ${body.panel} panel, has an interest in the work, has given its opinion, or is not asked now`,
    })
  if (body.reasons.trim() === '') throw new GuildhallError('REQUEST_INVALID', { where: 'body/reasons', problem: 'says nothing' })
  const content = base.worksLedger.versions(workId).find((one) => one.version === version)?.contentDigest
  if (content === undefined) throw notFound('version')
  const wallet = heldAccount(base, actor.id)
  const { reasons } = await publishText(base, {
    type: 'GuildhallOpinion',
    workId,
    version,
    content,
    panel: body.panel,
    reasons: body.reasons,
  })
  const { contracts, network } = getIdentity(base)
  const domain = { name: 'Guildhall ReviewPanels', version: '1', chainId: network.chainId, verifyingContract: contracts.ReviewPanels }
  const until = base.clock.now() + openForSeconds
  const opinion = {
    workId,
    version,
    content,
    panel: PANELS.indexOf(body.panel),
    marks: marksOf(body),
    until,
    member: wallet.address,
    reasons,
  }
  const signature = await wallet.signTypedData(domain, opinionTypes, opinion)
  return recordOnLedger(base, actor, {
    kind: 'opinion',
    title: { 'zh-CN': `评审作品 ${workId} 第 ${version} 版`, en: `Opinion on version ${version} of work ${workId}` },
    sentence: { 'zh-CN': '意见已签名并记入账本。', en: 'The opinion is signed and on the ledger.' },
    subject: `${workId}/${version}`,
    action: 'review.opinion-given',
    enqueue: () => {
      const { to, data } = encodeCall(contracts, 'ReviewPanels.submitOpinions', [[opinion], [signature]])
      return base.outbox.enqueue({ kind: 'opinion', to, calldata: data, subjectId: `${workId}/${version}` })
    },
  })
}

/** What a member of the expert committee holds of an appeal. @throws as `giveOpinion` */
export function ruleOnAppeal(base: IssuingBase, actor: Actor, ruling: VersionOf & { approves: boolean; reasons: string }) {
  return giveOpinion(base, actor, { ...ruling, panel: 'expert' satisfies Panel })
}

/** Takes a version of this base's work to the expert committee. @throws NOT_FOUND, NOT_YOURS, STATE_REFUSED */
export async function appealReview(base: IssuingBase, actor: Actor, { workId, version, grounds }: VersionOf & { grounds: string }) {
  requireHeld(base, workId)
  const review = findReview(base, actor, { workId, version })
  if (grounds.trim() === '') throw new GuildhallError('REQUEST_INVALID', { where: 'body/grounds', problem: 'says nothing' })
  if (review.appealedAt !== null)
    throw new GuildhallError('STATE_REFUSED', { thing: 'version', state: 'appealed already', next: 'Wait for the ruling.' })
  if (review.state === 'listed' || review.state === 'replaced')
    throw new GuildhallError('STATE_REFUSED', { thing: 'version', state: 'listed', next: 'Nothing is left to appeal.' })
  const { reasons } = await publishText(base, { type: 'GuildhallAppeal', workId, version, reasons: grounds })
  return recordOnLedger(base, actor, {
    kind: 'appeal',
    title: { 'zh-CN': `作品 ${workId} 第 ${version} 版申诉`, en: `Appeal for version ${version} of work ${workId}` },
    sentence: { 'zh-CN': '申诉已交专家委员会。', en: 'The appeal is before the expert committee.' },
    subject: `${workId}/${version}`,
    action: 'review.appealed',
    enqueue: () =>
      enqueueCall(base, { kind: 'appeal', subjectId: `${workId}/${version}`, method: 'ReviewPanels.appeal' }, [workId, version, reasons]),
  })
}

/** Puts a text on IPFS as one raw block, whose digest the ledger keeps. Nothing personal is in it but what was written. */
async function publishText(base: Pick<IssuingBase, 'worksStore'>, told: Record<string, string | number>): Promise<{ reasons: string }> {
  const text = canonicalize(told) ?? ''
  const { cid } = await base.worksStore.add(once(Buffer.from(text)), { signal: AbortSignal.timeout(30_000) })
  base.worksStore.announce([cid])
  return { reasons: digestOfText(text) }
}

/** The marks as bits: each of four for the content panel, one for the others. @throws REQUEST_INVALID */
function marksOf({ panel, marks, approves }: OpinionBody): number {
  if (panel !== 'content') {
    if (approves === undefined) throw new GuildhallError('REQUEST_INVALID', { where: 'body/approves', problem: 'is missing' })
    return approves ? 1 : 0
  }
  const given = dimensions.map((dimension) => marks?.[dimension])
  if (given.some((mark) => mark === undefined))
    throw new GuildhallError('REQUEST_INVALID', { where: 'body/marks', problem: 'leaves out one of the four' })
  return given.reduce((bits, mark, index) => (mark ? bits | (1 << index) : bits), 0) & allDimensions
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

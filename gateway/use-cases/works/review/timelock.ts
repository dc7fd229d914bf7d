import { interfaces, PANELS, type Panel } from '@guildhall/contracts'
import type { Actor } from '../../../base.ts'
import { GuildhallError } from '../../../errors.ts'
import { enqueueDecision } from '../../base/decisions/decide.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import { digestOfText, recordOnLedger } from '../register/change-work.ts'
import { requireWork } from '../register/show-works.ts'

/** The base that founded the network: it proposes to the timelock until the Assembly does. */
const rootBaseId = 1
const daySeconds = 86_400

type Seating = {
  panel: Panel
  account: string
  baseId: number | null
  days: number
  quorum?: { approvals: number; rejections: number } | undefined
}

/**
 * Seats a member on a panel, and sets how many opinions decide there where that is given, by the network's timelock: at once while the base
 * stands alone, after the timelock's delay once there are others.
 * @throws STATE_REFUSED elsewhere than at the base that founded the network
 */
export function seatPanelMember(base: IssuingBase, actor: Actor, { panel, account, baseId, days, quorum }: Seating): { jobId: string } {
  assertRoot(base)
  const number = PANELS.indexOf(panel)
  const until = base.clock.now() + days * daySeconds
  const payloads = [
    ...(quorum ? [interfaces.ReviewPanels.encodeFunctionData('setQuorum', [number, quorum.approvals, quorum.rejections])] : []),
    interfaces.ReviewPanels.encodeFunctionData('seatMember', [number, account, baseId ?? 0, 0, until]),
  ]
  return recordOnLedger(base, actor, {
    kind: 'panel-seat',
    title: { 'zh-CN': '安排评审席位', en: 'Seat a member on a panel' },
    sentence: sentenceOf(base),
    subject: account,
    action: 'panel.member-seated',
    enqueue: () => decideAll(base, { kind: 'panel-seat', contract: 'ReviewPanels', payloads }),
  })
}

/** Takes a work down, by the network's timelock; the grounds are published on IPFS. @throws NOT_FOUND, STATE_REFUSED */
export async function takeDownWork(base: IssuingBase, actor: Actor, { workId, grounds }: { workId: number; grounds: string }) {
  assertRoot(base)
  if (requireWork(base, workId).isTakenDown)
    throw new GuildhallError('STATE_REFUSED', { thing: 'work', state: 'down already', next: 'Nothing is left to do.' })
  await base.node.content.add(Buffer.from(grounds))
  const payload = interfaces.ResourceRegistry.encodeFunctionData('takeDown', [workId, digestOfText(grounds)])
  return recordOnLedger(base, actor, {
    kind: 'takedown',
    title: { 'zh-CN': `下架作品 ${workId}`, en: `Take work ${workId} down` },
    sentence: sentenceOf(base),
    subject: String(workId),
    action: 'work.taken-down',
    enqueue: () => decideAll(base, { kind: 'takedown', contract: 'ResourceRegistry', payloads: [payload] }),
  })
}

type Decisions = { kind: 'panel-seat' | 'takedown'; contract: 'ReviewPanels' | 'ResourceRegistry'; payloads: readonly string[] }

/** @returns the row of the last one in the outbox */
function decideAll(base: IssuingBase, { kind, contract, payloads }: Decisions): number {
  const rows = payloads.map((payload) => enqueueDecision(base, { kind, programmeId: 0, contract, payload }))
  return rows.at(-1) ?? 0
}

function sentenceOf({ registry }: Pick<IssuingBase, 'registry'>) {
  return registry.decisionDelay() === 0
    ? { 'zh-CN': '网络的时间锁已执行。', en: 'The timelock of the network has carried it out.' }
    : {
        'zh-CN': '已交给网络的时间锁；到期后由本基地执行。',
        en: 'It waits in the timelock of the network; this base carries it out on its day.',
      }
}

function assertRoot(base: Pick<IssuingBase, 'records'>): void {
  if (getIdentity(base).baseId !== rootBaseId)
    throw new GuildhallError('STATE_REFUSED', {
      thing: 'decision',
      state: 'one of the base that founded the network',
      next: 'Ask its operator.',
    })
}

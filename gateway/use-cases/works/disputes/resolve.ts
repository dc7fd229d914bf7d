import { encodeCall, PANELS } from '@guildhall/contracts'
import type { Job } from '../../../api/base/operations.ts'
import type { Actor } from '../../../base.ts'
import { GuildhallError } from '../../../errors.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import { heldAccount } from '../accounts/held-account.ts'
import { digestOfText } from '../register/change-work.ts'
import { writeMoney } from '../royalties/write-money.ts'

type Use = Pick<
  IssuingBase,
  'records' | 'keys' | 'clock' | 'random' | 'transaction' | 'audit' | 'outbox' | 'jobs' | 'registry' | 'worksLedger' | 'node'
>

/** What the expert committee is about to resolve about a work, with the members who have signed it at this base. */
type Pending = { key: string; call: string; salt: string; until: number; signatures: { member: string; signature: string }[] }
/** A call of the ResourceRegistry that the committee may make, what is written about it, and by what another member's is known to be the same. */
export type Resolution = { workId: number; call: string; key: string; text: string; title: Job['title']; done: Job['title'] }

/** As ReviewPanels hashes it (IResolutions.Resolution, EIP-712). */
const types = {
  Resolution: [
    { name: 'call', type: 'bytes' },
    { name: 'salt', type: 'bytes32' },
    { name: 'until', type: 'uint40' },
  ],
}
const expert = PANELS.indexOf('expert')
/** How long members may sign, in seconds. */
const openForSeconds = 604_800
const settingOf = (workId: number): string => `resolution/${workId}`

/** What is being decided about a work at this base, without what is too late. */
export function listPending({ records, clock }: Pick<Use, 'records' | 'clock'>, workId: number): Pending[] {
  return (records.settings.find<Pending[]>(settingOf(workId)) ?? []).filter(({ until }) => until > clock.now())
}

/** How many members of the expert committee decide; 0 where nobody has set it yet. */
export function neededOf({ worksLedger }: Pick<Use, 'worksLedger'>): number {
  return worksLedger.quorums().find(({ panel }) => panel === expert)?.approvals ?? 0
}

/** Whether a person sits on the expert committee now, and has no interest in the work. */
export function sitsOnCommittee(base: Pick<Use, 'keys' | 'clock' | 'worksLedger'>, personId: string): boolean {
  const me = heldAccount(base, personId).address.toLowerCase()
  return base.worksLedger.seats(base.clock.now()).some(({ panel, member }) => panel === expert && member.toLowerCase() === me)
}

/**
 * Signs a resolution of the expert committee by the account of the person signed in. The member whose signature makes it enough hands it in; others
 * are told how many are missing. A member who resolves the same as one before joins in signing that.
 * @throws DISPUTE_REFUSED for somebody who is no member, or has signed
 */
export async function resolve(base: Use, actor: Actor, asked: Resolution): Promise<{ jobId: string }> {
  const needed = neededOf(base)
  if (needed === 0 || !sitsOnCommittee(base, actor.id))
    throw new GuildhallError('DISPUTE_REFUSED', { problem: 'only members of the expert committee decide' })
  const { pending, isEnough } = await sign(base, actor, { asked, needed })
  await base.node.content.add(Buffer.from(asked.text))
  if (!isEnough) {
    const missing = needed - pending.signatures.length
    const jobId = base.jobs.start(actor, { kind: 'dispute', title: asked.title }, async () => ({
      sentence: { 'zh-CN': `已签名；还需 ${missing} 位委员签名。`, en: `Signed; ${missing} more members have to sign.` },
      subjectId: String(asked.workId),
    }))
    return { jobId }
  }
  const { contracts } = getIdentity(base)
  const sorted = [...pending.signatures].sort((a, b) => (BigInt(a.member) < BigInt(b.member) ? -1 : 1))
  const { to, data } = encodeCall(contracts, 'ReviewPanels.carryResolution', [
    { call: pending.call, salt: pending.salt, until: pending.until },
    sorted.map(({ member }) => member),
    sorted.map(({ signature }) => signature),
  ])
  const { title, done, workId } = asked
  const jobId = writeMoney(base, actor, { kind: 'dispute', title, subject: String(workId), writes: [{ to, calldata: data }], done })
  return { jobId }
}

async function sign(base: Use, actor: Actor, { asked, needed }: { asked: Resolution; needed: number }) {
  const all = listPending(base, asked.workId)
  const salt = `0x${Buffer.from(base.random.bytes(32)).toString('hex')}`
  const { key, call: asksFor } = asked
  const fresh: Pending = { key, call: asksFor, salt, until: base.clock.now() + openForSeconds, signatures: [] }
  const begun = all.find((one) => one.key === key) ?? fresh
  const wallet = heldAccount(base, actor.id)
  if (begun.signatures.some(({ member }) => member === wallet.address))
    throw new GuildhallError('DISPUTE_REFUSED', { problem: 'this member has signed it already' })
  const { contracts, network } = getIdentity(base)
  const domain = { name: 'Guildhall ReviewPanels', version: '1', chainId: network.chainId, verifyingContract: contracts.ReviewPanels }
  const { call, until } = begun
  const signature = await wallet.signTypedData(domain, types, { call, salt: begun.salt, until })
  const pending = { ...begun, signatures: [...begun.signatures, { member: wallet.address, signature }] }
  const isEnough = pending.signatures.length >= needed
  base.transaction(() => {
    keepText(base, asked.text)
    base.audit.append(actor, 'dispute.signed', { subject: String(asked.workId), details: { signatures: pending.signatures.length } })
    const others = all.filter((one) => one.key !== key)
    base.records.settings.set(settingOf(asked.workId), isEnough ? others : [...others, pending])
  })
  return { pending, isEnough }
}

/** Keeps what was written about a dispute under the hash that stands on the ledger. Inside the caller's transaction. */
export function keepText({ records, clock }: Pick<Use, 'records' | 'clock'>, text: string): void {
  records.disputeTexts.put({ hash: digestOfText(text), text, writtenAt: clock.now() })
}

import { createHash } from 'node:crypto'
import { type ContractMethod, encodeCall, hashContributors, type MethodArguments, WORK_TYPES, workDomain } from '@guildhall/contracts'
import type { Job } from '../../../api/base/operations.ts'
import type { Actor } from '../../../base.ts'
import { GuildhallError } from '../../../errors.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import { heldAccount } from '../accounts/held-account.ts'
import { baseAccount } from './drafts.ts'
import { byAddress } from './register-work.ts'
import { requireWork } from './show-works.ts'
import { stages } from './store-work.ts'

/** One write to the ledger with what its job is called and says at the end. */
export type LedgerJob = {
  kind: string
  title: Job['title']
  sentence: Job['title']
  subject: string
  action: string
  /** Queues the writes and answers the last one's row; inside the transaction. */
  enqueue: () => number
}

/** Queues a write to the ledger and shows it as a job until it is there and has been read back. */
export function recordOnLedger(base: IssuingBase, actor: Actor, { kind, title, sentence, subject, action, enqueue }: LedgerJob) {
  const outboxId = base.transaction(() => {
    base.audit.append(actor, action, { subject })
    return enqueue()
  })
  const jobId = base.jobs.start(actor, { kind, title }, async (progress) => {
    const recorded = progress.stage(stages.recorded, 'steps', 1)
    const { blockNumber } = await base.outbox.whenFinal(outboxId, progress.signal)
    if (blockNumber !== null) await base.registry.whenSyncedTo(blockNumber, progress.signal)
    recorded.advance(1)
    return { sentence, subjectId: subject }
  })
  return { jobId }
}

/** Queues one call. Inside the caller's transaction. */
export function enqueueCall<Method extends ContractMethod>(
  base: Pick<IssuingBase, 'records' | 'outbox'>,
  { kind, subjectId, method }: { kind: string; subjectId: string; method: Method },
  args: MethodArguments<Method>,
): number {
  const { to, data } = encodeCall(getIdentity(base).contracts, method, args)
  return base.outbox.enqueue({ kind, to, calldata: data, subjectId })
}

type Sharing = {
  workId: number
  creators: readonly { account: string; share: number }[]
  signatures?: readonly { account: string; signature: string }[] | undefined
}

/**
 * Changes who shares what a work earns from now on. Whose share becomes smaller has to agree: the base signs for the staff whose keys it
 * keeps and who ask for it themselves, others send their signature.
 * @throws NOT_FOUND, NOT_YOURS where another account holds the work, DRAFT_REFUSED, SIGNATURE_MISSING
 */
export async function setCreators(base: IssuingBase, actor: Actor, { workId, creators, signatures = [] }: Sharing) {
  requireHeld(base, workId)
  const next = byAddress(creators)
  const sum = next.reduce((total, { share }) => total + share, 0)
  const accounts = new Set(next.map(({ account }) => account))
  if (sum !== 1_000_000 || accounts.size !== next.length || next.some(({ share }) => share === 0))
    throw new GuildhallError('DRAFT_REFUSED', { where: 'creators', problem: 'do not share the whole, each once' })
  const epoch = base.worksLedger.epochs(workId).at(-1)
  if (epoch === undefined) throw new GuildhallError('NOT_READY', { part: 'What the ledger says of this work' })
  const message = { workId, epoch: epoch.epoch + 1, contributors: next }
  const smaller = epoch.contributors.filter(({ account, share }) => (next.find((one) => one.account === account)?.share ?? 0) < share)
  const agreed = await Promise.all(smaller.map(({ account }) => agreementOf(base, actor, { account, message, signatures })))
  return recordOnLedger(base, actor, {
    kind: 'work-shares',
    title: { 'zh-CN': `更改作品 ${workId} 的份额`, en: `Change the shares of work ${workId}` },
    sentence: { 'zh-CN': `作品 ${workId} 从现在起按新份额分配。`, en: `Work ${workId} is shared anew from now on.` },
    subject: String(workId),
    action: 'work.shares-changed',
    enqueue: () =>
      enqueueCall(base, { kind: 'work-shares', subjectId: String(workId), method: 'ResourceRegistry.changeContributors' }, [
        workId,
        epoch.contributors,
        next,
        agreed,
      ]),
  })
}

/** "I made this": signed by the account that the base keeps for the person signed in. @throws NOT_FOUND, STATE_REFUSED */
export async function claimAuthorship(base: IssuingBase, actor: Actor, { workId, version }: { workId: number; version: number }) {
  const work = requireWork(base, workId)
  const { contracts } = getIdentity(base)
  const content = base.worksLedger.versions(workId).find((one) => one.version === version)
  const epoch = base.worksLedger.epochs(workId).at(-1)
  if (content === undefined || epoch === undefined) throw new GuildhallError('NOT_FOUND', { thing: 'version' })
  const wallet = heldAccount(base, actor.id)
  const author = wallet.address
  if (base.worksLedger.authorships(workId).some((one) => one.version === version && one.author === author.toLowerCase()))
    throw new GuildhallError('STATE_REFUSED', { thing: 'claim', state: 'on the ledger already', next: 'Nothing is left to do.' })
  const contributors = hashContributors(epoch.contributors)
  const message = { contentDigest: content.contentDigest, contributors, homeBase: work.homeBase, author }
  const signature = await wallet.signTypedData(domainOf(base), mutable(WORK_TYPES.Authorship), message)
  return recordOnLedger(base, actor, {
    kind: 'authorship',
    title: { 'zh-CN': `声明作品 ${workId} 的作者身份`, en: `Claim authorship of work ${workId}` },
    sentence: { 'zh-CN': `作品 ${workId} 第 ${version} 版的作者声明已记入账本。`, en: `The claim is on the ledger.` },
    subject: String(workId),
    action: 'work.authorship-claimed',
    enqueue: () => {
      const args = [workId, version, author, contributors, signature] as const
      const { to, data } = encodeCall(contracts, 'ResourceRegistry.claimAuthorship', [...args])
      return base.outbox.enqueue({ kind: 'authorship', to, calldata: data, subjectId: String(workId) })
    },
  })
}

/** A work that the account of this base decides about. @throws NOT_FOUND, NOT_YOURS */
export function requireHeld(base: Pick<IssuingBase, 'records' | 'worksLedger'>, workId: number) {
  const work = requireWork(base, workId)
  if (work.holder.toLowerCase() !== baseAccount(base)) throw new GuildhallError('NOT_YOURS')
  return work
}

/** SHA-256 of a text that is published as one raw block, as the ledger keeps it. */
export const digestOfText = (text: string): string => `0x${createHash('sha256').update(text).digest('hex')}`

type Agreement = { account: string; message: Record<string, unknown>; signatures: readonly { account: string; signature: string }[] }

async function agreementOf(base: IssuingBase, actor: Actor, { account, message, signatures }: Agreement): Promise<string> {
  if (account === baseAccount(base)) return '0x'
  const given = signatures.find((one) => one.account.toLowerCase() === account)
  if (given !== undefined) return given.signature
  const own = heldAccount(base, actor.id)
  if (own.address.toLowerCase() !== account) throw new GuildhallError('SIGNATURE_MISSING', { account })
  return own.signTypedData(domainOf(base), mutable(WORK_TYPES.Contributors), message)
}

const domainOf = (base: Pick<IssuingBase, 'records'>) => {
  const { contracts, network } = getIdentity(base)
  return workDomain(network.chainId, contracts.ResourceRegistry)
}

/** ethers takes types that may be written to. */
function mutable<Fields extends { name: string; type: string }>(
  types: Readonly<Record<string, readonly Fields[]>>,
): Record<string, Fields[]> {
  return Object.fromEntries(Object.entries(types).map(([name, fields]) => [name, [...fields]]))
}

import { ASK_FIRST, decodeEvent, encodeCall } from '@guildhall/contracts'
import { derivationKinds } from '../../../api/works/fields.ts'
import { type Actor, baseItself, type JobProgress } from '../../../base.ts'
import { GuildhallError } from '../../../errors.ts'
import type { DraftRow } from '../../../records/works/drafts.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import type { Final } from '../../base/settle-writes.ts'
import { numberContentKey } from '../reading/content-keys.ts'
import { digestOf } from './content-digest.ts'
import { baseAccount, dropUploads, gapsOf, openDraft } from './drafts.ts'
import { hashTerms } from './manifest.ts'
import { awaitHolders, hashFiles, stages, storeFiles } from './store-work.ts'

type Settle = Pick<IssuingBase, 'records' | 'clock' | 'audit'>

/**
 * Registers a draft, as a job: hashed, sealed, stored, held by other bases, recorded. What a killed base left is taken up again by
 * `resumeRegistrations` and comes to the same CIDs.
 * @throws DRAFT_INCOMPLETE, STATE_REFUSED, NOT_YOURS, NOT_FOUND
 */
export function registerWork(base: IssuingBase, actor: Actor, draftId: string): { jobId: string } {
  return base.transaction(() => {
    const row = openDraft(base, actor, draftId)
    const gaps = gapsOf(base, row.content)
    if (gaps.length > 0) throw new GuildhallError('DRAFT_INCOMPLETE', { gaps: gaps.join(', ') })
    base.records.workDrafts.update(draftId, { state: 'registering', updatedAt: base.clock.now() })
    base.audit.append(actor, 'work.registration-begun', { subject: draftId })
    return start(base, actor, row)
  })
}

/** Takes up registrations that a crash cut off. */
export function resumeRegistrations(base: IssuingBase): void {
  for (const row of base.records.workDrafts.list({ state: 'registering' })) {
    const job = row.jobId === null ? undefined : base.jobs.find(row.jobId)
    if (job === undefined || job.reason?.code === 'JOB_INTERRUPTED') start(base, { ...baseItself, id: row.owner }, row)
  }
}

/** The ledger has numbered a work or a version. Inside the caller's transaction; a second call changes nothing. */
export function settleWork(base: Settle, { outboxId, logs, blockTime }: Final): void {
  const row = base.records.workDrafts.find({ outboxId })
  if (row === undefined || row.state === 'registered') return
  const { contracts } = getIdentity(base)
  const numbered = logs.flatMap((log) => numberOf(decodeEvent(contracts, log)))[0]
  if (numbered === undefined || row.manifestCid === null) return
  const { workId, version } = numbered
  base.records.workDrafts.update(row.draftId, { state: 'registered', workId, version, updatedAt: blockTime })
  numberContentKey(base, { draftId: row.draftId, version, workId })
  if (base.records.workDescriptions.find({ workId, version }) === undefined)
    base.records.workDescriptions.insert({ cid: row.manifestCid, workId, version, manifest: row.manifest, foundAt: base.clock.now() })
  base.audit.append(baseItself, 'work.registered', { subject: row.draftId, details: { workId, version } })
}

/** The ledger refused it: the draft can be changed and registered again. Inside the caller's transaction. */
export function settleRefusedWork({ records }: Pick<Settle, 'records'>, outboxId: number): void {
  records.workDrafts.updateWhere({ outboxId }, { state: 'draft', outboxId: null })
}

function start(base: IssuingBase, actor: Actor, row: DraftRow): { jobId: string } {
  const title = { 'zh-CN': `登记《${row.content.title['zh-CN']}》`, en: `Register “${row.content.title.en}”` }
  const jobId = base.jobs.start(actor, { kind: 'work-registration', title }, (progress) => work(base, row.draftId, progress))
  base.records.workDrafts.update(row.draftId, { jobId })
  return { jobId }
}

async function work(base: IssuingBase, draftId: string, progress: JobProgress) {
  try {
    const outboxId = base.records.workDrafts.get(draftId).outboxId ?? (await prepare(base, draftId, progress))
    const recorded = progress.stage(stages.recorded, 'steps', 1)
    const { blockNumber } = await base.outbox.whenFinal(outboxId, progress.signal)
    if (blockNumber !== null) await base.registry.whenSyncedTo(blockNumber, progress.signal)
    recorded.advance(1)
  } catch (cause) {
    // Nothing is on its way to the ledger: the draft can be changed and registered again. What is on its way arrives without this job.
    base.records.workDrafts.updateWhere({ draftId, outboxId: null }, { state: 'draft' })
    throw cause
  }
  const row = base.records.workDrafts.get(draftId)
  await dropUploads(base, row)
  const { workId, version } = row
  const sentence = { 'zh-CN': `作品 ${workId} 第 ${version} 版已记入账本。`, en: `Version ${version} of work ${workId} is on the ledger.` }
  return { sentence, subjectId: String(workId) }
}

/** Everything before the ledger. @returns the row in the outbox */
async function prepare(base: IssuingBase, draftId: string, progress: JobProgress): Promise<number> {
  const row = base.records.workDrafts.get(draftId)
  const hashed = await hashFiles(base, row, progress)
  const stored = await storeFiles(base, row, { hashed, version: nextVersion(base, row), progress })
  await awaitHolders(base, stored, progress)
  return base.transaction(() => {
    const outboxId = enqueue(base, row, stored.manifestCid)
    base.records.workDrafts.update(draftId, { ...stored, outboxId })
    return outboxId
  })
}

function nextVersion({ worksLedger }: Pick<IssuingBase, 'worksLedger'>, { content }: DraftRow): number {
  return content.workId === null ? 1 : worksLedger.versions(content.workId).length + 1
}

function enqueue(base: IssuingBase, { content, draftId }: DraftRow, manifestCid: string): number {
  const { contracts, baseId } = getIdentity(base)
  const { contentDigest, codec } = digestOf(manifestCid)
  if (content.workId !== null) {
    const { to, data } = encodeCall(contracts, 'ResourceRegistry.publishVersion', [content.workId, contentDigest, codec])
    return base.outbox.enqueue({ kind: 'work-version', to, calldata: data, subjectId: draftId })
  }
  const { terms } = content
  if (terms === null) throw new GuildhallError('DRAFT_INCOMPLETE', { gaps: 'terms' })
  const registration = {
    holder: baseAccount(base),
    homeBase: baseId,
    askedShare: terms.adapt ? terms.royaltyShare : ASK_FIRST,
    deadline: 0,
    contentDigest,
    termsHash: hashTerms(terms),
    codec,
    parents: content.parents
      .map(({ workId, share, kind }) => ({ parentId: workId, share, kind: derivationKinds.indexOf(kind) }))
      .sort((one, other) => one.parentId - other.parentId),
    contributors: byAddress(content.creators),
  }
  const { to, data } = encodeCall(contracts, 'ResourceRegistry.register', [registration, '0x', []])
  return base.outbox.enqueue({ kind: 'work', to, calldata: data, subjectId: draftId })
}

/** Contributors as the ledger takes them: by rising address. */
export function byAddress(creators: readonly { account: string; share: number }[]): { account: string; share: number }[] {
  return creators
    .map(({ account, share }) => ({ account: account.toLowerCase(), share }))
    .sort((one, other) => (one.account < other.account ? -1 : 1))
}

function numberOf(event: ReturnType<typeof decodeEvent>): { workId: number; version: number }[] {
  if (event?.event === 'WorkRegistered') return [{ workId: event.args.workId, version: 1 }]
  if (event?.event === 'VersionPublished') return [{ workId: event.args.workId, version: event.args.version }]
  return []
}

import { WHOLE } from '@guildhall/contracts'
import type { Draft, DraftBody, draftGaps } from '../../../api/works/drafts.ts'
import type { Actor } from '../../../base.ts'
import { GuildhallError, notFound } from '../../../errors.ts'
import type { DraftContent, DraftRow } from '../../../records/works/drafts.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import { heldAccount } from '../accounts/held-account.ts'
import { receivedBytes, removeUploadFile } from '../uploads/upload-store.ts'

type Use = Pick<IssuingBase, 'records' | 'clock' | 'random' | 'transaction' | 'audit' | 'config' | 'worksLedger' | 'keys'>
type Gap = (typeof draftGaps)[number]

const empty: DraftContent = {
  kind: null,
  title: { 'zh-CN': '', en: '' },
  summary: { 'zh-CN': '', en: '' },
  languages: [],
  files: [],
  cover: null,
  creators: [],
  parents: [],
  terms: null,
  sealed: false,
  workId: null,
}

/** The account of this base on the ledger, in lower case. @throws NOT_READY before it has been read there */
export function baseAccount(base: Pick<IssuingBase, 'records' | 'worksLedger'>): string {
  const account = base.worksLedger.accountOf(getIdentity(base).baseId)
  if (account === undefined) throw new GuildhallError('NOT_READY', { part: 'What the ledger says of this base' })
  return account
}

/** The newest first, with the accounts that a person can name as creators at once. */
export async function listDrafts(base: Use, actor: Actor) {
  const rows = base.records.workDrafts.list({}, { orderBy: 'createdAt', descending: true, limit: 200 })
  const items = await Promise.all(rows.map((row) => showDraft(base, row)))
  return { items, account: heldAccount(base, actor.id).address, baseAccount: baseAccount(base) }
}

/** @throws DRAFT_REFUSED, NOT_FOUND, NOT_YOURS */
export async function createDraft(base: Use, actor: Actor, body: DraftBody): Promise<Draft> {
  const content = merge(empty, body)
  assertContent(base, actor, content)
  const now = base.clock.now()
  const row: DraftRow = {
    draftId: base.random.uuid(),
    owner: actor.id,
    state: 'draft',
    content,
    salt: base.random.bytes(16),
    manifest: null,
    manifestCid: null,
    outboxId: null,
    jobId: null,
    workId: null,
    version: null,
    createdAt: now,
    updatedAt: now,
  }
  base.transaction(() => {
    base.records.workDrafts.insert(row)
    base.audit.append(actor, 'work.draft-begun', { subject: row.draftId })
  })
  return showDraft(base, row)
}

/** @throws NOT_FOUND */
export function getDraft(base: Use, draftId: string): Promise<Draft> {
  return showDraft(base, base.records.workDrafts.get(draftId))
}

/** Changes the fields given. @throws DRAFT_REFUSED, STATE_REFUSED once it is being registered, NOT_YOURS, NOT_FOUND */
export async function updateDraft(base: Use, actor: Actor, { draftId, body }: { draftId: string; body: DraftBody }): Promise<Draft> {
  base.transaction(() => {
    const row = openDraft(base, actor, draftId)
    const content = merge(row.content, body)
    assertContent(base, actor, content)
    base.records.workDrafts.update(draftId, { content, updatedAt: base.clock.now() })
  })
  return getDraft(base, draftId)
}

/** Deletes a draft and the uploads that only it uses; one that became a work leaves the list and nothing else. */
export async function removeDraft(base: Use, actor: Actor, draftId: string): Promise<void> {
  const row = base.records.workDrafts.get(draftId)
  if (row.state !== 'registered') openDraft(base, actor, draftId)
  base.transaction(() => {
    base.records.workDrafts.remove({ draftId })
    base.audit.append(actor, 'work.draft-removed', { subject: draftId })
  })
  await dropUploads(base, row)
}

/** Deletes the uploads of a draft that no other draft uses. */
export async function dropUploads(base: Pick<Use, 'records' | 'config'>, { draftId, content }: DraftRow): Promise<void> {
  const others = base.records.workDrafts.list({}).filter((row) => row.draftId !== draftId && row.state !== 'registered')
  const used = new Set(others.flatMap((row) => row.content.files.map(({ uploadId }) => uploadId)))
  for (const { uploadId } of content.files) if (!used.has(uploadId)) await removeUploadFile(base, uploadId)
}

/** A draft that may be changed by this person. @throws NOT_FOUND, NOT_YOURS, STATE_REFUSED */
export function openDraft({ records }: Pick<Use, 'records'>, actor: Actor, draftId: string): DraftRow {
  const row = records.workDrafts.get(draftId)
  if (row.owner !== actor.id && !actor.roles.includes('operator')) throw new GuildhallError('NOT_YOURS')
  if (row.state === 'draft') return row
  const state = row.state === 'registered' ? 'registered' : 'being registered'
  throw new GuildhallError('STATE_REFUSED', { thing: 'draft', state, next: 'Begin another draft.' })
}

/** What a draft still lacks before it can be registered. */
export function gapsOf(base: Pick<Use, 'records' | 'worksLedger'>, content: DraftContent): Gap[] {
  const isSaid = (text: { 'zh-CN': string; en: string }) => isLine(text['zh-CN']) && isLine(text.en)
  const uploads = content.files.map(({ uploadId }) => base.records.uploads.find({ uploadId }))
  const isNew = content.workId === null
  const lacks: Record<Gap, boolean> = {
    kind: content.kind === null,
    title: !isSaid(content.title),
    summary: !isSaid(content.summary),
    languages: content.languages.length === 0,
    files: content.files.length === 0,
    uploads: uploads.some((upload) => upload === undefined || upload.finishedAt === null),
    creators: isNew && content.creators.reduce((sum, { share }) => sum + share, 0) !== WHOLE,
    parents: isNew && content.parents.some((parent) => !isEnough(base, parent)),
    terms: isNew && content.terms === null,
  }
  return (Object.keys(lacks) as Gap[]).filter((gap) => lacks[gap])
}

/** What a draft shows; files of a registered one are as they were then. */
async function showDraft(base: Use, { content, draftId, state, jobId, version, createdAt, updatedAt, ...row }: DraftRow): Promise<Draft> {
  const files = await Promise.all(
    content.files.map(async ({ uploadId, path }) => {
      const upload = base.records.uploads.find({ uploadId })
      const kept = row.manifest?.files.find((file) => file.path === path)
      return {
        uploadId,
        path,
        mediaType: upload?.mediaType ?? kept?.mediaType ?? 'application/octet-stream',
        sizeBytes: upload?.sizeBytes ?? kept?.sizeBytes ?? 0,
        receivedBytes: upload === undefined ? (kept?.sizeBytes ?? 0) : await receivedBytes(base, uploadId),
        sha256: upload?.sha256 ?? kept?.sha256 ?? null,
      }
    }),
  )
  const gaps = state === 'draft' ? gapsOf(base, content) : []
  return { ...content, files, draftId, state, workId: row.workId ?? content.workId, version, gaps, jobId, createdAt, updatedAt }
}

const isLine = (text: string): boolean => text.trim() !== '' && !/\p{Cc}/u.test(text)

/** Whether a parent is owed what it asks; one of this base's own may be owed less. */
function isEnough(base: Pick<Use, 'records' | 'worksLedger'>, { workId, share }: DraftContent['parents'][number]): boolean {
  const parent = base.worksLedger.find(workId)
  return parent !== undefined && (share >= parent.askedShare || parent.holder.toLowerCase() === baseAccount(base))
}

/** @throws DRAFT_REFUSED naming the field */
function assertContent(base: Use, actor: Actor, content: DraftContent): void {
  const refuse = (where: string, problem: string) => new GuildhallError('DRAFT_REFUSED', { where, problem })
  const { files, creators, parents, cover, workId, terms } = content
  for (const { uploadId } of files) {
    const upload = base.records.uploads.find({ uploadId })
    if (upload === undefined) throw notFound('upload')
    if (upload.owner !== actor.id && !actor.roles.includes('operator')) throw new GuildhallError('NOT_YOURS')
  }
  if (hasTwice(files.map(({ path }) => path.toLowerCase()))) throw refuse('files', 'name the same path twice')
  if (hasTwice(files.map(({ uploadId }) => uploadId))) throw refuse('files', 'name the same upload twice')
  if (cover !== null && !files.some(({ uploadId }) => uploadId === cover)) throw refuse('cover', 'is none of the files')
  if (hasTwice(creators.map(({ account }) => account.toLowerCase()))) throw refuse('creators', 'name the same account twice')
  if (creators.some(({ share }) => share === 0)) throw refuse('creators', 'have somebody without a share')
  if (sumOf(creators) > WHOLE) throw refuse('creators', 'share more than the whole')
  if (hasTwice(parents.map((parent) => parent.workId))) throw refuse('parents', 'name the same work twice')
  if (sumOf(parents) > WHOLE) throw refuse('parents', 'are owed more than the whole')
  for (const parent of parents) assertParent(base, parent.workId, refuse)
  if (terms !== null && (terms.pricing === 'free') !== (terms.price === '0')) throw refuse('terms', 'are free exactly when the price is 0')
  if (workId !== null && base.worksLedger.find(workId)?.holder.toLowerCase() !== baseAccount(base))
    throw refuse('workId', 'is not a work that this base holds')
}

function assertParent({ worksLedger, clock }: Use, workId: number, refuse: (where: string, problem: string) => GuildhallError): void {
  const parent = worksLedger.find(workId)
  if (parent === undefined) throw refuse('parents', `name work ${workId}, which the ledger does not have`)
  if (parent.isTakenDown) throw refuse('parents', `name work ${workId}, which was taken down`)
  if (parent.frozenUntil > clock.now()) throw refuse('parents', `name work ${workId}, which is contested`)
}

const sumOf = (shares: readonly { share: number }[]): number => shares.reduce((sum, { share }) => sum + share, 0)
const hasTwice = (values: readonly unknown[]): boolean => new Set(values).size !== values.length

function merge(before: DraftContent, body: DraftBody): DraftContent {
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
  return { ...before, ...given }
}

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { JobProgress } from '../../../base.ts'
import { GuildhallError } from '../../../errors.ts'
import type { DraftRow, UploadRow } from '../../../records/works/drafts.ts'
import type { IssuingBase } from '../../base/issuing.ts'
import { findContentKey, keepContentKey } from '../reading/content-keys.ts'
import { uploadFile } from '../uploads/upload-store.ts'
import { type Fingerprint, type WorkManifest, writeManifest } from './manifest.ts'
import { fingerprintFile } from './read-content.ts'

type Use = Pick<IssuingBase, 'records' | 'clock' | 'random' | 'transaction' | 'config' | 'keys' | 'worksStore' | 'node' | 'log'>

/** A file of a draft with what was found out about it. */
export type HashedFile = { upload: UploadRow; path: string; sha256: string; fingerprint: Fingerprint }

/** The stages that a registration goes through, as the tray shows them. */
export const stages = {
  hashed: { 'zh-CN': '计算指纹', en: 'Hashed' },
  sealed: { 'zh-CN': '加密', en: 'Sealed' },
  stored: { 'zh-CN': '存入 IPFS', en: 'Stored' },
  held: { 'zh-CN': '其他基地已保存', en: 'Held by other bases' },
  recorded: { 'zh-CN': '记入账本', en: 'Recorded on the ledger' },
} as const

/** SHA-256 of an upload (`0x…`), read once and then remembered. @throws STATE_REFUSED for one that is not finished */
export async function hashUpload(
  base: Pick<Use, 'records' | 'config'>,
  uploadId: string,
  { signal, onBytes = () => undefined }: { signal: AbortSignal; onBytes?: (bytes: number) => void },
): Promise<UploadRow & { sha256: string }> {
  const upload = base.records.uploads.get(uploadId)
  if (upload.finishedAt === null)
    throw new GuildhallError('STATE_REFUSED', { thing: 'upload', state: 'not finished', next: 'Wait until it is.' })
  if (upload.sha256 !== null) {
    onBytes(upload.sizeBytes)
    return { ...upload, sha256: upload.sha256 }
  }
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(uploadFile(base, uploadId), { highWaterMark: 1_048_576, signal })) {
    hash.update(chunk)
    onBytes((chunk as Uint8Array).byteLength)
  }
  const sha256 = `0x${hash.digest('hex')}`
  base.records.uploads.updateWhere({ uploadId }, { sha256 })
  return { ...upload, sha256 }
}

/** Hashes every file of a draft and takes its fingerprint. */
export async function hashFiles(base: Use, { content }: DraftRow, progress: JobProgress): Promise<HashedFile[]> {
  const sizes = content.files.map(({ uploadId }) => base.records.uploads.get(uploadId).sizeBytes)
  const stage = progress.stage(stages.hashed, 'bytes', sum(sizes))
  const hashed: HashedFile[] = []
  for (const { uploadId, path } of content.files) {
    const upload = await hashUpload(base, uploadId, { signal: progress.signal, onBytes: (bytes) => stage.advance(bytes) })
    const fingerprint = await fingerprintFile(uploadFile(base, uploadId), { name: path, sizeBytes: upload.sizeBytes })
    hashed.push({ upload, path, sha256: upload.sha256, fingerprint })
    progress.signal.throwIfAborted()
  }
  return hashed
}

/**
 * Puts the files of a draft on IPFS, sealed under one key of the version where that was chosen, and their description, which everyone may
 * read. Done again it gives the same CIDs: key and salts are kept with the draft.
 */
export async function storeFiles(
  base: Use,
  row: DraftRow,
  { hashed, version, progress }: { hashed: readonly HashedFile[]; version: number; progress: JobProgress },
): Promise<{ manifest: WorkManifest; manifestCid: string }> {
  const { content } = row
  const key = content.sealed ? openKey(base, { draftId: row.draftId, version }) : undefined
  const bytes = sum(hashed.map(({ upload }) => upload.sizeBytes))
  const stage = progress.stage(content.sealed ? stages.sealed : stages.stored, 'bytes', bytes)
  const files: WorkManifest['files'] = []
  for (const file of hashed) {
    const { upload, path, sha256, fingerprint } = file
    const counting = countUp((by) => stage.advance(by))
    const source = createReadStream(uploadFile(base, upload.uploadId), { highWaterMark: 1_048_576, signal: progress.signal })
    const storing = { signal: progress.signal, onProgress: counting }
    const { cid } = await (key === undefined
      ? base.worksStore.add(source, storing)
      : base.worksStore.addSealed(source, { ...storing, key, salt: saltOf(row, file) }))
    counting(upload.sizeBytes)
    files.push({ path, mediaType: upload.mediaType, sizeBytes: upload.sizeBytes, sha256, cid, sealed: key !== undefined, fingerprint })
  }
  const manifest = describe(row, { files, cover: await storeCover(base, row, { files, progress }) })
  const written = key === undefined ? stage : progress.stage(stages.stored, 'steps', 1)
  const { cid: manifestCid } = await base.worksStore.add(once(writeManifest(manifest)), { signal: progress.signal })
  if (key !== undefined) written.advance(1)
  return { manifest, manifestCid }
}

/** How long a registration waits for other bases to keep a copy, in milliseconds. It goes on without them: they come later. */
const holdWaitMs = 10_000
const askAgainMs = 500
/** What other bases keep for one another (`MirrorPolicy.maxBytes` of a node). */
const mostMirroredBytes = 33_554_432

/** Tells the other bases what is here now, and waits a while for them to have it. */
export async function awaitHolders(
  base: Use,
  { manifest, manifestCid }: { manifest: WorkManifest; manifestCid: string },
  progress: JobProgress,
): Promise<void> {
  const others = await base.node.otherBases.list()
  const stage = progress.stage(stages.held, 'steps', others.length)
  const small = manifest.files.filter(({ sizeBytes }) => sizeBytes < mostMirroredBytes)
  const cids = [manifestCid, ...small.map(({ cid }) => cid), ...(manifest.cover === null ? [] : [manifest.cover])]
  base.worksStore.announce(cids)
  const until = AbortSignal.any([progress.signal, AbortSignal.timeout(holdWaitMs)])
  let holders = 0
  while (others.length > 0 && holders < others.length && !until.aborted) {
    const found = await base.worksStore.countHolders(cids, until).catch(() => 0)
    if (found > holders) stage.advance(found - holders)
    holders = Math.max(holders, found)
    if (holders < others.length) await pause(askAgainMs, until)
  }
  progress.signal.throwIfAborted()
}

/** The version's key: made once, and kept before anything is sealed under it. */
function openKey(base: Use, of: { draftId: string; version: number }): Uint8Array {
  const known = findContentKey(base, of)
  if (known !== undefined) return known
  const key = base.random.bytes(32)
  base.transaction(() => keepContentKey(base, { ...of, key }))
  return key
}

/** Another salt for other content, so that a draft that was changed never seals two contents in one way. */
function saltOf({ salt }: DraftRow, { path, sha256 }: HashedFile): Uint8Array {
  return createHash('sha256').update(salt).update(sha256).update(path).digest().subarray(0, 16)
}

/** A cover is for everyone: of a sealed work it is added a second time, as it is. */
async function storeCover(
  base: Use,
  { content }: DraftRow,
  { files, progress }: { files: WorkManifest['files']; progress: JobProgress },
): Promise<string | null> {
  const chosen = content.files.find(({ uploadId }) => uploadId === content.cover)
  if (chosen === undefined) return null
  if (!content.sealed) return files.find(({ path }) => path === chosen.path)?.cid ?? null
  const source = createReadStream(uploadFile(base, chosen.uploadId), { signal: progress.signal })
  return (await base.worksStore.add(source, { signal: progress.signal })).cid
}

function describe({ content }: DraftRow, { files, cover }: Pick<WorkManifest, 'files' | 'cover'>): WorkManifest {
  const { kind, title, summary, languages, creators, terms } = content
  return {
    type: 'GuildhallWorkManifest',
    format: 1,
    kind: kind ?? 'other',
    title: { ...title },
    summary: { ...summary },
    languages: [...languages],
    files,
    cover,
    creators: creators.map(({ account, name }) => ({ account: account.toLowerCase(), name })),
    terms,
  }
}

/** Turns "so many until now" into "so many more". */
function countUp(advance: (by: number) => void): (bytes: number) => void {
  let told = 0
  return (bytes) => {
    if (bytes > told) advance(bytes - told)
    told = Math.max(told, bytes)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

import type { DatabaseSync } from 'node:sqlite'
import type { Draft } from '../../api/works/drafts.ts'
import type { Terms } from '../../api/works/fields.ts'
import type { UnixSeconds } from '../../base.ts'
import type { WorkManifest } from '../../use-cases/works/register/manifest.ts'
import { openTable, type TableShape } from '../table.ts'

/** A resumable upload; its bytes are `uploads/<uploadId>` in the data folder. `sha256` (`0x…`) is null until somebody asked for it. */
export type UploadRow = {
  uploadId: string
  owner: string
  name: string
  mediaType: string
  sizeBytes: number
  createdAt: UnixSeconds
  /** When bytes last came; what is abandoned is deleted by it. */
  touchedAt: UnixSeconds
  finishedAt: UnixSeconds | null
  sha256: string | null
}

/** What a person wrote about a work so far. */
export type DraftContent = Pick<Draft, 'kind' | 'title' | 'summary' | 'languages' | 'cover' | 'creators' | 'parents' | 'sealed'> & {
  files: { uploadId: string; path: string }[]
  terms: Terms | null
  workId: number | null
}

/** A work that is being prepared. `salt`: 16 bytes, so that a registration that is repeated gives the same CIDs again. */
export type DraftRow = {
  draftId: string
  owner: string
  state: Draft['state']
  content: DraftContent
  salt: Uint8Array
  /** The public description with its CID, once everything is stored. */
  manifest: WorkManifest | null
  manifestCid: string | null
  outboxId: number | null
  jobId: string | null
  /** What the ledger numbered. */
  workId: number | null
  version: number | null
  createdAt: UnixSeconds
  updatedAt: UnixSeconds
}

/** The public description of a version of any base's work; `manifest` is null for one that cannot be read, and never will be. */
export type DescriptionRow = { cid: string; workId: number; version: number; manifest: WorkManifest | null; foundAt: UnixSeconds }

/** The schema of these tables. */
export const draftTables = `
CREATE TABLE uploads (
  upload_id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL, size_bytes INTEGER NOT NULL, created_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL, finished_at INTEGER, sha256 TEXT
) STRICT;

CREATE TABLE work_drafts (
  draft_id TEXT PRIMARY KEY, owner TEXT NOT NULL, state TEXT NOT NULL, content TEXT NOT NULL, salt BLOB NOT NULL, manifest TEXT, manifest_cid TEXT,
  outbox_id INTEGER, job_id TEXT, work_id INTEGER, version INTEGER, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX work_drafts_by_write ON work_drafts (outbox_id);
CREATE INDEX work_drafts_by_work ON work_drafts (work_id);

CREATE TABLE work_descriptions (
  cid TEXT NOT NULL, work_id INTEGER NOT NULL, version INTEGER NOT NULL, manifest TEXT, found_at INTEGER NOT NULL, PRIMARY KEY (work_id, version)
) STRICT;
`

const uploads: TableShape<UploadRow> = {
  name: 'uploads',
  thing: 'upload',
  key: 'uploadId',
  columns: {
    uploadId: 'text',
    owner: 'text',
    name: 'text',
    mediaType: 'text',
    sizeBytes: 'integer',
    createdAt: 'integer',
    touchedAt: 'integer',
    finishedAt: 'integer',
    sha256: 'text',
  },
}
const drafts: TableShape<DraftRow> = {
  name: 'work_drafts',
  thing: 'draft',
  key: 'draftId',
  columns: {
    draftId: 'text',
    owner: 'text',
    state: 'text',
    content: 'json',
    salt: 'blob',
    manifest: 'json',
    manifestCid: 'text',
    outboxId: 'integer',
    jobId: 'text',
    workId: 'integer',
    version: 'integer',
    createdAt: 'integer',
    updatedAt: 'integer',
  },
}
const descriptions: TableShape<DescriptionRow> = {
  name: 'work_descriptions',
  thing: 'description of a work',
  key: 'cid',
  columns: { cid: 'text', workId: 'integer', version: 'integer', manifest: 'json', foundAt: 'integer' },
}

/** The tables of works before and beside the ledger, over one database. */
export const openDraftTables = (db: DatabaseSync) => ({
  uploads: openTable(db, uploads),
  workDrafts: openTable(db, drafts),
  workDescriptions: openTable(db, descriptions),
})

import type { LedgerVersion } from '../../../adapters/works/works-ledger.ts'
import type { DescriptionRow } from '../../../records/works/drafts.ts'
import type { IssuingBase } from '../../base/issuing.ts'
import { mostManifestBytes, parseManifest } from './manifest.ts'

type Use = Pick<IssuingBase, 'records' | 'worksLedger' | 'worksStore' | 'clock' | 'registry'>

/** How many descriptions a round fetches, how long it waits for each, and when it asks again for one that nobody gave. */
const mostARound = 20
const fetchWaitMs = 5_000
const againAfterSeconds = 60

const triedAt = new WeakMap<object, Map<string, number>>()

/** Fetches what the works that the ledger names say of themselves, and keeps it for others. What is not found is asked for again later. */
export async function describeWorks(base: Use): Promise<void> {
  const tried = triedAt.get(base.records) ?? new Map<string, number>()
  triedAt.set(base.records, tried)
  const now = base.clock.now()
  const known = new Set(base.records.workDescriptions.list({}).map(({ workId, version }) => `${workId}/${version}`))
  const missing = base.worksLedger
    .list({ limit: 1_000_000 })
    .flatMap(({ workId, versionCount }) => (hasAll(known, workId, versionCount) ? [] : base.worksLedger.versions(workId)))
    .filter(
      ({ workId, version }) => !known.has(`${workId}/${version}`) && (tried.get(`${workId}/${version}`) ?? 0) + againAfterSeconds <= now,
    )
  for (const version of missing.slice(0, mostARound)) {
    tried.set(`${version.workId}/${version.version}`, now)
    await describeVersion(base, version)
  }
}

/** The description of a version, fetched where it is not here; undefined where nobody gave it in time. */
export async function describeVersion(base: Use, { workId, version, cid }: LedgerVersion): Promise<DescriptionRow | undefined> {
  const known = base.records.workDescriptions.find({ workId, version })
  if (known !== undefined) return known
  const signal = AbortSignal.timeout(fetchWaitMs)
  const bytes = await base.worksStore.fetchDocument(cid, { maxBytes: mostManifestBytes, signal }).catch(() => undefined)
  if (bytes === undefined) return undefined
  const row = { cid, workId, version, manifest: parseManifest(bytes) ?? null, foundAt: base.clock.now() }
  // Another request may have been faster while this one waited.
  if (base.records.workDescriptions.find({ workId, version }) === undefined) base.records.workDescriptions.insert(row)
  return row
}

function hasAll(known: ReadonlySet<string>, workId: number, versionCount: number): boolean {
  for (let version = 1; version <= versionCount; version += 1) if (!known.has(`${workId}/${version}`)) return false
  return true
}

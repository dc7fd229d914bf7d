import type { Static } from 'typebox'
import { derivationKinds, type versionStates, type Work } from '../../../api/works/fields.ts'
import type { getWorkGraph, listWorks as listWorksRoute, WorkPage } from '../../../api/works/works.ts'
import type { Actor } from '../../../base.ts'
import { notFound } from '../../../errors.ts'
import type { IssuingBase } from '../../base/issuing.ts'
import { getIdentity } from '../../base/issuing.ts'
import { heldAccount } from '../accounts/held-account.ts'
import { describeVersion } from './describe-works.ts'
import type { WorkManifest } from './manifest.ts'

type Use = Pick<IssuingBase, 'records' | 'worksLedger' | 'clock' | 'keys'>
type LedgerWork = NonNullable<ReturnType<Use['worksLedger']['find']>>
type VersionState = (typeof versionStates)[number]
type Query = Static<typeof listWorksRoute.query>
type Graph = Static<(typeof getWorkGraph.response)[200]>

/** The ledger's word for "ask the holder each time" is above every share. */
const whole = 1_000_000
const rejected = 2
const expertPanel = 2

/** Works of all bases, the newest first. `after` is the number of the last work shown. */
export function listWorks(base: Use, actor: Actor, query: Query) {
  const all = base.worksLedger.list({ limit: 1_000_000, ...(query.baseId !== undefined && { homeBase: query.baseId }) })
  const wanted = all.filter((work) => isWanted(base, actor, { work, query }))
  const after = Number(query.after ?? Number.POSITIVE_INFINITY)
  const left = Number.isNaN(after) ? wanted : wanted.filter(({ workId }) => workId < after)
  const shown = left.slice(0, query.limit ?? 50)
  const last = shown.at(-1)
  return {
    items: shown.map((work) => showWork(base, work)),
    total: wanted.length,
    next: last !== undefined && left.length > shown.length ? String(last.workId) : null,
  }
}

/** @throws NOT_FOUND */
export async function getWork(base: Use & Pick<IssuingBase, 'worksStore' | 'registry'>, { workId }: { workId: number }): Promise<WorkPage> {
  const { worksLedger } = base
  const work = requireWork(base, workId)
  const versions = worksLedger.versions(workId)
  await Promise.all(versions.slice(-20).map((version) => describeVersion(base, version)))
  const listings = worksLedger.listings(workId)
  const epochs = worksLedger.epochs(workId)
  const names = namesOf(newestManifest(base, workId))
  return {
    work: showWork(base, work),
    versions: versions.map(({ version, cid, time }) => {
      const manifest = base.records.workDescriptions.find({ workId, version })?.manifest ?? null
      const files = (manifest?.files ?? []).map(({ fingerprint: _, ...file }) => file)
      return {
        version,
        state: stateOf(base, work, version),
        manifestCid: cid,
        files,
        sealed: files.some((file) => file.sealed),
        languages: manifest?.languages ?? [],
        publishedAt: time,
        listedAt: listings.find((one) => one.version === version)?.time ?? null,
        described: manifest !== null,
      }
    }),
    epochs: epochs.map(({ epoch, ownShare, contributors, time }) => ({
      epoch,
      ownShare,
      creators: contributors.map(({ account, share }) => ({ account, share, name: names.get(account) ?? null })),
      since: time,
    })),
    claims: worksLedger
      .authorships(workId)
      .map(({ version, author, time, transactionHash }) => ({ version, author, claimedAt: time, transactionHash })),
    holder: work.holder,
    isOurs: work.homeBase === getIdentity(base).baseId,
    askedShare: work.askedShare > whole ? null : work.askedShare,
    termsHash: work.termsHash,
  }
}

/** The works around one, breadth first over parents and children, at most so many. @throws NOT_FOUND */
export function showGraph(base: Use, { workId, limit = 150 }: { workId: number; limit?: number | undefined }): Graph {
  requireWork(base, workId)
  const levels = new Map([[workId, 0]])
  const neighbours = (id: number) => ({
    parents: base.worksLedger.parents(id).map((edge) => edge.parentId),
    children: base.worksLedger.children(id).map((edge) => edge.workId),
  })
  for (const [id, level] of levels) {
    const { parents, children } = neighbours(id)
    for (const [next, step] of [...parents.map((one) => [one, -1] as const), ...children.map((one) => [one, 1] as const)])
      if (!levels.has(next) && levels.size < limit) levels.set(next, level + step)
    if (levels.size >= limit) break
  }
  const nodes = [...levels].map(([id, level]) => {
    const work = requireWork(base, id)
    const manifest = newestManifest(base, id)
    const { parents, children } = neighbours(id)
    return {
      workId: id,
      title: manifest?.title ?? null,
      kind: manifest?.kind ?? null,
      baseId: work.homeBase,
      level: Math.max(-10_000, Math.min(10_000, level)),
      takenDown: work.isTakenDown,
      contested: work.frozenUntil > base.clock.now(),
      hidden: [...parents, ...children].filter((one) => !levels.has(one)).length,
    }
  })
  const edges = [...levels.keys()].flatMap((id) => base.worksLedger.parents(id).filter(({ parentId }) => levels.has(parentId)))
  return { nodes, edges: edges.slice(0, 10_000).map(({ kind, ...edge }) => ({ ...edge, kind: derivationKinds[kind] ?? 'adaptation' })) }
}

/** How a version stands in its review. */
export function stateOf({ worksLedger, clock }: Pick<Use, 'worksLedger' | 'clock'>, work: LedgerWork, version: number): VersionState {
  const { workId } = work
  if (work.isTakenDown) return 'taken-down'
  if (worksLedger.listedVersion(workId, clock.now()) === version) return 'listed'
  if (worksLedger.listings(workId).some((one) => one.version === version)) return 'replaced'
  const decisions = worksLedger.decisions(workId, version)
  const isOpen = worksLedger.appeal(workId, version) !== undefined && !decisions.some(({ panel }) => panel === expertPanel)
  if (!isOpen && decisions.some(({ decision }) => decision === rejected)) return 'rejected'
  return decisions.length > 0 || isOpen || worksLedger.opinions(workId, version).length > 0 ? 'in-review' : 'registered'
}

/** The description of a work's newest version that is here; null where none is. */
export function newestManifest({ records }: Pick<Use, 'records'>, workId: number): WorkManifest | null {
  const rows = records.workDescriptions.list({ workId }, { orderBy: 'version', descending: true })
  return rows.find(({ manifest }) => manifest !== null)?.manifest ?? null
}

/** @throws NOT_FOUND */
export function requireWork({ worksLedger }: Pick<Use, 'worksLedger'>, workId: number): LedgerWork {
  const work = worksLedger.find(workId)
  if (work === undefined) throw notFound('work')
  return work
}

function showWork(base: Use, work: LedgerWork): Work {
  const { workId } = work
  const manifest = newestManifest(base, workId)
  const names = namesOf(manifest)
  const number = `#${workId}`
  const creators = base.worksLedger.epochs(workId).at(-1)?.contributors ?? []
  return {
    workId,
    baseId: work.homeBase,
    kind: manifest?.kind ?? 'other',
    title: manifest?.title ?? { 'zh-CN': number, en: number },
    summary: manifest?.summary ?? { 'zh-CN': number, en: number },
    cover: manifest?.cover ?? null,
    creators: creators.map(({ account, share }) => ({ account, share, name: names.get(account) ?? null })),
    parents: base.worksLedger
      .parents(workId)
      .map(({ parentId, share, kind }) => ({ workId: parentId, share, kind: derivationKinds[kind] ?? 'adaptation' })),
    children: base.worksLedger.children(workId).length,
    terms: manifest?.terms ?? null,
    listedVersion: base.worksLedger.listedVersion(workId, base.clock.now()) || null,
    newestVersion: work.versionCount,
    contested: work.frozenUntil > base.clock.now(),
    takenDown: work.isTakenDown,
    registeredAt: work.registeredAt,
    described: manifest !== null,
  }
}

function isWanted(base: Use, actor: Actor, { work, query }: { work: LedgerWork; query: Query }): boolean {
  const { workId } = work
  const isMine = () => {
    const mine = heldAccount(base, actor.id).address.toLowerCase()
    const creators = base.worksLedger.epochs(workId).at(-1)?.contributors ?? []
    return work.homeBase === getIdentity(base).baseId || creators.some(({ account }) => account.toLowerCase() === mine)
  }
  if (query.mine !== undefined && isMine() !== query.mine) return false
  if (query.listed !== undefined && base.worksLedger.listedVersion(workId, base.clock.now()) > 0 !== query.listed) return false
  if (query.kind === undefined && query.text === undefined) return true
  const manifest = newestManifest(base, workId)
  if (query.kind !== undefined && manifest?.kind !== query.kind) return false
  return query.text === undefined || textOf(workId, manifest).includes(query.text.normalize('NFKC').toLowerCase())
}

function textOf(workId: number, manifest: WorkManifest | null): string {
  const { title, summary, creators = [] } = manifest ?? {}
  const words = [`#${workId}`, title?.['zh-CN'], title?.en, summary?.['zh-CN'], summary?.en, ...creators.map(({ name }) => name)]
  return words.join('\n').normalize('NFKC').toLowerCase()
}

function namesOf(manifest: WorkManifest | null): Map<string, string | null> {
  return new Map((manifest?.creators ?? []).map(({ account, name }) => [account.toLowerCase(), name]))
}

import type { Row } from '../tables.ts'
import { type Handlers, paused } from './handler.ts'

type Edge = { readonly parentId: number; readonly share: number; readonly kind: number }
type Contributor = { readonly account: string; readonly share: number }

/** A million: shares are millionths. */
const WHOLE = 1_000_000

const edges = (workId: number, parents: readonly Edge[]): Row[] =>
  parents.map(({ parentId, share, kind }, position) => ({
    table: 'index_work_edges',
    values: { position, work_id: workId, parent_id: parentId, share, kind },
  }))
const epoch = (
  workId: number,
  number: number,
  { ownShare, contributors }: { ownShare: number; contributors: readonly Contributor[] },
): Row => ({
  table: 'index_work_epochs',
  values: {
    work_id: workId,
    epoch: number,
    own_share: ownShare,
    contributors: JSON.stringify(contributors.map(({ account, share }) => ({ account: account.toLowerCase(), share }))),
  },
})

/** What the ResourceRegistry tells: works, their versions, what they were made from, who shares what they earn. */
export const registryOfWorks = {
  'ResourceRegistry.WorkRegistered': ({ workId, homeBase, holder, contentDigest, codec, termsHash, askedShare, parents, contributors }) => [
    {
      table: 'index_works',
      values: { work_id: workId, home_base: homeBase, holder: holder.toLowerCase(), terms_hash: termsHash, asked_share: askedShare },
    },
    { table: 'index_work_versions', values: { work_id: workId, version: 1, content_digest: contentDigest, codec } },
    epoch(workId, 1, { ownShare: WHOLE - parents.reduce((sum, { share }) => sum + share, 0), contributors }),
    ...edges(workId, parents),
  ],
  'ResourceRegistry.VersionPublished': ({ workId, version, contentDigest, codec }) => [
    { table: 'index_work_versions', values: { work_id: workId, version, content_digest: contentDigest, codec } },
  ],
  'ResourceRegistry.TermsChanged': ({ workId, termsHash, askedShare }) => [
    { table: 'index_work_terms', values: { work_id: workId, terms_hash: termsHash, asked_share: askedShare } },
  ],
  'ResourceRegistry.WorkOffered': ({ workId, holder, homeBase }) => [
    { table: 'index_work_offers', values: { work_id: workId, holder: holder.toLowerCase(), home_base: homeBase } },
  ],
  'ResourceRegistry.HolderChanged': ({ workId, next }) => [
    { table: 'index_work_holders', values: { work_id: workId, holder: next.toLowerCase() } },
  ],
  'ResourceRegistry.HomeChanged': ({ workId, next }) => [{ table: 'index_work_homes', values: { work_id: workId, home_base: next } }],
  'ResourceRegistry.EpochBegan': ({ workId, epoch: number, ...shares }) => [epoch(workId, number, shares)],
  'ResourceRegistry.AuthorshipClaimed': ({ workId, version, author, contributors }) => [
    { table: 'index_authorships', values: { work_id: workId, version, author: author.toLowerCase(), contributors } },
  ],
  'ResourceRegistry.WorkFrozen': ({ workId, until, by, reason }) => [
    { table: 'index_work_freezes', values: { work_id: workId, until, by: by.toLowerCase(), reason } },
  ],
  'ResourceRegistry.WorkRuled': ({ workId, epoch: number, parents, reason }) => [
    { table: 'index_work_rulings', values: { work_id: workId, epoch: number, reason } },
    ...edges(workId, parents),
  ],
  'ResourceRegistry.WorkTakenDown': ({ workId, isDown, by, reason }) => [
    { table: 'index_work_takedowns', values: { work_id: workId, is_down: Number(isDown), by: by.toLowerCase(), reason } },
  ],
  'ResourceRegistry.ArbiterChanged': ({ next }) => [{ table: 'index_arbiters', values: { account: next.toLowerCase() } }],
  'ResourceRegistry.PauseChanged': paused('ResourceRegistry'),
  // EIP-5267; the domain of our registry is fixed when it is deployed.
  'ResourceRegistry.EIP712DomainChanged': () => [],
} satisfies Partial<Handlers>

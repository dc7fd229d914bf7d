import { type Handlers, paused } from './handler.ts'

/** What the ReviewPanels tell: who sits, what they think, what they decided, what is listed. */
export const reviewPanels = {
  'ReviewPanels.MemberSeated': ({ panel, member, baseId, from, until }) => [
    { table: 'index_panel_seats', values: { panel, member: member.toLowerCase(), base_id: baseId, seated_from: from, until } },
  ],
  'ReviewPanels.MemberUnseated': ({ panel, member }) => [
    { table: 'index_panel_seats', values: { panel, member: member.toLowerCase(), base_id: 0, seated_from: 0, until: 0 } },
  ],
  'ReviewPanels.QuorumChanged': ({ panel, approvals, rejections }) => [
    { table: 'index_panel_quorums', values: { panel, approvals, rejections } },
  ],
  'ReviewPanels.OpinionGiven': ({ workId, version, member, panel, marks, reasons }) => [
    { table: 'index_opinions', values: { work_id: workId, version, member: member.toLowerCase(), panel, marks, reasons } },
  ],
  'ReviewPanels.VersionDecided': ({ workId, version, panel, decision }) => [
    { table: 'index_decisions', values: { work_id: workId, version, panel, decision } },
  ],
  'ReviewPanels.DecisionAppealed': ({ workId, version, grounds }) => [
    { table: 'index_appeals', values: { work_id: workId, version, grounds } },
  ],
  'ReviewPanels.VersionListed': ({ workId, version, previous }) => [
    { table: 'index_listings', values: { work_id: workId, version, previous } },
  ],
  'ReviewPanels.ResolutionCarried': ({ workId, resolution, members }) => [
    {
      table: 'index_resolutions',
      values: { work_id: workId, resolution, members: JSON.stringify(members.map((member) => member.toLowerCase())) },
    },
  ],
  'ReviewPanels.PauseChanged': paused('ReviewPanels'),
  // EIP-5267; the domain is fixed when the contract is deployed.
  'ReviewPanels.EIP712DomainChanged': () => [],
} satisfies Partial<Handlers>

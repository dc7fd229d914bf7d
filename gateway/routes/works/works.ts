import { claimAuthorship, setCreators } from '../../use-cases/works/register/change-work.ts'
import { getWork, listWorks, showGraph } from '../../use-cases/works/register/show-works.ts'
import { takeDownWork } from '../../use-cases/works/review/timelock.ts'
import { bind } from '../bind.ts'

/** Works on the ledger. */
export const workBindings = [
  bind('listWorks', ({ base, actor, query }) => listWorks(base, actor, query)),
  bind('getWork', ({ base, params }) => getWork(base, params)),
  bind('getWorkGraph', ({ base, params, query }) => showGraph(base, { ...params, ...query })),
  bind('setCreators', ({ base, actor, params, body }) => setCreators(base, actor, { ...params, ...body })),
  bind('claimAuthorship', ({ base, actor, params, body }) => claimAuthorship(base, actor, { ...params, ...body })),
  bind('takeDownWork', ({ base, actor, params, body }) => takeDownWork(base, actor, { ...params, ...body })),
]

import { appealReview, giveOpinion, ruleOnAppeal } from '../../use-cases/works/review/give-opinion.ts'
import { getReview, listPanels, listReviews } from '../../use-cases/works/review/show-reviews.ts'
import { seatPanelMember } from '../../use-cases/works/review/timelock.ts'
import { bind } from '../bind.ts'

/** The review of every version of every work. */
export const reviewBindings = [
  bind('listPanels', ({ base, actor }) => listPanels(base, actor)),
  bind('seatPanelMember', ({ base, actor, params, body }) => seatPanelMember(base, actor, { ...params, ...body })),
  bind('listReviews', ({ base, actor, query }) => listReviews(base, actor, query)),
  bind('getReview', ({ base, actor, params }) => getReview(base, actor, params)),
  bind('giveOpinion', ({ base, actor, params, body }) => giveOpinion(base, actor, { ...params, ...body })),
  bind('appealReview', ({ base, actor, params, body }) => appealReview(base, actor, { ...params, ...body })),
  bind('ruleOnAppeal', ({ base, actor, params, body }) => ruleOnAppeal(base, actor, { ...params, ...body })),
]

import { listLicences } from '../../use-cases/works/licences/list-licences.ts'
import { getOfferText, setOffer } from '../../use-cases/works/licences/offers.ts'
import { takeLicence } from '../../use-cases/works/licences/take-licence.ts'
import { bind } from '../bind.ts'

/** On what terms works are used, and by whom. */
export const licenceBindings = [
  bind('setOffer', ({ base, actor, params, body }) => setOffer(base, actor, { ...params, terms: body })),
  bind('getOfferText', ({ base, params }) => getOfferText(base, params.workId)),
  bind('listLicences', ({ base, query }) => listLicences(base, query)),
  bind('takeLicence', ({ base, actor, params, body }) => takeLicence(base, actor, { ...params, ...body })),
]

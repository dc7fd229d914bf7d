import { awardBatch, awardCredential } from '../../use-cases/credentials/award-credential.ts'
import { changeStatus, correctCredential, listStatusChanges } from '../../use-cases/credentials/change-status.ts'
import { exportAwards, getAward, listAwards } from '../../use-cases/credentials/show-award.ts'
import { bind, FileAnswer } from '../bind.ts'

/** Awards and what becomes of them. */
export const awardBindings = [
  bind('awardCredential', ({ base, actor, body }) => awardCredential(base, actor, body)),
  bind('awardBatch', ({ base, actor, body }) => awardBatch(base, actor, body)),
  bind('listAwards', ({ base, query }) => listAwards(base, query)),
  bind(
    'exportAwards',
    ({ base, actor, query }) =>
      new FileAnswer(exportAwards(base, actor, query), { mediaType: 'text/csv; charset=utf-8', fileName: 'certificates.csv' }),
  ),
  bind('getAward', ({ base, params }) => getAward(base, params.credentialId)),
  bind('revokeCredential', ({ base, actor, params, body }) => changeStatus(base, actor, { ...params, ...body, change: 'revoked' })),
  bind('suspendCredential', ({ base, actor, params, body }) => changeStatus(base, actor, { ...params, ...body, change: 'suspended' })),
  bind('reinstateCredential', ({ base, actor, params, body }) => changeStatus(base, actor, { ...params, ...body, change: 'reinstated' })),
  bind('correctCredential', ({ base, actor, params, body }) => correctCredential(base, actor, { ...params, ...body })),
  bind('listStatusChanges', ({ base, query }) => listStatusChanges(base, query)),
]

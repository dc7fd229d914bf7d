import { downloadMyCredential } from '../../use-cases/credentials/download-certificate.ts'
import { exportBundle } from '../../use-cases/credentials/export-bundle.ts'
import { createLearningCode, listLearningCodes, openLearningCode } from '../../use-cases/credentials/learning-code.ts'
import { getVault, graduate, openPinLock, putVault } from '../../use-cases/credentials/own-wallet.ts'
import { claimCredential, getMyCredential, listMyCredentials } from '../../use-cases/credentials/wallet.ts'
import { bind, FileAnswer } from '../bind.ts'

/** The learner's wallet, learning codes and bundles. */
export const walletBindings = [
  bind('listMyCredentials', ({ base, actor, query }) => listMyCredentials(base, actor, query)),
  bind('getMyCredential', ({ base, actor, params, query }) => getMyCredential(base, actor, { ...params, ...query })),
  bind('downloadMyCredential', ({ base, actor, params, query }) => downloadMyCredential(base, actor, { ...params, ...query })),
  bind('claimCredential', ({ base, actor, params, body }) => claimCredential(base, actor, { ...params, ...body })),
  bind('getVault', ({ base, actor }) => getVault(base, actor)),
  bind('putVault', ({ base, actor, body }) => putVault(base, actor, body)),
  bind('openPinLock', ({ base, actor, body }) => openPinLock(base, actor, body)),
  bind('graduate', ({ base, actor, body }) => graduate(base, actor, body)),
  bind('createLearningCode', ({ base, actor, body }) => createLearningCode(base, actor, body)),
  bind('listLearningCodes', ({ base, actor, query }) => listLearningCodes(base, actor, query)),
  bind('openLearningCode', ({ base, actor, body }) => openLearningCode(base, actor, body)),
  bind(
    'exportBundle',
    async ({ base, actor, body }) => new FileAnswer(await exportBundle(base, actor, body), { fileName: 'certificates.guildhall' }),
  ),
]

import type { OwnAccount } from '../../../api/works/withdrawals.ts'
import type { Base } from '../../../base.ts'
import { heldAccount } from './held-account.ts'

type Use = Pick<Base, 'records' | 'keys'>

/** The accounts of a person, in lower case: those of the person's passkeys, the newest first, then the one whose key the base keeps. */
export function ownAccounts(base: Use, personId: string): OwnAccount[] {
  const own = base.records.personAccounts.list({ personId }, { orderBy: 'openedAt', descending: true })
  return [
    ...own.map(
      ({ account, passkeyId, deployedAt }): OwnAccount => ({ account, kind: 'passkey', passkeyId, isDeployed: deployedAt !== null }),
    ),
    { account: heldAccount(base, personId).address.toLowerCase(), kind: 'base-held', passkeyId: null, isDeployed: false },
  ]
}

import { encodeCall } from '@guildhall/contracts'
import { computeAddress } from 'ethers'
import type { Actor } from '../../../base.ts'
import { GuildhallError } from '../../../errors.ts'
import { getIdentity, type IssuingBase } from '../issuing.ts'
import { writeInvite } from './invite-text.ts'

type Use = Pick<IssuingBase, 'records' | 'registry' | 'clock' | 'random' | 'transaction' | 'outbox' | 'audit'>
type Inviting = { hours: number; rpcUrl?: string | undefined; signal: AbortSignal }

/**
 * Invites one base under this one. Its key goes to the ledger, its secret into the text, which is shown once and kept nowhere.
 * @throws LEDGER_REFUSED when this base may not admit others
 */
export async function createInvite(base: Use, actor: Actor, { hours, rpcUrl, signal }: Inviting) {
  const { baseId, contracts, network, networkId } = getIdentity(base)
  const place = base.registry.placeOf(baseId)
  if (!place) throw new GuildhallError('NOT_READY', { part: 'What the ledger says of this base' })
  const inviteSecret = `0x${Buffer.from(base.random.bytes(32)).toString('hex')}`
  const inviteKey = computeAddress(inviteSecret)
  const expiresAt = base.clock.now() + hours * 3_600
  const { to, data } = encodeCall(contracts, 'BaseRegistry.createInvite', [inviteKey, baseId, baseId, place.tier + 1, expiresAt])
  const outboxId = base.transaction(() => {
    base.audit.append(actor, 'base.invited', { subject: inviteKey, details: { expiresAt } })
    return base.outbox.enqueue({ kind: 'invite', to, calldata: data, subjectId: inviteKey })
  })
  await base.outbox.whenFinal(outboxId, signal)
  const descriptor = { networkId, ...network, checkpointKeys: [...network.checkpointKeys] }
  return { invite: writeInvite({ descriptor, inviter: baseId, inviteSecret, expiresAt, ...(rpcUrl && { rpcUrl }) }), expiresAt }
}

import { encodeCall } from '@guildhall/contracts'
import { getIdentity, type IssuingBase } from '../issuing.ts'

type Use = Pick<IssuingBase, 'records' | 'node' | 'registry' | 'transaction' | 'outbox'>

/** The ledger takes no more addresses of one base, and no longer ones. */
const mostPeers = 8
const longestPeer = 256
/** What was queued last: the ledger follows, and an unchanged address is not queued twice meanwhile. */
const setting = 'published-peers'

/**
 * Queues the addresses of this base's node for the ledger when they are not the ones that stand there, so that other bases find it.
 * @returns whether it did
 */
export function publishPeers(base: Use): boolean {
  const { baseId, contracts } = getIdentity(base)
  const peers = base.node
    .addresses()
    .filter(({ length }) => length <= longestPeer)
    .slice(0, mostPeers)
  const known = base.records.settings.find<string[]>(setting) ?? base.registry.placeOf(baseId)?.peers ?? []
  if (JSON.stringify(known) === JSON.stringify(peers)) return false
  const { to, data } = encodeCall(contracts, 'BaseRegistry.setPeers', [baseId, peers])
  base.transaction(() => {
    base.records.settings.set(setting, peers)
    base.outbox.enqueue({ kind: 'peers', to, calldata: data, subjectId: base.node.peerId })
  })
  return true
}

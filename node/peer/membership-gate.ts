import type { ConnectionGater, PeerId } from '@libp2p/interface'

/** Says whether a peer (its id as text) may be connected with, now. Asked anew for every connection. */
export type MembershipPredicate = (peerId: string) => boolean

/**
 * A gate that lets only members through, in both directions and through relays.
 * `onRefused` hears who was turned away; the one who dialled sees its connection open and close at once.
 */
export function createMembershipGate(isMember: MembershipPredicate, onRefused: (peerId: string) => void): ConnectionGater {
  const isRefused = (peer: PeerId): boolean => {
    if (isMember(peer.toString())) return false
    onRefused(peer.toString())
    return true
  }
  return {
    denyDialPeer: isRefused,
    denyInboundEncryptedConnection: isRefused,
    denyOutboundEncryptedConnection: isRefused,
    denyInboundRelayReservation: isRefused,
    denyInboundRelayedConnection: (relay, remote) => isRefused(relay) || isRefused(remote),
    denyOutboundRelayedConnection: (source, destination) => isRefused(source) || isRefused(destination),
  }
}

import type { DatabaseSync } from 'node:sqlite'
import { listMemberPeers, type MemberPeer } from '../event-index/queries/membership.ts'
import type { KnownPeer } from './dial-bases.ts'

/** Who is a member, as the ledger was last read. */
export interface Membership {
  isMember(peerId: string): boolean
  /** Whether the peer is one of that base's. */
  speaksFor(peerId: string, baseId: number): boolean
  /** The peers to stay connected with: those of the ledger, and those named in the settings as far as they may connect. */
  listPeers(): KnownPeer[]
  /** Reads the ledger's members anew; false when nothing changed. */
  refresh(): boolean
}

/** What membership is decided from. Without a database everyone is a member. */
export interface MembershipInit {
  db: DatabaseSync | undefined
  /** Peers named in the base's own settings. */
  named: KnownPeer[]
  /** Peer ids of relays, which need not be bases: they carry sealed bytes between members, and nothing else. */
  relays?: string[]
  /** Whether everyone may connect as long as fewer than two bases have told the ledger their peers. */
  isOpenInTrial: boolean
}

/** Nobody but the trial is known before the first `refresh`. */
export function createMembership({ db, named, relays = [], isOpenInTrial }: MembershipInit): Membership {
  let members: MemberPeer[] = []
  let byPeer = new Map<string, Set<number>>()
  let state = '[]'
  // One base's own address on the ledger does not end the trial: nobody else could ever join over it.
  const isOpen = () => db === undefined || (isOpenInTrial && new Set(members.map(({ baseId }) => baseId)).size < 2)
  const isMember = (peerId: string) => isOpen() || byPeer.has(peerId) || relays.includes(peerId)
  return {
    isMember,
    speaksFor: (peerId, baseId) => isOpen() || byPeer.get(peerId)?.has(baseId) === true,
    listPeers() {
      const addresses = new Map<string, Set<string>>()
      for (const peer of [...members, ...named.filter(({ peerId }) => isMember(peerId))]) {
        const known = addresses.get(peer.peerId) ?? new Set()
        for (const address of peer.addresses) known.add(address)
        addresses.set(peer.peerId, known)
      }
      return [...addresses].map(([peerId, known]) => ({ peerId, addresses: [...known] }))
    },
    refresh() {
      if (db === undefined) return false
      const read = listMemberPeers(db)
      const next = JSON.stringify(read)
      if (next === state) return false
      state = next
      members = read
      byPeer = new Map()
      for (const { peerId, baseId } of read) byPeer.set(peerId, (byPeer.get(peerId) ?? new Set()).add(baseId))
      return true
    },
  }
}

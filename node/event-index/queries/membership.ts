import type { DatabaseSync } from 'node:sqlite'
import { parsePeerAddress } from '../../peer/dial-bases.ts'
import { listBases } from './bases.ts'
import { selectAll } from './select.ts'

/** A peer of an open base, with the addresses that the base gave for it. */
export interface MemberPeer {
  baseId: number
  peerId: string
  addresses: string[]
}

/** An invite that was set up. Times are UnixSeconds. */
export interface IndexedInvite {
  inviteKey: string
  /** The base that gave it; 0 for the timelock. */
  inviter: number
  parent: number
  tier: number
  createdAt: number
  until: number
  /** The base that used it. */
  usedBy: number | undefined
  withdrawnAt: number | undefined
}

/** Who may connect: the peers of all open bases. What is not an address of a peer is left out; it is the base's own mistake. */
export function listMemberPeers(db: DatabaseSync): MemberPeer[] {
  return listBases(db)
    .filter((base) => base.closedAt === undefined)
    .flatMap(({ baseId, peers }) => {
      const byId = new Map<string, string[]>()
      for (const { peerId, addresses } of peers.flatMap(parseIfPeer)) byId.set(peerId, [...(byId.get(peerId) ?? []), ...addresses])
      return [...byId].map(([peerId, addresses]) => ({ baseId, peerId, addresses }))
    })
}

/** All invites, the newest first. */
export function listInvites(db: DatabaseSync): IndexedInvite[] {
  type InviteRow = Omit<IndexedInvite, 'usedBy' | 'withdrawnAt'> & { usedBy: number | null; withdrawnAt: number | null }
  const rows = selectAll<InviteRow>(
    db,
    `SELECT invite_key AS inviteKey, inviter, parent, tier, time AS createdAt, until,
      (SELECT base_id FROM index_base_admissions AS used WHERE used.invite_key = invited.invite_key) AS usedBy,
      (SELECT time FROM index_invite_withdrawals AS gone WHERE gone.invite_key = invited.invite_key) AS withdrawnAt
      FROM index_invites AS invited ORDER BY block DESC, log_index DESC`,
  )
  return rows.map((row) => ({ ...row, usedBy: row.usedBy ?? undefined, withdrawnAt: row.withdrawnAt ?? undefined }))
}

function parseIfPeer(address: string) {
  try {
    return [parsePeerAddress(address)]
  } catch {
    return []
  }
}

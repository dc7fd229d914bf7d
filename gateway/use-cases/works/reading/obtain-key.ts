import { createHash } from 'node:crypto'
import type { ReadingRight } from '@guildhall/node'
import { GuildhallError } from '../../../errors.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'
import { findContentKey, sealKeyFor } from './content-keys.ts'

type Version = { workId: number; version: number }
type Use = Pick<IssuingBase, 'records' | 'keys' | 'clock' | 'random' | 'transaction' | 'licences' | 'keyExchange'>

/**
 * The key of a version that this base may read: from this disk, else from the first connected base that gives it. What another base gives is
 * kept, until the licence ends, once `opens` has seen that it opens the file.
 * @throws KEY_OUT_OF_REACH with the reason of a base that refused, else of one that could not say
 */
export async function obtainKey<Opened>(
  base: Use,
  { workId, version, right, signal }: Version & { right: ReadingRight; signal: AbortSignal },
  opens: (key: Uint8Array) => Promise<Opened | undefined>,
): Promise<Opened> {
  const known = findContentKey(base, { workId, version })
  const opened = known && (await opens(known))
  if (opened !== undefined) return opened
  const { baseId } = getIdentity(base)
  const homeBase = base.licences.findWork(workId)?.homeBase ?? 0
  const told = { refused: '', unknown: 'NO_BASE_CONNECTED' }
  for (const holder of inOrder(base.licences.otherBases(baseId), { workId, version }, homeBase)) {
    const peerId = base.keyExchange.connectedPeerOf(holder)
    if (peerId === undefined) continue
    const answer = await base.keyExchange.request(peerId, { workId, version, baseId }, signal)
    if (answer.outcome !== 'released') {
      told[answer.outcome] = answer.reason
      continue
    }
    const given = await opens(answer.key)
    if (given === undefined) continue
    keepLicensed(base, { workId, version, right, homeBase, key: answer.key })
    return given
  }
  throw new GuildhallError('KEY_OUT_OF_REACH', { reason: told.refused || told.unknown })
}

/**
 * The order in which bases hold, and are asked for, the key of a version: the one that vouches for it first, the others by a hash that every
 * base finds alike (rendezvous hashing), so that the work is spread.
 */
export function inOrder(bases: readonly number[], { workId, version }: Version, homeBase: number): number[] {
  const place = (baseId: number) => (baseId === homeBase ? '' : createHash('sha256').update(`${workId}/${version}/${baseId}`).digest('hex'))
  return bases
    .map((baseId) => ({ baseId, place: place(baseId) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ baseId }) => baseId)
}

function keepLicensed(
  base: Use,
  { workId, version, right, homeBase, key }: Version & { right: ReadingRight; homeBase: number; key: Uint8Array },
): void {
  const contentKeyId = base.random.uuid()
  const sealed = sealKeyFor(base, contentKeyId, key)
  const dropAt = right.mayRead ? right.until : base.clock.now()
  base.transaction(() => {
    base.records.contentKeys.remove({ workId, version, origin: 'licensed' })
    if (base.records.contentKeys.find({ workId, version })) return
    const row = { contentKeyId, origin: 'licensed', draftId: null, workId, version, fromBase: homeBase, sealed, dropAt } as const
    base.records.contentKeys.insert({ ...row, addedAt: base.clock.now() })
  })
}

import { findIdentity, type IssuingBase } from '../../base/issuing.ts'
import { openKeyRow } from './content-keys.ts'
import { inOrder } from './obtain-key.ts'
import { forgetLicensed } from './open-work-file.ts'

type Use = Pick<
  IssuingBase,
  'records' | 'keys' | 'clock' | 'random' | 'transaction' | 'licences' | 'keyExchange' | 'registry' | 'audit' | 'log'
>

/** As many other bases keep each key, where there are as many: any one of them can hand it out while the others are off. */
const wantedHolders = 2
const depositMs = 10_000

/**
 * Gives the keys of own versions to other bases to keep, until enough of them have said that they are on their disk. What could not be
 * reached is tried again by the next round.
 * @returns how many deposits were acknowledged
 */
export async function depositKeys(base: Use): Promise<number> {
  const identity = findIdentity(base)
  if (identity === undefined) return 0
  const others = base.licences.otherBases(identity.baseId)
  const wanted = Math.min(wantedHolders, others.length)
  let kept = 0
  for (const row of base.records.contentKeys.list({ origin: 'own' })) {
    const { workId, version, contentKeyId } = row
    if (workId === null) continue
    const holders = new Set(base.records.keyDeposits.list({ contentKeyId }).map(({ baseId }) => baseId))
    for (const baseId of inOrder(others, { workId, version }, 0)) {
      const peerId = base.keyExchange.connectedPeerOf(baseId)
      if (holders.size >= wanted) break
      if (holders.has(baseId) || peerId === undefined) continue
      const of = { workId, version, baseId: identity.baseId, key: openKeyRow(base, row) }
      const told = await base.keyExchange.deposit(peerId, of, AbortSignal.timeout(depositMs))
      if (told.outcome !== 'kept') {
        base.log.info(
          { workId, version, holder: baseId, outcome: told.outcome, reason: told.reason },
          'another base does not keep a key yet',
        )
        continue
      }
      base.transaction(() =>
        base.records.keyDeposits.insert({ depositId: base.random.uuid(), contentKeyId, baseId, keptAt: base.clock.now() }),
      )
      holders.add(baseId)
      kept += 1
    }
  }
  return kept
}

/** How many other bases keep the key of an own version, of how many that should. */
export function countHolders(
  base: Pick<Use, 'records' | 'licences'>,
  { workId, version }: { workId: number; version: number },
): { kept: number; wanted: number } {
  const row = base.records.contentKeys.find({ workId, version, origin: 'own' })
  const others = base.licences.otherBases(findIdentity(base)?.baseId ?? 0).length
  return { kept: row ? base.records.keyDeposits.count({ contentKeyId: row.contentKeyId }) : 0, wanted: Math.min(wantedHolders, others) }
}

/** Drops the keys that came by licences which no longer hold: they ran out, were ended, or the work was taken down. */
export function dropLapsedKeys(base: Use): number {
  const identity = findIdentity(base)
  if (identity === undefined) return 0
  const time = Math.max(base.clock.now(), base.registry.syncedTo()?.time ?? 0)
  let dropped = 0
  for (const { workId, version } of base.records.contentKeys.list({ origin: 'licensed' })) {
    if (workId === null) continue
    const right = base.licences.readingRight({ baseId: identity.baseId, workId, version, time })
    if (right.mayRead || right.outcome === 'unknown') continue
    forgetLicensed(base, { workId, version, reason: right.reason })
    dropped += 1
  }
  return dropped
}

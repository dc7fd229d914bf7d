import type { Static } from 'typebox'
import type { getStation as getRoute, openStation as openRoute } from '../../../api/people/stations.ts'
import type { Actor, Base } from '../../../base.ts'
import { GuildhallError } from '../../../errors.ts'
import type { StationRow } from '../../../records/entry-tables.ts'
import { endSignIn, hashToken, newToken } from './sign-in.ts'

type Use = Pick<Base, 'records' | 'clock' | 'random' | 'audit' | 'transaction'>
type Station = Static<(typeof openRoute.response)[201]>

/** Makes a station of the browser that holds the token returned, and signs the teacher out of it. */
export function openStation(
  base: Use,
  actor: Actor,
  { label, classId, minutes, sessionToken }: { label: string; classId?: string | undefined; minutes: number; sessionToken: string | null },
): { station: Station; token: string; maxAgeSeconds: number } {
  return base.transaction(() => {
    if (classId !== undefined) base.records.classes.get(classId)
    const now = base.clock.now()
    const token = newToken(base)
    const row: StationRow = {
      stationId: base.random.uuid(),
      tokenHash: hashToken(token),
      label,
      classId: classId ?? null,
      openedBy: actor.id,
      openedAt: now,
      closesAt: now + minutes * 60,
      closedAt: null,
    }
    base.records.stations.insert(row)
    base.audit.append(actor, 'station.opened', { subject: row.stationId, details: { minutes } })
    endSignIn(base, actor, sessionToken)
    return { station: show(base, row), token, maxAgeSeconds: minutes * 60 }
  })
}

/** Signs out whoever is there. */
export function closeStation(base: Use, actor: Actor, stationId: string): void {
  base.transaction(() => {
    base.records.stations.get(stationId)
    base.records.stations.updateWhere({ stationId, closedAt: null }, { closedAt: base.clock.now() })
    base.records.signIns.remove({ stationId })
    base.audit.append(actor, 'station.closed', { subject: stationId })
  })
}

export function listStations(base: Use): { items: Station[] } {
  const open = base.records.stations.list({ closedAt: null }, { orderBy: 'openedAt', descending: true, limit: 200 })
  return { items: open.filter((row) => row.closesAt > base.clock.now()).map((row) => show(base, row)) }
}

/** Whether this browser is a station now. */
export function getStation(base: Use, token: string | null): Static<(typeof getRoute.response)[200]> {
  const station = findOpenStation(base, token)
  return { open: station !== undefined, label: station?.label ?? null, closesAt: station?.closesAt ?? null }
}

/** @throws STATION_CLOSED */
export function getOpenStation(base: Use, token: string | null): StationRow {
  const station = findOpenStation(base, token)
  if (!station) throw new GuildhallError('STATION_CLOSED')
  return station
}

/** Undefined where this browser is no station, or its time is over. */
export const findOpenStation = (base: Use, token: string | null): StationRow | undefined => {
  const station = token === null ? undefined : base.records.stations.find({ tokenHash: hashToken(token), closedAt: null })
  return station && station.closesAt > base.clock.now() ? station : undefined
}

const show = (base: Use, row: StationRow): Station => ({
  stationId: row.stationId,
  label: row.label,
  classId: row.classId,
  openedBy: row.openedBy,
  openedAt: row.openedAt,
  closesAt: row.closesAt,
  learnerSignedIn: base.records.signIns.list({ stationId: row.stationId }).some((signIn) => signIn.expiresAt > base.clock.now()),
})

import { freeCard, listLockedCards, printCards, reissueCard, resetPin } from '../../use-cases/people/entry/cards.ts'
import { inviteStaff, listStaff, removeStaff, renewStaffLink, setStaffRoles } from '../../use-cases/people/entry/staff.ts'
import { closeStation, getStation, listStations, openStation } from '../../use-cases/people/entry/stations.ts'
import { bind } from '../bind.ts'

/** The staff, the stations that they open and the cards that they hand out. */
export const staffBindings = [
  bind('listStaff', ({ base, actor }) => listStaff(base, actor)),
  bind('inviteStaff', ({ base, actor, visit, body }) => inviteStaff(base, actor, { ...body, origin: visit.origin })),
  bind('setStaffRoles', ({ base, actor, params, body }) => setStaffRoles(base, actor, { ...params, ...body })),
  bind('renewStaffLink', ({ base, actor, visit, params }) => renewStaffLink(base, actor, { ...params, origin: visit.origin })),
  bind('removeStaff', ({ base, actor, params }) => {
    removeStaff(base, actor, params.staffId)
    return null
  }),
  bind('getStation', ({ base, visit }) => getStation(base, visit.stationToken)),
  bind('listStations', ({ base }) => listStations(base)),
  bind('openStation', ({ base, actor, visit, body }) => {
    const { station, token, maxAgeSeconds } = openStation(base, actor, { ...body, sessionToken: visit.sessionToken })
    visit.setStation(token, maxAgeSeconds)
    visit.setSession(null)
    return station
  }),
  bind('closeStation', ({ base, actor, params }) => {
    closeStation(base, actor, params.stationId)
    return null
  }),
  bind('listLockedCards', ({ base }) => listLockedCards(base)),
  bind('printCards', ({ base, actor, body }) => printCards(base, actor, body)),
  bind('freeCard', ({ base, actor, params }) => {
    freeCard(base, actor, params.cardId)
    return null
  }),
  bind('resetPin', ({ base, actor, params }) => {
    resetPin(base, actor, params.cardId)
    return null
  }),
  bind('reissueCard', ({ base, actor, params, body }) => reissueCard(base, actor, { ...params, ...body })),
]

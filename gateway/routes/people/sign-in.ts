import { anyone } from '../../base.ts'
import type { IssuingBase } from '../../use-cases/base/issuing.ts'
import {
  finishLogin,
  finishRegistration,
  listPasskeys,
  removePasskey,
  startLogin,
  startRegistration,
} from '../../use-cases/people/entry/passkeys.ts'
import { scanCard, setPin, signInWithPin } from '../../use-cases/people/entry/picture-pin.ts'
import { describeSignIn, endSignIn, redeemLink, sitAtStation } from '../../use-cases/people/entry/sign-in.ts'
import { findOpenStation } from '../../use-cases/people/entry/stations.ts'
import { bind, type Visit } from '../bind.ts'

type Begun = ReturnType<typeof redeemLink>

/** Sets the cookie and answers who is signed in now; at a station only for as long as somebody is there. Whoever was signed in with the old cookie is signed out. */
const enter = (base: IssuingBase, visit: Visit, begun: Begun) => {
  endSignIn(base, anyone, visit.sessionToken)
  const station = findOpenStation(base, visit.stationToken)
  if (station) sitAtStation(base, begun.token, station)
  visit.setSession(begun.token, begun.maxAgeSeconds)
  return describeSignIn(base, begun.actor, begun.token)
}

/** Ways in, and who is in. */
export const signInBindings = [
  bind('getSignIn', ({ base, actor, visit }) => describeSignIn(base, actor, visit.sessionToken)),
  bind('signOut', ({ base, actor, visit }) => {
    endSignIn(base, actor, visit.sessionToken)
    visit.setSession(null)
    return null
  }),
  bind('redeemLink', ({ base, visit, body }) => enter(base, visit, redeemLink(base, body.token))),
  bind('startPasskeyLogin', ({ base, visit }) => startLogin(base, visit.origin)),
  bind('finishPasskeyLogin', async ({ base, visit, body }) =>
    enter(base, visit, await finishLogin(base, { ...body, origin: visit.origin })),
  ),
  bind('startPasskeyRegistration', ({ base, actor, visit }) => startRegistration(base, actor, visit.origin)),
  bind('finishPasskeyRegistration', ({ base, actor, visit, body }) => finishRegistration(base, actor, { ...body, origin: visit.origin })),
  bind('listPasskeys', ({ base, actor }) => listPasskeys(base, actor)),
  bind('removePasskey', ({ base, actor, params }) => {
    removePasskey(base, actor, params.passkeyId)
    return null
  }),
  bind('scanCard', ({ base, visit, body }) => scanCard(base, { ...body, stationToken: visit.stationToken })),
  bind('signInWithPin', async ({ base, visit, body }) =>
    enter(base, visit, await signInWithPin(base, { ...body, stationToken: visit.stationToken })),
  ),
  bind('setPin', async ({ base, visit, body }) => enter(base, visit, await setPin(base, { ...body, stationToken: visit.stationToken }))),
]

import * as audit from './base/audit.ts'
import * as base from './base/base.ts'
import * as firstRun from './base/first-run.ts'
import * as health from './base/health.ts'
import * as invites from './base/invites.ts'
import * as operations from './base/operations.ts'
import * as publicReading from './base/public.ts'
import * as secondOpinion from './base/second-opinion.ts'
import * as awards from './credentials/awards.ts'
import * as statusChanges from './credentials/status-changes.ts'
import * as vcApi from './credentials/vc-api.ts'
import * as wallet from './credentials/wallet.ts'
import type { Input, Output, RouteDefinition } from './define-route.ts'
import * as entitlement from './learning/entitlement.ts'
import * as machines from './learning/machines.ts'
import * as programmes from './learning/programmes.ts'
import * as sessions from './learning/sessions.ts'
import type { Path, RouteId } from './paths.ts'
import * as cards from './people/cards.ts'
import * as guardians from './people/guardians.ts'
import * as learners from './people/learners.ts'
import * as roster from './people/roster.ts'
import * as signIn from './people/sign-in.ts'
import * as staff from './people/staff.ts'
import * as stations from './people/stations.ts'
import * as disputes from './works/disputes.ts'
import * as drafts from './works/drafts.ts'
import * as licences from './works/licences.ts'
import * as reading from './works/reading.ts'
import * as review from './works/review.ts'
import * as royalties from './works/royalties.ts'
import * as uploads from './works/uploads.ts'
import * as usage from './works/usage.ts'
import * as withdrawals from './works/withdrawals.ts'
import * as works from './works/works.ts'

const all = {
  ...audit,
  ...base,
  ...firstRun,
  ...health,
  ...invites,
  ...operations,
  ...publicReading,
  ...secondOpinion,
  ...awards,
  ...statusChanges,
  ...vcApi,
  ...wallet,
  ...entitlement,
  ...machines,
  ...programmes,
  ...sessions,
  ...cards,
  ...guardians,
  ...learners,
  ...roster,
  ...signIn,
  ...staff,
  ...stations,
  ...uploads,
  ...drafts,
  ...works,
  ...review,
  ...licences,
  ...reading,
  ...usage,
  ...royalties,
  ...withdrawals,
  ...disputes,
}

/** Every route definition by its name. A name in `paths.ts` without a definition does not compile. */
export const routes: Pick<typeof all, RouteId> = all
type Routes = typeof routes

/** A definition with its method and path, of any route. */
export type AnyRoute = RouteDefinition & { method: Path['method']; path: string }

/** What a route takes: `params`, `query` and `body`, those that it has. */
export type RouteInput<I extends RouteId> = Input<Routes[I]>
/** What a route answers. */
export type RouteOutput<I extends RouteId> = Output<Routes[I]>

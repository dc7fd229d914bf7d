import { baseBindings } from './base/base.ts'
import { publicBindings } from './base/public.ts'
import type { Binding } from './bind.ts'
import { awardBindings } from './credentials/awards.ts'
import { vcApiBindings } from './credentials/vc-api.ts'
import { walletBindings } from './credentials/wallet.ts'
import { machineBindings } from './learning/machines.ts'
import { programmeBindings } from './learning/programmes.ts'
import { sessionBindings } from './learning/sessions.ts'
import { learnerBindings } from './people/learners.ts'
import { signInBindings } from './people/sign-in.ts'
import { staffBindings } from './people/staff.ts'
import { draftBindings } from './works/drafts.ts'
import { licenceBindings } from './works/licences.ts'
import { readingBindings } from './works/reading.ts'
import { reviewBindings } from './works/review.ts'
import { royaltyBindings } from './works/royalties.ts'
import { uploadBindings } from './works/uploads.ts'
import { usageBindings } from './works/usage.ts'
import { workBindings } from './works/works.ts'

/** Every route of a base with what it does. */
export const bindings: readonly Binding[] = [
  ...baseBindings,
  ...publicBindings,
  ...signInBindings,
  ...staffBindings,
  ...learnerBindings,
  ...programmeBindings,
  ...machineBindings,
  ...sessionBindings,
  ...awardBindings,
  ...walletBindings,
  ...vcApiBindings,
  ...licenceBindings,
  ...readingBindings,
  ...usageBindings,
  ...royaltyBindings,
  ...uploadBindings,
  ...draftBindings,
  ...workBindings,
  ...reviewBindings,
]

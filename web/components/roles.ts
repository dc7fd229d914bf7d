import type { Role } from '@guildhall/gateway/api'
import * as m from '../paraglide/messages.js'

/** What each role is called. */
export const roleNames: Record<Role, () => string> = {
  learner: m.role_learner,
  guardian: m.role_guardian,
  teacher: m.role_teacher,
  examiner: m.role_examiner,
  operator: m.role_operator,
  auditor: m.role_auditor,
}

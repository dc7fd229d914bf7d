import { defineRoute } from '../define-route.ts'
import { bytes, count, ledgerId, object, optional, uuid } from '../fields.ts'

/**
 * One file of a version, opened for whoever may read it: `Range` gives 206, `HEAD` gives the size. Sealed files are opened a frame at a time.
 * `classId`: the class that it is used with; an opening under a licence is noted as a use of the work by that class on that day.
 */
export const openWorkFile = defineRoute({
  id: 'openWorkFile',
  tag: 'Works',
  summary: 'Open a file of a work',
  roles: ['learner', 'teacher', 'examiner', 'operator', 'auditor'],
  rateLimit: 'read',
  params: object({ workId: ledgerId(), version: ledgerId(), index: count(9_999) }),
  query: object({ classId: optional(uuid()) }),
  response: { 200: bytes('application/octet-stream') },
})

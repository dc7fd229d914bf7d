import type { Static } from 'typebox'
import { defineRoute } from '../define-route.ts'
import { bilingual, count, flag, line, list, nothing, object, oneOf, optional, url, uuid } from '../fields.ts'
import { networkDescriptor } from './base.ts'

const selfTestLine = object({
  id: oneOf(['clock', 'disk', 'folder', 'keys', 'ledger', 'contracts', 'node', 'broker', 'https', 'backup'] as const),
  outcome: oneOf(['green', 'amber', 'red'] as const),
  title: bilingual(120),
  detail: bilingual(400),
  /** What a person can do about an amber or red line. */
  fix: optional(bilingual(400)),
})
export type SelfTestLine = Static<typeof selfTestLine>

/** What the first screen needs to decide what to offer. */
export const getFirstRun = defineRoute({
  id: 'getFirstRun',
  tag: 'First run',
  summary: 'How far this base has been set up',
  roles: 'anyone',
  rateLimit: 'read',
  response: {
    200: object({
      founded: flag(),
      operatorHasSignedIn: flag(),
      sampleSchool: oneOf(['absent', 'installing', 'installed', 'removing'] as const),
      learners: count(),
    }),
  },
})

/** Looks at clock, disk, keys, ledger and the rest now. */
export const getSelfTest = defineRoute({
  id: 'getSelfTest',
  tag: 'First run',
  summary: 'The self-test of the base, line by line',
  roles: ['operator', 'auditor'],
  rateLimit: 'heavy',
  response: { 200: object({ lines: list(selfTestLine, 20) }) },
})

/** Gives the network its lasting name and, with a public origin, ends the trial. */
export const foundNetwork = defineRoute({
  id: 'foundNetwork',
  tag: 'First run',
  summary: 'Found the network',
  roles: ['operator'],
  rateLimit: 'heavy',
  body: object({ networkName: line(100), baseName: bilingual(100), publicOrigin: optional(url()) }),
  response: { 200: object({ network: networkDescriptor, trial: flag() }) },
})

/** Starts the job that installs learners, programmes, machines and certificates to look around in. */
export const installSampleSchool = defineRoute({
  id: 'installSampleSchool',
  tag: 'First run',
  summary: 'Install the sample school',
  roles: ['operator'],
  rateLimit: 'heavy',
  response: { 202: object({ jobId: uuid() }) },
})

/** Erases every record of the sample school. */
export const removeSampleSchool = defineRoute({
  id: 'removeSampleSchool',
  tag: 'First run',
  summary: 'Remove the sample school again',
  roles: ['operator'],
  rateLimit: 'heavy',
  response: { 200: nothing() },
})

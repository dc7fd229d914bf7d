import Type from 'typebox'
import { defineRoute } from '../define-route.ts'
import { bilingual, count, flag, ledgerId, line, list, nullable, object, oneOf, optional, unixSeconds } from '../fields.ts'

/** The ten experiment directions of the catalogue (DOMAIN.md). */
export const directions = [
  'digital-manufacturing',
  'robots-intelligent-equipment',
  'aerospace-exploration',
  'digital-learning',
  'chinese-culture',
  'digital-music-sport-sensory',
  'green-smart-environment',
  'emergency-safety',
  'medicine',
  'brain-cognition',
] as const
/** The five occupation systems that the directions belong to. */
export const occupationSystems = ['intelligent-making', 'digital-learning', 'mind-and-body', 'ecology', 'life-and-health'] as const

const named = object({ id: line(60), name: bilingual(100), group: nullable(line(60)) })
const criterion = object({ id: line(60), name: bilingual(200), levels: Type.Array(bilingual(300), { minItems: 2, maxItems: 6 }) })

/** What the certificate of a programme says and looks like. */
export const credentialTemplate = object({
  title: bilingual(120),
  description: bilingual(1_000),
  criteria: bilingual(2_000),
  achievementType: oneOf(['Certificate', 'MicroCredential', 'Competency', 'Course', 'Badge'] as const),
  credits: nullable(Type.Number({ minimum: 0, maximum: 100 })),
  /** Validity from the day of issue; null: for ever. */
  validForDays: nullable(Type.Integer({ minimum: 1, maximum: 36_500 })),
  colour: Type.String({ pattern: '^#[0-9a-f]{6}$' }),
})
export type CredentialTemplate = Type.Static<typeof credentialTemplate>

const definition = {
  direction: oneOf(directions),
  title: bilingual(120),
  description: bilingual(1_000),
  competencies: Type.Array(line(60), { minItems: 1, maxItems: 20 }),
  rubric: Type.Array(criterion, { minItems: 1, maxItems: 20 }),
  /** Lowest total of rubric levels that earns the certificate. */
  passingTotal: count(200),
  template: credentialTemplate,
}

export const programme = object({
  programmeId: ledgerId(),
  ...definition,
  occupationSystem: oneOf(occupationSystems),
  definedAt: unixSeconds(),
  /** Whether this base may run sessions and issue in it now. */
  entitled: flag(),
  /** When the network's decision to accredit this base for it takes effect; null where none waits. */
  waitsUntil: nullable(unixSeconds()),
  sessions: count(),
  awards: count(),
})
export type Programme = Type.Static<typeof programme>

/** Directions, competencies and the three-threes rubric that a new network starts with. */
export const getCatalogue = defineRoute({
  id: 'getCatalogue',
  tag: 'Programmes',
  summary: 'The catalogue that programmes are defined from',
  roles: 'anyone',
  rateLimit: 'read',
  response: {
    200: object({
      occupationSystems: list(named, 5),
      directions: list(object({ ...named.properties, firstPhase: flag(), sample: object(definition) }), 10),
      competencies: list(named, 40),
      rubric: list(criterion, 20),
    }),
  },
})

export const listProgrammes = defineRoute({
  id: 'listProgrammes',
  tag: 'Programmes',
  summary: 'The programmes of this base',
  roles: 'anyone',
  rateLimit: 'read',
  query: object({ direction: optional(oneOf(directions)) }),
  response: { 200: object({ items: list(programme, 500) }) },
})

export const getProgramme = defineRoute({
  id: 'getProgramme',
  tag: 'Programmes',
  summary: 'One programme',
  roles: 'anyone',
  rateLimit: 'read',
  params: object({ programmeId: ledgerId() }),
  response: { 200: programme },
})

/** Waits until the ledger has numbered the programme. */
export const defineProgramme = defineRoute({
  id: 'defineProgramme',
  tag: 'Programmes',
  summary: 'Define a programme from the catalogue',
  roles: ['operator'],
  rateLimit: 'write',
  body: object(definition),
  response: { 201: programme },
})

/** Changes what later certificates say; earlier ones stay as they were signed. */
export const setCredentialTemplate = defineRoute({
  id: 'setCredentialTemplate',
  tag: 'Programmes',
  summary: 'Change the certificate of a programme',
  roles: ['operator'],
  rateLimit: 'write',
  params: object({ programmeId: ledgerId() }),
  body: credentialTemplate,
  response: { 200: programme },
})

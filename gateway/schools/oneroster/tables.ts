/**
 * The files of OneRoster CSV 1.2 that a base reads, as data: which column holds what.
 * Source: 1EdTech OneRoster 1.2 CSV Binding §4; the order of columns is the order in which the writer puts them.
 */

/** What a column may hold. `skip` columns (passwords, sex, origin) are tolerated and never read. */
type ColumnKind = 'id' | 'text' | 'boolean' | 'date' | 'year' | 'choice' | 'texts' | 'reference' | 'references' | 'skip'

/** One column: its kind, whether OneRoster requires a value, the allowed words, and the file a reference points to. */
export interface ColumnRule {
  readonly name: string
  readonly kind: ColumnKind
  readonly required: boolean
  readonly choices: readonly string[]
  readonly target: string | null
}

interface Shape<N extends string, K extends ColumnKind, R extends boolean, C extends string> extends ColumnRule {
  readonly name: N
  readonly kind: K
  readonly required: R
  readonly choices: readonly C[]
}

const must = <N extends string, K extends ColumnKind>(name: N, kind: K, target: string | null = null): Shape<N, K, true, never> => ({
  name,
  kind,
  required: true,
  choices: [],
  target,
})
const may = <N extends string, K extends ColumnKind>(name: N, kind: K, target: string | null = null): Shape<N, K, false, never> => ({
  name,
  kind,
  required: false,
  choices: [],
  target,
})
const oneOf = <N extends string, C extends string>(name: N, choices: readonly C[]): Shape<N, 'choice', true, C> => ({
  name,
  kind: 'choice',
  required: true,
  choices,
  target: null,
})

const orgTypes = ['department', 'school', 'district', 'local', 'state', 'national'] as const
const sessionTypes = ['gradingPeriod', 'semester', 'schoolYear', 'term'] as const
const personRoles = [
  'aide',
  'counselor',
  'districtAdministrator',
  'guardian',
  'parent',
  'principal',
  'proctor',
  'relative',
  'siteAdministrator',
  'student',
  'systemAdministrator',
  'teacher',
] as const

/** Columns of each file after `sourcedId,status,dateLastModified`, in the order in which files are read (a file refers only to itself or to files before it). */
const ROSTER_TABLES = {
  orgs: [must('name', 'text'), oneOf('type', orgTypes), may('identifier', 'text'), may('parentSourcedId', 'reference', 'orgs')],
  academicSessions: [
    must('title', 'text'),
    oneOf('type', sessionTypes),
    must('startDate', 'date'),
    must('endDate', 'date'),
    may('parentSourcedId', 'reference', 'academicSessions'),
    must('schoolYear', 'year'),
  ],
  courses: [
    may('schoolYearSourcedId', 'reference', 'academicSessions'),
    must('title', 'text'),
    may('courseCode', 'text'),
    may('grades', 'texts'),
    must('orgSourcedId', 'reference', 'orgs'),
    may('subjects', 'texts'),
    may('subjectCodes', 'texts'),
  ],
  classes: [
    must('title', 'text'),
    may('grades', 'texts'),
    must('courseSourcedId', 'reference', 'courses'),
    may('classCode', 'text'),
    oneOf('classType', ['homeroom', 'scheduled']),
    may('location', 'text'),
    must('schoolSourcedId', 'reference', 'orgs'),
    must('termSourcedIds', 'references', 'academicSessions'),
    may('subjects', 'texts'),
    may('subjectCodes', 'texts'),
    may('periods', 'texts'),
  ],
  users: [
    must('enabledUser', 'boolean'),
    must('username', 'text'),
    may('userIds', 'texts'),
    must('givenName', 'text'),
    must('familyName', 'text'),
    may('middleName', 'text'),
    may('identifier', 'text'),
    may('email', 'text'),
    may('sms', 'text'),
    may('phone', 'text'),
    may('agentSourcedIds', 'references', 'users'),
    may('grades', 'texts'),
    may('password', 'skip'),
    may('userMasterIdentifier', 'text'),
    may('resourceSourcedIds', 'texts'),
    may('preferredGivenName', 'text'),
    may('preferredMiddleName', 'text'),
    may('preferredFamilyName', 'text'),
    may('primaryOrgSourcedId', 'reference', 'orgs'),
    may('pronouns', 'text'),
  ],
  // A row's own sourcedId is that of the user. Only the birth date is read: it says who is a minor. Sex, origin and the rest are not.
  demographics: [
    may('birthDate', 'date'),
    may('sex', 'skip'),
    may('americanIndianOrAlaskaNative', 'skip'),
    may('asian', 'skip'),
    may('blackOrAfricanAmerican', 'skip'),
    may('nativeHawaiianOrOtherPacificIslander', 'skip'),
    may('white', 'skip'),
    may('demographicRaceTwoOrMoreRaces', 'skip'),
    may('hispanicOrLatinoEthnicity', 'skip'),
    may('countryOfBirthCode', 'skip'),
    may('stateOfBirthAbbreviation', 'skip'),
    may('cityOfBirth', 'skip'),
    may('publicSchoolResidenceStatus', 'skip'),
  ],
  userProfiles: [
    must('userSourcedId', 'reference', 'users'),
    must('profileType', 'text'),
    must('vendorId', 'text'),
    may('applicationId', 'text'),
    may('description', 'text'),
    must('credentialType', 'text'),
    must('username', 'text'),
    may('password', 'skip'),
  ],
  roles: [
    must('userSourcedId', 'reference', 'users'),
    oneOf('roleType', ['primary', 'secondary']),
    oneOf('role', personRoles),
    may('beginDate', 'date'),
    may('endDate', 'date'),
    must('orgSourcedId', 'reference', 'orgs'),
    may('userProfileSourcedId', 'reference', 'userProfiles'),
  ],
  enrollments: [
    must('classSourcedId', 'reference', 'classes'),
    must('schoolSourcedId', 'reference', 'orgs'),
    must('userSourcedId', 'reference', 'users'),
    oneOf('role', ['administrator', 'proctor', 'student', 'teacher']),
    may('primary', 'boolean'),
    may('beginDate', 'date'),
    may('endDate', 'date'),
  ],
} as const satisfies Record<string, readonly ColumnRule[]>

/** A file that is read, without `.csv`. */
export type RosterTable = keyof typeof ROSTER_TABLES

/** The files in the order in which references can be checked. */
export const ROSTER_TABLE_NAMES: readonly RosterTable[] = [
  'orgs',
  'academicSessions',
  'courses',
  'classes',
  'users',
  'demographics',
  'userProfiles',
  'roles',
  'enrollments',
]

/** Choices of these columns may be extended by `ext:…` (OneRoster 1.2 §4, extensible vocabularies). */
export const EXTENSIBLE_COLUMNS: readonly string[] = ['type', 'classType', 'role']

type Value<Rule extends ColumnRule> = Rule['kind'] extends 'boolean'
  ? boolean
  : Rule['kind'] extends 'texts' | 'references'
    ? readonly string[]
    : Rule extends { readonly kind: 'choice'; readonly choices: readonly (infer C extends string)[] }
      ? C | `ext:${string}`
      : string

type Kept<Rule extends ColumnRule> = Rule['kind'] extends 'skip' ? never : Rule

/** A row of a file as read: `sourcedId`, the required columns, and those optional ones that had a value (lists are always present). */
export type RosterRow<Table extends RosterTable> = { readonly sourcedId: string } & {
  readonly [Rule in Kept<(typeof ROSTER_TABLES)[Table][number]> as Rule['required'] extends true ? Rule['name'] : never]: Value<Rule>
} & {
  readonly [Rule in Kept<(typeof ROSTER_TABLES)[Table][number]> as Rule['required'] extends true ? never : Rule['name']]?: Value<Rule>
}

/** Rows of every file. A file that was refused or absent has none, and `demographics` is then left out. */
export type RosterRecords = { readonly [Table in Exclude<RosterTable, 'demographics'>]: readonly RosterRow<Table>[] } & {
  readonly demographics?: readonly RosterRow<'demographics'>[]
}

/** The columns of a file as the kinds alone. */
export const columnsOf = (table: RosterTable): readonly ColumnRule[] => ROSTER_TABLES[table]

import fc from 'fast-check'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { parseRoster, ROSTER_REASONS, type RosterReading, writeRoster, writeRosterFiles } from './index.ts'
import type { RosterRecords } from './tables.ts'

const seed = Date.now() % 2 ** 31
console.log(`hostile rosters: fast-check seed ${seed}`)
const runs = { numRuns: 1000, seed }

const word = fc.stringMatching(/^[\p{L}\p{N} _.,"'\n;@-]{1,20}$/u).map((text) => text.trim().normalize('NFC') || 'x')
const id = (prefix: string) => (at: number) => `${prefix}${at}`

/** Sound rosters of any content. */
const rosters = fc
  .record({
    orgs: fc.array(word, { minLength: 1, maxLength: 4 }),
    users: fc.array(fc.tuple(word, word, fc.boolean()), { minLength: 1, maxLength: 8 }),
  })
  .map(
    ({ orgs, users }): RosterRecords => ({
      orgs: orgs.map((name, at) => ({ sourcedId: id('o')(at), name, type: 'school' as const, ...(at > 0 && { parentSourcedId: 'o0' }) })),
      academicSessions: [],
      courses: [],
      classes: [],
      users: users.map(([givenName, familyName, enabledUser], at) => ({
        sourcedId: id('u')(at),
        enabledUser,
        username: `user${at}`,
        givenName,
        familyName,
        ...(at > 0 && { agentSourcedIds: ['u0'] }),
      })),
      demographics: users.map((_, at) => ({ sourcedId: `u${at}`, birthDate: `20${10 + (at % 10)}-02-0${1 + (at % 9)}` })),
      userProfiles: [],
      roles: users.map((_, at) => ({
        sourcedId: id('r')(at),
        userSourcedId: id('u')(at),
        roleType: 'primary' as const,
        role: 'student' as const,
        orgSourcedId: 'o0',
      })),
      enrollments: [],
    }),
  )

/** What must hold of every reading, whatever the bytes were. */
const expectSound = (reading: RosterReading) => {
  for (const file of reading.files) {
    if (file.outcome !== 'accepted') expect(reading.records[file.table] ?? []).toEqual([])
    if (file.outcome === 'refused') expect(file.problemCount).toBeGreaterThan(0)
    for (const problem of file.problems) expect(ROSTER_REASONS).toHaveProperty(problem.code)
  }
  if (reading.problem) expect(Object.values(reading.records).flat()).toEqual([])
}

describe('parseRoster, given anything', () => {
  it('reads back what writeRoster wrote', () => {
    fc.assert(
      fc.property(rosters, (records) => {
        expect(parseRoster(writeRoster(records))).toMatchObject({ outcome: 'accepted', records })
      }),
      { ...runs, numRuns: 300 },
    )
  })

  it('answers any bytes without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => expectSound(parseRoster(bytes))),
      runs,
    )
  })

  it('answers a zip with any bytes changed without throwing, and imports no damaged file', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(rosters, changes, (records, edits) => {
        const zip = writeRoster(records)
        for (const [at, by] of edits) zip[at % zip.length] = (zip[at % zip.length] ?? 0) ^ by
        const reading = parseRoster(zip)
        expectSound(reading)
        for (const file of reading.files) if (file.outcome === 'accepted') expect(reading.records[file.table]).toEqual(records[file.table])
      }),
      runs,
    )
  })

  it('answers any text in the place of a file without throwing, and refuses or accepts it whole', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc
        .array(
          fc.array(fc.oneof(word, fc.constantFrom('', '"', '""', 'sourcedId', 'name', 'type', 'school', '\u0000', '\ufeff')), {
            maxLength: 6,
          }),
          { maxLength: 8 },
        )
        .map((rows) => rows.map((row) => row.join(',')).join('\r\n')),
    )
    fc.assert(
      fc.property(
        rosters,
        fc.constantFrom('orgs.csv', 'users.csv', 'demographics.csv', 'roles.csv', 'manifest.csv'),
        hostile,
        (records, name, text) => {
          const files = Object.fromEntries([...writeRosterFiles(records)].map(([file, content]) => [file, strToU8(content)]))
          files[name] = strToU8(text)
          const reading = parseRoster(zipSync(files, { level: 0 }))
          expectSound(reading)
          for (const file of reading.files) if (file.outcome === 'accepted') expect(reading.records[file.table]).toHaveLength(file.rows)
        },
      ),
      runs,
    )
  })
})

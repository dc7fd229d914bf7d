import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { describeProblem, parseRoster, writeRoster } from './index.ts'
import type { RosterRecords } from './tables.ts'

const manifest = (modes: Record<string, string> = {}): string =>
  [
    'propertyName,value',
    'manifest.version,1.0',
    'oneroster.version,1.2',
    ...Object.entries({ orgs: 'bulk', users: 'bulk', roles: 'bulk', ...modes }).map(([table, mode]) => `file.${table},${mode}`),
  ].join('\r\n')

const good: Record<string, string> = {
  'manifest.csv': manifest(),
  'orgs.csv':
    'sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\nd1,,,市教育局,District,,\r\ns1,,,第一中学,school,,d1\r\n',
  'users.csv':
    'sourcedId,status,dateLastModified,enabledUser,username,givenName,familyName,agentSourcedIds,grades,password,primaryOrgSourcedId\r\n' +
    'u1,,,true,li.ming,明,李,"p1",08,secret,s1\r\np1,active,,TRUE,li.fu,父,李,,,,\r\n',
  'roles.csv':
    'sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\r\n' +
    'r1,,,u1,primary,student,2026-09-01,2027-07-01,s1,\r\nr2,,,p1,primary,PARENT,,,s1,\r\n',
}

const zipOf = (files: Record<string, string | Uint8Array>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, typeof text === 'string' ? strToU8(text) : text])))

const read = (changes: Record<string, string | Uint8Array> = {}) => parseRoster(zipOf({ ...good, ...changes }))
const outcomes = (reading: ReturnType<typeof parseRoster>) => Object.fromEntries(reading.files.map((file) => [file.table, file.outcome]))
const problems = (reading: ReturnType<typeof parseRoster>) =>
  reading.files.flatMap((file) => file.problems.map((problem) => [problem.code, problem.file, problem.row, problem.column]))

describe('parseRoster', () => {
  it('reads rows into typed records, with words as the standard writes them and passwords left out', () => {
    const reading = read()
    expect(reading.outcome).toBe('accepted')
    expect(reading.records.orgs).toEqual([
      { sourcedId: 'd1', name: '市教育局', type: 'district' },
      { sourcedId: 's1', name: '第一中学', type: 'school', parentSourcedId: 'd1' },
    ])
    expect(reading.records.users[0]).toEqual({
      sourcedId: 'u1',
      enabledUser: true,
      username: 'li.ming',
      givenName: '明',
      familyName: '李',
      agentSourcedIds: ['p1'],
      grades: ['08'],
      primaryOrgSourcedId: 's1',
    })
    expect(reading.records.roles[1]?.role).toBe('parent')
  })

  it('takes the birth date from demographics and nothing else of what stands there', () => {
    const demographics = 'sourcedId,status,dateLastModified,birthDate,sex,asian,cityOfBirth\r\nu1,,,2007-03-31,female,true,成都\r\n'
    const reading = read({ 'manifest.csv': manifest({ demographics: 'bulk' }), 'demographics.csv': demographics })
    expect(outcomes(reading)['demographics']).toBe('accepted')
    expect(reading.records.demographics).toEqual([{ sourcedId: 'u1', birthDate: '2007-03-31' }])
  })

  it('reads a byte order mark, LF line ends, reordered columns and a folder around the files', () => {
    const orgs = '\ufefftype,name,sourcedId\nschool,"第一,中学",s1\n'
    const inFolder = Object.fromEntries(Object.entries({ ...good, 'orgs.csv': orgs }).map(([name, text]) => [`export/${name}`, text]))
    const reading = parseRoster(zipOf({ ...inFolder, '__MACOSX/._users.csv': 'x' }))
    expect(outcomes(reading)).toMatchObject({ orgs: 'accepted', users: 'accepted' })
    expect(reading.records.orgs).toEqual([{ sourcedId: 's1', name: '第一,中学', type: 'school' }])
  })

  it('reads GB18030, which spreadsheets on Chinese systems save, and says so', () => {
    const gbk = Buffer.concat([
      Buffer.from('sourcedId,name,type\r\ns1,'),
      Buffer.from([0xb5, 0xda, 0xd2, 0xbb]),
      Buffer.from(',school\r\n'),
    ])
    const reading = read({ 'orgs.csv': gbk })
    expect(reading.records.orgs[0]?.name).toBe('第一')
    expect(reading.files[0]?.notes.map((note) => note.code)).toEqual(['ROSTER_DECODED_GB18030'])
  })

  it('reports each bad row with its line, column and reason, and keeps nothing of that file', () => {
    const users =
      'sourcedId,enabledUser,username,givenName,familyName,primaryOrgSourcedId\r\n' +
      'u1,true,"a\r\nb",明,李,s1\r\n' +
      ',yes,c,,王,s1\r\nu1,true,d,明,李,s1\r\nu4,true,e\r\n'
    const reading = read({ 'users.csv': users })
    expect(outcomes(reading)).toMatchObject({ orgs: 'accepted', users: 'refused', roles: 'waiting' })
    expect(problems(reading)).toEqual([
      ['ROSTER_VALUE_MISSING', 'users.csv', 4, 'sourcedId'],
      ['ROSTER_VALUE_KIND', 'users.csv', 4, 'enabledUser'],
      ['ROSTER_VALUE_MISSING', 'users.csv', 4, 'givenName'],
      ['ROSTER_ID_DUPLICATE', 'users.csv', 5, 'sourcedId'],
      ['ROSTER_ROW_LENGTH', 'users.csv', 6, null],
      ['ROSTER_FILE_WAITS', 'roles.csv', null, null],
    ])
    expect(reading.records.users).toEqual([])
    expect(reading.records.roles).toEqual([])
    expect(reading.records.orgs).toHaveLength(2)
  })

  it('accepts a file whose target was refused when the base already holds what it refers to', () => {
    const options = { isKnown: (table: string, id: string) => table === 'users' && ['u1', 'p1'].includes(id) }
    const reading = parseRoster(zipOf({ ...good, 'users.csv': 'sourcedId\r\nu1\r\n' }), options)
    expect(outcomes(reading)).toMatchObject({ users: 'refused', roles: 'accepted' })
  })

  it.each([
    ['a reference to nothing', { 'roles.csv': good['roles.csv']?.replace('u1', 'u9') ?? '' }, 'ROSTER_REFERENCE', 2, 'userSourcedId'],
    [
      'parents in a loop',
      { 'orgs.csv': 'sourcedId,name,type,parentSourcedId\na,A,school,b\nb,B,school,a\n' },
      'ROSTER_REFERENCE_LOOP',
      2,
      'parentSourcedId',
    ],
    [
      'a day that does not exist',
      { 'roles.csv': good['roles.csv']?.replace('2026-09-01', '2026-02-30') ?? '' },
      'ROSTER_VALUE_KIND',
      2,
      'beginDate',
    ],
    [
      'dates the wrong way round',
      { 'roles.csv': good['roles.csv']?.replace('2027-07-01', '2025-07-01') ?? '' },
      'ROSTER_DATES_REVERSED',
      2,
      'endDate',
    ],
    ['an unknown word', { 'orgs.csv': 'sourcedId,name,type\ns1,A,shcool\n' }, 'ROSTER_VALUE_KIND', 2, 'type'],
    ['a missing column', { 'orgs.csv': 'sourcedId,name\ns1,A\n' }, 'ROSTER_COLUMN_MISSING', 1, 'type'],
    ['a column twice', { 'orgs.csv': 'sourcedId,name,type,Name\ns1,A,school,B\n' }, 'ROSTER_COLUMN_DUPLICATE', 1, 'name'],
    ['a deletion in a bulk file', { 'orgs.csv': 'sourcedId,status,name,type\ns1,tobedeleted,A,school\n' }, 'ROSTER_STATUS', 2, 'status'],
    ['open quotes', { 'orgs.csv': 'sourcedId,name,type\ns1,"A,school\n' }, 'ROSTER_CSV_SYNTAX', 2, null],
    ['a delta file', { 'manifest.csv': manifest({ orgs: 'delta' }) }, 'ROSTER_DELTA', null, null],
    ['a file that the manifest denies', { 'manifest.csv': manifest({ orgs: 'absent' }) }, 'ROSTER_FILE_UNANNOUNCED', null, null],
    ['a file that is not there', { 'manifest.csv': manifest({ classes: 'bulk' }) }, 'ROSTER_FILE_MISSING', null, null],
    ['bytes that are no text', { 'orgs.csv': new Uint8Array([0xff, 0xff, 0x00]) }, 'ROSTER_ENCODING', null, null],
  ])('refuses %s', (_, changes, code, row, column) => {
    expect(problems(read(changes as Record<string, string>))).toContainEqual([code, expect.any(String), row, column])
  })

  it.each([
    ['no zip', strToU8('sourcedId,name'), 'ROSTER_ZIP_UNREADABLE'],
    ['no manifest', zipOf({ 'orgs.csv': good['orgs.csv'] ?? '' }), 'ROSTER_MANIFEST_MISSING'],
    ['OneRoster 1.1', zipOf({ ...good, 'manifest.csv': manifest().replace('version,1.2', 'version,1.1') }), 'ROSTER_VERSION'],
    ['a name that leaves its folder', zipOf({ ...good, '../users.csv': 'x' }), 'ROSTER_ZIP_PATH'],
    ['a mode that does not exist', zipOf({ ...good, 'manifest.csv': manifest({ orgs: 'all' }) }), 'ROSTER_MANIFEST_INVALID'],
  ])('reads nothing of %s', (_, zip, code) => {
    expect(parseRoster(zip)).toMatchObject({ outcome: 'refused', problem: { code }, files: [] })
  })

  it('refuses a zip that unpacks to more than its limit, and one whose directory lies about it', () => {
    const zip = zipOf({ ...good, 'huge.csv': new Uint8Array(2_000_000) })
    const limits = { zipBytes: 1e6, entryBytes: 1e6, totalBytes: 1e7, entries: 20 }
    expect(parseRoster(zip, { limits }).problem?.code).toBe('ROSTER_ZIP_TOO_LARGE')
    const lying = Buffer.from(zip)
    const size = Buffer.alloc(4)
    size.writeUInt32LE(2_000_000)
    for (let at = lying.indexOf(size); at >= 0; at = lying.indexOf(size, at + 1)) lying.writeUInt32LE(1000, at)
    expect(parseRoster(lying, { limits }).problem?.code).toBe('ROSTER_ZIP_UNREADABLE')
  })

  it('describes a problem without what the field held', () => {
    const reading = read({ 'users.csv': good['users.csv']?.replace('true', '李明') ?? '' })
    expect(reading.files.flatMap((file) => file.problems.map(describeProblem))).toContain(
      'users.csv, line 2, enabledUser: The field is not true or false.',
    )
  })

  it('gives the same records and the same bytes when they are written and read again', () => {
    const records: RosterRecords = read().records
    const written = writeRoster(records)
    expect(parseRoster(written).records).toEqual(records)
    expect(writeRoster(parseRoster(written).records)).toEqual(written)
  })
})

import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { openBaseKeys } from './base-keys.ts'
import { createTransaction, openDatabase, schemaVersion } from './database.ts'
import { migrations } from './migrations/index.ts'
import { openRecords } from './records.ts'

const folder = mkdtempSync(join(tmpdir(), 'guildhall-records-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)), uuid: () => randomUUID() }
const clock = { now: () => 1_800_000_000, nowMs: () => 1_800_000_000_000 }
const person = { name: '张若兰', schoolNumber: 'S-0001', grade: '7', birthDate: '2013-05-01' }

const open = (dataDir = mkdtempSync(join(folder, 'base-'))) => {
  const keys = openBaseKeys({ dataDir, passphrase: null, random })
  const db = openDatabase(join(dataDir, 'base.db'))
  return { dataDir, keys, db, transaction: createTransaction(db), records: openRecords(db, { keys, clock, random }) }
}
let base: ReturnType<typeof open>
beforeEach(() => {
  base = open()
})

describe('the schema', () => {
  test('has every column that the tables name', () => {
    const { vault, people, settings, usageReceipts, ...tables } = base.records
    for (const table of Object.values(tables)) expect(table.list({}, { limit: 1 })).toEqual([])
    expect(schemaVersion(base.db)).toBe(migrations.length)
    expect(base.db.prepare('PRAGMA secure_delete').get()).toEqual({ secure_delete: 1 })
  })

  test('of a newer program is refused', () => {
    base.db.exec('PRAGMA user_version = 99')
    base.db.close()
    expect(() => open(base.dataDir)).toThrow(/version 99/)
  })
})

describe('a table', () => {
  test('gives back what was written, of every kind', () => {
    const row = {
      machineId: 'm1',
      name: { 'zh-CN': '打印机', en: 'Printer' },
      kind: 'printer-3d' as const,
      location: null,
      attestation: 'device-signed' as const,
      octoPrintUrl: null,
      octoPrintKeySealed: new Uint8Array([1, 2]),
      sample: true,
      addedAt: 5,
    }
    base.records.machines.insert(row)
    expect(base.records.machines.get('m1')).toEqual(row)
    base.records.machines.update('m1', { location: 'Room 2', octoPrintKeySealed: null })
    expect(base.records.machines.find({ location: 'Room 2', kind: ['cnc', 'printer-3d'] })).toEqual({
      ...row,
      location: 'Room 2',
      octoPrintKeySealed: null,
    })
    expect(base.records.machines.count({ location: null })).toBe(0)
    expect(base.records.machines.remove({ machineId: 'm1' })).toBe(1)
    expect(() => base.records.machines.get('m1')).toThrow(/no machine/)
  })

  test('refuses to delete without a condition', () => {
    expect(() => base.records.machines.remove({})).toThrow(TypeError)
  })

  test('changes a row by put and keeps what refers to it', () => {
    const learnerId = base.records.people.addLearner(person)
    const guardianId = base.records.people.addGuardian({ name: '张建国', contact: null })
    base.records.learnerGuardians.insert({ learnerId, guardianId, relation: 'father' })
    base.records.learners.put({ ...base.records.learners.get(learnerId), sample: true })
    expect(base.records.learnerGuardians.count({ learnerId })).toBe(1)
  })
})

describe('a transaction', () => {
  test('undoes everything when it throws, and only the inner part when that is caught', () => {
    expect(() =>
      base.transaction(() => {
        base.records.settings.set('a', 1)
        throw new Error('no')
      }),
    ).toThrow('no')
    base.transaction(() => {
      base.records.settings.set('b', 1)
      expect(() =>
        base.transaction(() => {
          base.records.settings.set('c', 1)
          throw new Error('no')
        }),
      ).toThrow('no')
    })
    expect(['a', 'b', 'c'].map((name) => base.records.settings.find(name))).toEqual([undefined, 1, undefined])
  })

  test('refuses work that waits', () => {
    expect(() => base.transaction(async () => 1)).toThrow(/synchronous/)
    expect(base.db.isTransaction).toBe(false)
  })
})

describe('people', () => {
  test('are found by part of a name or by school number, in order of names', () => {
    const zhang = base.records.people.addLearner(person)
    const li = base.records.people.addLearner({ ...person, name: '李安', schoolNumber: 'S-0002' })
    expect(base.records.people.findLearners('若兰')).toEqual([zhang])
    expect(base.records.people.findLearners('s-0002')).toEqual([li])
    expect(base.records.people.findLearners()).toEqual([li, zhang])
  })

  test('are minors under 18 and where the school did not say', () => {
    const young = base.records.people.addLearner(person)
    const unknown = base.records.people.addLearner({ ...person, birthDate: null })
    const old = base.records.people.addLearner({ ...person, birthDate: '2009-01-15' })
    expect([young, unknown, old].map((id) => base.records.people.isMinor(id))).toEqual([true, true, false])
  })

  test('leave no name and no school number in any file of the base', () => {
    for (let index = 0; index < 50; index += 1) {
      base.records.people.addLearner(
        { ...person, name: `Wilhelmina ${index}`, schoolNumber: `SCHOOLNUMBER-${index}` },
        { sourceMac: base.records.people.sourceMac('learner', `SOURCE-${index}`) },
      )
    }
    const everything = ['base.db', 'base.db-wal'].map((name) => readFileSync(join(base.dataDir, name), 'latin1')).join('')
    expect(everything).not.toMatch(/Wilhelmina|SCHOOLNUMBER|SOURCE-|2013-05-01/)
  })

  test('are unreadable for good once their key is destroyed', () => {
    const learnerId = base.records.people.addLearner(person)
    const { sealed } = base.records.learners.get(learnerId)
    expect(base.records.vault.destroy(learnerId)).toMatch(/^0x[0-9a-f]{64}$/)
    base.records.people.forget(learnerId)
    expect(() => base.records.vault.open(learnerId, 'learner', sealed ?? new Uint8Array())).toThrow(
      expect.objectContaining({ code: 'LEARNER_ERASED' }),
    )
    expect(base.records.people.learnerName(learnerId)).toBe('')
  })

  test('cannot have their sealed fields swapped or changed', () => {
    const [one, other] = [base.records.people.addLearner(person), base.records.people.addLearner({ ...person, name: '李安' })]
    const sealed = base.records.learners.get(one).sealed ?? new Uint8Array()
    expect(() => base.records.vault.open(other, 'learner', sealed)).toThrow(expect.objectContaining({ code: 'SEAL_BROKEN' }))
    expect(() => base.records.vault.open(one, 'holder', sealed)).toThrow(expect.objectContaining({ code: 'SEAL_BROKEN' }))
    const changed = Uint8Array.from(sealed, (byte, at) => (at === 20 ? byte ^ 1 : byte))
    expect(() => base.records.vault.open(one, 'learner', changed)).toThrow(expect.objectContaining({ code: 'SEAL_BROKEN' }))
  })
})

describe("the base's keys", () => {
  test('are the same after a restart, in files that only the owner reads', () => {
    const again = openBaseKeys({ dataDir: base.dataDir, passphrase: null, random })
    expect(again.seed('issuer/1')).toEqual(base.keys.seed('issuer/1'))
    expect(again.mac('pepper', 'x')).toEqual(base.keys.mac('pepper', 'x'))
    expect(again.mac('pepper', 'x')).not.toEqual(again.mac('other', 'x'))
    expect(statSync(join(base.dataDir, 'keys', 'base.key')).mode & 0o777).toBe(0o600)
    expect(again.protection).toBe('file')
  })

  test('open with the passphrase and with no other', () => {
    const dataDir = mkdtempSync(join(folder, 'base-'))
    const first = openBaseKeys({ dataDir, passphrase: 'correct horse', random })
    expect(openBaseKeys({ dataDir, passphrase: 'correct horse', random }).mac('a', 'b')).toEqual(first.mac('a', 'b'))
    expect(first.protection).toBe('passphrase')
    for (const passphrase of [null, 'wrong horse']) {
      expect(() => openBaseKeys({ dataDir, passphrase, random })).toThrow(expect.objectContaining({ code: 'KEY_WRONG' }))
    }
  })
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseGcode } from '@guildhall/gateway/labs'
import { parseRoster } from '@guildhall/gateway/schools'
import { describe, expect, it } from 'vitest'
import { makeRoster } from './make-roster.ts'
import { sliceJobs } from './slice-jobs.ts'

const fileOf = (name: string) => readFileSync(join(import.meta.dirname, name))

describe('the files of the demo', () => {
  it.each(Object.entries(sliceJobs()))('has %s as the slicer makes it, a job that a base takes', async (name, text) => {
    expect(fileOf(name).toString()).toBe(text)
    expect(text.length).toBeLessThan(300_000)
    const facts = await parseGcode(Buffer.from(text))
    expect(facts.unknownCommands).toEqual({})
    expect(facts.filamentMm).toBeGreaterThan(100)
    expect(facts.boundingBox?.maximum.every((edge) => edge < 200)).toBe(true)
  })

  it('has a roster of 1,000 learners with their parents and teachers, as its generator makes it', () => {
    const reading = parseRoster(fileOf('roster.zip'))
    expect(reading.outcome).toBe('accepted')
    expect(reading.records).toEqual(makeRoster())
    const count = (role: string) => reading.records.roles.filter((row) => row.role === role).length
    expect([count('student'), count('parent'), count('teacher'), reading.records.classes.length]).toEqual([1000, 1000, 25, 25])
  })
})

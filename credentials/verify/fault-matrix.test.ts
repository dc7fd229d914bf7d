import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dataModelFaults } from './faults/data-model-faults.ts'
import { datesFaults } from './faults/dates-faults.ts'
import { entitledFaults } from './faults/entitled-faults.ts'
import { evidenceFaults } from './faults/evidence-faults.ts'
import { type Fault, settingOf } from './faults/fault.ts'
import { issuerFaults } from './faults/issuer-faults.ts'
import { proofFaults } from './faults/proof-faults.ts'
import { statusFaults } from './faults/status-faults.ts'
import { createWorld, type World } from './test-world.ts'
import { checkIds, type Outcome } from './verdict.ts'
import { verifyCredential } from './verify-credential.ts'

const faults: readonly Fault[] = [
  ...dataModelFaults,
  ...proofFaults,
  ...issuerFaults,
  ...entitledFaults,
  ...statusFaults,
  ...datesFaults,
  ...evidenceFaults,
]
const outcomes: readonly Outcome[] = ['passed', 'failed', 'unknown']
let world: World

beforeAll(async () => {
  world = await createWorld()
})

describe.each(checkIds)('the check %s', (id) => {
  const rows = faults.filter(({ check }) => check === id)

  it.each(rows.map((row) => ({ ...row, name: `${row.outcome}: ${row.title} (${row.code})` })))('is $name', async (row) => {
    const { input, options } = await settingOf(row, world)
    const verdict = await verifyCredential(input, options)
    const check = verdict.checks.find((one) => one.id === id)
    expect({ outcome: check?.outcome, code: check?.reason.code }).toEqual({ outcome: row.outcome, code: row.code })
    if (row.note !== undefined) expect(check?.notes.map(({ code }) => code)).toContain(row.note)
    expect(verdict.checks).toHaveLength(7)
    if (row.outcome === 'failed') expect(verdict.overall).toBe('not-valid')
    if (row.outcome === 'unknown') expect(verdict.overall).not.toBe('valid')
  })

  it('has been seen passed, failed and unknown', () => {
    for (const outcome of outcomes) expect(rows.filter((row) => row.outcome === outcome).length, outcome).toBeGreaterThan(0)
  })
})

afterAll(() => {
  const count = (id: string, outcome: Outcome) => faults.filter((row) => row.check === id && row.outcome === outcome).length
  const lines = checkIds.map((id) => `${id}: ${outcomes.map((outcome) => `${count(id, outcome)} ${outcome}`).join(', ')}`)
  console.info(`fault matrix, ${faults.length} rows\n${lines.join('\n')}`)
})

import { expect, it } from 'vitest'
import { killOverSteps, steps } from './outbox-kills.ts'

it('loses and doubles nothing over twenty kills of the base, aimed at every step of a write to the ledger', async () => {
  const report = await killOverSteps(20)
  console.log(`kills by step: ${JSON.stringify(report.kills)}`)
  expect({ total: report.total, lost: report.lost, doubled: report.doubled, refused: report.refused }).toEqual({
    total: 20,
    lost: 0,
    doubled: 0,
    refused: 0,
  })
  expect(Object.keys(report.kills).sort()).toEqual([...steps].sort())
})

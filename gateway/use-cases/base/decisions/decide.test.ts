import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningBase } from '../../../main.ts'
import { operator, startMember, startTestNetwork, type TestNetwork } from '../../../routes/test-network.ts'
import { accreditProgramme, getEntitlement } from '../../learning/entitlement.ts'
import { defineProgramme, readProgramme } from '../../learning/programmes.ts'
import { installSampleSchool, removeSampleSchool } from '../../sample/sample-school.ts'
import type { IssuingBase } from '../issuing.ts'
import { listWaitingDecisions } from './decide.ts'

const decisionDelay = 10
const soon = () => AbortSignal.timeout(60_000)
const slowly = { timeout: 60_000, interval: 200 }
let network: TestNetwork
let first: RunningBase

beforeAll(async () => {
  network = await startTestNetwork({ decisionDelay })
  first = network.first
})
afterAll(async () => {
  if (first !== network.first) await first.stop()
  await network.stop()
})

const anotherProgramme = ({ records }: IssuingBase) => {
  const definition = records.programmes.list({})[0]?.definition
  if (!definition) throw new Error('there is no programme')
  return { ...definition, title: { ...definition.title, en: 'Another programme' } }
}
const standingOf = (base: IssuingBase, programmeId: number) =>
  getEntitlement(base)
    .accreditations.filter((one) => one.programmeId === programmeId)
    .map(({ state }) => state)
const failedWrites = ({ outbox }: IssuingBase) => outbox.list(200).filter(({ state }) => state === 'failed')

/** Runs the installing job to its end and gives its state and its sentence. */
const install = async (base: IssuingBase) => {
  const { jobId } = installSampleSchool(base, operator)
  await expect.poll(() => base.jobs.find(jobId)?.state, slowly).not.toBe('running')
  const job = base.jobs.find(jobId)
  return [job?.state, job?.result?.sentence.en]
}

test('a programme defined after another base joined waits for the timelock, says until when, and is accredited by itself, though the base was off', async () => {
  const { base } = first
  const began = base.clock.now()
  const { programmeId, entitled, waitsUntil } = await defineProgramme(base, operator, {
    definition: anotherProgramme(base),
    signal: soon(),
  })
  expect(entitled).toBe(false)
  expect(waitsUntil).toBeGreaterThanOrEqual(began + decisionDelay)
  expect(standingOf(base, programmeId)).toEqual(['waiting-for-ledger'])
  await first.stop()
  first = await startMember(join(network.folder, 'first'), { LEDGER_RPC_URL: network.rpcUrl, BASE_NAME_EN: 'First base' })
  await expect.poll(() => readProgramme(first.base, programmeId).entitled, slowly).toBe(true)
  const [accreditation] = first.base.registry.rightsOf(1).accreditations.filter((one) => one.programmeId === programmeId)
  expect(accreditation?.validFrom).toBeGreaterThanOrEqual(waitsUntil ?? 0)
  expect(standingOf(first.base, programmeId)).toEqual(['current'])
  expect([listWaitingDecisions(first.base), failedWrites(first.base)]).toEqual([[], []])
})

test('asked for by hand, an accreditation is told as waiting, with the end that it will have', async () => {
  const { base } = first
  const before = base.clock.now()
  const given = await accreditProgramme(base, operator, { programmeId: 1, validForSeconds: 86_400, signal: soon() })
  expect(given).toMatchObject({ recordId: null, programmeId: 1, state: 'waiting-for-ledger' })
  expect(given.expiresAt - before).toBeGreaterThanOrEqual(86_400)
  await expect.poll(() => standingOf(base, 1), slowly).toEqual(['current', 'current'])
})

test('a sample school installed then says what waits; removed before its day, its programme is never accredited', async () => {
  const { base } = first
  expect(await install(base)).toEqual(['finished', expect.stringMatching(/waits until \d{4}-\d\d-\d\d \d\d:\d\d UTC/)])
  const [sample] = base.records.programmes.list({ sample: true })
  const programmeId = sample?.programmeId ?? 0
  expect(standingOf(base, programmeId)).toEqual(['waiting-for-ledger'])
  removeSampleSchool(base, operator)
  await new Promise((resolve) => setTimeout(resolve, (decisionDelay + 3) * 1000))
  expect([standingOf(base, programmeId), failedWrites(base)]).toEqual([[], []])
})

test('a sample school on a base that joined, and is not accredited, says so', async () => {
  expect(await install(network.second.base)).toEqual(['finished', expect.stringContaining('this base is not accredited for its programme')])
})

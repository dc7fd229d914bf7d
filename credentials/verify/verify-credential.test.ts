import { beforeAll, describe, expect, it } from 'vitest'
import { factPorts } from '../bundle/fact-ports.ts'
import { createWorld, inputOf, optionsOf, type World } from './test-world.ts'
import { checkIds } from './verdict.ts'
import { verifyCredential } from './verify-credential.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})

describe('verifyCredential', () => {
  it.each(['vc+jwt', 'eddsa-rdfc-2022'])('passes all seven checks for a sound %s certificate, in order', async (format) => {
    const secured = format === 'vc+jwt' ? world.jwt : world.dataIntegrity
    const seen: string[] = []
    const verdict = await verifyCredential(inputOf(world, secured), { ...optionsOf(world), onCheck: ({ id }) => seen.push(id) })
    expect(verdict.checks.map(({ id, outcome, reason }) => [id, outcome, reason.code])).toEqual([
      ['data-model', 'passed', 'DATA_MODEL_OK'],
      ['proof', 'passed', 'PROOF_OK'],
      ['issuer', 'passed', 'ISSUER_KNOWN'],
      ['entitled', 'passed', 'ENTITLED_OK'],
      ['status', 'passed', 'STATUS_CLEAR'],
      ['dates', 'passed', 'DATES_NO_END'],
      ['evidence', 'passed', 'EVIDENCE_OK'],
    ])
    expect(verdict).toMatchObject({ overall: 'valid', sentence: { code: 'VERDICT_VALID' } })
    expect(seen).toEqual([...checkIds])
  })

  it('shows the issuer by the name that the network knows, and both languages of the title', async () => {
    const { facts } = await verifyCredential(inputOf(world), optionsOf(world))
    expect(facts).toMatchObject({
      issuerName: { en: 'East Lake learning base', 'zh-CN': '东湖学习基地' },
      title: world.record.programme.title,
      networkName: 'East network',
      isTrial: false,
      threshold: { needed: 2, of: 2 },
      timeZone: 'Asia/Shanghai',
      attestation: 'device-signed',
      programmeId: 3,
    })
  })

  it('says with every verdict of a trial network that it is one', async () => {
    const trial = await createWorld({}, true)
    const verdict = await verifyCredential(inputOf(trial), optionsOf(trial))
    expect(verdict.sentence.code).toBe('VERDICT_VALID_TRIAL')
    expect(verdict.checks[2]?.notes.map(({ code }) => code)).toContain('ISSUER_TRIAL_NETWORK')
  })

  it('answers seven checks for input that is no certificate', async () => {
    const verdict = await verifyCredential({ secured: 'not a certificate' }, optionsOf(world))
    expect(verdict).toMatchObject({ overall: 'not-valid', sentence: { code: 'VERDICT_NOT_VALID', params: { check: 'data-model' } } })
    expect(verdict.checks.map(({ id }) => id)).toEqual([...checkIds])
    expect(verdict.checks[0]?.reason.code).toBe('DATA_MODEL_UNREADABLE')
  })

  it('turns a check whose source throws into unknown, and goes on', async () => {
    const ports = factPorts(world.book)
    const broken = { ...ports, directory: { ...ports.directory, isEntitled: () => Promise.reject(new Error('socket closed')) } }
    const verdict = await verifyCredential(inputOf(world), { ports: broken, now: world.now })
    expect(verdict.checks[3]).toMatchObject({ id: 'entitled', outcome: 'unknown', reason: { code: 'CHECK_INTERRUPTED' } })
    expect(verdict).toMatchObject({ overall: 'unconfirmed', sentence: { code: 'VERDICT_UNCONFIRMED', params: { checks: 'entitled' } } })
  })

  it('stops with the reason of the signal when it is aborted', async () => {
    const signal = AbortSignal.abort(new Error('the page was left'))
    await expect(verifyCredential(inputOf(world), { ...optionsOf(world), signal })).rejects.toThrow('the page was left')
  })
})

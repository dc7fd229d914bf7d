import { credentialErrorCodes } from '@guildhall/credentials'
import { describe, expect, test } from 'vitest'
import { fill, GuildhallError, type GuildhallErrorCode, problems } from './errors.ts'
import { foreignProblems } from './supervision/http/foreign-problems.ts'

describe('problems', () => {
  test('each have a status, a title, what happened and what to do', () => {
    for (const [code, { status, title, detail, nextStep }] of Object.entries(problems)) {
      expect([code, status >= 400 && status < 600, title.length > 3, detail.length > 3, nextStep.length > 3]).toEqual([
        code,
        true,
        true,
        true,
        true,
      ])
    }
  })

  test('fill their sentences, and carry the code', () => {
    const error = new GuildhallError('NOT_FOUND', { thing: 'session' })
    expect([error.message, error.code, fill('{a} and {b}', { a: 1 })]).toEqual([
      'There is no session with that id.',
      'NOT_FOUND',
      '1 and {b}',
    ])
  })

  test('know every code of credentials, and none that is not', () => {
    expect(
      Object.keys(foreignProblems)
        .filter((code) => code.startsWith('CREDENTIAL_'))
        .sort(),
    ).toEqual([...credentialErrorCodes].sort())
  })

  test('have codes of their own', () => {
    expect(Object.keys(foreignProblems).filter((code) => code in problems)).toEqual([] satisfies GuildhallErrorCode[])
  })
})

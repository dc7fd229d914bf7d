import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { roles } from '../../api/define-route.ts'
import { removeTestBase, startTestBase, type TestBase } from '../../routes/test-base.ts'

let base: TestBase
beforeAll(async () => {
  base = await startTestBase()
})
afterAll(async () => {
  await base.stop()
  removeTestBase(base.dataDir)
})

const plain = {
  '@context': ['https://www.w3.org/ns/credentials/v2'],
  type: ['VerifiableCredential'],
  credentialSubject: { id: 'urn:uuid:7f2c1d54-5a3e-4c09-9d1b-2f6b0a6f4e11' },
}
const named = { achievement: { id: 'urn:guildhall:0123456789abcdef:programme:4294967295' } }
const issue = (credentialSubject: unknown) =>
  base.call('issueCredential', {
    as: { roles: [...roles] },
    body: { credential: { ...plain, credentialSubject }, options: { type: 'vc+jwt' } },
  })

describe('credentials that an outside program has built', () => {
  it('are signed when they name no programme', async () => {
    expect((await issue(plain.credentialSubject)).statusCode).toBe(201)
  })

  it.each([
    ['by one subject', named],
    ['by the second of two subjects', [plain.credentialSubject, named]],
    ['in a list of achievements', { achievement: [{ id: 'urn:uuid:1' }, named.achievement] }],
    ['in lists within lists', [[[named]]]],
  ])('are refused when they name a programme that the base may not issue: %s', async (_, credentialSubject) => {
    expect((await issue(credentialSubject)).json()).toMatchObject({ code: 'GATE_REFUSED' })
  })
})

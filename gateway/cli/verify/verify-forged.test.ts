import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type JsonObject, presentCertificates, proofFormats, type Signer, signerFromSeed } from '@guildhall/credentials'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const command = join(import.meta.dirname, '../guildhall.js')
let folder: string
let learner: Signer
let learnerDid: string
let issuer: Signer
let issuerDid: string
let badge: JsonObject

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guildhall-forged-'))
  const signers = await Promise.all([1, 2].map((byte) => signerFromSeed(new Uint8Array(32).fill(byte))))
  learner = signers[0] ?? expect.fail()
  issuer = signers[1] ?? expect.fail()
  learnerDid = learner.verificationMethod.replace(/#.*/, '')
  issuerDid = issuer.verificationMethod.replace(/#.*/, '')
  badge = (await sign(badgeOf('1', 'Welding'))) as JsonObject
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const achievement = (name: string) => ({
  id: `urn:example:${name}`,
  type: ['Achievement'],
  name,
  description: name,
  criteria: { narrative: 'Was seen doing it.' },
})
/** An Open Badge of an issuer whose key is its name, so that its proof can be checked without asking anybody. */
const badgeOf = (digit: string, name: string): JsonObject => ({
  '@context': ['https://www.w3.org/ns/credentials/v2', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'],
  id: `urn:uuid:0b7a3f0c-0f0a-4f44-8d0e-0d5a53e5b00${digit}`,
  type: ['VerifiableCredential', 'OpenBadgeCredential'],
  name,
  issuer: { id: issuerDid, type: ['Profile'], name: 'A school' },
  validFrom: '2026-01-01T00:00:00Z',
  credentialSubject: { id: learnerDid, type: ['AchievementSubject'], achievement: achievement(name) },
})
/** A learner record (CLR 2.0) that holds a credential. */
const recordOf = (inside: JsonObject): JsonObject => ({
  ...badgeOf('2', 'Record'),
  '@context': [
    'https://www.w3.org/ns/credentials/v2',
    'https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json',
    'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json',
  ],
  type: ['VerifiableCredential', 'ClrCredential'],
  credentialSubject: { id: learnerDid, type: ['ClrSubject'], verifiableCredential: [inside] },
})
const sign = (document: JsonObject) => proofFormats['eddsa-rdfc-2022'].issue(document, issuer, { created: 1_767_225_600 })
const present = () =>
  presentCertificates({
    signer: learner,
    files: [{ 'eddsa-rdfc-2022': badge }],
    challenge: 'CODE',
    domain: 'school.example',
    now: 1_767_225_600,
  })

type Shown = { overall: string; checks: { id: string; outcome: string }[]; inside: Shown[] }
type Checked = { overall?: string; verdicts: Shown[]; notes: string[] }
async function verify(document: unknown): Promise<{ code: number; text: string; checked: Checked }> {
  const file = join(folder, 'file.json')
  writeFileSync(file, JSON.stringify(document))
  const run = (args: string[]) =>
    new Promise<{ code: number; stdout: string }>((resolve) => {
      execFile(process.execPath, [command, ...args, 'verify', file], (error, stdout) =>
        resolve({ code: error ? Number(error.code) : 0, stdout }),
      )
    })
  const [said, asJson] = [await run([]), await run(['--json'])]
  expect(asJson.code).toBe(said.code)
  return { code: said.code, text: said.stdout, checked: (JSON.parse(asJson.stdout) as Checked[])[0] ?? expect.fail() }
}
const proofOf = (verdict: Shown | undefined) => verdict?.checks.find(({ id }) => id === 'proof')?.outcome

describe('guildhall verify of a learner record', () => {
  test('leaves a sound one unconfirmed where nobody can be asked', async () => {
    const { code, text, checked } = await verify(await sign(recordOf(badge)))
    expect([code, proofOf(checked.verdicts[0]), proofOf(checked.verdicts[0]?.inside[0])]).toEqual([3, 'passed', 'passed'])
    expect(text).not.toContain('NOT VALID')
  })

  test('is not valid when a credential inside it is forged, and names that one', async () => {
    const { code, text, checked } = await verify(await sign(recordOf({ ...badge, name: 'Surgery' })))
    const [record] = checked.verdicts
    expect([code, record?.overall, proofOf(record), proofOf(record?.inside[0])]).toEqual([1, 'not-valid', 'passed', 'failed'])
    expect(text).toMatch(/^NOT VALID {2}Record$/m)
    expect(text).toMatch(/^ {4}NOT VALID {2}Welding$/m)
    expect(text).toMatch(/^ {6}✗ failed +proof /m)
  })
})

describe('guildhall verify of a presentation', () => {
  test('leaves a sound one unconfirmed, since nobody knows on which occasion it is shown', async () => {
    const { code, text, checked } = await verify(await present())
    expect([code, checked.overall, proofOf(checked.verdicts[0])]).toEqual([3, 'unconfirmed', 'passed'])
    expect(text).toMatch(/^COULD NOT BE CONFIRMED {2}presentation$/m)
  })

  test('is not valid when its own proof is forged, though every certificate in it is sound', async () => {
    const presentation = await present()
    const { code, text, checked } = await verify({ ...presentation, proof: { ...(presentation['proof'] as object), challenge: 'OTHER' } })
    expect([code, checked.overall, proofOf(checked.verdicts[0])]).toEqual([1, 'not-valid', 'passed'])
    expect(checked.verdicts[0]?.overall).toBe('unconfirmed')
    expect(text).toMatch(/^NOT VALID {2}presentation$/m)
    expect(text).toMatch(/^ {2}✗ failed /m)
  })
})

import { existsSync, readFileSync } from 'node:fs'
import { Ajv2019 } from 'ajv/dist/2019.js'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../formats/format.ts'
import { proofFormats, recogniseDocument } from '../formats/formats.ts'
import { signerFromSeed } from '../keys/did-key.ts'
import { leafOf } from './anchor-leaf.ts'
import { buildCredential } from './build-credential.ts'
import type { CredentialRecord } from './credential-record.ts'
import { sampleRecord } from './fixtures.ts'
import { issueCredential } from './issue-credential.ts'

const created = 1_790_000_000
const schemaFile = new URL(
  '../../../shared/vectors/credentials/schemas/open-badges/v3_0/ob_v3p0_achievementcredential_schema.json',
  import.meta.url,
)
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** Errors under 1EdTech’s published schema of an AchievementCredential, or `valid`. */
function validate(credential: JsonObject): unknown {
  const ajv = new Ajv2019({ strict: false, allErrors: true })
  formats.default(ajv)
  const check = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')))
  return check(JSON.parse(JSON.stringify(credential))) ? 'valid' : check.errors
}

describe('a certificate built from a record', () => {
  it('is an Open Badges 3.0 credential on VC Data Model 2.0 that says what the record says', () => {
    const credential = buildCredential(
      sampleRecord({ validUntil: created + 86_400, supersedes: 'urn:uuid:7f2c1d54-5a3e-4c09-9d1b-2f6b0a6f4e12' }),
    )
    expect(credential).toMatchObject({
      '@context': [
        'https://www.w3.org/ns/credentials/v2',
        'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json',
        expect.any(Object),
      ],
      type: ['VerifiableCredential', 'OpenBadgeCredential'],
      validFrom: '2026-09-21T14:13:20Z',
      validUntil: '2026-09-22T14:13:20Z',
      supersedes: 'urn:uuid:7f2c1d54-5a3e-4c09-9d1b-2f6b0a6f4e12',
      credentialSubject: {
        achievement: { id: 'urn:guildhall:0123456789abcdef:programme:3', localised: { name: { 'zh-CN': '增材制造入门：从模型到零件' } } },
        result: [{ achievedLevel: 'urn:guildhall:0123456789abcdef:programme:3:rubric:practice:2', value: '2' }],
        identifier: [{ type: 'IdentityObject', hashed: true, identityType: 'name' }],
      },
      credentialStatus: {
        type: 'BitstringStatusListEntry',
        statusPurpose: 'revocation',
        statusListIndex: '94567',
        statusListCredential: 'https://example.localhost/status/1',
        suspension: {
          type: 'BitstringStatusListEntry',
          statusPurpose: 'suspension',
          statusListIndex: '94567',
          statusListCredential: 'https://example.localhost/status/2',
        },
      },
      evidence: [
        { type: ['Evidence', 'TelemetryReceipt'], telemetryReceipt: { attestation: 'device-signed', frames: { first: 12, last: 540 } } },
      ],
    })
  })

  it.for([
    ['as it is', {}],
    ['without evidence and status', { evidence: [], status: [] }],
    ['a correction with an end', { validUntil: created + 1, supersedes: 'urn:uuid:7f2c1d54-5a3e-4c09-9d1b-2f6b0a6f4e12' }],
    ['with nothing reached and one status', { levels: {}, status: sampleRecord().status.slice(0, 1) }],
    ['without a name', { subject: { did: sampleRecord().subject.did } }],
  ] satisfies [string, Partial<CredentialRecord>][])('is valid under 1EdTech’s schema: %s', ([_, changes], { skip }) => {
    skip(!existsSync(schemaFile), 'the shared vectors are not beside the checkout')
    expect(validate(buildCredential(sampleRecord(changes)))).toBe('valid')
  })

  it('would not be valid there with two entries side by side', ({ skip }) => {
    skip(!existsSync(schemaFile), 'the shared vectors are not beside the checkout')
    const { credentialStatus, ...rest } = buildCredential(sampleRecord())
    const { suspension, ...revocation } = credentialStatus as JsonObject
    const errors = validate({ ...rest, credentialStatus: [revocation, suspension] as JsonObject[] })
    expect(errors).toContainEqual(expect.objectContaining({ instancePath: '/credentialStatus', keyword: 'type' }))
  })

  it('has one status entry, of revocation where there are both, whatever the order of its places', () => {
    const places = sampleRecord().status
    const purposes = [places, [...places].reverse(), places.slice(0, 1), places.slice(1), []].map((status) => {
      const entry = buildCredential(sampleRecord({ status }))['credentialStatus'] as JsonObject | undefined
      return [entry?.['statusPurpose'], (entry?.['suspension'] as JsonObject | undefined)?.['statusPurpose']]
    })
    const both = ['revocation', 'suspension']
    expect(purposes).toEqual([both, both, ['revocation', undefined], ['suspension', undefined], [undefined, undefined]])
  })

  it('gives one leaf whatever the proof formats, and another for another salt or word', async () => {
    const signer = await signerFromSeed(new Uint8Array(32).fill(1))
    const { credential, secured } = await issueCredential(sampleRecord(), { signer, formats: ['vc+jwt', 'eddsa-rdfc-2022'], created })
    const salt = new Uint8Array(16).fill(1)
    const leaf = hex(leafOf(credential, salt))
    const leaves = Object.values(secured).map((one) => hex(leafOf(recogniseDocument(one).document, salt)))
    expect(leaves).toEqual([leaf, leaf])
    expect(hex(leafOf(secured['eddsa-rdfc-2022'] as JsonObject, salt))).toBe(leaf)
    expect(hex(leafOf(credential, new Uint8Array(16)))).not.toBe(leaf)
    expect(hex(leafOf({ ...credential, name: 'x' }, salt))).not.toBe(leaf)
    expect(() => leafOf(credential, new Uint8Array(8))).toThrow(expect.objectContaining({ code: 'CREDENTIAL_MERKLE_INVALID' }))
  })

  it('is the same JSON for the same record, and shares nothing with it', () => {
    const record = sampleRecord()
    const credential = buildCredential(record)
    expect(JSON.stringify(buildCredential(record))).toBe(JSON.stringify(credential))
    ;(credential['@context'] as JsonObject[])[2] = {}
    expect(JSON.stringify(buildCredential(record))).not.toBe(JSON.stringify(credential))
  })

  it.each([
    ['an id that is no urn:uuid', { id: 'https://base.example/1' }],
    ['another network id', { networkId: 'ABC' }],
    ['an end before the beginning', { validUntil: created - 1 }],
    ['half a second', { validFrom: 0.5 }],
    ['a correction of nothing', { supersedes: 'x' }],
    ['two places of one purpose', { status: [...sampleRecord().status, ...sampleRecord().status] }],
  ] satisfies [string, Partial<CredentialRecord>][])('is refused with %s', (_, changes) => {
    expect(() => buildCredential(sampleRecord(changes))).toThrow(expect.objectContaining({ code: 'CREDENTIAL_DATA_MODEL_INVALID' }))
  })

  it('recognises an enveloped credential, JSON text and a token alike', async () => {
    const signer = await signerFromSeed(new Uint8Array(32).fill(1))
    const { credential, secured } = await issueCredential(sampleRecord(), { signer, formats: ['vc+jwt', 'eddsa-rdfc-2022'], created })
    const token = String(secured['vc+jwt'])
    const enveloped = {
      '@context': 'https://www.w3.org/ns/credentials/v2',
      type: 'EnvelopedVerifiableCredential',
      id: `data:application/vc+jwt,${token}`,
    }
    for (const form of [token, ` ${token}\n`, enveloped, JSON.stringify(enveloped), JSON.stringify(secured['eddsa-rdfc-2022'])]) {
      expect(recogniseDocument(form).document).toEqual(credential)
    }
    expect(recogniseDocument(credential)).toMatchObject({ document: credential, format: undefined })
    expect(() => recogniseDocument('hello')).toThrow(expect.objectContaining({ code: 'CREDENTIAL_MALFORMED' }))
    expect(recogniseDocument(token).format).toBe(proofFormats['vc+jwt'])
  })
})

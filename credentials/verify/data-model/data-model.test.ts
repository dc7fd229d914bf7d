import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { bundledContexts } from '../../formats/contexts/index.ts'
import type { JsonObject, JsonValue } from '../../formats/format.ts'
import { createWorld, type World } from '../test-world.ts'
import { validateCredential } from './credential.ts'
import { parseInstant } from './instant.ts'
import { validateBadge } from './open-badges.ts'
import { validatePresentation } from './presentation.ts'
import { knownDigests } from './related-resource.ts'

const vectors = new URL('../../../../shared/vectors/credentials/', import.meta.url)
const minimal: JsonObject = {
  '@context': ['https://www.w3.org/ns/credentials/v2'],
  type: ['VerifiableCredential'],
  issuer: 'did:example:issuer',
  credentialSubject: { id: 'did:example:subject' },
}
const problemsOf = (changes: JsonObject) => validateCredential({ ...minimal, ...changes }, bundledContexts).problems
let world: World
beforeAll(async () => {
  world = await createWorld()
})

/** What VC Data Model 2.0 allows, clause by clause. */
const allowed: [string, JsonObject][] = [
  [
    'an issuer object with texts in languages',
    {
      issuer: {
        id: 'https://example.org/i',
        name: [
          { '@value': '东湖', '@language': 'zh-Hans-CN' },
          { '@value': 'East Lake', '@language': 'en', '@direction': 'ltr' },
        ],
      },
    },
  ],
  ['several subjects', { credentialSubject: [{ id: 'did:example:1' }, { name: 'no id' }] }],
  [
    'a compact URL by a prefix of its contexts',
    {
      '@context': ['https://www.w3.org/ns/credentials/v2', { ex: 'https://example.org/#', Ours: 'ex:Ours' }],
      type: ['VerifiableCredential', 'Ours'],
    },
  ],
  ['the same meaning defined again', { '@context': ['https://www.w3.org/ns/credentials/v2', { name: 'https://schema.org/name' }] }],
  ['an end at its beginning', { validFrom: '2026-01-01T00:00:00Z', validUntil: '2026-01-01T08:00:00+08:00' }],
  ['a status without id', { credentialStatus: { type: 'BitstringStatusListEntry' } }],
  [
    'a related resource by multibase',
    {
      relatedResource: {
        id: 'https://example.org/a',
        digestMultibase: `u${btoa(String.fromCharCode(0x12, 0x20) + 'x'.repeat(32)).replace(/=/g, '')}`,
      },
    },
  ],
]

/** What it forbids. */
const forbidden: [string, JsonObject, string][] = [
  ['a context that is no list', { '@context': 'https://www.w3.org/ns/credentials/v2' }, '@context'],
  [
    'another context first',
    { '@context': ['https://www.w3.org/ns/credentials/examples/v2', 'https://www.w3.org/ns/credentials/v2'] },
    '@context[0]',
  ],
  ['a number among the contexts', { '@context': ['https://www.w3.org/ns/credentials/v2', 7] }, '@context[1]'],
  [
    'a protected word with another meaning',
    { '@context': ['https://www.w3.org/ns/credentials/v2', { VerifiableCredential: 'https://example.org/#VC' }] },
    '@context[1].VerifiableCredential',
  ],
  [
    'a word that stands for no URL',
    { '@context': ['https://www.w3.org/ns/credentials/v2', { Ours: 'ours' }], type: ['VerifiableCredential', 'Ours'] },
    '@context[1].Ours',
  ],
  ['a type that no context defines', { type: ['VerifiableCredential', 'Unheard'] }, 'type'],
  ['several ids', { id: ['urn:uuid:1', 'urn:uuid:2'] }, 'id'],
  ['an id without a scheme', { id: 'certificate-1' }, 'id'],
  ['an issuer that is null', { issuer: null }, 'issuer'],
  ['an issuer object without id', { issuer: { name: 'x' } }, 'issuer.id'],
  ['a list of issuers', { issuer: ['did:example:1', 'did:example:2'] }, 'issuer'],
  ['a subject in text', { credentialSubject: 'did:example:1' }, 'credentialSubject'],
  ['no subject at all', { credentialSubject: [] }, 'credentialSubject'],
  ['an empty subject', { credentialSubject: {} }, 'credentialSubject'],
  ['a name that is a number', { name: 5 }, 'name'],
  ['a language value with other members', { name: { '@value': 'x', '@language': 'en', url: 'y' } }, 'name.url'],
  ['a language value without a value', { description: { '@language': 'en' } }, 'description.@value'],
  ['a language that is no tag', { description: { '@value': 'x', '@language': 'not a tag' } }, 'description.@language'],
  ['a direction that does not exist', { name: { '@value': 'x', '@direction': 'up' } }, 'name.@direction'],
  ['an end before its beginning', { validFrom: '2026-01-02T00:00:00Z', validUntil: '2026-01-01T00:00:00Z' }, 'validUntil'],
  ['a date without a time', { validFrom: '2026-01-01' }, 'validFrom'],
  ['a schema without id', { credentialSchema: { type: 'JsonSchema' } }, 'credentialSchema.id'],
  ['a schema whose id is no URL', { credentialSchema: { id: 'x', type: 'JsonSchema' } }, 'credentialSchema.id'],
  ['a refresh service without type', { refreshService: { id: 'https://example.org' } }, 'refreshService.type'],
  ['terms of use without type', { termsOfUse: [{ id: 'https://example.org' }] }, 'termsOfUse[0].type'],
  ['evidence in text', { evidence: 'seen' }, 'evidence'],
  ['a proof without type', { proof: { proofValue: 'z' } }, 'proof.type'],
  ['a related resource without digest', { relatedResource: [{ id: 'https://example.org/a' }] }, 'relatedResource[0]'],
  [
    'a related resource twice',
    { relatedResource: [1, 2].map(() => ({ id: 'https://example.org/a', digestSRI: `sha256-${btoa('x'.repeat(32))}` })) },
    'relatedResource[1].id',
  ],
  ['a related resource without id', { relatedResource: { digestSRI: `sha256-${btoa('x'.repeat(32))}` } }, 'relatedResource.id'],
  [
    'a digest of the wrong length',
    { relatedResource: { id: 'https://example.org/a', digestSRI: 'sha384-YWJj' } },
    'relatedResource.digestSRI',
  ],
]

describe('the data model', () => {
  it('accepts what bases issue', () => {
    expect(validateCredential(world.credential, bundledContexts).problems).toEqual([])
    expect(validateBadge(world.credential)).toEqual([])
  })

  it.each(allowed)('allows %s', (_, changes) => {
    expect(problemsOf(changes)).toEqual([])
  })

  it.each(forbidden)('forbids %s', (_, changes, path) => {
    expect(problemsOf(changes).map((problem) => problem.path)).toContain(path)
  })

  it('knows the digests of the base context as it was published', () => {
    const bytes = readFileSync(new URL('../../formats/contexts/credentials-v2.json', import.meta.url))
    const [sha2, sha3, sha5] = [sha256, sha384, sha512].map((hash) => bytesToHex(hash(bytes)))
    expect(knownDigests['https://www.w3.org/ns/credentials/v2']).toEqual({ sha256: sha2, sha384: sha3, sha512: sha5 })
    // VC Data Model 2.0 §B.1 states it.
    expect(sha2).toBe('59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734')
  })

  it('reads instants to the second in any zone, and no others', () => {
    const read = ['1970-01-01T00:00:10Z', '2026-09-01T08:00:00+08:00', '2026-09-01T00:00:00.500Z', '2026-12-31T24:00:00Z'].map(parseInstant)
    expect(read).toEqual([10, Date.UTC(2026, 8, 1) / 1000, Date.UTC(2026, 8, 1) / 1000 + 0.5, Date.UTC(2027, 0, 1) / 1000])
    const wrong = [
      '2026-09-01T00:00:00',
      '2026-02-30T00:00:00Z',
      '2026-09-01 00:00:00Z',
      '2026-09-01T25:00:00Z',
      '2026-09-01T00:00:00+15:00',
      'Tue',
      7,
      null,
    ]
    expect(wrong.map(parseInstant)).toEqual(wrong.map(() => undefined))
  })

  it('judges the public vectors as their names say', (context) => {
    if (!existsSync(vectors)) return context.skip('the shared vectors are not beside the checkout')
    const folder = new URL('vcdm2/', vectors)
    const wrong = readdirSync(folder).filter(
      (name) => isValid(name, readFileSync(new URL(name, folder), 'utf8')) === name.endsWith('-fail.json'),
    )
    expect(wrong).toEqual([])
  })

  it('answers for any JSON', () => {
    const seed = Date.now() & 0x7fffffff
    console.info(`hostile credentials: seed ${seed}`)
    const member = fc.constantFrom(...Object.keys(world.credential), 'relatedResource', 'name', 'proof', 'holder', 'verifiableCredential')
    fc.assert(
      fc.property(fc.array(fc.tuple(member, fc.jsonValue()), { maxLength: 4 }), (changes) => {
        const document = { ...world.credential, ...Object.fromEntries(changes) } as JsonObject
        expect(Array.isArray(validateCredential(document, bundledContexts).problems)).toBe(true)
        expect(Array.isArray(validatePresentation(document, bundledContexts).problems)).toBe(true)
        expect(Array.isArray(validateBadge(document))).toBe(true)
      }),
      { numRuns: 1_000, seed },
    )
  })
})

/** As the suite does: what a test is not about is filled in before it is issued. */
function isValid(name: string, text: string): boolean {
  const document: JsonObject = JSON.parse(text.replace('PAST DATE', '2020-01-01T00:00:00Z').replace('FUTURE DATE', '2040-01-01T00:00:00Z'))
  if (name.startsWith('presentation')) return validatePresentation(document, bundledContexts).problems.length === 0
  const isAboutIssuer = name.includes('no-issuer')
  const issuer: JsonValue | undefined = document['issuer']
  if (!isAboutIssuer && issuer === undefined) document['issuer'] = 'did:example:issuer'
  if (typeof issuer === 'object' && issuer !== null && !Array.isArray(issuer)) issuer['id'] ??= 'did:example:issuer'
  return validateCredential(document, bundledContexts).problems.length === 0
}

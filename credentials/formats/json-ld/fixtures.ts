import { buildCredential } from '../../issue/build-credential.ts'
import { sampleRecord } from '../../issue/fixtures.ts'
import type { JsonObject } from '../format.ts'

const v2 = 'https://www.w3.org/ns/credentials/v2'
const v1 = 'https://www.w3.org/2018/credentials/v1'
const badges = (version: string) => `https://purl.imsglobal.org/spec/ob/v3p0/context${version}.json`
const clr = 'https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json'

const proof: JsonObject = {
  type: 'DataIntegrityProof',
  cryptosuite: 'eddsa-rdfc-2022',
  created: '2026-01-01T00:00:00Z',
  verificationMethod: 'did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2',
  proofPurpose: 'assertionMethod',
  proofValue: 'z2scr94SNNrGpP2bE7ajvKWeUHm7HJ2edDkxpARvFAQ8V3USzwEzibqrXKaLHBrWostswsfvg82twQR88BgtnsrXY',
}

const badge = (contexts: string[]): JsonObject => ({
  '@context': contexts,
  id: 'urn:uuid:10000000-0000-4000-8000-000000000001',
  type: ['VerifiableCredential', 'OpenBadgeCredential'],
  issuer: { id: 'https://example.edu/issuers/1', type: ['Profile'], name: 'Example', url: 'https://example.edu' },
  name: 'Badge',
  validFrom: '2026-01-01T00:00:00Z',
  credentialSubject: {
    id: 'did:example:learner',
    type: ['AchievementSubject'],
    creditsEarned: 1.5,
    achievement: {
      id: 'https://example.edu/achievements/1',
      type: ['Achievement'],
      name: 'Part',
      description: 'Make a part',
      criteria: { narrative: 'Alone' },
      creator: { id: 'https://example.edu/issuers/1', type: ['Profile'], name: 'Example' },
      resultDescription: [
        { id: 'urn:uuid:2', type: ['ResultDescription'], name: 'Grade', resultType: 'LetterGrade', allowedValue: ['A', 'B', 'C'] },
      ],
    },
    result: [{ type: ['Result'], resultDescription: 'urn:uuid:2', value: 'A' }],
  },
  evidence: [{ id: 'https://example.edu/e/1', type: ['Evidence'], name: 'Report', genre: 'Research' }],
})

/** Documents of every kind that the short way covers, by what is special about them. For tests. */
export const documents: Readonly<Record<string, JsonObject>> = {
  'a certificate of ours': buildCredential(sampleRecord()),
  'a correction without evidence': buildCredential(
    sampleRecord({ evidence: [], status: [], supersedes: 'urn:uuid:7f2c1d54-5a3e-4c09-9d1b-2f6b0a6f4e12', validUntil: 1_890_000_000 }),
  ),
  'proof options': { ...proof, '@context': [v2, badges('-3.0.3')] },
  'Open Badges 3.0.0 on version 1': badge([v1, badges('')]),
  'Open Badges 3.0.1 on version 1': badge([v1, badges('-3.0.1')]),
  'Open Badges 3.0.2': badge([v2, badges('-3.0.2')]),
  'Open Badges 3.0.3 with a proof': { ...badge([v2, badges('-3.0.3')]), proof },
  'a learner record with a badge inside': {
    '@context': [v2, clr, badges('-3.0.3')],
    id: 'urn:uuid:10000000-0000-4000-8000-000000000002',
    type: ['VerifiableCredential', 'ClrCredential'],
    issuer: { id: 'https://example.edu/issuers/1', type: ['Profile'], name: 'Example' },
    name: 'Record',
    partial: true,
    validFrom: '2026-01-01T00:00:00Z',
    credentialSubject: {
      id: 'did:example:learner',
      type: ['ClrSubject'],
      verifiableCredential: [{ ...badge([v2, badges('-3.0.3')]), proof: [proof] }],
      association: [{ type: 'Association', associationType: 'isParentOf', sourceId: 'urn:uuid:1', targetId: 'urn:uuid:2' }],
    },
  },
  'a presentation of two credentials': {
    '@context': [v2, 'https://www.w3.org/ns/credentials/examples/v2'],
    type: ['VerifiablePresentation', 'ExamplePresentation'],
    holder: { id: 'did:example:learner' },
    verifiableCredential: [
      { ...badge([v2, badges('-3.0.3')]), proof },
      { '@context': v2, type: ['VerifiableCredential'], issuer: 'did:example:i', credentialSubject: { id: 'did:example:s' } },
    ],
  },
  'a status list': {
    '@context': [v2],
    id: 'https://base.example/status/1',
    type: ['VerifiableCredential', 'BitstringStatusListCredential'],
    issuer: 'did:example:base',
    validFrom: '2026-01-01T00:00:00Z',
    credentialSubject: {
      id: 'https://base.example/status/1#list',
      type: 'BitstringStatusList',
      statusPurpose: 'revocation',
      encodedList: 'uH4sIA',
      ttl: 300000,
    },
  },
}

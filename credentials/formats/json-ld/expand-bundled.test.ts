import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildCredential } from '../../issue/build-credential.ts'
import { sampleRecord } from '../../issue/fixtures.ts'
import { bundledContexts, credentialsContext, guildhallTerms } from '../contexts/index.ts'
import type { JsonObject, JsonValue } from '../format.ts'
import { isJsonObject } from '../json.ts'
import { canonicalise, canonicaliseBundled } from './canonicalise.ts'
import { canonicaliseWithLibrary } from './canonicalise-with-library.ts'
import { documents } from './fixtures.ts'

const vectors = new URL('../../../../shared/vectors/credentials/', import.meta.url)
/** Another one can be tried with FC_SEED. */
const seed = Number(process.env['FC_SEED'] ?? 20_261_122)

/** Every JSON-LD document in the shared vectors, with proof and without, and every proof as proof options. Empty in a plain clone. */
function readVectors(): [string, JsonObject][] {
  if (!existsSync(vectors)) return []
  return readdirSync(vectors, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json') && !path.startsWith('schemas'))
    .flatMap((path) => {
      const document: JsonValue = JSON.parse(readFileSync(new URL(path, vectors), 'utf8'))
      return isJsonObject(document) && document['@context'] !== undefined ? formsOf(path, document) : []
    })
}

function formsOf(path: string, document: JsonObject): [string, JsonObject][] {
  const { proof, ...unsecured } = document
  const proofs = [proof ?? []].flat().filter(isJsonObject)
  const options = proofs.map((one, index): [string, JsonObject] => [
    `${path} proof ${index}`,
    { ...one, '@context': document['@context'] as JsonValue },
  ])
  return [[path, document], [`${path} unsecured`, unsecured], ...options]
}

async function compare(document: JsonObject): Promise<'same' | 'left to jsonld.js'> {
  const own = await canonicaliseBundled(structuredClone(document))
  if (own === undefined) return 'left to jsonld.js'
  expect(own).toEqual(await canonicaliseWithLibrary(structuredClone(document)))
  return 'same'
}

/** Terms of the bundled contexts, keywords, odd names: what a mutation may name a member. */
const names = [
  ...[
    'id',
    'type',
    'name',
    'description',
    'issuer',
    'evidence',
    'proof',
    'verifiableCredential',
    'credentialSubject',
    'achievement',
    'result',
  ],
  ...[
    'alignment',
    'allowedValue',
    'creditsEarned',
    'hashed',
    'validFrom',
    'credentialStatus',
    'telemetryReceipt',
    'supersedes',
    'criteria',
  ],
  ...['narrative', 'image', 'previousProof', 'proofPurpose', 'identifier', 'targetUrl', 'associationType', 'url', 'latitude', 'localised'],
  ...['unknownTerm', 'obi:x', 'xsd:y', 'https://example.org/p', 'urn:p:q', '_:b0', 'a b', 'a:b c', '', ':', 'x:', 'http://a b'],
  ...[
    'http://www.w3.org/1999/02/22-rdf-syntax-ns#type',
    '@id',
    '@type',
    '@value',
    '@language',
    '@graph',
    '@list',
    '@set',
    '@reverse',
    '@included',
  ],
  ...['@context', '@index', '@json', '@direction', '@nest', '@foo', 'toString', 'constructor'],
]
const types =
  'VerifiableCredential OpenBadgeCredential AchievementCredential ClrCredential VerifiablePresentation EndorsementCredential Achievement AchievementSubject ClrSubject Profile Evidence Alignment Result ResultDescription ' +
  'IdentityObject RubricCriterionLevel BitstringStatusListEntry BitstringStatusList DataIntegrityProof Ed25519Signature2020 JsonSchema TelemetryReceipt GeoCoordinates Association Multikey @json https://example.org/T Nothing id name type'
const typeNames = types.split(' ')
const texts = [
  ...[
    '',
    'x',
    'true',
    '1',
    '1.5',
    'NaN',
    '2026-01-01T00:00:00Z',
    'urn:uuid:1',
    'https://example.org/a',
    'did:key:z6Mk',
    '../a',
    '#a',
    'a b',
    '_:b1',
  ],
  ...[
    '"\\\n\r\t\b\f\u0000\u007f',
    '考评员 😀',
    '\ud800',
    '@id',
    '@type',
    'obi:x',
    'cred:y',
    'assertionMethod',
    'http://a.example/<b>',
    'x:y z',
    ':',
  ],
]
const numbers = [0, -0, 1, -1, 1.5, 0.1 + 0.2, 0.3, 1e-7, 1e21, 1e20, 123456789012345680000, 5e-324, 2 ** 53]
const contexts: JsonValue[] = [
  ...bundledContexts.keys(),
  'https://example.org/not-bundled',
  null,
  {},
  guildhallTerms,
  { '@vocab': 'urn:v:' },
]

const leaf = fc.oneof(
  fc.constantFrom<JsonValue>(...texts),
  fc.constantFrom<JsonValue>(...numbers),
  fc.constantFrom<JsonValue>(true, false, null),
)
const name = fc.constantFrom(...names)
const context = fc.oneof(fc.constantFrom(...contexts), fc.array(fc.constantFrom(...contexts), { maxLength: 4 }))

/** Any value that might stand in a document: scalars, nodes with types, value objects, lists, nested nodes and graphs. */
const value: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.constantFrom<JsonValue>(...typeNames),
    fc.record({ '@value': leaf, '@type': fc.constantFrom<JsonValue>('@json', 'xsd:integer', 'http://www.w3.org/2001/XMLSchema#double') }),
    fc.record({ '@value': leaf, '@language': fc.constantFrom<JsonValue>('en', 'zh-CN', '!') }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.record({ type: fc.oneof(fc.constantFrom<JsonValue>(...typeNames), fc.subarray<JsonValue>(typeNames, { maxLength: 3 })) }),
    fc.dictionary(name, tie('value'), { maxKeys: 3 }),
  ),
})).value

/** One change of a document, at a place chosen by `at`. */
type Mutation =
  | { kind: 'replace' | 'wrap' | 'remove' | 'repeat'; at: number; with: JsonValue }
  | { kind: 'add' | 'rename'; at: number; name: string; with: JsonValue }
  | { kind: 'context'; at: number; with: JsonValue }

/** Mutations of documents: unknown terms, wrong kinds, keywords, language maps, nested graphs and contexts, odd numbers, relative names. */
const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constantFrom('replace', 'wrap', 'remove', 'repeat'), at: fc.nat(), with: value }),
    fc.record({ kind: fc.constantFrom('add', 'rename'), at: fc.nat(), name, with: value }),
    fc.record({ kind: fc.constant('context'), at: fc.nat(), with: context }),
  ) as fc.Arbitrary<Mutation>,
  { minLength: 1, maxLength: 3 },
)

/** Mutations after which a document is often still sound: known terms and types in other places, other values of the right look. */
const mildMutations: fc.Arbitrary<Mutation[]> = (() => {
  const text = fc.constantFrom<JsonValue>('x', '考评员 😀', '"\n\u007f', 'urn:uuid:1', 'https://example.org/a', '2026-01-01T00:00:00Z')
  const type = fc.constantFrom<JsonValue>(...typeNames.filter((one) => /^[A-Z]/.test(one)))
  const scalar = fc.oneof(text, fc.constantFrom<JsonValue>(...numbers), fc.boolean())
  const node = fc.record({ type, id: fc.constantFrom<JsonValue>('urn:uuid:1', 'did:example:learner'), name: text }, { requiredKeys: [] })
  const known = fc.constantFrom(...names.slice(0, 32))
  const any = fc.oneof(scalar, type, node as fc.Arbitrary<JsonValue>, fc.array(scalar, { maxLength: 3 }))
  return fc.array(
    fc.oneof(
      fc.record({ kind: fc.constantFrom('replace', 'wrap', 'remove', 'repeat'), at: fc.nat(), with: any }),
      fc.record({ kind: fc.constantFrom('add', 'rename'), at: fc.nat(), name: known, with: any }),
    ) as fc.Arbitrary<Mutation>,
    { minLength: 1, maxLength: 3 },
  )
})()

/** The document with the changes made to a copy of it. */
function mutate(document: JsonObject, changes: readonly Mutation[]): JsonObject {
  const copy = structuredClone(document)
  for (const change of changes) applyMutation(copy, change)
  return copy
}

function applyMutation(document: JsonObject, change: Mutation): void {
  const places = listPlaces(document)
  const place = places[change.at % places.length]
  if (!place) return
  const { holder, member } = place
  const value = structuredClone('with' in change ? change.with : null)
  if (change.kind === 'context') set(isJsonObject(holder) ? holder : document, '@context', value)
  if (change.kind === 'add') set(isJsonObject(holder) ? holder : document, change.name, value)
  if (change.kind === 'replace') set(holder, member, value)
  if (change.kind === 'wrap') set(holder, member, [get(holder, member)])
  if (change.kind === 'repeat') set(holder, member, [get(holder, member), structuredClone(get(holder, member)), value])
  if (change.kind === 'remove' || change.kind === 'rename') {
    const kept = get(holder, member)
    if (Array.isArray(holder)) holder.splice(Number(member), 1)
    else delete holder[member]
    if (change.kind === 'rename' && isJsonObject(holder)) set(holder, change.name, kept)
  }
}

type Holder = JsonObject | JsonValue[]

/** Every member of every object and array inside. */
function listPlaces(value: JsonValue): { holder: Holder; member: string }[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.keys(value).flatMap((member) => [{ holder: value, member }, ...listPlaces(get(value, member))])
}

function get(holder: Holder, member: string): JsonValue {
  return (holder as JsonObject)[member] as JsonValue
}

function set(holder: Holder, member: string, value: JsonValue): void {
  ;(holder as JsonObject)[member] = value
}

describe('the expander for bundled contexts', () => {
  it.each(Object.entries(documents))('gives what jsonld.js and rdf-canonize give: %s', async (_, document) => {
    expect(await compare(document)).toBe('same')
  })

  it('gives what jsonld.js gives for every document of the shared vectors, and covers most', async ({ skip }) => {
    skip(readVectors().length === 0, 'the shared vectors are not beside the checkout')
    const answers = await Promise.all(readVectors().map(([, document]) => compare(document)))
    const same = answers.filter((answer) => answer === 'same').length
    expect(answers.length).toBeGreaterThan(150)
    expect(same).toBeGreaterThan(100)
  })

  it.each([
    ['wild', mutations, 250],
    ['mild', mildMutations, 350],
  ] as const)(
    'gives what jsonld.js gives for 3,000 %s mutations, or leaves the document to it',
    { timeout: 300_000 },
    async (kind, changes, floor) => {
      const bases = Object.values(documents)
      let same = 0
      await fc.assert(
        fc.asyncProperty(fc.nat(bases.length - 1), changes, async (index, some) => {
          const document = mutate(bases[index] as JsonObject, some)
          if ((await compare(document)) === 'same') same++
        }),
        { numRuns: 3_000, seed },
      )
      console.info(`${kind} mutations: seed ${seed}, ${same} of 3000 on the short way, all equal`)
      expect(same).toBeGreaterThan(floor)
    },
  )

  it('refuses a term that no vocabulary defines, as Data Integrity asks', async () => {
    const document = { ...buildCredential(sampleRecord()), undefinedTerm: 'x' }
    expect(await canonicalise(document)).toMatchObject({ outcome: 'failed', reason: { code: 'proof-terms-undefined' } })
  })

  it('never fetches: a context that is not bundled is unknown', async () => {
    const document = { '@context': [credentialsContext, 'https://example.org/terms/v1'], type: ['VerifiableCredential'], issuer: 'urn:a:b' }
    expect(await canonicalise(document)).toEqual({
      outcome: 'unknown',
      reason: { code: 'proof-context-unknown', params: { context: 'https://example.org/terms/v1' } },
    })
  })

  it('bounds what a graph of many equal nodes may cost', async () => {
    const knot = Array.from({ length: 24 }, () => ({ type: 'Evidence', related: [{}, {}] }))
    const document = { '@context': [credentialsContext, 'https://www.w3.org/ns/credentials/examples/v2'], evidence: knot }
    const started = performance.now()
    const result = await canonicalise(document as unknown as JsonObject)
    expect('outcome' in result ? result.outcome : 'canonical').toMatch(/unknown|canonical/)
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})

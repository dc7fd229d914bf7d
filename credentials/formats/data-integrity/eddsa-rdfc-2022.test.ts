import { DataIntegrityProof } from '@digitalbazaar/data-integrity'
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite'
import * as vc from '@digitalbazaar/vc'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildCredential } from '../../issue/build-credential.ts'
import { sampleRecord } from '../../issue/fixtures.ts'
import { didKeyOf, resolveDidKey, signerFromSeed } from '../../keys/did-key.ts'
import type { Signer } from '../../keys/key.ts'
import { bundledContexts } from '../contexts/index.ts'
import type { JsonObject, JsonValue, VerifyProofOptions } from '../format.ts'
import { proofFormats } from '../formats.ts'
import { canonicalJson, isJsonObject } from '../json.ts'

const { 'eddsa-rdfc-2022': format } = proofFormats
const seed = 20_261_122
const created = 1_790_000_000
const resolveKey = ({ verificationMethod }: { verificationMethod: string }) => ({ key: resolveDidKey(verificationMethod) })
const verify = (document: JsonObject, options: Partial<VerifyProofOptions> = {}) => format.verifyProof(document, { resolveKey, ...options })

let signer: Signer
let credential: JsonObject
let secured: JsonObject

beforeAll(async () => {
  signer = await signerFromSeed(new Uint8Array(32).fill(3))
  credential = buildCredential(sampleRecord({ issuer: { ...sampleRecord().issuer, did: didKeyOf(signer) } }))
  secured = (await format.issue(credential, signer, { created })) as JsonObject
})

const withProof = (changes: JsonObject): JsonObject => ({ ...secured, proof: { ...(secured['proof'] as JsonObject), ...changes } })

/** Digital Bazaar's loader: our bundled contexts, the key and its controller, nothing from outside. */
async function loadForPeer(url: string) {
  const [did] = signer.verificationMethod.split('#')
  const publicKeyMultibase = signer.verificationMethod.split('#')[1]
  const method = {
    '@context': 'https://w3id.org/security/multikey/v1',
    id: signer.verificationMethod,
    type: 'Multikey',
    controller: did,
    publicKeyMultibase,
  }
  const known = new Map<string | undefined, object>([...bundledContexts, [signer.verificationMethod, method]])
  known.set(did, { '@context': 'https://www.w3.org/ns/did/v1', id: did, assertionMethod: [signer.verificationMethod] })
  const document = known.get(url)
  if (!document) throw new Error(`not in memory: ${url}`)
  return { contextUrl: null, documentUrl: url, document }
}

const verifyWithPeer = async (document: JsonObject) => {
  const suite = new DataIntegrityProof({ cryptosuite })
  const checkStatus = async () => ({ verified: true })
  return (await vc.verifyCredential({ credential: structuredClone(document), suite, documentLoader: loadForPeer, checkStatus })).verified
}

describe('eddsa-rdfc-2022', () => {
  it('is verified by Digital Bazaar’s libraries, and verifies what they issue, to the same signature', async () => {
    expect(await verifyWithPeer(secured)).toBe(true)
    const key = { algorithm: 'Ed25519', id: signer.verificationMethod, sign: ({ data }: { data: Uint8Array }) => signer.sign(data) }
    const suite = new DataIntegrityProof({ signer: key, date: new Date(created * 1000), cryptosuite })
    const theirs = await vc.issue({ credential: structuredClone(credential), suite, documentLoader: loadForPeer })
    expect(theirs).toEqual(secured)
    expect(await verify(theirs)).toMatchObject({ outcome: 'passed', proofs: [{ created, suite: 'eddsa-rdfc-2022' }] })
  })

  it('catches the change of every single leaf, its removal, and what is added beside it', { timeout: 120_000 }, async () => {
    const changed = listLeafChanges(secured)
    expect(changed.length).toBeGreaterThan(220)
    for (const [path, document] of changed) {
      const { outcome } = await verify(document)
      if (outcome === 'passed') throw new Error(`a change of ${path} passed`)
    }
  })

  it('agrees with Digital Bazaar on which changed documents are good', { timeout: 300_000 }, async () => {
    const changed = listLeafChanges(secured)
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...changed), async ([path, document]) => {
        // The peer does not mind another meaning of a term that the document does not use; here no context but ours may stand there.
        if (!path.startsWith('@context.2')) expect((await verify(document)).outcome === 'passed').toBe(await verifyWithPeer(document))
      }),
      { numRuns: 150, seed },
    )
  })

  it.each([
    ['another purpose', { proofPurpose: 'authentication' }, 'failed', 'proof-purpose-mismatch'],
    ['a date that is none', { created: 'yesterday' }, 'failed', 'proof-malformed'],
    ['an expiry that is none', { expires: '2026-13-01T00:00:00Z' }, 'failed', 'proof-malformed'],
    ['an expiry in the past', { expires: '2026-01-01T00:00:00Z' }, 'failed', 'proof-expired'],
    ['no verification method', { verificationMethod: 7 }, 'failed', 'proof-malformed'],
    ['a did:key that is none', { verificationMethod: 'did:key:zNone#zNone' }, 'failed', 'proof-key-not-found'],
    ['a value that is no signature', { proofValue: 'z111' }, 'failed', 'proof-malformed'],
    ['a value in another base', { proofValue: 'uAAAA' }, 'failed', 'proof-malformed'],
    ['a proof before it that is not there', { previousProof: 'urn:uuid:gone' }, 'failed', 'proof-previous-missing'],
    ['another suite', { cryptosuite: 'bbs-2023' }, 'unknown', 'proof-suite-unsupported'],
    ['a retired suite', { type: 'Ed25519Signature2020' }, 'unknown', 'proof-suite-unsupported'],
  ])('answers a proof with %s', async (_, changes, outcome, code) => {
    expect(await verify(withProof(changes), { now: created })).toMatchObject({ outcome, reason: { code } })
  })

  it('holds domain and challenge to what was asked', async () => {
    const options = { created, domain: 'https://employer.example', challenge: 'once' }
    const bound = (await format.issue(credential, signer, options)) as JsonObject
    expect(await verify(bound, { domain: 'https://employer.example', challenge: 'once' })).toMatchObject({ outcome: 'passed' })
    expect(await verify(bound, { domain: 'https://other.example' })).toMatchObject({ reason: { code: 'proof-domain-mismatch' } })
    expect(await verify(bound, { challenge: 'twice' })).toMatchObject({ reason: { code: 'proof-challenge-mismatch' } })
    expect(await verify(secured, { challenge: 'once' })).toMatchObject({ outcome: 'failed' })
  })

  it('judges a set by all its proofs: one bad fails it, one unknown does not', async () => {
    const other = await signerFromSeed(new Uint8Array(32).fill(4))
    const set = (await format.issue(secured, other, { created })) as JsonObject
    const [first, second] = set['proof'] as JsonObject[]
    expect(await verify(set)).toMatchObject({ outcome: 'passed', proofs: [{ outcome: 'passed' }, { outcome: 'passed' }] })
    const unknown = { ...set, proof: [first ?? {}, { ...second, cryptosuite: 'bbs-2023' }] }
    expect(await verify(unknown)).toMatchObject({ outcome: 'passed', proofs: [{ outcome: 'passed' }, { outcome: 'unknown' }] })
    const bad = { ...set, proof: [first ?? {}, { ...second, created: '2026-01-01T00:00:01Z' }] }
    expect(await verify(bad)).toMatchObject({ outcome: 'failed', proofs: [{ outcome: 'passed' }, { outcome: 'failed' }] })
    expect(await verify({ ...set, proof: [] })).toMatchObject({ outcome: 'failed', reason: { code: 'proof-missing' } })
  })

  it('says unknown for a context that is not bundled, and refuses to sign what no context defines', async () => {
    const contexts = credential['@context'] as JsonValue[]
    const foreign = { ...secured, '@context': [...contexts, 'https://example.org/v1'] }
    expect(await verify(foreign)).toMatchObject({ outcome: 'unknown', reason: { code: 'proof-context-unknown' } })
    const undefinedTerm = format.issue({ ...credential, undefinedTerm: 1 }, signer, { created })
    await expect(undefinedTerm).rejects.toMatchObject({ code: 'CREDENTIAL_DATA_MODEL_INVALID' })
  })

  it.each([
    ['its full IRI', (status: JsonValue) => ({ 'https://www.w3.org/2018/credentials#credentialStatus': status }), undefined, 'failed'],
    [
      'an alias',
      (status: JsonValue) => ({ hidden: status }),
      { hidden: { '@id': 'https://www.w3.org/2018/credentials#credentialStatus', '@type': '@id' } },
      'failed',
    ],
    [
      'a vocabulary',
      (status: JsonValue) => ({ credentialStatus_: status }),
      { '@vocab': 'https://www.w3.org/2018/credentials#' },
      'unknown',
    ],
    [
      'a keyword',
      (status: JsonValue) => ({ '@included': [{ id: String(credential['id']), credentialStatus: status }] }),
      undefined,
      'failed',
    ],
  ])(
    'does not pass when the status was hidden from readers behind %s, though the statements are the same',
    async (_, hide, context, outcome) => {
      const { credentialStatus, ...rest } = secured
      const contexts = [...(secured['@context'] as JsonValue[]), ...(context ? [context] : [])] as JsonValue[]
      expect(await verify({ ...rest, '@context': contexts, ...hide(credentialStatus as JsonValue) })).toMatchObject({ outcome })
    },
  )

  it('does not pass when a part was moved into a second node of the same id', async () => {
    const self = { ...credential, relatedTo: undefined, supersedes: String(credential['id']) }
    const signed = (await format.issue(JSON.parse(JSON.stringify(self)), signer, { created })) as JsonObject
    expect(await verify(signed)).toMatchObject({ outcome: 'passed' })
    const { credentialStatus, supersedes: id, ...rest } = signed
    const moved = { ...rest, supersedes: { id: String(id), credentialStatus } } as JsonObject
    expect(await verify(moved)).toMatchObject({ outcome: 'failed' })
  })

  it('passes in whatever order a store has put the members', async () => {
    const reordered: JsonObject = JSON.parse(canonicalJson(secured))
    expect(JSON.stringify(reordered)).not.toBe(JSON.stringify(secured))
    expect(await verify(reordered)).toMatchObject({ outcome: 'passed' })
  })

  it('passes terms of one’s own that name nothing else', async () => {
    const contexts = [...(credential['@context'] as JsonValue[]), { Ladder: 'https://example.org/#Ladder' }]
    const signed = await format.issue({ ...credential, '@context': contexts, type: ['VerifiableCredential', 'Ladder'] }, signer, {
      created,
    })
    expect(await verify(signed as JsonObject)).toMatchObject({ outcome: 'passed' })
  })

  it('meets any proof and any document with an answer', { timeout: 120_000 }, async () => {
    const member = fc.constantFrom(
      'type',
      'cryptosuite',
      'created',
      'verificationMethod',
      'proofPurpose',
      'proofValue',
      'previousProof',
      'id',
      '@context',
      'domain',
    )
    const proof = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(member, fc.jsonValue()).map((changes) => withProof(changes as JsonObject)['proof']),
    )
    const document = fc.oneof(
      proof.map((any) => ({ ...secured, proof: any as JsonValue })),
      fc.dictionary(fc.string(), fc.jsonValue()).map((any) => ({ ...(any as JsonObject), proof: secured['proof'] as JsonValue })),
    )
    await fc.assert(
      fc.asyncProperty(document, async (any) => {
        const { outcome } = await verify(any)
        expect(outcome === 'passed').toBe(JSON.stringify(withoutNothing(any)) === JSON.stringify(secured))
      }),
      { numRuns: 2_000, seed },
    )
    console.info(`hostile proofs: seed ${seed}, 2000 runs`)
  })
})

/** A document without members that say nothing (null, an empty list): JSON-LD drops them, so adding one changes nothing. */
function withoutNothing(document: JsonObject): JsonObject {
  return JSON.parse(
    JSON.stringify(document, (_, value) => (value === null || (Array.isArray(value) && value.length === 0) ? undefined : value)),
  )
}

/** Every document that differs from the given one in one leaf: changed, removed, or joined by a new member. */
function listLeafChanges(document: JsonObject): [string, JsonObject][] {
  const changes: [string, JsonObject][] = []
  const visit = (value: JsonValue, path: (string | number)[]) => {
    if (isJsonObject(value)) {
      for (const member of Object.keys(value)) visit(value[member] as JsonValue, [...path, member])
      changes.push([`${path.join('.')} +`, edit(document, [...path, 'name'], 'added by nobody')])
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, [...path, index])
    } else {
      changes.push([path.join('.'), edit(document, path, typeof value === 'string' ? `${value}x` : Number(value) + 1)])
      changes.push([`${path.join('.')} -`, edit(document, path, undefined)])
    }
  }
  visit(document, [])
  return changes
}

function edit(document: JsonObject, path: (string | number)[], value: JsonValue | undefined): JsonObject {
  const copy = structuredClone(document)
  let holder = copy
  for (const member of path.slice(0, -1)) holder = holder[member] as JsonObject
  const last = path.at(-1) ?? ''
  if (value !== undefined) holder[last] = value
  else if (Array.isArray(holder)) holder.splice(Number(last), 1)
  else delete holder[last]
  return copy
}

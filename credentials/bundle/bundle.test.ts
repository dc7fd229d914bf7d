import { readFileSync } from 'node:fs'
import Ajv2020 from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { strToU8, unzipSync, zipSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { CredentialError } from '../errors.ts'
import { makeList, optionsOf, statusIndex, times, type World, withLists } from '../verify/test-world.ts'
import type { Bundle } from './bundle.ts'
import { signCheckpoint } from './checkpoint.ts'
import { collectFacts } from './collect-facts.ts'
import { factLeaf } from './fact.ts'
import { readBundle } from './read-bundle.ts'
import { createBundle } from './test-bundle.ts'
import { verifyBundle } from './verify-bundle.ts'
import { writeBundle } from './write-bundle.ts'

let world: World
let bundle: Bundle
let bytes: Uint8Array
beforeAll(async () => {
  ;({ world, bundle } = await createBundle())
  bytes = writeBundle(bundle)
})

const verify = (input: Uint8Array | Bundle, changes: object = {}) =>
  verifyBundle(input, { networks: [world.network], now: world.now + 3600, ...changes })
const codes = async (input: Uint8Array | Bundle, changes: object = {}) => {
  const { checkpoint, verdicts } = await verify(input, changes)
  return [checkpoint.code, ...(verdicts[0]?.checks.map(({ reason }) => reason.code) ?? [])]
}

describe('a bundle', () => {
  it('verifies with nothing but itself and a listed network, and says as of when', async () => {
    const verdict = await verify(bytes)
    expect(verdict.verdicts.map(({ overall }) => overall)).toEqual(['valid'])
    expect(verdict.checkpoint).toEqual({ code: 'BUNDLE_TRUSTED', params: { signers: 2, needed: 2, of: 2, asOf: '2026-09-23T14:13:20Z' } })
    expect(verdict.notRefreshed.map(({ code, params }) => [code, params['check']])).toEqual(
      ['issuer', 'entitled', 'status', 'evidence'].map((check) => ['BUNDLE_NOT_REFRESHED', check]),
    )
    expect(verdict.verdicts[0]?.checks[6]?.notes.map(({ code }) => code)).toContain('EVIDENCE_OPENED')
  })

  it('reads back as it was written, and the same bundle is the same file', () => {
    expect(readBundle(bytes)).toEqual(bundle)
    expect(writeBundle(readBundle(bytes))).toEqual(bytes)
  })

  it('turns amber when its status is older than a day, and never green again', async () => {
    const { verdicts } = await verify(bytes, { now: world.now + 86_401 })
    expect(verdicts[0]).toMatchObject({ overall: 'unconfirmed' })
    expect(verdicts[0]?.checks.filter(({ outcome }) => outcome !== 'passed').map(({ reason }) => reason.code)).toEqual(['STATUS_STALE'])
  })

  it('is refreshed where a live source answers', async () => {
    const revoked = await makeList(world, { purpose: 'revocation', set: [statusIndex], recordedAt: times.issued + 100 })
    const live = optionsOf(world, withLists(world.book, [[revoked]])).ports
    expect(await codes(bytes, { ports: live })).toContain('STATUS_REVOKED')
  })

  it('believes nothing under too few signatures, by strange keys, or for a network that is not listed', async () => {
    const [first, second] = world.checkpointSigners
    if (first === undefined || second === undefined) throw new Error('two signers')
    const unsigned = { ...bundle.checkpoint, signatures: [] }
    const once = await signCheckpoint(unsigned, first)
    for (const checkpoint of [unsigned, once, await signCheckpoint(once, first), await signCheckpoint(once, world.issuing)]) {
      expect((await codes({ ...bundle, checkpoint }))[0]).toBe('BUNDLE_UNDERSIGNED')
    }
    const [why, , proof, issuer, entitled] = await codes(bytes, { networks: [] })
    expect([why, proof, issuer, entitled]).toEqual([
      'BUNDLE_NETWORK_NOT_LISTED',
      'PROOF_OK',
      'ISSUER_NETWORK_NOT_LISTED',
      'ENTITLED_ISSUER_UNKNOWN',
    ])
  })

  it('covers every fact by the signatures: a changed or added one is ignored', async () => {
    const kinds = ['base', 'did-logs', 'key', 'entitlement', 'anchor', 'segment', 'status-heads']
    expect([...new Set(bundle.facts.map(({ fact }) => fact.kind))].sort()).toEqual([...kinds].sort())
    for (const kind of kinds) {
      const facts = bundle.facts.map((proven) =>
        proven.fact.kind === kind ? { ...proven, fact: { ...proven.fact, networkId: world.networkId, baseId: 2 } } : proven,
      )
      const verdict = await verify({ ...bundle, facts } as Bundle)
      expect(verdict.ignoredFacts, kind).toBeGreaterThan(0)
      if (kind !== 'key') expect(verdict.verdicts[0]?.overall, kind).toBe('unconfirmed')
    }
    const moved = { ...bundle.checkpoint, blockTime: bundle.checkpoint.blockTime + 86_400 }
    expect((await codes({ ...bundle, checkpoint: moved }))[0]).toBe('BUNDLE_UNDERSIGNED')
    expect(new Set(bundle.facts.map(({ fact }) => factLeaf(fact).join())).size).toBe(bundle.facts.length)
  })

  it('asks for what the certificates inside one need too, and passes over what can not be read', async () => {
    const inside = [{ type: 'EnvelopedVerifiableCredential', id: `data:application/vc+jwt,${world.jwt}` }, 'no certificate']
    const record = { type: ['VerifiableCredential', 'ClrCredential'], credentialSubject: { verifiableCredential: inside } }
    const { facts, missing } = await collectFacts([{ secured: record }], optionsOf(world).ports, world.now)
    expect(facts.map(({ kind }) => kind).sort()).toEqual(
      ['base', 'did-logs', 'key', 'entitlement', 'segment', 'status-heads', 'status-heads'].sort(),
    )
    expect(missing).toEqual([])
  })

  it('has a published schema that its manifest, network, checkpoint and facts follow', () => {
    const schema = JSON.parse(readFileSync(new URL('guildhall-bundle.schema.json', import.meta.url), 'utf8'))
    const Ajv = Ajv2020.default ?? Ajv2020
    const ajv = new Ajv({ strict: true, allErrors: true })
    ajv.addSchema(schema)
    const files = unzipSync(bytes)
    for (const [path, definition] of [
      ['manifest.json', 'manifest'],
      ['network.json', 'network'],
      ['checkpoint.json', 'checkpoint'],
      ['facts.json', 'facts'],
      ['receipts/1.json', 'receipt'],
    ]) {
      const validate = ajv.getSchema(`${schema.$id}#/$defs/${definition}`)
      expect(validate?.(JSON.parse(new TextDecoder().decode(files[path ?? '']))), `${path} ${JSON.stringify(validate?.errors)}`).toBe(true)
    }
  })

  it('refuses what is not such a zip, with the cause', async () => {
    const files = unzipSync(bytes)
    const withFile = (path: string, content: string) => zipSync({ ...files, [path]: strToU8(content) })
    const { 'facts.json': _, ...without } = files
    const refused: [Uint8Array, string][] = [
      [new Uint8Array(10), 'not a zip'],
      [zipSync({ 'manifest.json': strToU8('{"type":"Other"}') }), 'no bundle of version 1'],
      [withFile('../outside.json', '{}'), 'a file named'],
      [withFile('/etc/passwd', ''), 'a file named'],
      [withFile('extra.json', '{}'), 'does not list extra.json'],
      [withFile('facts.json', '[]'), 'facts.json was changed'],
      [zipSync(without), 'is missing'],
      [twice(bytes, 'facts.json', 'fact1.json'), 'facts.json of its manifest is missing'],
      [zipSync({ ...files, 'bomb.bin': [new Uint8Array(9_000_000), { level: 9 }] }), 'would unpack'],
    ]
    for (const [input, cause] of refused) {
      expect(() => readBundle(input), cause).toThrow(cause)
      expect((await verify(input)).checkpoint.code).toBe('BUNDLE_UNREADABLE')
    }
    expect(() => readBundle(duplicate(bytes))).toThrow('two files named')
  })

  it('answers hostile files with a CredentialError or a verdict', async () => {
    const seed = Date.now() & 0x7fffffff
    console.info(`hostile bundles: seed ${seed}`)
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), (edits) => {
        const hostile = bytes.slice()
        for (const [at, byte] of edits) hostile[at] = byte
        try {
          readBundle(hostile)
        } catch (error) {
          expect(error).toBeInstanceOf(CredentialError)
        }
      }),
      { numRuns: 1_000, seed },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue(),
        fc.constantFrom('checkpoint.json', 'facts.json', 'network.json', 'receipts/1.json'),
        async (value, path) => {
          const files = unzipSync(bytes)
          const verdict = await verify(zipSync({ ...files, [path]: strToU8(JSON.stringify(value)) }))
          expect(verdict.checkpoint.code).toBe('BUNDLE_UNREADABLE')
        },
      ),
      { numRuns: 100, seed },
    )
  })
})

/** The zip with one name changed where it stands, in both of its directories. */
function twice(zip: Uint8Array, from: string, to: string): Uint8Array {
  const text = Array.from(zip, (byte) => String.fromCharCode(byte))
    .join('')
    .replaceAll(from, to)
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

/** The zip with two files of one name. */
function duplicate(zip: Uint8Array): Uint8Array {
  const files = unzipSync(zip)
  return twice(zipSync({ ...files, 'fact1.json': strToU8('[]') }), 'fact1.json', 'facts.json')
}

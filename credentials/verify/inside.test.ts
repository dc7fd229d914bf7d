import { existsSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../formats/format.ts'
import type { CredentialInput } from './case.ts'
import { insideLimits } from './inside.ts'
import { anchorOf, createWorld, optionsOf, secure, type World, withFacts } from './test-world.ts'
import { checkIds, type Verdict } from './verdict.ts'
import { verifyCredential } from './verify-credential.ts'

const samples = new URL('../../../shared/vectors/credentials/samples/', import.meta.url)
let world: World
beforeAll(async () => {
  world = await createWorld()
})

/** A sound, anchored certificate of the base with others inside, and the settings in which it is valid by itself. */
async function holding(inside: JsonValue, receiptsInside = [world.receipt]) {
  const { networkId, keyId, record } = world
  const subject = { ...(world.credential['credentialSubject'] as JsonObject), verifiableCredential: inside }
  const credential: JsonObject = { ...world.credential, id: 'urn:uuid:0b7a3f0c-0f0a-4f44-8d0e-0d5a53e5b001', credentialSubject: subject }
  const { receipt, anchor } = anchorOf(credential, { networkId, keyId, programmeId: record.programme.programmeId })
  const book = withFacts(world.book, (fact) => fact)
  const facts = [...book.facts, { kind: 'anchor' as const, networkId, ...anchor }]
  const secured = await secure(credential, 'vc+jwt', world.issuing)
  const input: CredentialInput = { secured, receipt, receiptsInside }
  return { input, options: optionsOf(world, { ...book, facts }) }
}

const envelope = (token: string): JsonObject => ({
  '@context': 'https://www.w3.org/ns/credentials/v2',
  type: 'EnvelopedVerifiableCredential',
  id: `data:application/vc+jwt,${token}`,
})
const verify = async (inside: JsonValue, receiptsInside = [world.receipt]) => {
  const { input, options } = await holding(inside, receiptsInside)
  return verifyCredential(input, options)
}
const words = ({ overall, sentence, inside }: Verdict) => [overall, sentence.code, inside.map((one) => one.overall)]
const countAll = ({ inside }: Verdict): number => inside.reduce((sum, one) => sum + 1 + countAll(one), 0)

describe('certificates inside a certificate', () => {
  it('are each verified by seven checks of their own, embedded or enveloped, and are told in their order', async () => {
    const verdict = await verify([world.dataIntegrity, envelope(world.jwt)])
    expect(words(verdict)).toEqual(['valid', 'VERDICT_VALID', ['valid', 'valid']])
    expect(verdict.inside.map(({ checks }) => checks.map(({ id }) => id))).toEqual([[...checkIds], [...checkIds]])
  })

  it('make the whole not valid when one of them was changed, though the one around is sound', async () => {
    const verdict = await verify([envelope(world.jwt), { ...world.dataIntegrity, name: 'Another title' }])
    expect(verdict.checks.map(({ outcome }) => outcome)).toEqual(checkIds.map(() => 'passed'))
    expect(words(verdict)).toEqual(['not-valid', 'VERDICT_INSIDE_NOT_VALID', ['valid', 'not-valid']])
    expect(verdict.sentence.params).toEqual({ count: 1, of: 2 })
  })

  it('leave the whole unconfirmed when one of them is, as without its receipt, or with another’s', async () => {
    const other = { ...world.receipt, leafIndex: 1 }
    for (const receipts of [[], [other]]) {
      const verdict = await verify(envelope(world.jwt), receipts)
      expect(words(verdict)).toEqual(['unconfirmed', 'VERDICT_INSIDE_UNCONFIRMED', ['unconfirmed']])
      expect(verdict.inside[0]?.checks[3]?.reason.code).toBe('ENTITLED_NO_RECEIPT')
    }
  })

  it.each([null, 'no certificate', 7, {}, { id: 'urn:x' }])('fail when they are none: %j', async (inside) => {
    expect((await verify([inside])).overall).toBe('not-valid')
  })

  it('are not told check by check: those that are told are the outer ones', async () => {
    const { input, options } = await holding([envelope(world.jwt)])
    const seen: string[] = []
    await verifyCredential(input, { ...options, onCheck: ({ id }) => seen.push(id) })
    expect(seen).toEqual([...checkIds])
  })

  it('are looked at up to a number; what is over it never passes', async () => {
    const many = Array.from({ length: insideLimits.credentials + 1 }, () => envelope(world.jwt))
    const verdict = await verify(many)
    expect([verdict.overall, verdict.sentence.code, verdict.insideOmitted]).toEqual(['unconfirmed', 'VERDICT_INSIDE_OMITTED', 1])
    expect(verdict.inside.every(({ overall }) => overall === 'valid')).toBe(true)
  })

  it('are looked at down to a depth, and all levels together count', async () => {
    const deep = (levels: number, width: number): JsonObject => ({
      ...world.credential,
      credentialSubject: { verifiableCredential: levels === 0 ? [] : Array.from({ length: width }, () => deep(levels - 1, width)) },
    })
    const chain = await verify([deep(5, 1)])
    expect([countAll(chain), chain.overall]).toEqual([insideLimits.depth, 'not-valid'])
    const tree = await verify([deep(2, 12)])
    expect([countAll(tree), tree.overall]).toEqual([insideLimits.credentials, 'not-valid'])
  })

  it.for([
    ['clr20-simple.json', 1],
    ['clr20-complex.json', 6],
  ] as const)('are found in 1EdTech’s sample %s (%i)', async ([name, count], { skip }) => {
    skip(!existsSync(samples), 'the shared vectors are not beside the checkout')
    const secured = JSON.parse(readFileSync(new URL(name, samples), 'utf8')) as JsonObject
    const verdict = await verifyCredential({ secured }, { ...optionsOf(world), now: 1_795_000_000 })
    expect([verdict.inside.length, verdict.insideOmitted, verdict.overall]).toEqual([count, 0, 'unconfirmed'])
  })
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../formats/format.ts'
import { recognise } from '../present/recognise.ts'
import type { CredentialInput } from './case.ts'
import { readReceipt } from './evidence/anchor-receipt.ts'
import { createWorld, inputOf, optionsOf, type World } from './test-world.ts'
import { checkIds } from './verdict.ts'
import { verifyCredential } from './verify-credential.ts'
import { verifyPresentation } from './verify-presentation.ts'

const samples = new URL('../../../shared/vectors/credentials/samples/', import.meta.url)
const names = existsSync(samples) ? readdirSync(samples) : []
let world: World
beforeAll(async () => {
  world = await createWorld()
})

/** The one certificate of a file, however it is packed. */
function inputOfFile(name: string): CredentialInput {
  const recognised = recognise(new Uint8Array(readFileSync(new URL(name, samples))))
  if (recognised.kind === 'credential') return { secured: recognised.secured }
  const [baked] = recognised.kind === 'picture' ? recognised.credentials : []
  if (baked === undefined) throw new Error(`${name} is ${recognised.kind}`)
  return { secured: baked.secured }
}

describe('samples made by others', () => {
  it.each(names.filter((name) => !name.includes('err')))('never fails %s, nor passes it', async (name) => {
    const verdict = await verifyCredential(inputOfFile(name), { ...optionsOf(world), now: 1_795_000_000 })
    expect(verdict.checks.filter(({ outcome }) => outcome === 'failed').map(({ reason }) => reason)).toEqual([])
    expect(verdict.overall).toBe('unconfirmed')
  })

  it.each(names.filter((name) => name.includes('err')))('fails %s', async (name) => {
    expect((await verifyCredential(inputOfFile(name), { ...optionsOf(world), now: 1_795_000_000 })).overall).toBe('not-valid')
  })

  it('are here', ({ skip }) => {
    skip(names.length === 0, 'the shared vectors are not beside the checkout')
    expect(names.length).toBeGreaterThan(0)
  })
})

describe('hostile certificates', () => {
  it('get seven answers and never pass once a byte of the token was changed', async () => {
    const seed = Date.now() & 0x7fffffff
    console.info(`hostile tokens: seed ${seed}`)
    const options = optionsOf(world)
    const edit = fc.tuple(fc.nat(world.jwt.length - 1), fc.constantFrom(...'ABCDwxyz0189-_.'))
    await fc.assert(
      fc.asyncProperty(edit, async ([at, letter]) => {
        const secured = world.jwt.slice(0, at) + letter + world.jwt.slice(at + 1)
        const verdict = await verifyCredential(inputOf(world, secured), options)
        expect(verdict.checks.map(({ id }) => id)).toEqual([...checkIds])
        expect(verdict.overall === 'valid').toBe(secured === world.jwt)
      }),
      { numRuns: 1_000, seed },
    )
  })

  it('get answers for any JSON, as a certificate, as a presentation and as a receipt', async () => {
    const seed = Date.now() & 0x7fffffff
    console.info(`hostile JSON: seed ${seed}`)
    const change = fc.tuple(fc.constantFrom(...Object.keys(world.dataIntegrity), 'holder', 'verifiableCredential'), fc.jsonValue())
    const receiptChange = fc.tuple(fc.constantFrom(...Object.keys(world.receipt)), fc.jsonValue())
    const holds = async (sound: JsonObject, [name, value]: [string, unknown], [part, other]: [string, unknown]) => {
      const document = { ...sound, [name]: value as JsonValue }
      const receipt = readReceipt({ ...world.receipt, [part]: other })
      const verdict = await verifyCredential({ secured: document, receipt }, optionsOf(world))
      expect(verdict.checks.map(({ id }) => id)).toEqual([...checkIds])
      const presentation = { ...document, type: ['VerifiablePresentation'], verifiableCredential: value as JsonValue }
      expect((await verifyPresentation({ secured: presentation }, optionsOf(world))).overall).not.toBe('valid')
    }
    // Canonicalising costs milliseconds: with a proof less often.
    const unsigned = fc.asyncProperty(change, receiptChange, (...changes) => holds(world.credential, ...changes))
    const signed = fc.asyncProperty(change, receiptChange, (...changes) => holds(world.dataIntegrity, ...changes))
    await fc.assert(unsigned, { numRuns: 1_000, seed })
    await fc.assert(signed, { numRuns: 100, seed })
  })
})

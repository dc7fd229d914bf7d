import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { signerFromSeed } from '../keys/did-key.ts'
import type { Signer } from '../keys/key.ts'
import { checkHolderProof, proveHolder } from './holder-proof.ts'

const claim = { audience: 'https://base.example', subject: 'learner-1', issuedAt: 1_800_000_000 }
let signer: Signer
let proof: string
let expected: { holder: string; audience: string; subject: string; now: number }

beforeAll(async () => {
  signer = await signerFromSeed(new Uint8Array(32).fill(7))
  proof = await proveHolder(signer, claim)
  const holder = signer.verificationMethod.split('#')[0] ?? ''
  expected = { holder, audience: claim.audience, subject: claim.subject, now: claim.issuedAt + 10 }
})

describe('the proof of a holder', () => {
  it('is accepted from the key named, for this base and account, within five minutes', async () => {
    expect(await checkHolderProof(proof, expected)).toBeUndefined()
  })

  it('is not accepted from another key, for another base or account, or later', async () => {
    const other = (await signerFromSeed(new Uint8Array(32).fill(8))).verificationMethod.split('#')[0] ?? ''
    expect(await checkHolderProof(proof, { ...expected, holder: other })).toBe('signature')
    expect(await checkHolderProof(proof, { ...expected, audience: 'https://other.example' })).toBe('other-occasion')
    expect(await checkHolderProof(proof, { ...expected, subject: 'learner-2' })).toBe('other-occasion')
    expect(await checkHolderProof(proof, { ...expected, now: claim.issuedAt + 301 })).toBe('too-old')
  })

  it('is not taken from a token of another kind that the same key signed', async () => {
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
    const signed = `${encode({ alg: 'EdDSA', typ: 'JWT' })}.${encode({ aud: claim.audience, sub: claim.subject, iat: claim.issuedAt })}`
    const token = `${signed}.${Buffer.from(await signer.sign(new TextEncoder().encode(signed))).toString('base64url')}`
    expect(await checkHolderProof(token, expected)).toBe('malformed')
  })

  it('answers hostile proofs without throwing, and accepts none of them', async () => {
    const seed = Date.now() & 0x7fffffff
    console.info(`hostile holder proofs: seed ${seed}`)
    await fc.assert(
      fc.asyncProperty(fc.nat(proof.length), fc.nat(30), fc.string({ minLength: 1 }), async (at, length, text) => {
        const changed = proof.slice(0, at) + text + proof.slice(at + length)
        if (changed !== proof) expect(await checkHolderProof(changed, expected)).toBeDefined()
      }),
      { numRuns: 1_000, seed },
    )
  })
})

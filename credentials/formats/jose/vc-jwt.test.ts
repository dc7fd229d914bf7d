import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { CompactSign, exportJWK, generateKeyPair, importJWK, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildCredential } from '../../issue/build-credential.ts'
import { sampleRecord } from '../../issue/fixtures.ts'
import { didKeyOf, resolveDidKey, signerFromSeed } from '../../keys/did-key.ts'
import type { Signer } from '../../keys/key.ts'
import { decodeBase64url, encodeBase64url } from '../base64url.ts'
import type { JsonObject, ProofVerification } from '../format.ts'
import { proofFormats, recogniseDocument } from '../formats.ts'

const { 'vc+jwt': vcJwt } = proofFormats
const seed = 20_261_122
const created = 1_790_000_000
const resolveKey = ({ verificationMethod }: { verificationMethod: string }) => ({ key: resolveDidKey(verificationMethod) })
const verify = (token: string, now = created): Promise<ProofVerification> => vcJwt.verifyProof(token, { resolveKey, now })
const part = (value: unknown) => encodeBase64url(new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)))

let signer: Signer
let credential: JsonObject
let token: string

/** A token with any header and payload, signed rightly all the same. */
async function signed(header: unknown, payload: unknown): Promise<string> {
  const input = `${part(header)}.${part(payload)}`
  return `${input}.${encodeBase64url(await signer.sign(new TextEncoder().encode(input)))}`
}

beforeAll(async () => {
  signer = await signerFromSeed(new Uint8Array(32).fill(3))
  credential = buildCredential(sampleRecord({ issuer: { ...sampleRecord().issuer, did: didKeyOf(signer) } }))
  token = String(await vcJwt.issue(credential, signer, { created }))
})

describe('vc+jwt', () => {
  it('is the credential itself as payload, with the header of VC-JOSE-COSE, and jose verifies it', async () => {
    const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(signer.publicKey) }, 'EdDSA')
    const { payload, protectedHeader } = await jwtVerify(token, key, { typ: 'vc+jwt' })
    expect(payload).toEqual(credential)
    expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'vc+jwt', cty: 'vc', kid: signer.verificationMethod })
    expect(await verify(token)).toMatchObject({
      outcome: 'passed',
      proofs: [{ verificationMethod: signer.verificationMethod, suite: 'EdDSA' }],
    })
  })

  it('verifies ES256 that jose signed, as a presentation too', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const { x = '', y = '' } = await exportJWK(publicKey)
    const last = decodeBase64url(y).at(-1) ?? 0
    const point = Uint8Array.of(2 + (last & 1), ...decodeBase64url(x))
    const kid = didKeyOf({ algorithm: 'ES256', publicKey: point })
    const bytes = new TextEncoder().encode(JSON.stringify({ holder: kid, type: ['VerifiablePresentation'] }))
    const theirs = await new CompactSign(bytes).setProtectedHeader({ alg: 'ES256', typ: 'vp+jwt', kid }).sign(privateKey)
    expect(await verify(theirs)).toMatchObject({ outcome: 'passed', proofs: [{ suite: 'ES256' }] })
  })

  it.each([
    ['no signature', { alg: 'none' }, 'failed', 'proof-algorithm-refused'],
    ['a shared secret', { alg: 'HS256' }, 'failed', 'proof-algorithm-refused'],
    ['another algorithm than the key’s', { alg: 'ES256' }, 'failed', 'proof-key-mismatch'],
    ['an extension that must be understood', { alg: 'EdDSA', crit: ['b64'], b64: false }, 'failed', 'proof-malformed'],
    ['an unencoded payload', { alg: 'EdDSA', b64: false }, 'failed', 'proof-malformed'],
    ['no algorithm', {}, 'failed', 'proof-malformed'],
    ['another type of token', { alg: 'EdDSA', typ: 'at+jwt' }, 'failed', 'proof-malformed'],
    ['an algorithm that is not read here', { alg: 'RS256' }, 'unknown', 'proof-suite-unsupported'],
  ])('answers a header with %s', async (_, header, outcome, code) => {
    const withKid = { typ: 'vc+jwt', kid: signer.verificationMethod, ...header }
    expect(await verify(await signed(withKid, credential))).toMatchObject({ outcome, reason: { code } })
  })

  it.each([
    ['iss', { iss: 'https://other.example' }, 'proof-claims-conflict'],
    ['jti', { jti: 'urn:uuid:other' }, 'proof-claims-conflict'],
    ['sub', { sub: 'did:example:other' }, 'proof-claims-conflict'],
    ['exp in the past', { exp: created - 1 }, 'proof-expired'],
    ['nbf in the future', { nbf: created + 60 }, 'proof-not-yet-valid'],
    ['exp as text', { exp: 'tomorrow' }, 'proof-malformed'],
    ['vc', { vc: {} }, 'proof-malformed'],
  ])('refuses a claim that contradicts: %s', async (_, claims, code) => {
    const header = { alg: 'EdDSA', typ: 'vc+jwt', kid: signer.verificationMethod }
    expect(await verify(await signed(header, { ...credential, ...claims }))).toMatchObject({ outcome: 'failed', reason: { code } })
  })

  it('accepts claims that agree', async () => {
    const header = { alg: 'EdDSA', typ: 'vc+jwt', kid: signer.verificationMethod.split('#')[1], iss: didKeyOf(signer) }
    const claims = { iss: didKeyOf(signer), jti: credential['id'], iat: created, nbf: created, exp: created + 1 }
    expect(await verify(await signed(header, { ...credential, ...claims }))).toMatchObject({ outcome: 'passed', proofs: [{ created }] })
  })

  it('refuses a member named twice, in header or payload, though the signature fits', async () => {
    const header = JSON.stringify({ alg: 'EdDSA', typ: 'vc+jwt', kid: signer.verificationMethod })
    const twice = (json: string) => json.replace(/\}$/, ',"issuer":"did:example:thief"}')
    for (const [one, other] of [
      [header.replace(/\}$/, ',"alg":"EdDSA"}'), JSON.stringify(credential)],
      [header, twice(JSON.stringify(credential))],
    ]) {
      expect(await verify(await signed(one, other))).toMatchObject({ outcome: 'failed', reason: { code: 'proof-malformed' } })
    }
  })

  it('says unknown, not failed, when the key cannot be looked up', async () => {
    const reason = { code: 'proof-key-unreachable', params: {} } as const
    const answer = vcJwt.verifyProof(token, { resolveKey: () => ({ outcome: 'unknown', reason }) })
    expect(await answer).toMatchObject({ outcome: 'unknown', reason })
  })

  it('catches the change of every single character', { timeout: 120_000 }, async () => {
    let caught = 0
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === 'A' ? 'B' : 'A'
      const { outcome } = await verify(token.slice(0, at) + other + token.slice(at + 1))
      if (outcome === 'passed') throw new Error(`a change at ${at} passed`)
      caught++
    }
    expect(caught).toBe(token.length)
  })

  it('meets any text, and any token taken apart and put together otherwise, with an answer', { timeout: 120_000 }, async () => {
    const [header = '', payload = '', signature = ''] = token.split('.')
    const piece = fc.oneof(fc.constantFrom(header, payload, signature, ''), fc.string(), fc.json().map(part), fc.base64String())
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { minLength: 2, maxLength: 4 }).map((pieces) => pieces.join('.')),
    )
    await fc.assert(
      fc.asyncProperty(text, async (any) => {
        fc.pre(any !== token)
        expect((await verify(any)).outcome).not.toBe('passed')
      }),
      { numRuns: 2_000, seed },
    )
    console.info(`hostile tokens: seed ${seed}, 2000 runs`)
  })

  const samples = new URL('../../../../shared/vectors/credentials/samples/', import.meta.url)
  it('reads retired tokens of the shared samples and calls their proof unknown', async ({ skip }) => {
    skip(!existsSync(samples), 'the shared vectors are not beside the checkout')
    for (const name of readdirSync(samples).filter((file) => file.endsWith('.jwt'))) {
      const { format, secured, document } = recogniseDocument(readFileSync(new URL(name, samples), 'utf8'))
      expect(document['type']).toContain('VerifiableCredential')
      expect(await format?.verifyProof(secured, { resolveKey })).toMatchObject({ outcome: 'unknown' })
    }
  })
})

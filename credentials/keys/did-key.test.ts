import { createHash, generateKeyPairSync, sign as signWithNode } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { didKeyOf, resolveDidKey, signerFromSeed, verificationMethodOf, verifyingKeyOf } from './did-key.ts'
import { ed25519FromSeed, ed25519VerifyingKey, softwareKeyPair, softwareVerifier, webCryptoSigner } from './ed25519.ts'
import { decodeMultikey, encodeMultikey, keyIdOf } from './multikey.ts'

const seed = 20_261_122
const bytes = new TextEncoder().encode('学习码')
const code = (action: () => unknown): string | undefined => {
  try {
    action()
    return undefined
  } catch (error) {
    return (error as { code?: string }).code
  }
}

describe('keys', () => {
  it('derives the key pair of RFC 8032 §7.1, test 1, by WebCrypto and without it', async () => {
    const secret = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex')
    const publicKey = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
    const signature =
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'
    for (const pair of [await ed25519FromSeed(secret), await softwareKeyPair(secret)]) {
      expect(Buffer.from(pair.publicKey).toString('hex')).toBe(publicKey)
      expect(Buffer.from(await pair.sign(new Uint8Array())).toString('hex')).toBe(signature)
    }
  })

  it('is judged alike by WebCrypto and by the software for browsers without Ed25519, also when it is nonsense', async () => {
    const signer = await signerFromSeed(new Uint8Array(32).fill(8))
    const good = await signer.sign(bytes)
    await fc.assert(
      fc.asyncProperty(fc.nat(63), fc.nat(255), fc.boolean(), async (at, byte, inKey) => {
        const signature = Uint8Array.from(good)
        const publicKey = Uint8Array.from(signer.publicKey)
        if (inKey) publicKey[at % 32] = byte
        else signature[at] = byte
        const hardware = await ed25519VerifyingKey(publicKey).verify(bytes, signature)
        expect(await (await softwareVerifier(publicKey))(bytes, signature)).toBe(hardware)
      }),
      { numRuns: 300, seed },
    )
    expect(await ed25519VerifyingKey(signer.publicKey).verify(bytes, good.subarray(1))).toBe(false)
  })

  it('writes and reads did:key and multikeys, and names a key for the ledger', async () => {
    const signer = await signerFromSeed(new Uint8Array(32).fill(8))
    const did = didKeyOf(signer)
    expect(did).toMatch(/^did:key:z6Mk/)
    expect(signer.verificationMethod).toBe(verificationMethodOf(did, signer))
    expect(decodeMultikey(encodeMultikey(signer))).toEqual({ algorithm: 'EdDSA', publicKey: signer.publicKey })
    expect(resolveDidKey(signer.verificationMethod).publicKey).toEqual(signer.publicKey)
    expect(keyIdOf(signer.publicKey)).toBe(`0x${createHash('sha256').update(signer.publicKey).digest('hex')}`)
    // The example of the did:key method (§3.1).
    expect(resolveDidKey('did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK').publicKey).toHaveLength(32)
  })

  it('verifies P-256 signatures of others', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
    const compressed = Uint8Array.of(2 + ((Buffer.from(y, 'base64url').at(-1) ?? 0) & 1), ...Buffer.from(x, 'base64url'))
    const key = verifyingKeyOf({ algorithm: 'ES256', publicKey: compressed })
    const signature = signWithNode('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    expect(await key.verify(bytes, signature)).toBe(true)
    expect(await key.verify(bytes.subarray(1), signature)).toBe(false)
    expect(didKeyOf({ algorithm: 'ES256', publicKey: compressed })).toMatch(/^did:key:zDna/)
    const nowhere = verifyingKeyOf({ algorithm: 'ES256', publicKey: new Uint8Array(33).fill(255) })
    expect(await nowhere.verify(bytes, signature)).toBe(false)
  })

  it('signs with a key that cannot be taken out', async () => {
    const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
    const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
    const key = { algorithm: 'EdDSA', publicKey } as const
    const signer = webCryptoSigner(pair.privateKey, { publicKey, verificationMethod: verificationMethodOf(didKeyOf(key), key) })
    expect(await resolveDidKey(signer.verificationMethod).verify(bytes, await signer.sign(bytes))).toBe(true)
  })

  it('meets any text with a key or a named error', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `did:key:z${rest}`),
      fc.stringMatching(/^did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44}$/),
    )
    fc.assert(
      fc.property(text, (any) => {
        expect([undefined, 'CREDENTIAL_DID_INVALID']).toContain(code(() => resolveDidKey(any)))
        expect([undefined, 'CREDENTIAL_KEY_MALFORMED']).toContain(code(() => decodeMultikey(any)))
      }),
      { numRuns: 1_000, seed },
    )
    expect(code(() => resolveDidKey('did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#z6Mkother'))).toBe('CREDENTIAL_DID_INVALID')
    expect(code(() => encodeMultikey({ algorithm: 'EdDSA', publicKey: new Uint8Array(3) }))).toBe('CREDENTIAL_KEY_MALFORMED')
    expect(code(() => ed25519VerifyingKey(new Uint8Array(3)))).toBe('CREDENTIAL_KEY_MALFORMED')
  })
})

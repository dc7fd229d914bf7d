import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LabsError } from '../errors.ts'
import { parseDeviceKey, signerOfSeed } from './device-key.ts'

const seed = Date.now() % 2 ** 31
console.log(`device keys: fast-check seed ${seed}`)

describe('device keys', () => {
  it('read the Multikey of RFC 8032 test 1', () => {
    const signer = signerOfSeed(Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'))
    const jwk = parseDeviceKey(signer.publicKeyMultibase).key.export({ format: 'jwk' })
    expect(Buffer.from(jwk.x ?? '', 'base64url').toString('hex')).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
  })

  it('refuse anything else with one code', () => {
    const near = fc
      .array(fc.constantFrom(...'123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'), { minLength: 40, maxLength: 50 })
      .map((letters) => `z6Mk${letters.join('')}`)
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 80 }), near), (text) => {
        try {
          expect(parseDeviceKey(text).multibase).toBe(text)
        } catch (error) {
          expect(error).toBeInstanceOf(LabsError)
          expect(error).toMatchObject({ code: 'LABS_PAIRING_KEY' })
        }
      }),
      { numRuns: 1000, seed },
    )
  })
})

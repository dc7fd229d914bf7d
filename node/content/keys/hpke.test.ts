import { describe, expect, test } from 'vitest'
import { aeads, createKemKeys, kemKeysFrom, unwrap, wrapTo } from './hpke.ts'

const hex = (text: string) => Buffer.from(text, 'hex')
const context = { info: Buffer.from('what for'), aad: Buffer.from('which') }

describe('a value wrapped for a key', () => {
  test('is byte for byte what RFC 9180 says (appendix A.1.1, first encryption)', () => {
    const ephemeral = kemKeysFrom(hex('52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736'))
    const recipient = kemKeysFrom(hex('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8'))
    const vector = { info: hex('4f6465206f6e2061204772656369616e2055726e'), aad: hex('436f756e742d30'), aead: aeads.aes128Gcm }
    const plaintext = hex('4265617574792069732074727574682c20747275746820626561757479')
    const wrapped = wrapTo(recipient.publicKey, plaintext, { ...vector, ephemeral })
    expect(Buffer.from(recipient.publicKey).toString('hex')).toBe('3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d')
    expect(Buffer.from(wrapped.enc).toString('hex')).toBe('37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431')
    expect(Buffer.from(wrapped.ciphertext).toString('hex')).toBe(
      'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
    )
    expect(Buffer.from(unwrap(recipient, wrapped, vector)).equals(plaintext)).toBe(true)
  })

  test('opens for its key and its context, and for no other', () => {
    const [recipient, stranger] = [createKemKeys(), createKemKeys()]
    const secret = Buffer.alloc(32, 7)
    const wrapped = wrapTo(recipient.publicKey, secret, context)
    expect(Buffer.from(unwrap(recipient, wrapped, context)).equals(secret)).toBe(true)
    const changed = { ...wrapped, ciphertext: wrapped.ciphertext.map((byte, index) => (index === 0 ? byte ^ 1 : byte)) }
    const wrong: (() => unknown)[] = [
      () => unwrap(stranger, wrapped, context),
      () => unwrap(recipient, wrapped, { ...context, aad: Buffer.from('another') }),
      () => unwrap(recipient, wrapped, { ...context, info: Buffer.from('another') }),
      () => unwrap(recipient, changed, context),
      () => unwrap(recipient, { ...wrapped, ciphertext: wrapped.ciphertext.subarray(0, 8) }, context),
      () => unwrap(recipient, { ...wrapped, enc: Buffer.alloc(32) }, context),
    ]
    for (const open of wrong) expect(open).toThrow(expect.objectContaining({ code: 'SEAL_BROKEN' }))
  })

  test('is never wrapped for what is no key, or a point that gives no secret', () => {
    for (const key of [Buffer.alloc(32), Buffer.alloc(31, 9), Buffer.alloc(0)])
      expect(() => wrapTo(key, Buffer.alloc(32), context)).toThrow(expect.objectContaining({ code: 'SEAL_KEY_INVALID' }))
  })
})

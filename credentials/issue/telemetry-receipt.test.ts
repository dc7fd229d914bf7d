import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hashIdentity, identityObject, opensIdentity } from './identity.ts'
import { commitTo } from './telemetry-receipt.ts'

describe('what a certificate commits to and the holder may open', () => {
  it('commits to one value under its name with a salt', () => {
    const salt = new Uint8Array(16).fill(9)
    const expected = createHash('sha256').update(Uint8Array.of(2)).update(salt).update('["filamentMm",1234.5]').digest('hex')
    expect(commitTo('filamentMm', 1234.5, salt)).toBe(`0x${expected}`)
    const others = [
      commitTo('filamentMm', '1234.5', salt),
      commitTo('durationSeconds', 1234.5, salt),
      commitTo('filamentMm', 1234.5, new Uint8Array(16)),
    ]
    expect(others).not.toContain(`0x${expected}`)
    expect(() => commitTo('x', 1, new Uint8Array(4))).toThrow(expect.objectContaining({ code: 'CREDENTIAL_RECEIPT_MALFORMED' }))
  })

  it('hashes a name as Open Badges 3.0 does, and opens it however it is spaced or composed', () => {
    // The example of the specification (§B.6.1).
    expect(hashIdentity('a@example.com', 'Kosher')).toBe('sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399')
    const salt = '00112233445566778899aabbccddeeff'
    const identity = identityObject(hashIdentity('王 Zoé', salt))
    expect(JSON.stringify(identity)).not.toMatch(/王|0011/)
    expect(opensIdentity(identity, { name: ' 王  Zoe\u0301 ', salt })).toBe(true)
    expect(opensIdentity(identity, { name: '王 Zoe', salt })).toBe(false)
    expect(opensIdentity(identity, { name: '王 Zoé', salt: '00' })).toBe(false)
    expect(opensIdentity({ ...identity, hashed: false }, { name: '王 Zoé', salt })).toBe(false)
  })
})

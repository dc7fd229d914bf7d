import { CredentialError } from '../errors.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const codes = Uint8Array.from(alphabet, (character) => character.charCodeAt(0))
const ascii = new TextDecoder()
const values = new Uint8Array(128).fill(255)
for (let index = 0; index < 64; index++) values[alphabet.charCodeAt(index)] = index

/** Base64url without padding (RFC 4648 §5, RFC 7515 §2). */
export function encodeBase64url(bytes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil((bytes.length * 4) / 3))
  let to = 0
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    // Characters beyond the end of `text` are not written: that is the missing padding.
    text[to++] = codes[group >>> 18] ?? 0
    text[to++] = codes[(group >>> 12) & 63] ?? 0
    text[to++] = codes[(group >>> 6) & 63] ?? 0
    text[to++] = codes[group & 63] ?? 0
  }
  return ascii.decode(text)
}

/**
 * Reads base64url without padding, and only the one text that stands for those bytes: left-over bits must be zero (RFC 4648 §3.5).
 * @throws CredentialError CREDENTIAL_MALFORMED
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> {
  const rest = text.length % 4
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  if (rest === 1) throw malformed()
  let at = 0
  let bits = 0
  let seen = 0
  for (let index = 0; index < text.length; index++) {
    const value = values[text.charCodeAt(index)] ?? 255
    seen |= value
    bits = ((bits << 6) | value) & 0xffffff
    if ((index & 3) === 3) {
      bytes[at++] = bits >>> 16
      bytes[at++] = bits >>> 8
      bytes[at++] = bits
    }
  }
  if (rest === 2) bytes[at++] = (bits & 0xfff) >>> 4
  if (rest === 3) {
    bytes[at++] = (bits & 0x3ffff) >>> 10
    bytes[at++] = (bits & 0x3ffff) >>> 2
  }
  const leftOver = rest === 2 ? bits & 0xf : rest === 3 ? bits & 0x3 : 0
  if (seen > 63 || leftOver !== 0) throw malformed()
  return bytes
}

function malformed(): CredentialError {
  return new CredentialError('CREDENTIAL_MALFORMED', 'The text is not base64url.')
}

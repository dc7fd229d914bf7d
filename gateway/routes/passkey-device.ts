import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto'
import { encode } from 'cborg'

type Options = { challenge: string; rpId?: string; rp?: { id: string } }

/** A passkey in software, for tests: ES256, `none` attestation, user verified (WebAuthn Level 3 §6.5, §6.3). */
export const createPasskeyDevice = (origin: string) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = randomBytes(32)
  const jwk = publicKey.export({ format: 'jwk' })
  const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data).digest()
  const clientData = (type: string, challenge: string) => Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  const text = (data: Uint8Array) => Buffer.from(data).toString('base64url')
  let counter = 0
  const head = (rpId: string, flags: number) => {
    counter += 1
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count])
  }
  return {
    register: ({ challenge, rp }: Options) => {
      const coseKey = encode(
        new Map<number, unknown>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, Buffer.from(jwk.x ?? '', 'base64url')],
          [-3, Buffer.from(jwk.y ?? '', 'base64url')],
        ]),
      )
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, coseKey])
      // Flags: user present, user verified, backup eligible and backed up, attested data.
      const authData = Buffer.concat([head(rp?.id ?? 'localhost', 0x01 | 0x04 | 0x08 | 0x10 | 0x40), attested])
      const attestationObject = encode(
        new Map<string, unknown>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', new Uint8Array(authData)],
        ]),
      )
      const response = {
        clientDataJSON: text(clientData('webauthn.create', challenge)),
        attestationObject: text(attestationObject),
        transports: ['internal'],
      }
      return { id: text(id), rawId: text(id), type: 'public-key', response, clientExtensionResults: {} }
    },
    login: ({ challenge, rpId }: Options) => {
      const authenticatorData = head(rpId ?? 'localhost', 0x01 | 0x04 | 0x08 | 0x10)
      const client = clientData('webauthn.get', challenge)
      const signature = createSign('sha256')
        .update(Buffer.concat([authenticatorData, sha256(client)]))
        .sign(privateKey)
      const response = { clientDataJSON: text(client), authenticatorData: text(authenticatorData), signature: text(signature) }
      return { id: text(id), rawId: text(id), type: 'public-key', response, clientExtensionResults: {} }
    },
  }
}

import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto'
import { hold } from '../walk.ts'
import type { Person, Place } from './bases.ts'

type Asked = { challenge: string; rpId?: string; rp?: { id: string } }
/** A passkey in software, in place of the one that a person's device keeps: ES256, `none` attestation, user verified. */
export type Passkey = { register(asked: Asked): Record<string, unknown>; sign(asked: Asked): Record<string, unknown> }

/** Gives a person a passkey, and an account on the ledger that only this passkey moves. */
export async function takePasskey(person: Person, { process: { origin } }: Place): Promise<Person> {
  const { client } = person
  const passkey = createPasskey(origin)
  const { options, ceremonyId } = await client.startPasskeyRegistration()
  const { passkeyId } = await client.finishPasskeyRegistration({
    body: { ceremonyId, response: passkey.register(options as Asked) },
  })
  const { account, isDeployed } = await client.openPasskeyAccount({ body: { passkeyId } })
  hold(!isDeployed, 'the account has its address before there is a contract at it')
  return { ...person, account, passkey }
}

/** User present and verified, backup eligible and backed up (WebAuthn Level 3 §6.1). */
const FLAGS = 0x01 | 0x04 | 0x08 | 0x10
const WITH_KEY = 0x40

function createPasskey(origin: string): Passkey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = randomBytes(32)
  let counter = 0
  const head = (rpId: string, flags: number): Buffer => {
    counter += 1
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    return Buffer.concat([sha256(rpId), Buffer.of(flags), count])
  }
  const answer = (response: object): Record<string, unknown> => ({
    id: id.toString('base64url'),
    rawId: id.toString('base64url'),
    type: 'public-key',
    response,
    clientExtensionResults: {},
  })
  const clientData = (type: string, challenge: string) => Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  return {
    register: ({ challenge, rp }) => {
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
      const key = Buffer.concat([
        head(rp?.id ?? 'localhost', FLAGS | WITH_KEY),
        Buffer.alloc(16),
        Buffer.of(0, id.length),
        id,
        coseKey(x, y),
      ])
      const clientDataJSON = clientData('webauthn.create', challenge).toString('base64url')
      return answer({ clientDataJSON, attestationObject: attestation(key).toString('base64url'), transports: ['internal'] })
    },
    sign: ({ challenge, rpId }) => {
      const authenticatorData = head(rpId ?? 'localhost', FLAGS)
      const client = clientData('webauthn.get', challenge)
      const signature = createSign('sha256')
        .update(Buffer.concat([authenticatorData, sha256(client)]))
        .sign(privateKey)
      return answer({
        clientDataJSON: client.toString('base64url'),
        authenticatorData: authenticatorData.toString('base64url'),
        signature: signature.toString('base64url'),
      })
    },
  }
}

const sha256 = (data: Uint8Array | string): Buffer => createHash('sha256').update(data).digest()

/** An ES256 key in CBOR (RFC 9053 §7.1): {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
const coseKey = (x: string, y: string): Buffer =>
  Buffer.concat([
    Buffer.of(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01),
    Buffer.of(0x21, 0x58, 0x20),
    Buffer.from(x, 'base64url'),
    Buffer.of(0x22, 0x58, 0x20),
    Buffer.from(y, 'base64url'),
  ])

/** {fmt: 'none', attStmt: {}, authData} in CBOR (WebAuthn Level 3 §6.5.4). */
function attestation(authData: Buffer): Buffer {
  const word = (text: string) => Buffer.concat([Buffer.of(0x60 | text.length), Buffer.from(text)])
  const parts = [Buffer.of(0xa3), word('fmt'), word('none'), word('attStmt'), Buffer.of(0xa0), word('authData')]
  return Buffer.concat([...parts, Buffer.of(0x58, authData.length), authData])
}

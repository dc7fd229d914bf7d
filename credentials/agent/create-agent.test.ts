import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { compactVerify, importJWK } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { proofFormats } from '../formats/formats.ts'
import { sampleRecord } from '../issue/fixtures.ts'
import { issueCredential } from '../issue/issue-credential.ts'
import { resolveDidKey, signerFromSeed } from '../keys/did-key.ts'
import { createDidLog } from '../keys/did-log.ts'
import type { AgentStore } from './agent-store.ts'
import { createGuildhallAgent, type GuildhallAgent } from './create-agent.ts'

const created = 1_790_000_000
const both = ['vc+jwt', 'eddsa-rdfc-2022'] as const

/** A store that keeps only ciphertext, as a base's does. */
function sealedStore(): AgentStore & { rows: Map<string, Buffer> } {
  const key = randomBytes(32)
  const rows = new Map<string, Buffer>()
  const seal = (text: string) => {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  }
  const open = (sealed: Buffer) => {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12))
    decipher.setAuthTag(sealed.subarray(-16))
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8')
  }
  return {
    rows,
    find: async (kind, name) => {
      const row = rows.get(`${kind} ${name}`)
      return row && open(row)
    },
    put: async (kind, name, text) => void rows.set(`${kind} ${name}`, seal(text)),
    remove: async (kind, name) => void rows.delete(`${kind} ${name}`),
    list: async (kind) => [...rows].filter(([name]) => name.startsWith(`${kind} `)).map(([, row]) => open(row)),
  }
}

describe('the Veramo agent of a base', () => {
  let store: ReturnType<typeof sealedStore>
  let agent: GuildhallAgent
  let did: string

  beforeEach(async () => {
    store = sealedStore()
    agent = createGuildhallAgent({ store })
    did = (await agent.didManagerCreate({ alias: 'learner', options: { keyType: 'Ed25519' } })).did
  })

  it('issues version 2.0 with its own key in both formats, and an outsider verifies them', async () => {
    const record = sampleRecord({ issuer: { ...sampleRecord().issuer, did } })
    const { credential, secured } = await agent.issueCredentialV2({ record, formats: both, created })
    const token = String(secured['vc+jwt'])
    const x = Buffer.from(resolveDidKey(did).publicKey).toString('base64url')
    const { payload } = await compactVerify(token, await importJWK({ kty: 'OKP', crv: 'Ed25519', x }, 'EdDSA'))
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual(credential)
    const document = secured['eddsa-rdfc-2022'] ?? ''
    const outsider = proofFormats['eddsa-rdfc-2022'].verifyProof(document, { resolveKey: () => ({ key: resolveDidKey(did) }) })
    expect(await outsider).toMatchObject({ outcome: 'passed' })
    expect(JSON.stringify(credential)).not.toContain('2018/credentials/v1')
  })

  it('verifies what others issued, and catches a change', async () => {
    const signer = await signerFromSeed(new Uint8Array(32).fill(9))
    const { secured } = await issueCredential(sampleRecord(), { signer, formats: both, created })
    for (const format of both) {
      const credential = secured[format] ?? ''
      expect(await agent.verifyCredentialV2({ credential, now: created })).toMatchObject({ outcome: 'passed', format })
    }
    const changed = { ...(secured['eddsa-rdfc-2022'] as object), name: 'Another name' }
    expect(await agent.verifyCredentialV2({ credential: changed, now: created })).toMatchObject({ outcome: 'failed' })
  })

  it('resolves a base’s did:webvh from its log, and says unknown without one', async () => {
    const seed = new Uint8Array(32).fill(5)
    const key = await signerFromSeed(seed)
    const { did: base, log } = await createDidLog('base.localhost', { updateKey: key, issuingKeys: [key], time: created })
    const signer = await signerFromSeed(seed, base)
    const { secured } = await issueCredential(sampleRecord(), { signer, formats: ['vc+jwt'], created })
    const credential = secured['vc+jwt'] ?? ''
    expect(await agent.verifyCredentialV2({ credential, now: created })).toMatchObject({ outcome: 'unknown' })
    const informed = createGuildhallAgent({ store, findDidLog: async (wanted) => (wanted === base ? log : undefined) })
    expect(await informed.verifyCredentialV2({ credential, now: created })).toMatchObject({ outcome: 'passed' })
  })

  it('finds its keys again after a restart, and keeps nothing in the clear', async () => {
    const again = createGuildhallAgent({ store })
    expect((await again.didManagerGet({ did })).alias).toBe('learner')
    const signer = await again.getSignerV2({ did })
    const bytes = new TextEncoder().encode('after the restart')
    expect(await resolveDidKey(did).verify(bytes, await signer.sign(bytes))).toBe(true)
    const secrets = (await store.list('secret')).map((text) => JSON.parse(text).privateKeyHex)
    const kept = [...store.rows.values()].map((row) => row.toString('latin1')).join()
    expect(secrets).toHaveLength(1)
    expect(kept).not.toContain(secrets[0])
    expect((await store.list('key')).join() + (await store.list('identifier')).join()).not.toContain(secrets[0])
  })

  it('still issues JWT credentials of version 1.1 for wallets that know no other, and verifies them', async () => {
    const credential = await agent.createVerifiableCredential({
      credential: { issuer: { id: did }, credentialSubject: { id: did, member: true }, type: ['VerifiableCredential'] },
      proofFormat: 'jwt',
    })
    expect(await agent.verifyCredential({ credential })).toMatchObject({ verified: true })
  })

  it('names a missing DID', async () => {
    await expect(agent.getSignerV2({ did: 'did:key:z6Mknone' })).rejects.toMatchObject({ code: 'CREDENTIAL_KEY_NOT_FOUND' })
  })
})

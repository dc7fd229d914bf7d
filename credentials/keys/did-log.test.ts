import { resolveDIDFromLog } from 'didwebvh-ts'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { findDocumentKey, toDidWebDocument } from './did-document.ts'
import { signerFromSeed } from './did-key.ts'
import { addDidLogEntry, createDidLog, type DidLog } from './did-log.ts'
import { didLogDigest } from './did-log-entry.ts'
import { softwareVerifier } from './ed25519.ts'
import type { Signer } from './key.ts'
import { findVersionAt, parseDidLog } from './parse-did-log.ts'

const founded = 1_790_000_000
const seed = (byte: number) => new Uint8Array(32).fill(byte)
/** The peer asks for a verifier; it gets the software one, so that the two implementations share no code for signatures. */
const verifier = {
  verify: async (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) =>
    (await softwareVerifier(publicKey))(message, signature),
}
const resolveWithPeer = (log: string) =>
  resolveDIDFromLog(
    log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    { verifier } as never,
  )

let update: Signer
let nextUpdate: Signer
let issuing: Signer
let nextIssuing: Signer
let created: DidLog
let rotated: DidLog

beforeAll(async () => {
  ;[update, nextUpdate, issuing, nextIssuing] = (await Promise.all([1, 2, 3, 4].map((byte) => signerFromSeed(seed(byte))))) as [
    Signer,
    Signer,
    Signer,
    Signer,
  ]
  created = await createDidLog('base.localhost:8443', { updateKey: update, issuingKeys: [issuing], time: founded })
  rotated = await addDidLogEntry(created, { updateKey: update, newUpdateKey: nextUpdate, issuingKeys: [nextIssuing], time: founded + 100 })
})

describe('a base’s did:webvh log', () => {
  it('is named by its SCID and host, and read back', async () => {
    expect(created.did).toMatch(/^did:webvh:Qm[1-9A-HJ-NP-Za-km-z]{44}:base\.localhost%3A8443$/)
    const history = await parseDidLog(created.log, created.did)
    expect(history).toMatchObject({ did: created.did, versions: [{ versionTime: founded, isDeactivated: false }] })
    expect(didLogDigest(created.log)).toMatch(/^0x[0-9a-f]{64}$/)
  })

  it('is accepted by didwebvh-ts, before and after a key rotation, with the same document', async () => {
    for (const { log, did } of [created, rotated]) {
      const peer = await resolveWithPeer(log)
      expect(peer.did).toBe(did)
      expect(peer.doc).toMatchObject((await parseDidLog(log)).versions.at(-1)?.document ?? {})
    }
  })

  it('gives the key that held at a time', async () => {
    const history = await parseDidLog(rotated.log, rotated.did)
    const method = (signer: Signer) => `${rotated.did}#${signer.verificationMethod.split('#')[1]}`
    const keyAt = (time: number, signer: Signer) => {
      const version = findVersionAt(history, time)
      return version && findDocumentKey(version.document, method(signer))?.publicKey
    }
    expect(keyAt(founded - 1, issuing)).toBeUndefined()
    expect(keyAt(founded + 99, issuing)).toEqual(issuing.publicKey)
    expect(keyAt(founded + 99, nextIssuing)).toBeUndefined()
    expect(keyAt(founded + 100, nextIssuing)).toEqual(nextIssuing.publicKey)
    expect(keyAt(founded + 100, issuing)).toBeUndefined()
  })

  it('refuses an entry by a key that may not write it, at adding and at reading', async () => {
    const byStranger = addDidLogEntry(created, { updateKey: nextUpdate, issuingKeys: [nextIssuing], time: founded + 5 })
    await expect(byStranger).rejects.toMatchObject({ code: 'CREDENTIAL_DID_INVALID' })
    const byOldKey = addDidLogEntry(rotated, { updateKey: update, issuingKeys: [issuing], time: founded + 200 })
    await expect(byOldKey).rejects.toMatchObject({ code: 'CREDENTIAL_DID_INVALID' })
  })

  it('refuses an entry that is not later than the one before, or of another DID', async () => {
    const early = addDidLogEntry(created, { updateKey: update, issuingKeys: [issuing], time: founded })
    await expect(early).rejects.toMatchObject({ code: 'CREDENTIAL_DID_INVALID' })
    await expect(parseDidLog(created.log, `${created.did}x`)).rejects.toMatchObject({ code: 'CREDENTIAL_DID_INVALID' })
  })

  it('holds a committed next key against a thief of the present one, as didwebvh-ts does', async () => {
    const committed = await createDidLog('base.example', {
      updateKey: update,
      nextUpdateKeys: [nextUpdate],
      issuingKeys: [issuing],
      time: founded,
    })
    const theft = addDidLogEntry(committed, { updateKey: update, newUpdateKey: update, issuingKeys: [nextIssuing], time: founded + 9 })
    await expect(theft).rejects.toMatchObject({ code: 'CREDENTIAL_DID_INVALID' })
    const options = {
      updateKey: nextUpdate,
      newUpdateKey: nextUpdate,
      nextUpdateKeys: [update],
      issuingKeys: [nextIssuing],
      time: founded + 9,
    }
    const moved = await addDidLogEntry(committed, options)
    expect((await resolveWithPeer(moved.log)).doc).toMatchObject({ id: committed.did })
  })

  it('ends with a deactivation', async () => {
    const ended = await addDidLogEntry(rotated, { updateKey: nextUpdate, issuingKeys: [], isDeactivated: true, time: founded + 300 })
    expect((await parseDidLog(ended.log)).versions.at(-1)).toMatchObject({ isDeactivated: true })
    const after = addDidLogEntry(ended, { updateKey: nextUpdate, issuingKeys: [issuing], time: founded + 400 })
    await expect(after).rejects.toMatchObject({ code: 'CREDENTIAL_DID_INVALID' })
  })

  it('is served as did:web too', () => {
    const first = JSON.parse(created.log.split('\n')[0] ?? '')
    const web = toDidWebDocument(first.state)
    expect(web).toMatchObject({ id: 'did:web:base.localhost%3A8443', alsoKnownAs: [created.did] })
    expect(JSON.stringify(web['verificationMethod'])).not.toContain('webvh')
  })

  it('catches every changed, dropped, doubled or swapped line and every changed character', { timeout: 120_000 }, async () => {
    const [first = '', second = ''] = rotated.log.trim().split('\n')
    for (const lines of [[second], [second, first], [first, first, second], [first, second, second]]) {
      await expect(parseDidLog(lines.join('\n'))).rejects.toMatchObject({ code: 'CREDENTIAL_DID_INVALID' })
    }
    const text = rotated.log.trim()
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom('a', '1', '"', '{', 'Z', '\u0000'), async (at, character) => {
        fc.pre(text[at] !== character && text[at] !== '\n')
        const changed = text.slice(0, at) + character + text.slice(at + 1)
        await expect(parseDidLog(changed)).rejects.toMatchObject({ code: expect.stringMatching(/^CREDENTIAL_/) })
      }),
      { numRuns: 1_000, seed: 20_261_122, verbose: 1 },
    )
  })

  it('meets any text with a named error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        await expect(parseDidLog(text)).rejects.toMatchObject({ code: expect.stringMatching(/^CREDENTIAL_/) })
      }),
      { numRuns: 1_000, seed: 20_261_122 },
    )
  })
})

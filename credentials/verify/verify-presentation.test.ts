import { beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../formats/format.ts'
import { proofFormats } from '../formats/formats.ts'
import { hashIdentity } from '../issue/identity.ts'
import { signerFromSeed } from '../keys/did-key.ts'
import type { Signer } from '../keys/key.ts'
import { createWorld, optionsOf, times, type World } from './test-world.ts'
import { verifyPresentation } from './verify-presentation.ts'

const challenge = 'ABCDEFGHIJKLMNOPQRSTUVWX27'
const domain = 'base.localhost'
const salt = '0f'.repeat(16)
let world: World
let holder: Signer
let stranger: Signer
let did: string

beforeAll(async () => {
  holder = await signerFromSeed(new Uint8Array(32).fill(21))
  stranger = await signerFromSeed(new Uint8Array(32).fill(22))
  did = holder.verificationMethod.split('#')[0] ?? ''
  world = await createWorld({ subject: { did, identity: { identityHash: hashIdentity('林小雨', salt) } } })
})

const show = async (changes: JsonObject = {}, signer = holder) => {
  const presentation = {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    type: ['VerifiablePresentation'],
    holder: did,
    verifiableCredential: [world.dataIntegrity],
    ...changes,
  }
  return proofFormats['eddsa-rdfc-2022'].issue(presentation, signer, {
    created: times.now,
    proofPurpose: 'authentication',
    challenge,
    domain,
  })
}
const verify = async (secured: Awaited<ReturnType<typeof show>>, changes: object = {}) =>
  verifyPresentation({ secured, challenge, domain, receipts: [world.receipt], ...changes }, optionsOf(world))
const codesOf = ({ checks }: Awaited<ReturnType<typeof verify>>) => checks.map(({ reason }) => reason.code)

describe('verifyPresentation', () => {
  it('passes what the holder shows for this occasion, with the name that was ticked', async () => {
    const verdict = await verify(await show(), { identity: { name: ' 林小雨', salts: [salt] } })
    expect(codesOf(verdict)).toEqual(['PRESENTATION_OK', 'HOLDER_PROVEN', 'BINDING_OK', 'NAME_PROVEN'])
    expect(verdict).toMatchObject({ overall: 'valid', holder: did, name: ' 林小雨' })
  })

  it('passes an enveloped certificate, and shows no name that was not ticked', async () => {
    const enveloped = {
      '@context': 'https://www.w3.org/ns/credentials/v2',
      id: `data:application/vc+jwt,${world.jwt}`,
      type: 'EnvelopedVerifiableCredential',
    }
    const verdict = await verify(await show({ verifiableCredential: [enveloped] }), { identity: null })
    expect(verdict).toMatchObject({ overall: 'valid', name: undefined })
    expect(codesOf(verdict)).not.toContain('NAME_PROVEN')
  })

  it('refuses what was made for another occasion', async () => {
    expect(codesOf(await verify(await show(), { challenge: 'another' }))).toContain('HOLDER_PROOF_REPLAYED')
    expect(codesOf(await verify(await show(), { domain: 'other.example' }))).toContain('HOLDER_PROOF_REPLAYED')
  })

  it('refuses somebody else’s signature, a changed presentation, and none at all', async () => {
    expect(codesOf(await verify(await show({}, stranger)))).toContain('HOLDER_PROOF_INVALID')
    const changed = { ...((await show()) as JsonObject), verifiableCredential: [] }
    expect(codesOf(await verify(changed))).toContain('HOLDER_PROOF_INVALID')
    const { proof: _, ...bare } = (await show()) as JsonObject
    expect(codesOf(await verify(bare))).toContain('HOLDER_PROOF_MISSING')
  })

  it('refuses another’s certificate and another’s name', async () => {
    const strangers = stranger.verificationMethod.split('#')[0] ?? ''
    const verdict = await verify(await show({ holder: strangers }, stranger))
    expect(codesOf(verdict)).toEqual(['PRESENTATION_OK', 'HOLDER_PROVEN', 'BINDING_OTHER_SUBJECT'])
    expect(verdict.overall).toBe('not-valid')
    const misnamed = await verify(await show(), { identity: { name: '王大山', salts: [salt] } })
    expect(codesOf(misnamed)).toContain('NAME_MISMATCH')
    expect(misnamed.name).toBeUndefined()
  })

  it('does not confirm a holder that it can not look up, or that is not named', async () => {
    const other = await signerFromSeed(new Uint8Array(32).fill(21), 'did:web:holder.example')
    expect(codesOf(await verify(await show({ holder: 'did:web:holder.example' }, other)))).toContain('HOLDER_UNCONFIRMED')
    const { holder: _, ...nameless } = {
      holder: did,
      '@context': ['https://www.w3.org/ns/credentials/v2'],
      type: ['VerifiablePresentation'],
      verifiableCredential: [world.dataIntegrity],
    }
    const secured = await proofFormats['eddsa-rdfc-2022'].issue(nameless, holder, {
      created: times.now,
      proofPurpose: 'authentication',
      challenge,
      domain,
    })
    expect(codesOf(await verify(secured))).toContain('BINDING_UNKNOWN')
  })

  it('takes the holder’s own word under the presentation’s signature, and nobody else’s', async () => {
    const own = {
      '@context': ['https://www.w3.org/ns/credentials/v2'],
      type: ['VerifiableCredential'],
      issuer: did,
      credentialSubject: { id: did },
    }
    const verdict = await verify(await show({ verifiableCredential: [own] }))
    expect(verdict.verdicts[0]?.checks[1]?.reason.code).toBe('PROOF_BY_HOLDER')
    const claimed = await verify(await show({ verifiableCredential: [{ ...own, issuer: 'did:example:alice' }] }))
    expect(claimed.verdicts[0]?.checks[1]?.reason.code).toBe('PROOF_MISSING')
  })

  it('says what is wrong with a presentation that breaks the data model or is none', async () => {
    expect(codesOf(await verify({ ...((await show()) as JsonObject), holder: 'nobody' }))).toContain('PRESENTATION_INVALID')
    expect(codesOf(await verify('no presentation'))).toEqual(['PRESENTATION_UNREADABLE'])
  })
})

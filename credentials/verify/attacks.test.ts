import { beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../formats/format.ts'
import { proofFormats } from '../formats/formats.ts'
import { hashIdentity, identityObject, opensIdentity } from '../issue/identity.ts'
import { signerFromSeed } from '../keys/did-key.ts'
import type { Signer } from '../keys/key.ts'
import { createWorld, inputOf, makeList, optionsOf, secure, statusIndex, times, type World, withFacts, withLists } from './test-world.ts'
import type { CheckId } from './verdict.ts'
import { verifyCredential } from './verify-credential.ts'
import { verifyPresentation } from './verify-presentation.ts'

let world: World
let holder: Signer
let did: string
beforeAll(async () => {
  holder = await signerFromSeed(new Uint8Array(32).fill(21))
  did = holder.verificationMethod.split('#')[0] ?? ''
  world = await createWorld({ subject: { did } })
})

const codeOf = async (id: CheckId, secured: string | JsonObject, options = optionsOf(world)) => {
  const { checks } = await verifyCredential(inputOf(world, secured), options)
  return checks.find((check) => check.id === id)?.reason.code
}
const base64 = (value: JsonValue) => Buffer.from(JSON.stringify(value)).toString('base64url')
/** A token with any header and payload, signed by a key. */
const token = async (header: JsonObject, payload: JsonObject, signer = world.issuing) => {
  const input = `${base64({ alg: 'EdDSA', kid: signer.verificationMethod, ...header })}.${base64(payload)}`
  return `${input}.${Buffer.from(await signer.sign(new TextEncoder().encode(input))).toString('base64url')}`
}

describe('names that every JavaScript object has', () => {
  const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf']

  it.each(names)('are no signature algorithm: %s', async (alg) => {
    const verdict = await verifyCredential(inputOf(world, await token({ alg, typ: 'vc+jwt' }, world.credential)), optionsOf(world))
    expect(verdict.checks[1]?.reason.code).toBe('PROOF_SUITE_UNSUPPORTED')
    expect(structuredClone(verdict)).toEqual(verdict)
  })

  it.each(names)('are no cryptosuite: %s', async (cryptosuite) => {
    const proof = { ...(world.dataIntegrity['proof'] as JsonObject), cryptosuite }
    const verdict = await verifyCredential(inputOf(world, { ...world.dataIntegrity, proof }), optionsOf(world))
    expect(verdict.checks[1]?.reason.code).toBe('PROOF_SUITE_UNSUPPORTED')
    expect(structuredClone(verdict)).toEqual(verdict)
  })
})

describe('one kind of token in the place of another', () => {
  it('a credential in a token that says it is a presentation is refused', async () => {
    expect(await codeOf('proof', await token({ typ: 'vp+jwt' }, world.credential))).toBe('PROOF_MALFORMED')
    expect(await codeOf('proof', await token({ typ: 'vc+jwt' }, world.credential))).toBe('PROOF_OK')
  })

  it('a credential signed by the holder is no proof of a presentation', async () => {
    const both = { ...presentation(), type: ['VerifiablePresentation', 'VerifiableCredential'] }
    const { checks } = await verifyPresentation({ secured: await token({ typ: 'vc+jwt' }, both, holder) }, optionsOf(world))
    expect(checks[1]).toMatchObject({ outcome: 'failed', reason: { code: 'HOLDER_PROOF_INVALID' } })
  })
})

const presentation = (): JsonObject => ({
  '@context': ['https://www.w3.org/ns/credentials/v2'],
  type: ['VerifiablePresentation'],
  holder: did,
  verifiableCredential: [world.dataIntegrity],
})

describe('a presentation that was shown before', () => {
  const asked = { challenge: 'asked-just-now', domain: 'base.localhost' }
  const made = (options: { challenge?: string; domain?: string }) =>
    proofFormats['vc+jwt'].issue(presentation(), holder, { created: times.now, proofPurpose: 'authentication', ...options })
  const holderCode = async (secured: string | JsonObject, question = {}) =>
    (await verifyPresentation({ secured, ...question, receipts: [world.receipt] }, optionsOf(world))).checks[1]?.reason.code

  it('is refused as a token too: it must carry the challenge as nonce, and the domain as audience', async () => {
    expect(await holderCode(await made(asked), asked)).toBe('HOLDER_PROVEN')
    for (const other of [
      {},
      { ...asked, challenge: 'of-yesterday' },
      { ...asked, domain: 'other.example' },
      { challenge: asked.challenge },
    ]) {
      expect(await holderCode(await made(other), asked), JSON.stringify(other)).toBe('HOLDER_PROOF_REPLAYED')
    }
  })

  it('is not said to be made for this occasion when nothing was asked', async () => {
    const verdict = await verifyPresentation({ secured: await made(asked), receipts: [world.receipt] }, optionsOf(world))
    expect(verdict.checks[1]).toMatchObject({ outcome: 'unknown', reason: { code: 'HOLDER_NOT_ASKED', params: { holder: did } } })
    expect(verdict.overall).toBe('unconfirmed')
  })
})

describe('a name with its salt', () => {
  it('is not proven when letters move from one to the other', () => {
    const salt = '0f1e2d3c4b5a69780f1e2d3c4b5a6978'
    const identity = identityObject(hashIdentity('Ann Smithson', salt))
    expect(opensIdentity(identity, { name: 'Ann Smithson', salt })).toBe(true)
    expect(opensIdentity(identity, { name: 'Ann Smith', salt: `son${salt}` })).toBe(false)
    expect(opensIdentity(identity, { name: `Ann Smithson${salt.slice(0, 4)}`, salt: salt.slice(4) })).toBe(false)
  })
})

describe('a status told as fresh that is not', () => {
  const told = (provenance: object) => ({ ...optionsOf(world, { ...world.book, provenance: { ...world.book.provenance, ...provenance } }) })

  it('is not believed from a source that claims to have looked in the future', async () => {
    expect(await codeOf('status', world.jwt, told({ seenAt: times.now + 400 * 86_400 }))).toBe('STATUS_CLOCK_WRONG')
    expect(await codeOf('status', world.jwt, told({ asOf: times.now + 601 }))).toBe('STATUS_CLOCK_WRONG')
    expect(await codeOf('status', world.jwt, told({ seenAt: times.now + 60 }))).toBe('STATUS_CLEAR')
  })

  it('still fails what a source from the future says was withdrawn', async () => {
    const revoked = await makeList(world, { purpose: 'revocation', set: [statusIndex] })
    const { ports, now } = optionsOf(world, { ...withLists(world.book, [[revoked]]), provenance: { source: 'm', asOf: times.now + 9_999 } })
    expect(await codeOf('status', world.jwt, { ports, now })).toMatch(/^STATUS_REVOKED/)
  })

  it('is not read from another list of the issuer that is served in its place', async () => {
    const other = await makeList(world, { purpose: 'revocation', url: 'https://example.localhost/status/3' })
    const own = await makeList(world, { purpose: 'revocation', set: [statusIndex] })
    const book = withFacts(world.book, (fact) => (fact.kind === 'status-heads' ? undefined : fact))
    const served = (document: { text: string }) => optionsOf(world, { ...book, lists: new Map([...book.lists, [own.url, document]]) })
    expect(await codeOf('status', world.jwt, served(own.document))).toBe('STATUS_REVOKED_AT_LATEST')
    expect(await codeOf('status', world.jwt, served(other.document))).toBe('STATUS_LIST_DEFECT')
  })

  it('is not clear when the list has a message that nobody here understands', async () => {
    const entry = { ...(world.credential['credentialStatus'] as JsonObject), statusPurpose: 'message', statusSize: 1 }
    const list = await makeList(world, {
      purpose: 'message' as 'revocation',
      set: [statusIndex],
      url: 'https://example.localhost/status/1',
    })
    const text = { ...withLists(world.book, [[{ ...list, listId: '1' }]]) }
    const { suspension: _, ...alone } = entry as JsonObject
    const secured = await secure({ ...world.credential, credentialStatus: alone }, 'vc+jwt', world.issuing)
    expect(await codeOf('status', secured, optionsOf(world, text))).toBe('STATUS_TYPE_UNSUPPORTED')
  })

  it('is not “no list named” when the member is null', async () => {
    const secured = await secure({ ...world.credential, credentialStatus: null }, 'vc+jwt', world.issuing)
    expect(await codeOf('status', secured)).toBe('STATUS_ENTRY_INVALID')
  })
})

describe('a programme that the base may not issue, beside one that it may', () => {
  const subject = () => world.credential['credentialSubject'] as JsonObject
  const achievement = () => subject()['achievement'] as JsonObject
  const other = () => ({ ...achievement(), id: `urn:guildhall:${world.networkId}:programme:9` })

  it.each([
    ['as a second subject', () => [subject(), { ...subject(), achievement: other() }]],
    ['as a second achievement', () => ({ ...subject(), achievement: [achievement(), other()] })],
    ['of no network', () => [{ ...subject(), achievement: { ...other(), id: 'https://university.example/doctor' } }, subject()]],
  ] as [string, () => JsonValue][])('leaves it open what was entitled: %s', async (_, credentialSubject) => {
    const plain = { ...world.credential, type: ['VerifiableCredential'], credentialSubject: credentialSubject() }
    const secured = await secure(plain, 'vc+jwt', world.issuing)
    expect(await codeOf('entitled', secured)).toBe('ENTITLED_NOT_NAMED')
    expect(await codeOf('issuer', secured)).toBe('ISSUER_NETWORK_NOT_NAMED')
  })
})

describe('nesting without end', () => {
  it('is answered, as a certificate and as a presentation', async () => {
    let deep: JsonValue = 1
    for (let level = 0; level < 50_000; level++) deep = [deep]
    const options = optionsOf(world)
    const verdict = await verifyCredential({ secured: { ...world.dataIntegrity, evidence: deep } }, options)
    expect(verdict.overall).not.toBe('valid')
    const shown = { ...presentation(), verifiableCredential: [{ ...world.dataIntegrity, evidence: deep }], proof: deep }
    expect((await verifyPresentation({ secured: shown }, options)).overall).toBe('not-valid')
  })
})

describe('keys named in odd ways', () => {
  it.each([
    ['the issuer’s key behind the attacker’s', (own: string, foreign: string) => `${world.did}#${foreign}#${own}`],
    ['the attacker’s key behind the issuer’s', (own: string, foreign: string) => `${world.did}#${own}#${foreign}`],
    ['the attacker’s key under the issuer’s name', (_: string, foreign: string) => `${world.did}#${foreign}`],
    ['the attacker’s key, relative', (_: string, foreign: string) => foreign],
    ['the issuer’s DID as a path of the attacker’s', (_: string, foreign: string) => `did:key:${foreign}/${world.did}#${foreign}`],
  ])('do not make the attacker’s signature the issuer’s: %s', async (_, kidOf) => {
    const attacker = await signerFromSeed(new Uint8Array(32).fill(66), world.did)
    const [own, foreign] = [world.issuing, attacker].map(({ verificationMethod }) => verificationMethod.split('#')[1] ?? '')
    const secured = await token({ typ: 'vc+jwt', kid: kidOf(own ?? '', foreign ?? '') }, world.credential, attacker)
    const { overall, checks } = await verifyCredential(inputOf(world, secured), optionsOf(world))
    expect(overall).not.toBe('valid')
    expect(checks[1]?.outcome).not.toBe('passed')
  })
})

describe('several proofs', () => {
  const other = () => signerFromSeed(new Uint8Array(32).fill(66))
  const both = async (first: Signer, second: Signer, document = world.credential) =>
    secure((await secure(document, 'eddsa-rdfc-2022', first)) as JsonObject, 'eddsa-rdfc-2022', second)

  it('pass when one is the issuer’s, whichever comes first, and fail when none is', async () => {
    expect(await codeOf('proof', await both(world.issuing, await other()))).toBe('PROOF_OK')
    expect(await codeOf('proof', await both(await other(), world.issuing))).toBe('PROOF_OK')
    expect(await codeOf('proof', await both(await other(), holder))).toBe('PROOF_NOT_BY_ISSUER')
  })

  it('fail when the issuer’s does not fit and another’s does', async () => {
    const changed: JsonObject = { ...world.dataIntegrity, name: 'Another title' }
    expect(await codeOf('proof', await secure(changed, 'eddsa-rdfc-2022', await other()))).toBe('PROOF_INVALID')
  })
})

describe('text that is made to be seen as another', () => {
  // Moves a terminal's cursor up and clears the line; turns the direction of writing around; ends a line.
  const tricks = ['\u001b[1A\u001b[2KVALID', 'abc\u202edilav', 'x\u0000y', 'a\r\nb', '\u2066\u2029', '\u009b31m']
  const isPlain = (text: string) => !/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u.test(text)

  it.each(tricks)('is shown without its tricks, in facts and in reasons: %j', async (trick) => {
    const subject = world.credential['credentialSubject'] as JsonObject
    const achievement = { ...(subject['achievement'] as JsonObject), localised: { name: { en: trick, [trick]: 'x' } }, description: trick }
    const changes = { credentialSubject: { ...subject, achievement }, issuer: { id: world.did, type: ['Profile'], name: trick } }
    const secured = await token({ typ: 'vc+jwt', kid: `${world.did}#${trick}` }, { ...world.credential, ...changes })
    const verdict = await verifyCredential(inputOf(world, secured), optionsOf(world))
    const { title, description, claimedIssuerName } = verdict.facts
    const shown = [title, description].flatMap((texts) => Object.entries(texts).flat())
    const reasons = verdict.checks.flatMap(({ reason, notes }) => [reason, ...notes])
    const said = reasons.flatMap(({ params }) => Object.values(params).map(String))
    expect([...shown, claimedIssuerName ?? '', ...said].filter((text) => !isPlain(text))).toEqual([])
    expect(shown.join()).toContain('\ufffd')
  })

  it('is cut where a reason would be a page long', async () => {
    const kid = `did:web:${'x'.repeat(100_000)}#z6Mk`
    const { checks } = await verifyCredential(inputOf(world, await token({ typ: 'vc+jwt', kid }, world.credential)), optionsOf(world))
    expect(JSON.stringify(checks).length).toBeLessThan(5_000)
  })
})

describe('a suspension that is moved about in a document whose statements stay the same', () => {
  const entry = () => world.dataIntegrity['credentialStatus'] as JsonObject
  const alone = () => {
    const { suspension: _, ...revocation } = entry()
    return revocation
  }
  const suspension = () => entry()['suspension'] as JsonObject
  const id = () => String(entry()['id'])

  it.each([
    ['left out', () => ({ credentialStatus: alone() })],
    ['in a second node of the entry', () => ({ credentialStatus: [alone(), { id: id(), suspension: suspension() }] })],
    ['in a second node, named first', () => ({ credentialStatus: [{ id: id(), suspension: suspension() }, alone()] })],
    ['by its name alone', () => ({ credentialStatus: { ...alone(), suspension: String(suspension()['id']) } })],
    ['by its name beside it', () => ({ credentialStatus: { ...alone(), suspension: [String(suspension()['id']), suspension()] } })],
    ['by its full IRI', () => ({ credentialStatus: { ...alone(), 'urn:guildhall:vocabulary:v1#suspension': suspension() } })],
    ['in a list in a list', () => ({ credentialStatus: { ...alone(), suspension: [[suspension()]] } })],
    ['with its entry in a list in a list', () => ({ credentialStatus: [[entry()]] })],
    ['with its entry by name, and the entry elsewhere', () => ({ credentialStatus: id(), termsOfUse: entry() })],
    ['at the top', () => ({ credentialStatus: alone(), suspension: suspension() })],
  ] as [string, () => JsonObject][])('never makes a suspended certificate pass: %s', async (_, changes) => {
    const suspended = await makeList(world, { purpose: 'suspension', set: [statusIndex] })
    const { ports, now } = optionsOf(world, withLists(world.book, [[suspended]]))
    const changed = { ...world.dataIntegrity, ...changes() }
    const { checks } = await verifyCredential(inputOf(world, changed), { ports, now })
    const outcomes = checks.filter(({ id: check }) => check === 'proof' || check === 'status').map(({ outcome }) => outcome)
    expect(outcomes).not.toEqual(['passed', 'passed'])
  })
})

describe('work of which the receipt is nested', () => {
  it('is judged all the same: a list in a list says no less', async () => {
    const [piece] = world.record.evidence
    if (piece?.receipt === undefined) throw new Error('the sample has a receipt')
    const segment = { ...piece.receipt.segment, root: `0x${'77'.repeat(32)}` as const }
    const unrecorded = { ...piece, id: 'urn:uuid:2d0cf1a9-1f0f-4d4e-8f57-4b6bb4ad8a02', receipt: { ...piece.receipt, segment } }
    const both = await createWorld({ evidence: [piece, unrecorded] })
    const [first, second] = both.dataIntegrity['evidence'] as JsonObject[]
    const nested = { ...both.dataIntegrity, evidence: [first, [second]] as JsonValue }
    const { checks } = await verifyCredential({ secured: nested, receipt: both.receipt }, optionsOf(both))
    expect([checks[1]?.outcome, checks[6]?.outcome]).not.toEqual(['passed', 'passed'])
    expect(checks[6]?.notes).toHaveLength(2)
  })
})

describe('dates of the older data model on a certificate of the present one', () => {
  it('are not shown, since nobody judges them', async () => {
    const older = { ...world.credential, issuanceDate: '2019-01-01T00:00:00Z', expirationDate: '2099-01-01T00:00:00Z' }
    const { facts, checks } = await verifyCredential({ secured: await secure(older, 'vc+jwt', world.issuing) }, optionsOf(world))
    expect([facts.validFrom, facts.validUntil, checks[5]?.reason.code]).toEqual([world.credential['validFrom'], undefined, 'DATES_NO_END'])
  })
})

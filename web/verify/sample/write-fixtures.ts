/**
 * Writes the files of the browser tests: for each of the seven checks one certificate that passes, one that fails and one that is unknown.
 *
 *     node web/verify/sample/write-fixtures.ts FOLDER
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bakePng, bakeSvg, buildCredential, type CheckId, type Fact, type Outcome, writeBundle } from '@guildhall/credentials'
import { type BundleChanges, createSampleBundle, createSampleWorld, type SampleWorld } from './sample-world.ts'

type Row = { check: CheckId; outcome: Exclude<Outcome, 'passed'>; changes: (world: SampleWorld) => BundleChanges | Promise<BundleChanges> }

/** Facts of one kind changed. */
const change =
  <K extends Fact['kind']>(kind: K, how: (fact: Extract<Fact, { kind: K }>) => Fact | undefined): NonNullable<BundleChanges['fact']> =>
  (fact) =>
    fact.kind === kind ? how(fact as Extract<Fact, { kind: K }>) : fact

const legacy = { credential: { '@context': ['https://www.w3.org/2018/credentials/v1'] } }

const rows: readonly Row[] = [
  { check: 'data-model', outcome: 'failed', changes: () => ({ credential: { issuer: 'a school' } }) },
  { check: 'data-model', outcome: 'unknown', changes: () => legacy },
  { check: 'proof', outcome: 'failed', changes: () => ({ tamper: (jwt) => changeLetter(jwt) }) },
  { check: 'proof', outcome: 'unknown', changes: () => ({ tamper: (jwt) => otherSuite(jwt) }) },
  {
    check: 'issuer',
    outcome: 'failed',
    changes: () => ({ fact: change('did-logs', (fact) => ({ ...fact, records: [{ digest: `0x${'77'.repeat(32)}`, recordedAt: 1 }] })) }),
  },
  { check: 'issuer', outcome: 'unknown', changes: () => ({ fact: change('base', () => undefined) }) },
  {
    check: 'entitled',
    outcome: 'failed',
    changes: () => ({ fact: change('entitlement', (fact) => ({ ...fact, isEntitled: false, gap: 'safety-lapsed' })) }),
  },
  { check: 'entitled', outcome: 'unknown', changes: () => ({ receipt: 'none' }) },
  { check: 'status', outcome: 'failed', changes: () => ({ isRevoked: true }) },
  { check: 'status', outcome: 'unknown', changes: (world) => ({ asOf: world.now - 40 * 3600 }) },
  {
    check: 'dates',
    outcome: 'failed',
    changes: (world) => ({ credential: { validUntil: new Date((world.now - 3600) * 1000).toISOString().replace(/\.\d+Z$/, 'Z') } }),
  },
  { check: 'dates', outcome: 'unknown', changes: (world) => ({ asOf: world.now + 2 * 86_400 }) },
  { check: 'evidence', outcome: 'failed', changes: (world) => ({ record: { evidence: brokenEvidence(world) } }) },
  { check: 'evidence', outcome: 'unknown', changes: () => ({ record: { evidence: [] } }) },
]

const folder = process.argv[2]
if (!folder) throw new Error('Name the folder to write to.')
mkdirSync(folder, { recursive: true })
const world = await createSampleWorld({
  now: Math.floor(Date.now() / 1000),
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
})
const sound = await createSampleBundle(world)
write('network.json', JSON.stringify(world.network))
write('sound.guildhall', writeBundle(sound))
const [credential] = sound.credentials
if (credential) {
  const pixel = Uint8Array.from(
    atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
    (letter) => letter.charCodeAt(0),
  )
  const baked = { secured: credential.secured, receipt: credential.receipt }
  write('sound.jwt', String(credential.secured))
  write('sound.png', bakePng(pixel, baked))
  write('record-failed.guildhall', writeBundle(await createSampleBundle(world, learnerRecord(String(credential.secured)))))
  write('sound.svg', bakeSvg('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>', baked))
}
for (const { check, outcome, changes } of rows)
  write(`${check}-${outcome}.guildhall`, writeBundle(await createSampleBundle(world, await changes(world))))

function write(name: string, content: string | Uint8Array): void {
  writeFileSync(join(folder ?? '', name), content)
}

/** The same certificate with one letter of its payload changed. */
function changeLetter(jwt: string): string {
  const [header = '', payload = '', signature = ''] = jwt.split('.')
  const text = atob(payload.replaceAll('-', '+').replaceAll('_', '/')).replace('without help', 'without harm')
  return `${header}.${btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}.${signature}`
}

/** A learner record (CLR 2.0): sound itself, with a certificate inside whose receipt is not at hand, and one that was changed. */
function learnerRecord(jwt: string): BundleChanges {
  const envelop = (token: string) => ({
    '@context': 'https://www.w3.org/ns/credentials/v2',
    type: 'EnvelopedVerifiableCredential',
    id: `data:application/vc+jwt,${token}`,
  })
  const { credentialSubject } = buildCredential(world.record)
  const verifiableCredential = [envelop(jwt), envelop(changeLetter(jwt))]
  return { credential: { credentialSubject: { ...(credentialSubject as object), verifiableCredential } } }
}

/** The same certificate under a signature type that nobody here knows. */
function otherSuite(jwt: string): SecuredObject {
  const [, payload = ''] = jwt.split('.')
  const document = JSON.parse(
    new TextDecoder().decode(Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))),
  )
  const { iss: _iss, nbf: _nbf, exp: _exp, sub: _sub, jti: _jti, ...rest } = document
  const proof = {
    type: 'DataIntegrityProof',
    cryptosuite: 'experimental-2099',
    verificationMethod: `${world.did}#key`,
    proofPurpose: 'assertionMethod',
    proofValue: 'z3x',
  }
  return { ...rest, proof }
}

/** A receipt whose frames do not lie within its segment. */
function brokenEvidence(of: SampleWorld): SampleWorld['record']['evidence'] {
  return of.record.evidence.map((piece) =>
    piece.receipt ? { ...piece, receipt: { ...piece.receipt, frames: { first: 2, last: 64 } } } : piece,
  )
}

type SecuredObject = Extract<ReturnType<NonNullable<BundleChanges['tamper']>>, object>

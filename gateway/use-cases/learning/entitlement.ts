import { createHash } from 'node:crypto'
import { ASSESSMENT_KINDS, encodeCall, interfaces } from '@guildhall/contracts'
import { addDidLogEntry, decodeMultikey, didLogDigest, encodeMultikey, keyIdOf, signerFromSeed } from '@guildhall/credentials'
import canonicalize from 'canonicalize'
import type { Entitlement } from '../../api/learning/entitlement.ts'
import type { Actor } from '../../base.ts'
import { GuildhallError, notFound } from '../../errors.ts'
import { listWaitingDecisions } from '../base/decisions/decide.ts'
import { getIdentity, type IssuerKey, type IssuingBase, keepIdentity } from '../base/issuing.ts'
import { askGate } from './gate.ts'
import { enqueueAccreditation } from './programmes.ts'

type Accreditation = Entitlement['accreditations'][number]
type Show = Pick<IssuingBase, 'records' | 'registry' | 'clock'>
type Use = Show & Pick<IssuingBase, 'transaction' | 'outbox' | 'audit' | 'node' | 'keys'>
type Kind = (typeof ASSESSMENT_KINDS)[number]

/** How long a new issuing key is valid, in seconds: two years. */
const keyForSeconds = 63_072_000

/** What this base may do now, by its synced view of the ledger. */
export function getEntitlement(base: Show): Entitlement {
  const { baseId } = getIdentity(base)
  const rights = base.registry.rightsOf(baseId)
  const now = base.clock.now()
  const programmes = base.records.programmes.list({}).flatMap(({ programmeId }) => (programmeId === null ? [] : [programmeId]))
  return {
    now,
    blockNumber: base.registry.syncedTo()?.blockNumber ?? null,
    assessments: ASSESSMENT_KINDS.map((kind) => showAssessment(base, kind)),
    accreditations: [
      ...listWaitingAccreditations(base),
      ...rights.accreditations.map(({ isRevoked, ...one }): Accreditation => {
        const state = isRevoked ? 'revoked' : one.expiresAt <= now ? 'lapsed' : 'current'
        return { ...one, state }
      }),
    ],
    keys: rights.keys.map((key) => showKey(base, key.keyId)),
    programmes: programmes.map((programmeId) => {
      const answer = askGate(base, programmeId)
      return { programmeId, entitled: answer.entitled, reason: answer.entitled ? null : { code: answer.refusal, params: { programmeId } } }
    }),
  }
}

type Assessing = { kind: Kind; report: string; validForSeconds: number; signal: AbortSignal }

/** Signs, or renews, one of the base's own assessments; shown as self-assessed. Waits until it is on the ledger and has been read back. */
export async function signAssessment(base: Use, actor: Actor, { kind, report, validForSeconds, signal }: Assessing) {
  const { baseId, contracts, did } = getIdentity(base)
  const now = base.clock.now()
  const text = canonicalize({ type: 'GuildhallAssessmentReport', kind, assessor: did, selfAssessed: true, assessedAt: now, report }) ?? ''
  const { cid } = await base.node.content.add(new TextEncoder().encode(text))
  const args = [baseId, baseId, ASSESSMENT_KINDS.indexOf(kind), now + validForSeconds, sha256(text), cid] as const
  const { to, data } = encodeCall(contracts, 'Entitlements.signAssessment', [...args])
  await write(base, actor, { kind: 'assessment', to, data, action: 'assessment.signed', subject: kind, signal })
  return showAssessment(base, kind)
}

/** What the network has decided to accredit this base for, and what waits: it holds from its day to the end that it names. */
function listWaitingAccreditations(base: Pick<Show, 'records'>): Accreditation[] {
  return listWaitingDecisions(base).flatMap(({ kind, programmeId, payload, readyAt: validFrom }) => {
    if (kind !== 'accreditation') return []
    const expiresAt = Number(interfaces.Entitlements.decodeFunctionData('accredit', payload)[3])
    return [{ recordId: null, programmeId, state: 'waiting-for-ledger', validFrom, expiresAt, chain: [] }]
  })
}

/** The root base accredits itself for a programme, through the timelock: at once while it stands alone, else after the timelock's delay. */
export async function accreditProgramme(
  base: Use,
  actor: Actor,
  { programmeId, validForSeconds, signal }: { programmeId: number; validForSeconds: number; signal: AbortSignal },
) {
  const outboxId = base.transaction(() => {
    base.audit.append(actor, 'programme.accredited', { subject: String(programmeId), details: { validForSeconds } })
    return enqueueAccreditation(base, { programmeId, forSeconds: validForSeconds })
  })
  await settled(base, outboxId, signal)
  const accreditation = getEntitlement(base).accreditations.find((one) => one.programmeId === programmeId)
  if (!accreditation) throw notFound('accreditation')
  return accreditation
}

/**
 * Makes a new issuing key, publishes it in the DID log and on the ledger, and issues with it once the ledger has it. A crash or a caller who
 * leaves changes nothing of that: `takeUpIssuerKey` finds it again.
 * @throws STATE_REFUSED while another is on its way, or was made in this very second (did:webvh 1.0: each entry is later than the last)
 */
export async function addIssuerKey(base: Use, actor: Actor, { signal }: { signal: AbortSignal }) {
  const { did, didLog: before, nextIssuer, baseId, contracts, issuer: present } = getIdentity(base)
  if (nextIssuer) {
    throw new GuildhallError('STATE_REFUSED', { thing: 'next key', state: 'on its way to the ledger', next: 'Wait until it is in use.' })
  }
  if (lastEntryTime(before) >= base.clock.now()) {
    throw new GuildhallError('STATE_REFUSED', { thing: 'key', state: 'made a moment ago', next: 'Wait a second, then make the next one.' })
  }
  // Each entry of the log but the first brought one key.
  const number = before.trim().split('\n').length + 1
  const issuer = await makeIssuerKey(base, { did, seedName: `issuer/${number}` })
  const { keyId } = issuer
  const didLog = await extendDidLog(base, { number, issuingKeys: [present.publicKeyMultibase, issuer.publicKeyMultibase] })
  const { cid } = await base.node.content.add(new TextEncoder().encode(didLog))
  const published = encodeCall(contracts, 'BaseRegistry.publishDidLog', [baseId, didLogDigest(before), didLogDigest(didLog), cid])
  const added = encodeCall(contracts, 'Entitlements.addIssuerKey', [baseId, keyId, base.clock.now() + keyForSeconds])
  const outboxId = base.transaction(() => {
    const identity = getIdentity(base)
    if (identity.didLog !== before) throw new GuildhallError('CONFLICT', { thing: 'DID log' })
    base.outbox.enqueue({ kind: 'did-log', to: published.to, calldata: published.data, subjectId: keyId })
    keepIdentity(base, { ...identity, didLog, nextIssuer: issuer })
    base.audit.append(actor, 'issuer-key.added', { subject: keyId })
    return base.outbox.enqueue({ kind: 'issuer-key', to: added.to, calldata: added.data, subjectId: keyId })
  })
  await settled(base, outboxId, signal)
  takeUpIssuerKey(base)
  return showKey(base, keyId)
}

/** When the newest entry of a DID log was made. */
function lastEntryTime(didLog: string): number {
  const { versionTime } = JSON.parse(didLog.trim().split('\n').at(-1) ?? '{}') as { versionTime?: string }
  return Math.floor(Date.parse(versionTime ?? '') / 1000)
}

async function makeIssuerKey(
  { keys }: Pick<IssuingBase, 'keys'>,
  { did, seedName }: { did: string; seedName: string },
): Promise<IssuerKey> {
  const signer = await signerFromSeed(keys.seed(seedName), did)
  return {
    seedName,
    keyId: keyIdOf(signer.publicKey),
    publicKeyMultibase: encodeMultikey({ algorithm: 'EdDSA', publicKey: signer.publicKey }),
    verificationMethod: signer.verificationMethod,
  }
}

/** Issues with the new key from when the base has read it on the ledger: before, the gate would be closed. */
export function takeUpIssuerKey(base: Pick<IssuingBase, 'records' | 'registry' | 'transaction'>): void {
  base.transaction(() => {
    const { nextIssuer, ...identity } = getIdentity(base)
    if (!nextIssuer || !base.registry.rightsOf(identity.baseId).keys.some(({ keyId }) => keyId === nextIssuer.keyId)) return
    keepIdentity(base, { ...identity, issuer: nextIssuer })
  })
}

/** The ledger refused the new key: the present one stays in use. Inside the caller's transaction. */
export function settleRefusedIssuerKey({ records }: Pick<IssuingBase, 'records'>): void {
  const { nextIssuer: _, ...identity } = getIdentity({ records })
  keepIdentity({ records }, identity)
}

/** `compromised` voids what is anchored after the revocation; `retired` does not. @throws STATE_REFUSED for retiring the key in use */
export async function revokeIssuerKey(
  base: Use,
  actor: Actor,
  { keyId, why, signal }: { keyId: string; why: 'retired' | 'compromised'; signal: AbortSignal },
) {
  const { baseId, contracts, issuer } = getIdentity(base)
  if (why === 'retired' && issuer.keyId === keyId) {
    throw new GuildhallError('STATE_REFUSED', { thing: 'key', state: 'the one in use', next: 'Make a new issuing key first.' })
  }
  const { to, data } =
    why === 'retired'
      ? encodeCall(contracts, 'Entitlements.retireIssuerKey', [baseId, keyId])
      : encodeCall(contracts, 'Entitlements.revokeIssuerKey', [baseId, keyId, baseId])
  await write(base, actor, { kind: 'key-revocation', to, data, action: `issuer-key.${why}`, subject: keyId, signal })
  return showKey(base, keyId)
}

function showAssessment(base: Show, kind: Kind): Entitlement['assessments'][number] {
  const { baseId } = getIdentity(base)
  const newest = base.registry.rightsOf(baseId).assessments.find((one) => one.kind === kind)
  const missing = { recordId: null, validFrom: null, expiresAt: null, selfAssessed: false, assessor: null, reportCid: null }
  if (!newest) return { kind, state: 'missing', ...missing }
  const { recordId, validFrom, expiresAt, selfAssessed, assessor, reportCid, isWithdrawn } = newest
  const state = isWithdrawn ? 'revoked' : expiresAt <= base.clock.now() ? 'lapsed' : 'current'
  return { kind, state, recordId, validFrom, expiresAt, selfAssessed, assessor: `base ${assessor}`, reportCid }
}

function showKey(base: Show, keyId: string): Entitlement['keys'][number] {
  const { baseId, issuer, didLog } = getIdentity(base)
  const key = base.registry.rightsOf(baseId).keys.find((one) => one.keyId === keyId)
  if (!key) throw notFound('key')
  const revokedAt = key.compromisedAt ?? key.retiredAt
  const state = key.compromisedAt !== null ? 'compromised' : key.retiredAt !== null ? 'retired' : 'current'
  const publicKeyMultibase = findMultikey(didLog, keyId) ?? issuer.publicKeyMultibase
  return { keyId, publicKeyMultibase, recordId: null, state, validFrom: key.validFrom, revokedAt, inUse: issuer.keyId === keyId }
}

/** The public key behind a key id, from the DID log. */
function findMultikey(didLog: string, keyId: string): string | undefined {
  return [...didLog.matchAll(/"publicKeyMultibase":"(z[1-9A-HJ-NP-Za-km-z]+)"/g)]
    .map(([, multikey]) => multikey ?? '')
    .find((multikey) => keyIdOf(decodeMultikey(multikey).publicKey) === keyId)
}

async function extendDidLog(base: Use, { number, issuingKeys }: { number: number; issuingKeys: string[] }): Promise<string> {
  const { did, didLog } = getIdentity(base)
  // The first entry committed to key 2, entry n to key n + 1: the key that signs entry n is update key n.
  const updateKey = await signerFromSeed(base.keys.seed(`did-update/${number}`))
  const next = await signerFromSeed(base.keys.seed(`did-update/${number + 1}`))
  const entry = {
    updateKey,
    newUpdateKey: updateKey,
    nextUpdateKeys: [next],
    issuingKeys: issuingKeys.map(decodeMultikey),
    time: base.clock.now(),
  }
  return (await addDidLogEntry({ did, log: didLog }, entry)).log
}

type Writing = { kind: string; to: string; data: string; action: string; subject: string; signal: AbortSignal }

async function write(base: Use, actor: Actor, { kind, to, data, action, subject, signal }: Writing): Promise<void> {
  const outboxId = base.transaction(() => {
    base.audit.append(actor, action, { subject })
    return base.outbox.enqueue({ kind, to, calldata: data, subjectId: subject })
  })
  await settled(base, outboxId, signal)
}

/** Final on the ledger and read back, so that the answer shows it. */
async function settled(base: Use, outboxId: number, signal: AbortSignal): Promise<void> {
  const { blockNumber } = await base.outbox.whenFinal(outboxId, signal)
  if (blockNumber !== null) await base.registry.whenSyncedTo(blockNumber, signal)
}

const sha256 = (text: string): string => `0x${createHash('sha256').update(text).digest('hex')}`

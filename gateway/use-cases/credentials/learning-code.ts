import {
  buildPresentation,
  canonicalJson,
  type JsonObject,
  learningCodeSeconds,
  presentCertificates,
  proofFormats,
  resolveDidKey,
  writeLearningCode,
} from '@guildhall/credentials'
import type { OwnPresentation } from '../../api/credentials/wallet.ts'
import type { Actor } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import type { LearningCodeRow } from '../../records/credential-tables.ts'
import { getIdentity, type IssuingBase } from '../base/issuing.ts'
import { requireConsent } from '../learning/gate.ts'
import { holderSigner } from './holder.ts'
import { type CertificateSecrets, openCertificate } from './issue-certificate.ts'
import { receiptOf, resolveLearner } from './wallet.ts'

type Use = Pick<IssuingBase, 'records' | 'clock' | 'random' | 'keys' | 'config' | 'transaction' | 'audit'>
type Input = { credentialIds: string[]; nameShown: boolean; own?: OwnPresentation | undefined }
/** What an own wallet signed, as it waits for its one opening. */
type Relayed = Pick<OwnPresentation, 'presentation' | 'identity'>

/** 26 characters of base32 are 130 bits: a code can't be guessed within its minute. */
const codeLength = 26
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/**
 * A code that shows just the certificates picked, and the name only if ticked. It lives a minute and opens once; what is stored is its HMAC.
 * An own wallet makes the code itself and brings the presentation that it signed over it: the base looks that it is what was picked and by
 * the learner's key, and hands it on.
 * @throws CONSENT_MISSING, NOT_YOURS, WALLET_SHUT for an own wallet that brings nothing, PASSKEY_REFUSED for a presentation that does not fit
 */
export async function createLearningCode(base: Use, actor: Actor, { credentialIds, nameShown, own }: Input) {
  const learnerId = resolveLearner(base, actor)
  requireConsent(base, learnerId, 'share-by-learning-code')
  const picked = [...new Set(credentialIds)]
  for (const credentialId of picked)
    if (base.records.credentials.get(credentialId).learnerId !== learnerId) throw new GuildhallError('NOT_YOURS')
  const { custody, holderDid } = base.records.learners.get(learnerId)
  if ((custody === 'own') !== (own !== undefined)) throw new GuildhallError('WALLET_SHUT')
  if (own) await assertPresented(base, own, { picked, nameShown, holder: holderDid ?? '' })
  const code = own?.code ?? [...base.random.bytes(codeLength)].map((byte) => alphabet[byte % alphabet.length]).join('')
  const text = writeLearningCode({ origin: base.config.origin, code })
  const now = base.clock.now()
  const codeId = base.random.uuid()
  const relayed: Relayed | undefined = own && { presentation: own.presentation, identity: own.identity }
  const row: LearningCodeRow = {
    codeId,
    learnerId,
    codeMac: macOf(base, code),
    credentialIds: picked,
    nameShown,
    createdAt: now,
    expiresAt: now + learningCodeSeconds,
    openedAt: null,
    openedBySealed: null,
    relayedSealed: relayed ? base.records.vault.sealJson(learnerId, relayedContext({ codeId }), relayed) : null,
  }
  base.transaction(() => {
    if (base.records.learningCodes.find({ codeMac: row.codeMac })) throw new GuildhallError('CONFLICT', { thing: 'learning code' })
    base.records.learningCodes.insert(row)
    base.audit.append(actor, 'learning-code.made', { subject: codeId, details: { certificates: picked.length, nameShown } })
  })
  return { ...show(base, row), code, text, url: `${base.config.origin}/code/${code}` }
}

/** Forgets what waited for an opening that did not come within its minute. */
export function forgetRelayed({ db, clock }: Pick<IssuingBase, 'db' | 'clock'>): void {
  db.prepare('UPDATE learning_codes SET relayed_sealed = NULL WHERE relayed_sealed IS NOT NULL AND expires_at <= ?').run(clock.now())
}

/** Who opened a learner's codes, newest first. */
export function listLearningCodes(base: Use, actor: Actor, { learnerId }: { learnerId?: string | undefined }) {
  const owner = resolveLearner(base, actor, learnerId)
  return {
    items: base.records.learningCodes
      .list({ learnerId: owner }, { orderBy: 'createdAt', descending: true, limit: 200 })
      .map((row) => show(base, row)),
  }
}

/**
 * Opens a code, once, within its minute. What comes out is a presentation by the holder's key over the code as its challenge, so that nobody
 * can show it again: signed here for a wallet that the base keeps, handed on as it came for an own one.
 * @throws LEARNING_CODE_REFUSED for a code that is unknown, used or over: which of them is not told
 */
export async function openLearningCode(base: Use, actor: Actor, { code, visitor }: { code: string; visitor?: string | undefined }) {
  const row = takeCode(base, actor, { code, visitor })
  const certificates = openPicked(base, row.credentialIds)
  const shown = readRelayed(base, row) ?? (await presentFor(base, row, { certificates, code }))
  return { ...shown, receipts: certificates.map(({ receipt }) => receipt), openedAt: row.openedAt ?? base.clock.now() }
}

type Picked = { secrets: CertificateSecrets; receipt: ReturnType<typeof receiptOf> }

function openPicked(base: Use, credentialIds: readonly string[]): Picked[] {
  return credentialIds.map((credentialId) => {
    const certificate = base.records.credentials.get(credentialId)
    const secrets = openCertificate(base, certificate)
    return { secrets, receipt: receiptOf(certificate, secrets) }
  })
}

async function presentFor(base: Use, row: LearningCodeRow, { certificates, code }: { certificates: Picked[]; code: string }) {
  const presentation = await presentCertificates({
    signer: await holderSigner(base, row.learnerId),
    files: certificates.map(({ secrets }) => secrets.files),
    challenge: code,
    domain: getIdentity(base).host,
    now: base.clock.now(),
  })
  const name = certificates[0]?.secrets.identity.name
  const identity = row.nameShown && name !== undefined ? { name, salts: certificates.map(({ secrets }) => secrets.identity.salt) } : null
  return { presentation, identity }
}

function readRelayed({ records }: Use, row: LearningCodeRow): Relayed | undefined {
  if (row.relayedSealed === null) return undefined
  return records.vault.openJson<Relayed>(row.learnerId, relayedContext(row), row.relayedSealed)
}

/** Nothing but what was picked, signed by the learner's key over this code, and the name exactly when it was ticked. */
async function assertPresented(
  base: Use,
  { code, presentation, identity }: OwnPresentation,
  { picked, nameShown, holder }: { picked: string[]; nameShown: boolean; holder: string },
): Promise<void> {
  const refuse = (problem: string) => new GuildhallError('PASSKEY_REFUSED', { problem })
  const secured = presentation as JsonObject
  const { proof: _, ...shown } = secured
  const expected = buildPresentation(
    holder,
    openPicked(base, picked).map(({ secrets }) => secrets.files),
  )
  if (canonicalJson(shown) !== canonicalJson(expected)) throw refuse('it shows something else than what was picked')
  if (nameShown !== (identity !== null)) throw refuse('the name is shown without being ticked, or ticked without being shown')
  const { outcome } = await proofFormats['eddsa-rdfc-2022'].verifyProof(secured, {
    resolveKey: ({ verificationMethod }) =>
      verificationMethod.startsWith(`${holder}#`)
        ? { key: resolveDidKey(verificationMethod) }
        : { outcome: 'failed', reason: { code: 'proof-key-not-found', params: {} } },
    proofPurpose: 'authentication',
    challenge: code,
    domain: getIdentity(base).host,
  })
  if (outcome !== 'passed') throw refuse("it is not signed by this wallet's key for this code")
}

function takeCode(base: Use, actor: Actor, { code, visitor }: { code: string; visitor?: string | undefined }): LearningCodeRow {
  return base.transaction(() => {
    const row = base.records.learningCodes.find({ codeMac: macOf(base, code) })
    const now = base.clock.now()
    if (!row || row.openedAt !== null || row.expiresAt <= now || !base.records.vault.has(row.learnerId))
      throw new GuildhallError('LEARNING_CODE_REFUSED')
    requireConsent(base, row.learnerId, 'share-by-learning-code')
    const openedBySealed = visitor ? base.records.vault.sealJson(row.learnerId, visitorContext(row), visitor) : null
    base.records.learningCodes.update(row.codeId, { openedAt: now, openedBySealed, relayedSealed: null })
    base.audit.append(actor, 'learning-code.opened', { subject: row.codeId })
    return { ...row, openedAt: now, openedBySealed }
  })
}

function show({ records }: Pick<IssuingBase, 'records'>, row: LearningCodeRow) {
  const { codeId, credentialIds, nameShown, createdAt, expiresAt, openedAt, openedBySealed, learnerId } = row
  const openedBy = openedBySealed === null ? null : records.vault.openJson<string>(learnerId, visitorContext(row), openedBySealed)
  return { codeId, credentialIds, nameShown, createdAt, expiresAt, openedAt, openedBy }
}

const relayedContext = ({ codeId }: { codeId: string }): string => `learning-code/${codeId}/presentation`
const visitorContext = ({ codeId }: { codeId: string }): string => `learning-code/${codeId}`
const macOf = ({ keys }: Pick<IssuingBase, 'keys'>, code: string): Uint8Array => keys.mac('learning-code', code)

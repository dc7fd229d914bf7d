import type { Actor } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import type { LearningCodeRow } from '../../records/credential-tables.ts'
import { getIdentity, type IssuingBase } from '../base/issuing.ts'
import { requireConsent } from '../learning/gate.ts'
import { holderSigner } from './holder.ts'
import { openCertificate } from './issue-certificate.ts'
import { buildPresentation } from './present-certificates.ts'
import { receiptOf, resolveLearner } from './wallet.ts'

type Use = Pick<IssuingBase, 'records' | 'clock' | 'random' | 'keys' | 'config' | 'transaction' | 'audit'>

/** How long a code lives, in seconds (TRUST.md, "Learning code"). */
const codeSeconds = 60
/** 26 characters of base32 are 130 bits: a code can't be guessed within its minute. */
const codeLength = 26
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/**
 * A code that shows just the certificates picked, and the name only if ticked. It lives a minute and opens once; what is stored is its HMAC.
 * @throws CONSENT_MISSING, NOT_YOURS, STATE_REFUSED for a wallet in the learner's own hands
 */
export function createLearningCode(base: Use, actor: Actor, { credentialIds, nameShown }: { credentialIds: string[]; nameShown: boolean }) {
  const learnerId = resolveLearner(base, actor)
  requireConsent(base, learnerId, 'share-by-learning-code')
  for (const credentialId of credentialIds)
    if (base.records.credentials.get(credentialId).learnerId !== learnerId) throw new GuildhallError('NOT_YOURS')
  const code = [...base.random.bytes(codeLength)].map((byte) => alphabet[byte % alphabet.length]).join('')
  const now = base.clock.now()
  const row: LearningCodeRow = {
    codeId: base.random.uuid(),
    learnerId,
    codeMac: macOf(base, code),
    credentialIds: [...new Set(credentialIds)],
    nameShown,
    createdAt: now,
    expiresAt: now + codeSeconds,
    openedAt: null,
    openedBySealed: null,
  }
  base.transaction(() => {
    base.records.learningCodes.insert(row)
    base.audit.append(actor, 'learning-code.made', { subject: row.codeId, details: { certificates: row.credentialIds.length, nameShown } })
  })
  const url = `${base.config.origin}/code/${code}`
  return { ...show(base, row), code, text: url.toUpperCase(), url }
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
 * Opens a code, once, within its minute. The holder's key signs a presentation over the code as its challenge, so that nobody can show it again.
 * @throws LEARNING_CODE_REFUSED for a code that is unknown, used or over: which of them is not told
 */
export async function openLearningCode(base: Use, actor: Actor, { code, visitor }: { code: string; visitor?: string | undefined }) {
  const row = takeCode(base, actor, { code, visitor })
  const signer = await holderSigner(base, row.learnerId)
  const certificates = row.credentialIds.map((credentialId) => {
    const certificate = base.records.credentials.get(credentialId)
    const secrets = openCertificate(base, certificate)
    return { secrets, receipt: receiptOf(certificate, secrets) }
  })
  const presentation = await buildPresentation({
    signer,
    files: certificates.map(({ secrets }) => secrets.files),
    challenge: code,
    domain: getIdentity(base).host,
    now: base.clock.now(),
  })
  const name = certificates[0]?.secrets.identity.name
  const identity = row.nameShown && name !== undefined ? { name, salts: certificates.map(({ secrets }) => secrets.identity.salt) } : null
  return { presentation, receipts: certificates.map(({ receipt }) => receipt), identity, openedAt: row.openedAt ?? base.clock.now() }
}

function takeCode(base: Use, actor: Actor, { code, visitor }: { code: string; visitor?: string | undefined }): LearningCodeRow {
  return base.transaction(() => {
    const row = base.records.learningCodes.find({ codeMac: macOf(base, code) })
    const now = base.clock.now()
    if (!row || row.openedAt !== null || row.expiresAt <= now || !base.records.vault.has(row.learnerId))
      throw new GuildhallError('LEARNING_CODE_REFUSED')
    requireConsent(base, row.learnerId, 'share-by-learning-code')
    const openedBySealed = visitor ? base.records.vault.sealJson(row.learnerId, visitorContext(row), visitor) : null
    base.records.learningCodes.update(row.codeId, { openedAt: now, openedBySealed })
    base.audit.append(actor, 'learning-code.opened', { subject: row.codeId })
    return { ...row, openedAt: now, openedBySealed }
  })
}

function show({ records }: Pick<IssuingBase, 'records'>, row: LearningCodeRow) {
  const { codeId, credentialIds, nameShown, createdAt, expiresAt, openedAt, openedBySealed, learnerId } = row
  const openedBy = openedBySealed === null ? null : records.vault.openJson<string>(learnerId, visitorContext(row), openedBySealed)
  return { codeId, credentialIds, nameShown, createdAt, expiresAt, openedAt, openedBy }
}

const visitorContext = ({ codeId }: { codeId: string }): string => `learning-code/${codeId}`
const macOf = ({ keys }: Pick<IssuingBase, 'keys'>, code: string): Uint8Array => keys.mac('learning-code', code)

import { CredentialError } from '../errors.ts'
import type { JsonObject, JsonValue, Secured } from '../formats/format.ts'
import { type RecognisedDocument, recogniseDocument } from '../formats/formats.ts'
import { isJsonObject } from '../formats/json.ts'
import { opensIdentity } from '../issue/identity.ts'
import type { AnchorReceipt } from '../ports.ts'
import type { VerifyOptions } from './case.ts'
import { holdContexts } from './checks/data-model.ts'
import { isEnveloped, openEnvelope, validatePresentation } from './data-model/presentation.ts'
import { keyNamedBy } from './issuer/issuer-key.ts'
import { type Reason, reason, reasons } from './reasons.ts'
import type { Outcome, Overall, Verdict } from './verdict.ts'
import { verifyCredential } from './verify-credential.ts'

/** What is shown: the presentation, and what travels beside its certificates, in their order. */
export interface PresentationInput {
  secured: Secured
  /** What the holder's proof must answer; left out, any challenge is accepted, and who shows it stays unknown. */
  challenge?: string | undefined
  /** For whom the proof was made (Data Integrity `domain`). */
  domain?: string | undefined
  receipts?: readonly (AnchorReceipt | null)[] | undefined
  /** The name that the learner ticked, with the salt of each certificate. */
  identity?: { name: string; salts: readonly string[] } | null | undefined
}

/** One check of the presentation itself. */
export interface PresentationCheck {
  id: 'presentation' | 'holder' | 'binding' | 'name'
  outcome: Outcome
  reason: Reason
}

/** The answer for a presentation: its own checks, and a verdict of seven checks for each certificate in it. */
export interface PresentationVerdict {
  overall: Overall
  checks: readonly PresentationCheck[]
  verdicts: readonly Verdict[]
  holder: string | undefined
  /** The name, once it is proven for every certificate. */
  name: string | undefined
}

/** Verifies a presentation: who shows it, that it was made for this occasion, that the certificates are the holder's, and each certificate. */
export async function verifyPresentation(input: PresentationInput, options: VerifyOptions): Promise<PresentationVerdict> {
  let opened: RecognisedDocument
  try {
    opened = recogniseDocument(input.secured)
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error
    const check = checkOf('presentation', reason('PRESENTATION_UNREADABLE', { problem: error.message }))
    return { overall: 'not-valid', checks: [check], verdicts: [], holder: undefined, name: undefined }
  }
  const { document } = opened
  const holder = idOf(document['holder'])
  const credentials = [document['verifiableCredential']].flat().filter(isJsonObject)
  const own = [await checkDataModel(document), await checkHolder(opened, holder, { input, options })]
  const isSigned = own.every(({ outcome, reason: { code } }) => outcome === 'passed' || code === 'HOLDER_NOT_ASKED')
  const assertedBy = isSigned ? holder : undefined
  const verdicts: Verdict[] = []
  for (const [at, node] of credentials.entries()) {
    verdicts.push(await verifyCredential({ secured: securedOf(node), receipt: input.receipts?.[at] ?? undefined, assertedBy }, options))
  }
  const insides = credentials.map(documentOf)
  const checks = [...own, checkBinding(insides, holder), ...checkName(insides, input.identity)]
  const isNamed = checks.some(({ id, outcome }) => id === 'name' && outcome === 'passed')
  return { overall: overallOf(checks, verdicts), checks, verdicts, holder, name: isNamed ? input.identity?.name : undefined }
}

async function checkDataModel(document: JsonObject): Promise<PresentationCheck> {
  const { problems } = validatePresentation(document, await holdContexts())
  const [first] = problems
  if (first !== undefined) return checkOf('presentation', reason('PRESENTATION_INVALID', { ...first, count: problems.length }))
  return checkOf('presentation', reason('PRESENTATION_OK'))
}

interface Occasion {
  input: PresentationInput
  options: VerifyOptions
}

async function checkHolder(
  { format, secured }: RecognisedDocument,
  holder: string | undefined,
  { input, options }: Occasion,
): Promise<PresentationCheck> {
  const say = (why: Reason) => checkOf('holder', why)
  if (format === undefined) return say(reason('HOLDER_PROOF_MISSING'))
  const { challenge, domain } = input
  const result = await format.verifyProof(secured, {
    resolveKey: keyNamedBy,
    now: options.now,
    proofPurpose: 'authentication',
    ...(challenge === undefined ? {} : { challenge }),
    ...(domain === undefined ? {} : { domain }),
  })
  const { code } = result.reason
  if (code === 'proof-challenge-mismatch' || code === 'proof-domain-mismatch') return say(reason('HOLDER_PROOF_REPLAYED'))
  if (result.outcome === 'failed') return say(reason('HOLDER_PROOF_INVALID', { problem: code }))
  const proof = result.proofs.find((one) => one.outcome === 'passed')
  const did = proof?.verificationMethod?.split('#')[0]
  if (result.outcome === 'unknown' || did === undefined) return say(reason('HOLDER_UNCONFIRMED', { problem: code }))
  if (holder !== undefined && did !== holder) return say(reason('HOLDER_PROOF_INVALID', { problem: 'it is by another than the holder' }))
  // Only a did:key proves itself; the key of any other DID would have to be looked up.
  if (!did.startsWith('did:key:')) return say(reason('HOLDER_UNCONFIRMED', { problem: did }))
  return say(reason(challenge === undefined ? 'HOLDER_NOT_ASKED' : 'HOLDER_PROVEN', { holder: did }))
}

function checkBinding(credentials: readonly JsonObject[], holder: string | undefined): PresentationCheck {
  const others = credentials.filter((credential) => !subjectsOf(credential).some((subject) => subject['id'] === holder))
  if (holder === undefined) return checkOf('binding', reason('BINDING_UNKNOWN'))
  if (others.length > 0) return checkOf('binding', reason('BINDING_OTHER_SUBJECT', { count: others.length }))
  return checkOf('binding', reason('BINDING_OK', { count: credentials.length }))
}

/** Nothing when no name is shown; else the salted IdentityObject of every certificate is made again. */
function checkName(credentials: readonly JsonObject[], identity: PresentationInput['identity']): PresentationCheck[] {
  if (identity === null || identity === undefined) return []
  const { name, salts } = identity
  const fits = credentials.every((credential, at) => {
    const salt = salts[at]
    return salt !== undefined && identitiesOf(credential).some((object) => opensIdentity(object, { name, salt }))
  })
  return [checkOf('name', fits && credentials.length > 0 ? reason('NAME_PROVEN') : reason('NAME_MISMATCH'))]
}

function identitiesOf(credential: JsonObject): JsonObject[] {
  return subjectsOf(credential).flatMap((subject) => [subject['identifier']].flat().filter(isJsonObject))
}

function subjectsOf(credential: JsonObject): JsonObject[] {
  return [credential['credentialSubject']].flat().filter(isJsonObject)
}

/** The secured text of an enveloped certificate, the object of an embedded one. */
function securedOf(node: JsonObject): Secured {
  return isEnveloped(node) ? (openEnvelope(node)?.secured ?? node) : node
}

function documentOf(node: JsonObject): JsonObject {
  try {
    return recogniseDocument(securedOf(node)).document
  } catch (error) {
    if (error instanceof CredentialError) return {}
    throw error
  }
}

function idOf(holder: JsonValue | undefined): string | undefined {
  const id = isJsonObject(holder) ? holder['id'] : holder
  return typeof id === 'string' ? id : undefined
}

function checkOf(id: PresentationCheck['id'], why: Reason): PresentationCheck {
  const { outcome } = reasons[why.code]
  return { id, outcome: outcome === 'note' ? 'unknown' : outcome, reason: why }
}

function overallOf(checks: readonly PresentationCheck[], verdicts: readonly Verdict[]): Overall {
  if (checks.some(({ outcome }) => outcome === 'failed') || verdicts.some(({ overall }) => overall === 'not-valid')) return 'not-valid'
  const isAllGood = checks.every(({ outcome }) => outcome === 'passed') && verdicts.every(({ overall }) => overall === 'valid')
  return isAllGood && verdicts.length > 0 ? 'valid' : 'unconfirmed'
}

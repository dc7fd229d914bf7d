import { createHash } from 'node:crypto'
import {
  type AnchorReceipt,
  CredentialError,
  canonicalJson,
  isJsonObject,
  type JsonObject,
  recogniseDocument,
  type Secured,
  withoutProof,
} from '@guildhall/credentials'
import type { AnchorReceipt as ShownReceipt } from '../../api/base/public.ts'
import { GuildhallError, notFound } from '../../errors.ts'
import type { IssuingBase } from '../base/issuing.ts'
import { openCertificate } from './issue-certificate.ts'
import { receiptOf } from './wallet.ts'

type Use = Pick<IssuingBase, 'records'>

/** What proves that somebody holds a certificate without showing it: SHA-256 of JCS(credential without proof), `0x` and 64 hex digits. */
function possessionDigest(document: JsonObject): string {
  return `0x${createHash('sha256')
    .update(canonicalJson(withoutProof(document)))
    .digest('hex')}`
}

/** The anchor receipt for whoever holds a certificate of this base. @throws NOT_FOUND for any other digest, before the anchor, or once erased */
export function getReceipt(base: Use, { credentialId, digest }: { credentialId: string; digest: string }): ShownReceipt {
  const found = findReceipt(base, credentialId)
  if (found === undefined || found.digest !== digest) throw notFound('receipt')
  return found.receipt
}

/** The receipt of a document that this base issued and anchored; undefined for every other. */
export function findReceiptOf(base: Use, secured: Secured): AnchorReceipt | undefined {
  const document = readDocument(secured)
  const credentialId = /^urn:uuid:([0-9a-f-]{36})$/.exec(String(document?.['id']))?.[1]
  if (document === undefined || credentialId === undefined) return undefined
  const found = findReceipt(base, credentialId)
  return found?.digest === possessionDigest(document) ? (found.receipt as AnchorReceipt) : undefined
}

/** The credentials of a presentation, in the order in which they are verified. */
export function credentialsIn(presentation: Secured): JsonObject[] {
  return [readDocument(presentation)?.['verifiableCredential']].flat().filter(isJsonObject)
}

function findReceipt(base: Use, credentialId: string): { receipt: ShownReceipt; digest: string } | undefined {
  const row = base.records.credentials.find({ credentialId })
  if (!row || row.sealed === null) return undefined
  try {
    const secrets = openCertificate(base, row)
    const receipt = receiptOf(row, secrets)
    const [file] = Object.values(secrets.files)
    return receipt === null || file === undefined ? undefined : { receipt, digest: possessionDigest(recogniseDocument(file).document) }
  } catch (error) {
    if (error instanceof GuildhallError && (error.code === 'LEARNER_ERASED' || error.code === 'NOT_FOUND')) return undefined
    throw error
  }
}

function readDocument(secured: Secured): JsonObject | undefined {
  try {
    return recogniseDocument(secured).document
  } catch (error) {
    if (error instanceof CredentialError) return undefined
    throw error
  }
}

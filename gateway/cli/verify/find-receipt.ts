import { createHash } from 'node:crypto'
import { type AnchorReceipt, canonicalJson, readReceipt, recogniseDocument, type Secured, withoutProof } from '@guildhall/credentials'
import { patientFetch } from './ledger-reader.ts'

/**
 * The anchor receipt of a certificate, from the base that issued it. It is told the certificate's id and the digest that only a holder can make,
 * never the certificate. Undefined where the base has none, or does not answer.
 */
export async function findReceipt(origin: string, secured: Secured): Promise<AnchorReceipt | undefined> {
  try {
    const { document } = recogniseDocument(secured)
    const id = /^urn:uuid:([0-9a-f-]{36})$/.exec(String(document['id']))?.[1]
    if (id === undefined) return undefined
    const digest = createHash('sha256')
      .update(canonicalJson(withoutProof(document)))
      .digest('hex')
    const answer = await patientFetch(`${origin}/api/receipts/${id}?digest=0x${digest}`, origin)
    return readReceipt(await answer.json())
  } catch {
    return undefined
  }
}

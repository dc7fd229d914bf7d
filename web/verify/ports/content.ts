import { LedgerOutage, type LedgerSource, patientFetch } from './ledger.ts'

/** SHA-256 of a text's UTF-8, as `0x` and 64 hex digits. */
export async function sha256Hex(text: string | Uint8Array): Promise<`0x${string}`> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)))
  return `0x${[...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/**
 * Content by its CID from a base's node, or, when the node has none, from a path of the base. The caller compares the bytes with
 * the digest on the ledger, which is the stronger proof.
 * @throws LedgerOutage when neither is there
 */
export async function readContent(
  source: Pick<LedgerSource, 'origin' | 'name' | 'fetch'>,
  { cid, otherwise }: { cid: string; otherwise?: string },
  signal?: AbortSignal,
): Promise<Uint8Array> {
  try {
    return await bytesOf(await patientFetch(source, { path: `/ipfs/${encodeURIComponent(cid)}` }, signal))
  } catch (error) {
    if (otherwise === undefined || !(error instanceof LedgerOutage)) throw error
    return bytesOf(await patientFetch(source, { path: otherwise }, signal))
  }
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer())
}

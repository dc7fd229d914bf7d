import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'

/** The CIDv1 behind a digest (`0x…`) and a multicodec (`0x55`, `0x70`) on the ledger. */
export function cidOf({ contentDigest, codec }: { contentDigest: string; codec: string }): string {
  return CID.createV1(Number(codec), createDigest(0x12, Buffer.from(contentDigest.slice(2), 'hex'))).toString()
}

/** What the ledger keeps of a CIDv1 with SHA-256. */
export function digestOf(cid: string): { contentDigest: string; codec: string } {
  const { multihash, code } = CID.parse(cid)
  return {
    contentDigest: `0x${Buffer.from(multihash.digest).toString('hex')}`,
    codec: `0x${code.toString(16).padStart(2, '0')}`,
  }
}

import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { NodeError } from '../errors.ts'
import { DAG_PB, RAW } from './unixfs/import-file.ts'

/** CIDv1, SHA-256, raw or dag-pb; a CIDv0 is turned into its CIDv1. Throws `CONTENT_CID_INVALID`. */
export function parseCid(text: string): CID {
  try {
    const cid = CID.parse(text).toV1()
    if (cid.multihash.code === 0x12 && cid.multihash.digest.byteLength === 32 && (cid.code === RAW || cid.code === DAG_PB)) return cid
  } catch (cause) {
    throw new NodeError('CONTENT_CID_INVALID', `"${text.slice(0, 100)}" is not a CID.`, { cause })
  }
  throw new NodeError(
    'CONTENT_CID_INVALID',
    `The CID ${text.slice(0, 100)} names no file of this network: it must be SHA-256 with codec raw or dag-pb.`,
  )
}

/** The CID of content of at most 1 MiB, from the SHA-256 of its bytes (`0x…`): how a digest on the ledger finds a file. */
export function cidFromDigest(digest: `0x${string}`): string {
  return CID.createV1(RAW, createDigest(0x12, Buffer.from(digest.slice(2), 'hex'))).toString()
}

/** The CID of a digest and a codec, as the ledger keeps them. Throws `CONTENT_CID_INVALID` for a codec that names no file. */
export function cidFromLedger(digest: `0x${string}`, codec: number): string {
  if (codec !== RAW && codec !== DAG_PB)
    throw new NodeError('CONTENT_CID_INVALID', `The codec 0x${codec.toString(16)} names no file of this network.`)
  return CID.createV1(codec, createDigest(0x12, Buffer.from(digest.slice(2), 'hex'))).toString()
}

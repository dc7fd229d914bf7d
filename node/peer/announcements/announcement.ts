import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { CID } from 'multiformats/cid'
import { NodeError } from '../../errors.ts'

/** The gossip topic on which bases tell each other what they have put where. */
export const ANNOUNCE_TOPIC = 'guildhall/v1/announce'
/** No announcement is longer than this many bytes. */
export const MAX_ANNOUNCEMENT_BYTES = 1_024

/** What a CID can be announced as. */
export const announcementKinds = ['did-log', 'status-list', 'evidence', 'bundle', 'checkpoint'] as const
export type AnnouncementKind = (typeof announcementKinds)[number]

/** "Base `baseId` has put this there." `at` is UnixSeconds on the announcing base's clock. */
export interface Announcement {
  baseId: number
  kind: AnnouncementKind
  cid: string
  at: number
}

/** An announcement with the peer that signed it; it may travel through others and be checked by anyone. */
export interface SignedAnnouncement extends Announcement {
  peerId: string
  /** Ed25519 over the announcement and the peer id, base64url. */
  signature: string
}

/** Signs with a peer's key; the bytes are what goes over the wire. Throws `NODE_ANNOUNCEMENT_INVALID` for a malformed announcement. */
export async function signAnnouncement(
  announcement: Announcement,
  key: PrivateKey,
): Promise<{ signed: SignedAnnouncement; bytes: Uint8Array }> {
  const { baseId, kind, cid, at } = announcement
  const peerId = peerIdFromPrivateKey(key).toString()
  const signature = Buffer.from(await key.sign(signedBytes({ baseId, kind, cid, at, peerId }))).toString('base64url')
  const signed = { baseId, kind, cid, at, peerId, signature }
  return { signed: assertShape(signed), bytes: encodeAnnouncement(signed) }
}

/** The bytes of a signed announcement, always in the same order of members. */
export function encodeAnnouncement({ baseId, kind, cid, at, peerId, signature }: SignedAnnouncement): Uint8Array {
  return Buffer.from(JSON.stringify({ baseId, kind, cid, at, peerId, signature }))
}

/**
 * Reads what came from outside: at most 1,024 bytes of JSON with exactly the six members, in the canonical order, and a signature that holds.
 * Throws `NODE_ANNOUNCEMENT_INVALID`. Whether the peer speaks for that base is for the caller to ask.
 */
export async function parseAnnouncement(bytes: Uint8Array): Promise<SignedAnnouncement> {
  if (bytes.byteLength > MAX_ANNOUNCEMENT_BYTES)
    throw invalid(`it has ${bytes.byteLength} bytes, at most ${MAX_ANNOUNCEMENT_BYTES} are allowed`)
  const signed = assertShape(parseJson(bytes))
  // One announcement has one encoding, so that the same one cannot be sent again and again as if it were new.
  if (!Buffer.from(encodeAnnouncement(signed)).equals(bytes)) throw invalid('it is not in canonical form')
  if (!(await isSignatureGood(signed))) throw invalid('its signature is not by the peer it names')
  return signed
}

function assertShape(value: unknown): SignedAnnouncement {
  if (typeof value !== 'object' || value === null) throw invalid('it is not an object')
  const { baseId, kind, cid, at, peerId, signature } = value as Record<string, unknown>
  if (typeof baseId !== 'number' || !Number.isInteger(baseId) || baseId < 1 || baseId > 0xffffffff)
    throw invalid('its baseId is not a uint32 from 1')
  if (!announcementKinds.some((known) => known === kind)) throw invalid('its kind is unknown')
  if (typeof at !== 'number' || !Number.isSafeInteger(at) || at < 0) throw invalid('its time is not UnixSeconds')
  if (typeof cid !== 'string' || !isCanonicalCid(cid)) throw invalid('its cid is not a CIDv1 in base32')
  if (typeof peerId !== 'string' || peerId.length > 128) throw invalid('its peerId is not a peer id')
  if (typeof signature !== 'string' || !isCanonicalSignature(signature)) throw invalid('its signature is not 64 bytes of base64url')
  return { baseId, kind: kind as AnnouncementKind, cid, at, peerId, signature }
}

/** The last of the 86 characters carries four bits that decoding ignores: of its sixteen spellings only one is good. */
function isCanonicalSignature(text: string): boolean {
  return /^[\w-]{86}$/.test(text) && Buffer.from(text, 'base64url').toString('base64url') === text
}

function isCanonicalCid(text: string): boolean {
  try {
    const cid = CID.parse(text)
    return text.length < 128 && cid.version === 1 && cid.toString() === text
  } catch {
    return false
  }
}

async function isSignatureGood({ signature, ...rest }: SignedAnnouncement): Promise<boolean> {
  try {
    const { publicKey } = peerIdFromString(rest.peerId)
    if (publicKey?.type !== 'Ed25519') return false
    return await publicKey.verify(signedBytes(rest), Buffer.from(signature, 'base64url'))
  } catch {
    return false
  }
}

/** Domain-separated, so that a signature for an announcement is a signature for nothing else. */
function signedBytes({ baseId, kind, cid, at, peerId }: Omit<SignedAnnouncement, 'signature'>): Uint8Array {
  return Buffer.from(`${ANNOUNCE_TOPIC}\n${JSON.stringify([baseId, kind, cid, at, peerId])}`)
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new NodeError('NODE_ANNOUNCEMENT_INVALID', 'The announcement is refused: it is not JSON.', { cause })
  }
}

function invalid(why: string): NodeError {
  return new NodeError('NODE_ANNOUNCEMENT_INVALID', `The announcement is refused: ${why}.`)
}

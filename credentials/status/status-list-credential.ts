import type { JsonObject } from '../formats/format.ts'
import { isJsonObject } from '../formats/json.ts'
import { encodeStatusList, type StatusList } from './status-list.ts'

/** The purposes used here (Bitstring Status List 1.0 §2.2): revocation is for good, suspension can be lifted. */
export type StatusPurpose = 'revocation' | 'suspension'

/** Which credential replaced one that was revoked, and why. Both are public: no name, no personal detail. */
export interface Supersession {
  /** `id` of the new credential. */
  by: string
  /** A stable code, which screens translate, or words. */
  why: string
}

/** What a status list credential is built from. */
export interface StatusListCredentialDetails {
  /** URL of the list: `https://<origin host>/status/<listId>`. */
  url: string
  issuerId: string
  purpose: StatusPurpose
  list: StatusList
  /** RFC 3339, UTC. */
  validFrom: string
  /** By index, for credentials that were corrected. Our own member: secure such a list as vc+jwt, whose proof covers every member. */
  supersessions?: ReadonlyMap<number, Supersession>
}

/** A status list credential without proof (Bitstring Status List 1.0 §2.2). */
export function buildStatusListCredential(details: StatusListCredentialDetails): JsonObject {
  const { url, issuerId, purpose, list, validFrom, supersessions = new Map() } = details
  const superseded = [...supersessions].map(([index, { by, why }]) => ({ index, by, why }))
  return {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    id: url,
    type: ['VerifiableCredential', 'BitstringStatusListCredential'],
    issuer: issuerId,
    validFrom,
    credentialSubject: {
      id: `${url}#list`,
      type: 'BitstringStatusList',
      statusPurpose: purpose,
      encodedList: encodeStatusList(list),
      ...(superseded.length === 0 ? {} : { superseded }),
    },
  }
}

/** The `credentialStatus` entry of one credential on a list (§2.1). */
export function buildStatusEntry(entry: { url: string; purpose: StatusPurpose; index: number }): JsonObject {
  return {
    id: `${entry.url}#${entry.index}`,
    type: 'BitstringStatusListEntry',
    statusPurpose: entry.purpose,
    statusListIndex: String(entry.index),
    statusListCredential: entry.url,
  }
}

/** What a list says replaced the credential at `index`; undefined when it says nothing. */
export function supersessionAt(list: JsonObject, index: number): { by: string; why: string } | undefined {
  for (const subject of [list['credentialSubject']].flat()) {
    const rows = isJsonObject(subject) ? [subject['superseded']].flat() : []
    const row = rows.find((item) => isJsonObject(item) && item['index'] === index)
    if (isJsonObject(row) && typeof row['by'] === 'string') return { by: row['by'], why: typeof row['why'] === 'string' ? row['why'] : '—' }
  }
  return undefined
}

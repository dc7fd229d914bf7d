import { allocateIndex, readStatus, type StatusPlace } from '@guildhall/credentials'
import type { IssuingBase } from '../base/issuing.ts'

/** Entries of one list: the herd that a single certificate hides in (Bitstring Status List 1.0 §6.1). */
export const listLength = 131_072

/** A place in a pair of lists, which share their numbers: one list for revocation, one for suspension. */
export type Place = { list: number; index: number }

/** The ledger's numbers of a pair: odd for revocation, even for suspension. */
export const ledgerListIds = (list: number): { revocation: number; suspension: number } => ({
  revocation: 2 * list - 1,
  suspension: 2 * list,
})

/** A random free place, so that its number tells nothing of the order of awards. A list is followed by the next when half full. */
export function chooseStatusPlace({ records, random }: Pick<IssuingBase, 'records' | 'random'>): Place {
  const newest = records.statusLists.list({}, { orderBy: 'listId', descending: true, limit: 1 })[0]?.listId ?? 1
  const list = records.credentials.count({ statusList: newest }) < listLength / 2 ? newest : newest + 1
  const bits = records.statusLists.find({ listId: list })?.revoked
  // A bit stays set when the certificate that had the place was removed with the sample school: its next one would be born revoked.
  const isRevoked = (index: number) => bits !== undefined && readStatus({ length: listLength, entrySize: 1, bytes: bits }, index) === 1
  const isTaken = (statusIndex: number) =>
    isRevoked(statusIndex) || records.credentials.find({ statusList: list, statusIndex }) !== undefined
  const draw = () => new DataView(random.bytes(4).slice().buffer).getUint32(0) / 2 ** 32
  return { list, index: allocateIndex(listLength, isTaken, draw) }
}

/** Both places of a credential, for revocation and for suspension (Bitstring Status List 1.0 §2.1). */
export function statusPlaces(host: string, { list, index }: Place): StatusPlace[] {
  const { revocation, suspension } = ledgerListIds(list)
  return [
    { list: statusListUrl(host, revocation), index, purpose: 'revocation' },
    { list: statusListUrl(host, suspension), index, purpose: 'suspension' },
  ]
}

/** The list's name; its ledger number is the last segment. */
export const statusListUrl = (host: string, listId: number): string => `https://${host}/status/${listId}`

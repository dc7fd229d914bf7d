import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { CredentialError } from '../errors.ts'
import type { JsonObject } from '../formats/format.ts'
import { recogniseDocument } from '../formats/formats.ts'
import { isJsonObject } from '../formats/json.ts'
import type { Lookup, Provenance, StatusHead, StatusListDocument, StatusListName } from '../ports.ts'
import { type Case, issuerIdOf } from '../verify/case.ts'
import { knownUntil, outageReason, provenanceOf } from '../verify/checks/check.ts'
import { findProof } from '../verify/checks/proof.ts'
import { parseInstant } from '../verify/data-model/instant.ts'
import { type Reason, reason } from '../verify/reasons.ts'
import type { StatusEntry } from './status-entry.ts'
import { decodeStatusList, readStatus } from './status-list.ts'

/** The value of an entry in a list that is proven to be the issuer's. */
export interface ListAnswer {
  value: number
  provenance: Provenance
  /** The list credential, for what it says beside the bits. */
  list: JsonObject
  head: StatusHead | undefined
}

/** Why no value was found. */
export interface ListFailure {
  why: Reason
  answeredBy: readonly Provenance[]
}

/** Finds the list (the ledger's head → CID first, the URL second), proves that it is the issuer's, and reads the entry. */
export async function lookUpList(name: StatusListName, entry: StatusEntry, verification: Case): Promise<ListAnswer | ListFailure> {
  const { options } = verification
  const { status } = options.ports
  const head = await status.findHead(name, { signal: options.signal })
  if (head.outcome === 'unreachable' && head.cause === 'disagreement') return outage(head)
  const onLedger = head.outcome === 'found' ? head : undefined
  const found = await findDocument(name, onLedger?.value, verification)
  if (found.outcome !== 'found') return found.outcome === 'absent' ? missing(found.source) : outage(found)
  if (onLedger !== undefined && digestOf(found.value) !== onLedger.value.digest) {
    return { why: reason('STATUS_LIST_NOT_THE_LEDGERS'), answeredBy: provenanceOf(onLedger) }
  }
  // With a head, the answer is as fresh as the ledger that named it; without, as the list's own source.
  const [provenance] = provenanceOf(onLedger ?? found)
  if (provenance === undefined) return missing(found.source)
  const read = await readList(found.value, entry, verification)
  if ('why' in read) return { why: read.why, answeredBy: [provenance] }
  // Bitstring Status List 1.0 §2.2: a list's `id` is its URL. Where no head names the list's digest, another of the issuer's could be served for it.
  const { id } = read.list
  if (onLedger === undefined && id !== undefined && id !== entry.url) {
    return { why: reason('STATUS_LIST_DEFECT', { problem: 'another list stands in its place' }), answeredBy: [provenance] }
  }
  const until = parseInstant(read.list['validUntil'])
  // A list that says how long it holds is not known beyond that.
  const isOver = until !== undefined && until < knownUntil(provenance)
  const shortened = isOver ? { source: provenance.source, asOf: Math.floor(until) } : provenance
  return { ...read, provenance: shortened, head: onLedger?.value }
}

/** The value of an entry in the list of one head; undefined when that list can not be had or read. Proof is not asked: the digest is the ledger's. */
export async function readPastValue(
  name: StatusListName,
  head: StatusHead,
  { entry, verification }: { entry: StatusEntry; verification: Case },
): Promise<number | undefined> {
  const found = await verification.options.ports.status.findList(name, head, { signal: verification.options.signal })
  if (found.outcome !== 'found' || digestOf(found.value) !== head.digest) return undefined
  try {
    const value = valueIn(recogniseDocument(found.value.text).document, entry)
    return 'why' in value ? undefined : value.value
  } catch (error) {
    if (error instanceof CredentialError) return undefined
    throw error
  }
}

async function findDocument(name: StatusListName, head: StatusHead | undefined, { options }: Case): Promise<Lookup<StatusListDocument>> {
  const { status } = options.ports
  const byCid = head === undefined ? undefined : await status.findList(name, head, { signal: options.signal })
  if (byCid?.outcome === 'found') return byCid
  return status.findList(name, undefined, { signal: options.signal })
}

async function readList(
  document: StatusListDocument,
  entry: StatusEntry,
  verification: Case,
): Promise<{ value: number; list: JsonObject } | { why: Reason }> {
  try {
    const { document: list, secured, format } = recogniseDocument(document.text)
    const issuerId = issuerIdOf(list)
    if (issuerId !== verification.issuerId) {
      return { why: reason('STATUS_LIST_UNPROVEN', { problem: `it was issued by ${issuerId ?? 'nobody'}, the certificate by another` }) }
    }
    const proof = await findProof({ ...verification, document: list, secured, format, issuerId })
    if (proof.outcome !== 'passed') return { why: reason('STATUS_LIST_UNPROVEN', { problem: proof.check.reason.code }) }
    const read = valueIn(list, entry)
    return 'why' in read ? read : { ...read, list }
  } catch (error) {
    if (error instanceof CredentialError) return { why: reason('STATUS_LIST_DEFECT', { problem: error.message }) }
    throw error
  }
}

/** Bitstring Status List 1.0 §3.2, steps 5 to 11. */
function valueIn(list: JsonObject, entry: StatusEntry): { value: number } | { why: Reason } {
  const subject = [list['credentialSubject']].flat().find(isJsonObject)
  const defect = (problem: string) => ({ why: reason('STATUS_LIST_DEFECT', { problem }) })
  if (!isJsonObject(subject) || ![subject['type']].flat().includes('BitstringStatusList')) return defect('it is not a BitstringStatusList')
  if (![subject['statusPurpose']].flat().includes(entry.purpose)) return defect(`it is not for ${entry.purpose}`)
  const { encodedList } = subject
  if (typeof encodedList !== 'string') return defect('it has no encodedList')
  try {
    return { value: readStatus(decodeStatusList(encodedList, entry.size), entry.index) }
  } catch (error) {
    if (error instanceof CredentialError) return defect(error.message)
    throw error
  }
}

function digestOf({ text }: StatusListDocument): string {
  return `0x${bytesToHex(sha256(new TextEncoder().encode(text)))}`
}

function missing(source: string): ListFailure {
  return { why: reason('STATUS_UNREACHABLE', { source }), answeredBy: [] }
}

function outage(lookup: { cause: string; source: string; detail?: string }): ListFailure {
  return { why: outageReason(lookup, { unreachable: 'STATUS_UNREACHABLE', disagreement: 'STATUS_SOURCES_DISAGREE' }), answeredBy: [] }
}

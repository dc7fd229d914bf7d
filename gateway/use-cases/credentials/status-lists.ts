import { createHash } from 'node:crypto'
import { encodeCall } from '@guildhall/contracts'
import { buildStatusListCredential, createStatusList, proofFormats, type Supersession, writeStatus } from '@guildhall/credentials'
import { notFound } from '../../errors.ts'
import type { CredentialRow, StatusListRow } from '../../records/credential-tables.ts'
import { getIdentity, type IssuingBase } from '../base/issuing.ts'
import type { Final } from '../base/settle-writes.ts'
import { issuerSigner } from './holder.ts'
import { ledgerListIds, listLength, statusListUrl } from './status-place.ts'

/** The two lists of a pair. */
const purposes = ['revocation', 'suspension'] as const
export type Purpose = (typeof purposes)[number]

/** A signed list as it was published: the compact text, its CID and digest, and the digest of what it says. */
type Published = { text: string; cid: string; digest: string; said: string }
type Documents = Partial<Record<Purpose, Published>>

type Rows = Pick<IssuingBase, 'records' | 'clock'>
type Use = Rows & Pick<IssuingBase, 'keys' | 'node' | 'outbox' | 'transaction'>

/** Begins the list of a new certificate's place when it is the first. Inside the caller's transaction. */
export function takeStatusPlace({ records, clock }: Rows, { statusList }: Pick<CredentialRow, 'statusList'>): void {
  if (records.statusLists.find({ listId: statusList })) return
  records.statusLists.insert({
    listId: statusList,
    revoked: createStatusList(listLength).bytes,
    suspended: createStatusList(listLength).bytes,
    nextIndex: 0,
    document: null,
    cid: null,
    outboxId: null,
    updatedAt: clock.now(),
    dirty: true,
  })
}

/** Sets or clears one bit; the list is published soon after. Inside the caller's transaction. */
export function setStatusBit(
  { records, clock }: Rows,
  { statusList, statusIndex }: CredentialRow,
  change: { purpose: Purpose; isSet: boolean },
): void {
  const row = records.statusLists.get(statusList)
  const column = change.purpose === 'revocation' ? 'revoked' : 'suspended'
  const { bytes } = writeStatus({ length: listLength, entrySize: 1, bytes: row[column] }, statusIndex, change.isSet ? 1 : 0)
  records.statusLists.update(statusList, { [column]: bytes, updatedAt: clock.now(), dirty: true })
}

/**
 * Signs, stores and queues every list that has changed. The head on the ledger follows the head before it, so that "since when" can be
 * answered from the ledger alone.
 * @returns how many heads were queued
 */
export async function publishStatusLists(base: Use): Promise<number> {
  let queued = 0
  for (const { listId } of base.records.statusLists.list({ dirty: true })) {
    for (const purpose of purposes) queued += await publishList(base, listId, purpose)
    base.transaction(() => {
      const row = base.records.statusLists.get(listId)
      if (purposes.every((purpose) => documentsOf(row)[purpose]?.said === saidDigest(base, row, purpose)))
        base.records.statusLists.update(listId, { dirty: false })
    })
  }
  return queued
}

/** The ledger has a head: the changes that it made public say by which transaction. */
export function settleStatusHead({ records }: Pick<IssuingBase, 'records'>, { outboxId, transactionHash }: Final): void {
  records.statusChanges.updateWhere({ outboxId }, { transactionHash })
}

/** The latest signed list by its number on the ledger. @throws NOT_FOUND */
export function getStatusList({ records }: Pick<IssuingBase, 'records'>, ledgerListId: number): Published {
  const row = records.statusLists.find({ listId: Math.ceil(ledgerListId / 2) })
  const published = row && documentsOf(row)[ledgerListId % 2 === 1 ? 'revocation' : 'suspension']
  if (!published) throw notFound('status list')
  return published
}

async function publishList(base: Use, listId: number, purpose: Purpose): Promise<number> {
  const row = base.records.statusLists.get(listId)
  const said = saidDigest(base, row, purpose)
  if (documentsOf(row)[purpose]?.said === said) return 0
  const { baseId, contracts, did, host, issuer } = getIdentity(base)
  const number = ledgerListIds(listId)[purpose]
  const list = { length: listLength, entrySize: 1, bytes: bitsOf(row, purpose) }
  const validFrom = `${new Date(base.clock.now() * 1000).toISOString().slice(0, 19)}Z`
  const supersessions = listSupersessions(base, listId, purpose)
  const credential = buildStatusListCredential({ url: statusListUrl(host, number), issuerId: did, purpose, list, validFrom, supersessions })
  const text = String(await proofFormats['vc+jwt'].issue(credential, await issuerSigner(base, issuer, did), { created: base.clock.now() }))
  const bytes = new TextEncoder().encode(text)
  const { cid } = await base.node.content.add(bytes)
  const digest = `0x${createHash('sha256').update(bytes).digest('hex')}`
  base.transaction(() => {
    const present = base.records.statusLists.get(listId)
    const documents = documentsOf(present)
    const previous = documents[purpose]?.digest ?? `0x${'0'.repeat(64)}`
    const { to, data } = encodeCall(contracts, 'StatusLists.publishHead', [baseId, number, previous, digest, cid])
    const outboxId = base.outbox.enqueue({ kind: 'status-head', to, calldata: data, subjectId: String(number) })
    const document = JSON.stringify({ ...documents, [purpose]: { text, cid, digest, said } satisfies Published })
    base.records.statusLists.update(listId, { document, cid, outboxId })
    base.records.statusChanges.updateWhere({ outboxId: null }, { outboxId })
  })
  return 1
}

function documentsOf({ document }: StatusListRow): Documents {
  return document === null ? {} : (JSON.parse(document) as Documents)
}

const bitsOf = (row: StatusListRow, purpose: Purpose): Uint8Array => (purpose === 'revocation' ? row.revoked : row.suspended)

/** What replaced which certificate of a list, and why (a public code of `statusReasons`), by index. Only a revocation can say so. */
function listSupersessions({ records }: Rows, listId: number, purpose: Purpose): ReadonlyMap<number, Supersession> {
  if (purpose !== 'revocation') return new Map()
  const rows = records.credentials.list({ statusList: listId, state: 'superseded' }, { orderBy: 'statusIndex' })
  return new Map(
    rows.flatMap(({ statusIndex, supersededBy, stateReason }) =>
      supersededBy === null ? [] : [[statusIndex, { by: `urn:uuid:${supersededBy}`, why: stateReason ?? 'details-corrected' }] as const],
    ),
  )
}

/** Two lists that say the same have the same digest, whenever they were signed. */
function saidDigest(base: Rows, row: StatusListRow, purpose: Purpose): string {
  const superseded = [...listSupersessions(base, row.listId, purpose)]
  return createHash('sha256').update(bitsOf(row, purpose)).update(JSON.stringify(superseded)).digest('hex')
}

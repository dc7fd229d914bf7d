import { CredentialError } from '../errors.ts'
import { isJsonObject } from '../formats/json.ts'
import type { Lookup, StatusListName, UnixSeconds, VerifierPorts } from '../ports.ts'
import { maxStatusEntries, readStatusEntry, statusEntriesOf } from '../status/status-entry.ts'
import type { Case, CredentialInput, VerifyOptions } from '../verify/case.ts'
import { parseInstant } from '../verify/data-model/instant.ts'
import { segmentRootsOf } from '../verify/evidence/telemetry-receipt.ts'
import { type Nesting, outermost, walkInside } from '../verify/inside.ts'
import { openCase } from '../verify/open-case.ts'
import type { Bundle, BundledCredential, BundledList } from './bundle.ts'
import type { Fact } from './fact.ts'

/** What a bundle needs beside its credentials, network and checkpoint. */
export type Collected = Pick<Bundle, 'didLogs' | 'lists'> & {
  facts: readonly Fact[]
  /** What could not be had and is left out; such a bundle still opens, and its verdict says what is missing. */
  missing: readonly string[]
}

/** Asks the ledger for everything that the verification of these credentials will ask a bundle. `now` is the time of the checkpoint's block. */
export async function collectFacts(credentials: readonly BundledCredential[], ports: VerifierPorts, now: UnixSeconds): Promise<Collected> {
  const facts = new Map<string, Fact>()
  const didLogs = new Map<string, string>()
  const lists = new Map<string, BundledList>()
  const missing = new Set<string>()
  const take = <T>(lookup: Lookup<T>, what: string): T | undefined => {
    if (lookup.outcome === 'found') return lookup.value
    missing.add(what)
    return undefined
  }
  const add = (fact: Fact) => void facts.set(JSON.stringify(fact), fact)
  const gathering: Gathering = { add, take, didLogs, lists, ports }
  for (const credential of credentials) await collectWithInside({ credential, nesting: outermost() }, { ports, now }, gathering)
  return {
    facts: [...facts.values()],
    didLogs: [...didLogs].map(([did, log]) => ({ did, log })),
    lists: [...lists.values()],
    missing: [...missing],
  }
}

/** What is asked of a credential, and of those inside it, within the limits of a verification. */
async function collectWithInside(
  { credential, nesting }: { credential: CredentialInput; nesting: Nesting },
  options: VerifyOptions,
  gathering: Gathering,
): Promise<void> {
  const verification = openCase(credential, options)
  await collectOne(verification, gathering)
  await walkInside(verification.document, nesting, async (secured, deeper) => {
    try {
      await collectWithInside({ credential: { secured }, nesting: deeper }, options, gathering)
    } catch (error) {
      // What can not be read asks nothing; its verdict will say so.
      if (!(error instanceof CredentialError)) throw error
    }
  })
}

interface Gathering {
  add(fact: Fact): void
  take<T>(lookup: Lookup<T>, what: string): T | undefined
  didLogs: Map<string, string>
  lists: Map<string, BundledList>
  ports: VerifierPorts
}

async function collectOne(verification: Case, gathering: Gathering): Promise<void> {
  const { programme, issuerId } = verification
  const { add, take } = gathering
  if (programme === undefined || issuerId === undefined) return
  const { networkId } = programme
  const base = take(await verification.base(), `base ${issuerId}`)
  if (base === undefined) return
  add({ kind: 'base', networkId, ...base })
  const log = take(await verification.didLog(), `DID log of ${issuerId}`)
  if (log !== undefined) {
    gathering.didLogs.set(issuerId, log.log)
    if (log.records !== undefined) add({ kind: 'did-logs', networkId, baseId: base.baseId, records: log.records })
  }
  await collectEntitlement(verification, base.baseId, gathering)
  for (const entry of statusEntriesOf(verification.document).slice(0, maxStatusEntries)) {
    const read = isJsonObject(entry) ? readStatusEntry(entry) : undefined
    if (read === undefined || 'problem' in read) continue
    const listId =
      new URL(read.url).pathname
        .split('/')
        .filter((part) => part !== '')
        .at(-1) ?? ''
    await collectList({ networkId, baseId: base.baseId, url: read.url, listId }, gathering)
  }
}

async function collectEntitlement(verification: Case, baseId: number, { add, take, ports }: Gathering): Promise<void> {
  const { programme, document } = verification
  const { keyId } = await verification.proof()
  if (programme === undefined || keyId === undefined) return
  const { networkId, programmeId } = programme
  const key = take(await ports.directory.findKey(networkId, baseId, keyId), `key ${keyId}`)
  if (key !== undefined) add({ kind: 'key', networkId, baseId, ...key })
  const anchor =
    verification.receipt === undefined ? undefined : take(await verification.anchor(), `anchor ${verification.receipt.batch.root}`)
  if (anchor !== undefined) add({ kind: 'anchor', networkId, ...anchor })
  for (const root of segmentRootsOf(document)) {
    const segment = take(await ports.evidence.findSegment(networkId, baseId, root), `segment ${root}`)
    if (segment !== undefined) add({ kind: 'segment', networkId, ...segment })
  }
  const issued = parseInstant(document['validFrom'])
  for (const time of [issued === undefined ? undefined : Math.floor(issued), anchor?.blockTime]) {
    if (time === undefined) continue
    const answer = take(await ports.directory.isEntitled({ networkId, baseId, programmeId, keyId, time }), `entitlement at ${time}`)
    // One second long: the two instants that are asked about, and no claim about others.
    if (answer !== undefined) add({ kind: 'entitlement', networkId, baseId, programmeId, keyId, from: time, until: time + 1, ...answer })
  }
}

async function collectList(
  name: StatusListName & { networkId: string; baseId: number },
  { add, take, lists, ports }: Gathering,
): Promise<void> {
  const heads = take(await ports.status.listHeads(name), `history of ${name.url}`)
  const { networkId, baseId, listId, url } = name
  if (heads !== undefined) add({ kind: 'status-heads', networkId, baseId, listId, heads })
  const head = heads?.at(-1)
  const list = take(await ports.status.findList(name, head), `status list ${url}`)
  if (list !== undefined) lists.set(url, { ...list, url, cid: head?.cid ?? url })
}

import type { DatabaseSync } from 'node:sqlite'
import { type BaseNode, listDidLogs, listMemberPeers } from '@guildhall/node'
import type { Base, Ledger, OtherBase } from '../base.ts'
import { parseQuestion } from '../use-cases/base/ask-other-base.ts'
import { readLedger } from '../use-cases/base/read-ledger.ts'

/** How long a page waits for the DID log that names another base, in milliseconds. */
const nameWaitMs = 1_000

/**
 * Answers what another base asks on behalf of a page: the same six methods that every page may call here. `first` may know an answer without
 * the ledger.
 */
export function createAnswerer(
  ledger: Pick<Ledger, 'request'>,
  first: (question: string) => string | undefined = () => undefined,
): (question: string) => Promise<string> {
  return async (question) => first(question) ?? JSON.stringify(await readLedger(ledger, parseQuestion(question)))
}

/** The other bases of the network: those whose peers the ledger lists, asked over connections that are open anyway. */
export function createOtherBases({ db, node }: { db: DatabaseSync; node: Pick<BaseNode, 'peer' | 'content'> }): Base['node']['otherBases'] {
  const hosts = new Map<string, string>()

  const listMembers = (): { baseId: number; peerId: string }[] => {
    const members = listMemberPeers(db)
    const own = new Set(members.filter(({ peerId }) => peerId === node.peer.id).map(({ baseId }) => baseId))
    return members.filter(({ baseId }) => !own.has(baseId))
  }

  async function hostOf(baseId: number): Promise<string | null> {
    const cid = listDidLogs(db, baseId).at(-1)?.cid
    if (cid === undefined) return null
    const known = hosts.get(cid) ?? (await readHost(node.content, cid))
    if (known !== null) hosts.set(cid, known)
    return known
  }

  return {
    async list() {
      const connected = new Set(node.peer.libp2p.getPeers().map(String))
      const first = new Map<number, string>()
      for (const { baseId, peerId } of listMembers()) if (connected.has(peerId) && !first.has(baseId)) first.set(baseId, peerId)
      return Promise.all([...first].map(async ([baseId, peerId]): Promise<OtherBase> => ({ baseId, peerId, host: await hostOf(baseId) })))
    },
    peersOf: (baseId) => listMembers().flatMap((member) => (member.baseId === baseId ? [member.peerId] : [])),
    ask: (peerId, question, options) => node.peer.ask(peerId, question, options).catch(() => null),
  }
}

/** A base that neither asks others for its pages nor answers them. */
export const noOtherBases: Base['node']['otherBases'] = { list: async () => [], peersOf: () => [], ask: async () => null }

/** The host of a DID is its name among bases (did:webvh 1.0, "the host is the first part after the SCID"). */
async function readHost(content: BaseNode['content'], cid: string): Promise<string | null> {
  try {
    const parts: Uint8Array[] = []
    for await (const part of content.get(cid, { signal: AbortSignal.timeout(nameWaitMs) })) parts.push(part)
    const newest = Buffer.concat(parts).toString('utf8').trim().split('\n').at(-1) ?? ''
    const { state } = JSON.parse(newest) as { state?: { id?: unknown } }
    const host = decodeURIComponent(String(state?.id).split(':')[3] ?? '')
    return /^[a-z0-9.-]{1,253}(:[0-9]{1,5})?$/i.test(host) ? host : null
  } catch {
    // Not here yet, or not a DID log: the base is shown by its number.
    return null
  }
}

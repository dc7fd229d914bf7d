import type { DatabaseSync } from 'node:sqlite'
import { type BaseNode, listMemberPeers, sealAndAdd } from '@guildhall/node'
import type { Clock } from '../../base.ts'
import { findIdentity, type IssuingBase } from '../../use-cases/base/issuing.ts'

/** What is stored of a file. `sizeBytes` of what is on IPFS: a sealed file is a little longer than its plaintext. */
type Stored = { cid: string; sizeBytes: number }
type Storing = { signal: AbortSignal; onProgress?: (bytes: number) => void }

/** Files of works on IPFS. */
export type WorksStore = {
  add(source: AsyncIterable<Uint8Array>, storing: Storing): Promise<Stored>
  /** Sealed on the way: plaintext never touches the blocks. The same content, key and salt give the same CID. */
  addSealed(source: AsyncIterable<Uint8Array>, storing: Storing & { key: Uint8Array; salt: Uint8Array }): Promise<Stored>
  /** The whole of a document of at most so many bytes, from here or another base, kept from then on. */
  fetchDocument(cid: string, limits: { maxBytes: number; signal: AbortSignal }): Promise<Uint8Array>
  isHere(cid: string): boolean
  /** Tells the other bases that these are here, so that they keep them too. */
  announce(cids: readonly string[]): void
  /** How many other bases that are connected have all of these. */
  countHolders(cids: readonly string[], signal: AbortSignal): Promise<number>
}

/** Under which name a base holds works, its own and others' descriptions. */
const holder = 'works'
/** No question to another base may be longer than it would read. */
const mostAsked = 100

/** Makes the store of works over the base's node. */
export function createWorksStore(
  base: Pick<IssuingBase, 'records' | 'node'> & { clock: Clock; db: DatabaseSync },
  node: BaseNode,
): WorksStore {
  const { content } = node
  const holding = ({ signal, onProgress }: Storing) => ({
    holder,
    signal,
    ...(onProgress && { onProgress: ({ bytes }: { bytes: number }) => onProgress(bytes) }),
  })
  return {
    add: async (source, storing) => {
      const { cid, bytes } = await content.add(source, holding(storing))
      return { cid, sizeBytes: bytes }
    },
    addSealed: async (source, { key, salt, ...storing }) => {
      const { cid, size } = await sealAndAdd(content, source, { key, salt, ...holding(storing) })
      return { cid, sizeBytes: size }
    },
    fetchDocument: async (cid, { maxBytes, signal }) => {
      await content.replicate(cid, { holder, maxBytes, signal })
      const parts: Uint8Array[] = []
      for await (const part of content.get(cid, { signal })) parts.push(part)
      return Buffer.concat(parts)
    },
    isHere: (cid) => content.has(cid),
    announce: (cids) => {
      const baseId = findIdentity(base)?.baseId
      if (baseId === undefined) return
      // Whoever is not connected hears of it when the base that it asks has it; nobody being there is no failure.
      for (const cid of cids) node.peer.announce({ baseId, kind: 'bundle', cid, at: base.clock.now() }).catch(() => undefined)
    },
    countHolders: async (cids, signal) => {
      const peers = new Map(
        listMemberPeers(base.db).flatMap(({ baseId, peerId }) => (peerId === node.peer.id ? [] : [[baseId, peerId] as const])),
      )
      const question = JSON.stringify(['guildhall_holds', cids.slice(0, mostAsked)])
      const answers = await Promise.all([...peers.values()].map((peerId) => base.node.otherBases.ask(peerId, question, { signal })))
      return answers.filter((said) => said !== null && isYes(said.answer)).length
    },
  }
}

/** Answers another base whether this one holds contents that it names; undefined for another question. */
export function answerHolding(content: Pick<BaseNode['content'], 'has'>, question: string): string | undefined {
  try {
    const [method, cids] = JSON.parse(question) as [unknown, unknown]
    if (method !== 'guildhall_holds' || !Array.isArray(cids) || cids.length > mostAsked) return undefined
    return JSON.stringify({ result: cids.every((cid) => typeof cid === 'string' && content.has(cid)) })
  } catch {
    // Not a question of ours, or a CID that is none.
    return undefined
  }
}

function isYes(answer: string): boolean {
  try {
    return (JSON.parse(answer) as { result?: unknown }).result === true
  } catch {
    return false
  }
}

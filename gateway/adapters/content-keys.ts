import { join } from 'node:path'
import { type BaseNode, type ContentKeyStore, createContentKeys, getSealed, listMemberPeers, loadPeerKey } from '@guildhall/node'
import type { Base } from '../base.ts'
import type { WorksPorts } from '../use-cases/works/ports.ts'
import { findKeptKey, keepForAnother } from '../use-cases/works/reading/kept-keys.ts'
import { createLicenceBook } from './licences.ts'

type Init = Pick<Base, 'db' | 'records' | 'keys' | 'clock' | 'random' | 'transaction' | 'log' | 'config'> & { baseNode: BaseNode }

/** The ports of works over the base's node, with the protocol for content keys running. */
export async function startWorks(init: Init): Promise<WorksPorts & { stop(): Promise<void> }> {
  const { db, baseNode, clock } = init
  const { index, peer, content } = baseNode
  if (index === undefined) throw new Error('the node was made without a ledger')
  const privateKey = await loadPeerKey(join(init.config.dataDir, 'keys', 'peer.key'))
  const store: ContentKeyStore = {
    find: async (of) => findKeptKey(init, of),
    // Committed with synchronous=FULL: once this resolves, the key is on the disk.
    keep: async (deposit) => init.transaction(() => keepForAnother(init, deposit)),
  }
  const exchange = createContentKeys({ libp2p: peer.libp2p, privateKey, db, store, now: clock.now })
  await exchange.start()
  return {
    licences: createLicenceBook(db, index, clock.now),
    keyExchange: {
      connectedPeerOf: (baseId) => {
        const connected = new Set(peer.libp2p.getPeers().map(String))
        return listMemberPeers(db).find((member) => member.baseId === baseId && connected.has(member.peerId))?.peerId
      },
      request: exchange.request,
      deposit: exchange.deposit,
    },
    workFiles: createWorkFiles(content),
    stop: () => exchange.stop(),
  }
}

/** Files of works over the node's content. */
function createWorkFiles(content: Pick<BaseNode['content'], 'get' | 'stat'>): WorksPorts['workFiles'] {
  return {
    read: async (cid, { maxBytes, signal }) => {
      const { bytes } = await content.stat(cid, { signal })
      if (bytes > maxBytes) throw Object.assign(new Error(`It has ${bytes} bytes.`), { code: 'CONTENT_TOO_LARGE' })
      const parts: Uint8Array[] = []
      for await (const part of content.get(cid, { signal })) parts.push(part)
      return Buffer.concat(parts)
    },
    readPart: (cid, { key, offset, length, signal }) =>
      key === null ? content.get(cid, { offset, length, signal }) : getSealed(content, cid, { key, offset, length, signal }),
  }
}

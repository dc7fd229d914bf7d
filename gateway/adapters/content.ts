import { getSealed, type Content as NodeContent, sealAndAdd } from '@guildhall/node'
import type { Content } from '../base.ts'
import type { Evidence } from '../use-cases/base/issuing.ts'

/** Content of the node as use-cases see it: whole values. */
export function createContentAdapter(content: Pick<NodeContent, 'add' | 'get'>): Content {
  return {
    add: async (bytes, { signal, onProgress } = {}) => {
      const { cid, bytes: sizeBytes } = await content.add(bytes, {
        ...(signal && { signal }),
        ...(onProgress && { onProgress: (progress) => onProgress(progress.bytes) }),
      })
      return { cid, sizeBytes }
    },
    get: (cid, { signal } = {}) => collect(content.get(cid, signal ? { signal } : {})),
  }
}

/** Under which name this base holds its own evidence. */
export const evidenceHolder = 'evidence'
/** As many as bases tell each other when they meet. */
const mostAnnounced = 500

/** Evidence, encrypted on its way to the disk: plaintext never touches it. `announce` hears of each ciphertext that was added. */
export function createEvidenceAdapter(content: Pick<NodeContent, 'add' | 'get' | 'stat'>, announce: (cid: string) => void): Evidence {
  return {
    seal: async (source, key) => {
      const { cid, size, plaintextDigest } = await sealAndAdd(content, source, { key, holder: evidenceHolder })
      announce(cid)
      return { cid, sizeBytes: size, digest: plaintextDigest }
    },
    open: (cid, key) => collect(getSealed(content, cid, { key })),
  }
}

/** Announces the newest evidence of earlier runs: what was announced then is forgotten with the process. */
export function announceHeld(content: Pick<NodeContent, 'list'>, announce: (cid: string) => void): void {
  const own = content.list().filter(({ holders }) => holders.includes(evidenceHolder))
  for (const { cid } of own.slice(-mostAnnounced)) announce(cid)
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of source) pieces.push(piece)
  return Buffer.concat(pieces)
}

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

/** Evidence, encrypted on its way to the disk: plaintext never touches it. */
export function createEvidenceAdapter(content: Pick<NodeContent, 'add' | 'get' | 'stat'>): Evidence {
  return {
    seal: async (source, key) => {
      const { cid, size, plaintextDigest } = await sealAndAdd(content, source, { key, holder: 'evidence' })
      return { cid, sizeBytes: size, digest: plaintextDigest }
    },
    open: (cid, key) => collect(getSealed(content, cid, { key })),
  }
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of source) pieces.push(piece)
  return Buffer.concat(pieces)
}

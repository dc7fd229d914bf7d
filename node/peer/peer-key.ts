import { open, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { NodeError } from '../errors.ts'

/**
 * The Ed25519 key a base is known by among peers, read from `file`, or made and written there (0600, synced) the first time.
 * Throws `NODE_PEER_KEY_UNREADABLE` when the file is no such key or when others may read it.
 */
export async function loadPeerKey(file: string): Promise<Ed25519PrivateKey> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new NodeError('NODE_PEER_KEY_UNREADABLE', `The peer key ${file} cannot be read (${error.code}).`, { cause: error })
  })
  if (found === undefined) return writePeerKey(file)
  if ((found.mode & 0o077) !== 0) {
    throw new NodeError(
      'NODE_PEER_KEY_UNREADABLE',
      `The peer key ${file} may be read by others on this machine. Allow only its owner: chmod 600.`,
    )
  }
  const key = await readFile(file)
    .then(privateKeyFromProtobuf)
    .catch((cause: unknown) => {
      throw new NodeError(
        'NODE_PEER_KEY_UNREADABLE',
        `The file ${file} does not hold a peer key. Restore it from a backup, or move it away to become another peer.`,
        { cause },
      )
    })
  if (key.type !== 'Ed25519') throw new NodeError('NODE_PEER_KEY_UNREADABLE', `The peer key ${file} is ${key.type}; bases use Ed25519.`)
  return key
}

async function writePeerKey(file: string): Promise<Ed25519PrivateKey> {
  const key = await generateKeyPair('Ed25519')
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(privateKeyToProtobuf(key))
    await handle.sync()
  } finally {
    await handle.close()
  }
  const folder = await open(dirname(file), 'r')
  await folder.sync().finally(() => folder.close())
  return key
}

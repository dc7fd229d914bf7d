import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { canonicalJson } from '../formats/json.ts'
import type { NetworkDescriptor } from '../ports.ts'

/** The id of a network: the first 16 hex digits of SHA-256(JCS({chainId, directory, genesisHash})). */
export function networkIdOf({ chainId, directory, genesisHash }: Pick<NetworkDescriptor, 'chainId' | 'directory' | 'genesisHash'>): string {
  return digestOf({ chainId, directory: directory.toLowerCase(), genesisHash: genesisHash.toLowerCase() }).slice(0, 16)
}

/**
 * What people compare before they trust a network: SHA-256 over everything that decides whose word is taken (not its name), as eight groups of
 * four hex digits. Keys in another order give the same fingerprint.
 */
export function fingerprintOf(descriptor: NetworkDescriptor): string {
  const { chainId, directory, genesisHash, checkpointKeys, threshold } = descriptor
  const digest = digestOf({
    chainId,
    directory: directory.toLowerCase(),
    genesisHash: genesisHash.toLowerCase(),
    checkpointKeys: [...checkpointKeys].sort(),
    threshold,
  })
  return (digest.slice(0, 32).match(/.{4}/g) ?? []).join('-')
}

function digestOf(value: Parameters<typeof canonicalJson>[0]): string {
  return bytesToHex(sha256(new TextEncoder().encode(canonicalJson(value))))
}

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { canonicalJson, isJsonObject } from '../../formats/json.ts'
import type { NetworkDescriptor } from '../../ports.ts'

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

/** Reads a network descriptor from outside; undefined when it is none. */
export function readNetwork(value: unknown): NetworkDescriptor | undefined {
  if (!isJsonObject(value)) return undefined
  const { name, chainId, genesisHash, directory, checkpointKeys, threshold, trial } = value
  const isSound =
    typeof name === 'string' &&
    name.length <= 200 &&
    isCount(chainId) &&
    /^0x[0-9a-f]{64}$/.test(String(genesisHash)) &&
    /^0x[0-9a-f]{40}$/.test(String(directory)) &&
    Array.isArray(checkpointKeys) &&
    checkpointKeys.length >= 1 &&
    checkpointKeys.length <= 256 &&
    checkpointKeys.every((key) => typeof key === 'string' && /^z[1-9A-HJ-NP-Za-km-z]{40,60}$/.test(key)) &&
    new Set(checkpointKeys).size === checkpointKeys.length &&
    isCount(threshold) &&
    threshold >= 1 &&
    threshold <= checkpointKeys.length &&
    typeof trial === 'boolean'
  return isSound ? (value as unknown as NetworkDescriptor) : undefined
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

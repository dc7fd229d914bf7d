import type { NetworkDescriptor } from '@guildhall/credentials'

const storageKey = 'guildhall.networks'

/** The networks that a person has added on this device after comparing fingerprints. */
export function listAddedNetworks(): NetworkDescriptor[] {
  try {
    const held: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]')
    return Array.isArray(held) ? held.filter(isDescriptor) : []
  } catch {
    return []
  }
}

/** Lists a network on this device. */
export function addNetwork(network: NetworkDescriptor): void {
  store([...listAddedNetworks().filter((entry) => entry.genesisHash !== network.genesisHash), network])
}

/** Takes a network that was added off the list again: its bases are no longer accepted as issuers on this device. */
export function removeNetwork(genesisHash: string): void {
  store(listAddedNetworks().filter((entry) => entry.genesisHash !== genesisHash))
}

/** Whether outside data is a network's descriptor, whole. */
export function isDescriptor(value: unknown): value is NetworkDescriptor {
  if (typeof value !== 'object' || value === null) return false
  const { name, chainId, genesisHash, directory, checkpointKeys, threshold } = value as Record<string, unknown>
  return (
    typeof name === 'string' &&
    Number.isSafeInteger(chainId) &&
    typeof genesisHash === 'string' &&
    /^0x[0-9a-f]{64}$/.test(genesisHash) &&
    typeof directory === 'string' &&
    /^0x[0-9a-fA-F]{40}$/.test(directory) &&
    Array.isArray(checkpointKeys) &&
    checkpointKeys.every((key) => typeof key === 'string') &&
    Number.isSafeInteger(threshold)
  )
}

function store(networks: readonly NetworkDescriptor[]): void {
  localStorage.setItem(storageKey, JSON.stringify(networks))
}

import type { NetworkDescriptor } from '@guildhall/credentials'
import { api } from '../shell/api.ts'
import { isDescriptor, listAddedNetworks } from './networks.ts'
import type { Trust } from './worker/messages.ts'

const storageKey = 'guildhall.own-network'

interface OwnNetwork {
  networkId: string
  baseName: string
  descriptor: NetworkDescriptor
}

/** The networks listed on this device and the base that can be asked; the page's own network is remembered for when there is no connection. */
export async function trustHere(): Promise<Trust> {
  const embedded = document.getElementById('guildhall-networks')?.textContent
  if (embedded !== undefined && embedded !== null) return { networks: [...readEmbedded(embedded), ...listAddedNetworks()], bases: [] }
  const own = await findOwnNetwork()
  const added = listAddedNetworks()
  if (!own) return { networks: added, bases: [] }
  const others = added.filter((network) => network.genesisHash !== own.descriptor.genesisHash)
  return { networks: [own.descriptor, ...others], bases: [{ origin: '', name: own.baseName, networkId: own.networkId }] }
}

/** verify.html carries the networks that whoever wrote it trusts, and asks nobody. */
function readEmbedded(text: string): NetworkDescriptor[] {
  const value: unknown = JSON.parse(text)
  return Array.isArray(value) ? value.filter(isDescriptor) : []
}

let asked: Promise<OwnNetwork | undefined> | undefined

/** The network of the base that serves this page, from the base itself, else as it was remembered. */
function findOwnNetwork(): Promise<OwnNetwork | undefined> {
  asked ??= ask()
  return asked
}

async function ask(): Promise<OwnNetwork | undefined> {
  try {
    const facts = await api.getBase()
    if (!facts.network) return remembered()
    const { networkId, ...rest } = facts.network
    const descriptor = { ...rest, genesisHash: rest.genesisHash, directory: rest.directory, trial: facts.trial } as NetworkDescriptor
    const own: OwnNetwork = { networkId, baseName: new URL(facts.origin).host, descriptor }
    localStorage.setItem(storageKey, JSON.stringify(own))
    return own
  } catch {
    // Asked again the next time: the connection may be back.
    asked = undefined
    return remembered()
  }
}

function remembered(): OwnNetwork | undefined {
  try {
    const held = JSON.parse(localStorage.getItem(storageKey) ?? 'null') as OwnNetwork | null
    return held && isDescriptor(held.descriptor) ? held : undefined
  } catch {
    return undefined
  }
}

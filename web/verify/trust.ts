import type { NetworkDescriptor } from '@guildhall/credentials'
import type { RouteOutput } from '@guildhall/gateway/api'
import * as m from '../paraglide/messages.js'
import { api } from '../shell/api.ts'
import { isDescriptor, listAddedNetworks } from './networks.ts'
import type { Trust } from './worker/messages.ts'

const storageKey = 'guildhall.own-network'

interface OwnNetwork {
  networkId: string
  baseName: string
  descriptor: NetworkDescriptor
  /** Other bases that this one can ask now; never remembered. */
  others?: readonly OtherBase[]
}

type OtherBase = RouteOutput<'getBase'>['otherBases'][number]

/** How long it holds which bases can be asked, in milliseconds. */
const freshMs = 60_000

/** The networks listed on this device and the base that can be asked; the page's own network is remembered for when there is no connection. */
export async function trustHere(): Promise<Trust> {
  const embedded = document.getElementById('guildhall-networks')?.textContent
  if (embedded !== undefined && embedded !== null) return { networks: [...readEmbedded(embedded), ...listAddedNetworks()], bases: [] }
  const own = await findOwnNetwork()
  const added = listAddedNetworks()
  if (!own) return { networks: added, bases: [] }
  const others = added.filter((network) => network.genesisHash !== own.descriptor.genesisHash)
  const second = chooseSecond(own.others ?? [])
  return {
    networks: [own.descriptor, ...others],
    bases: [{ origin: '', name: own.baseName, networkId: own.networkId }],
    ...(second && {
      second: { name: second.host ?? m.base_number({ number: second.baseId }), baseId: second.baseId, peerId: second.peerId },
    }),
  }
}

/** verify.html carries the networks that whoever wrote it trusts, and asks nobody. */
function readEmbedded(text: string): NetworkDescriptor[] {
  const value: unknown = JSON.parse(text)
  return Array.isArray(value) ? value.filter(isDescriptor) : []
}

/** Any of them: the page's own base is not to choose its own witness. */
function chooseSecond(others: readonly OtherBase[]): OtherBase | undefined {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1))
  return others[number % Math.max(1, others.length)]
}

let asked: Promise<OwnNetwork | undefined> | undefined
let askedAtMs = 0

/** The network of the base that serves this page, from the base itself, else as it was remembered. */
function findOwnNetwork(): Promise<OwnNetwork | undefined> {
  if (asked && performance.now() - askedAtMs < freshMs) return asked
  askedAtMs = performance.now()
  asked = ask()
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
    return { ...own, others: facts.otherBases }
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

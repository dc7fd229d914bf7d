import type { IIdentifier, IKey, ManagedKeyInfo } from '@veramo/core-types'
import { AbstractDIDStore } from '@veramo/did-manager'
import { AbstractKeyStore, AbstractPrivateKeyStore, type ImportablePrivateKey, type ManagedPrivateKey } from '@veramo/key-manager'
import { CredentialError } from '../errors.ts'

/** What the agent keeps. `secret` holds private keys in the clear: the store given must seal them before they touch a disk. */
export type AgentStoreKind = 'secret' | 'key' | 'identifier'

/** Where the agent keeps its keys and DIDs: text by kind and name. Given from outside; the base's is encrypted and in its database. */
export interface AgentStore {
  find(kind: AgentStoreKind, name: string): Promise<string | undefined>
  put(kind: AgentStoreKind, name: string, text: string): Promise<void>
  remove(kind: AgentStoreKind, name: string): Promise<void>
  list(kind: AgentStoreKind): Promise<string[]>
}

/** Veramo's key metadata over the store. Private parts never come here. */
export class AgentKeyStore extends AbstractKeyStore {
  private readonly store: AgentStore

  constructor(store: AgentStore) {
    super()
    this.store = store
  }

  async importKey({ privateKeyHex: _, ...key }: Partial<IKey>): Promise<boolean> {
    await this.store.put('key', nameOf(key.kid), JSON.stringify(key))
    return true
  }

  async getKey({ kid }: { kid: string }): Promise<IKey> {
    return JSON.parse(await get(this.store, 'key', kid))
  }

  async deleteKey({ kid }: { kid: string }): Promise<boolean> {
    await this.store.remove('key', kid)
    return true
  }

  async listKeys(): Promise<ManagedKeyInfo[]> {
    return (await this.store.list('key')).map((text) => JSON.parse(text))
  }
}

/** Veramo's private keys over the store. */
export class AgentPrivateKeyStore extends AbstractPrivateKeyStore {
  private readonly store: AgentStore

  constructor(store: AgentStore) {
    super()
    this.store = store
  }

  async importKey({ alias, privateKeyHex, type }: ImportablePrivateKey): Promise<ManagedPrivateKey> {
    const key = { alias: nameOf(alias), privateKeyHex, type }
    const before = await this.store.find('secret', key.alias)
    if (before !== undefined && JSON.parse(before).privateKeyHex !== privateKeyHex) {
      throw new CredentialError('CREDENTIAL_KEY_MISMATCH', `The agent has another key named ${key.alias}; give this one another name.`)
    }
    await this.store.put('secret', key.alias, JSON.stringify(key))
    return key
  }

  async getKey({ alias }: { alias: string }): Promise<ManagedPrivateKey> {
    return JSON.parse(await get(this.store, 'secret', alias))
  }

  async deleteKey({ alias }: { alias: string }): Promise<boolean> {
    await this.store.remove('secret', alias)
    return true
  }

  async listKeys(): Promise<ManagedPrivateKey[]> {
    return (await this.store.list('secret')).map((text) => JSON.parse(text))
  }
}

/** Veramo's DIDs over the store. */
export class AgentDidStore extends AbstractDIDStore {
  private readonly store: AgentStore

  constructor(store: AgentStore) {
    super()
    this.store = store
  }

  async importDID(identifier: IIdentifier): Promise<boolean> {
    const keys = identifier.keys.map(({ privateKeyHex: _, ...key }) => key)
    await this.store.put('identifier', identifier.did, JSON.stringify({ ...identifier, keys }))
    return true
  }

  async getDID({ did, alias }: { did?: string; alias?: string }): Promise<IIdentifier> {
    if (did !== undefined) return JSON.parse(await get(this.store, 'identifier', did))
    const [first] = await this.listDIDs({ ...(alias === undefined ? {} : { alias }) })
    if (!first) throw new CredentialError('CREDENTIAL_KEY_NOT_FOUND', `The agent has no DID with the alias ${alias}.`)
    return first
  }

  async deleteDID({ did }: { did: string }): Promise<boolean> {
    await this.store.remove('identifier', did)
    return true
  }

  async listDIDs({ alias, provider }: { alias?: string; provider?: string }): Promise<IIdentifier[]> {
    const all: IIdentifier[] = (await this.store.list('identifier')).map((text) => JSON.parse(text))
    return all.filter((one) => (alias === undefined || one.alias === alias) && (provider === undefined || one.provider === provider))
  }
}

async function get(store: AgentStore, kind: AgentStoreKind, name: string): Promise<string> {
  const text = await store.find(kind, name)
  if (text === undefined) throw new CredentialError('CREDENTIAL_KEY_NOT_FOUND', `The agent has no ${kind} named ${name}.`)
  return text
}

function nameOf(name: string | undefined): string {
  if (!name) throw new CredentialError('CREDENTIAL_KEY_MALFORMED', 'A key of the agent needs a name.')
  return name
}

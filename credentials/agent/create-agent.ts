import { createAgent, type TAgent } from '@veramo/core'
import type { ICredentialPlugin, IDIDManager, IKeyManager, IResolver } from '@veramo/core-types'
// It imports did-jwt, which it does not list itself: our package.json does (2026-11, 7.0.1).
import { CredentialProviderJWT } from '@veramo/credential-jwt'
import { CredentialPlugin } from '@veramo/credential-w3c'
import { DIDManager } from '@veramo/did-manager'
import { getDidKeyResolver, KeyDIDProvider } from '@veramo/did-provider-key'
import { DIDResolverPlugin } from '@veramo/did-resolver'
import { KeyManager } from '@veramo/key-manager'
import { KeyManagementSystem } from '@veramo/kms-local'
import type { DIDDocument, DIDResolver } from 'did-resolver'
import { parseDidLog } from '../keys/parse-did-log.ts'
import { AgentDidStore, AgentKeyStore, AgentPrivateKeyStore, type AgentStore } from './agent-store.ts'
import { credentialV2Plugin, type ICredentialV2 } from './credential-v2-plugin.ts'

/** A Veramo agent with the methods of version 2.0 beside Veramo's own (keys, DIDs, resolving, JWT credentials of version 1.1). */
export type GuildhallAgent = TAgent<IKeyManager & IDIDManager & IResolver & ICredentialPlugin & ICredentialV2>

/** What the agent is given. */
export interface AgentComponents {
  /** Keys and DIDs; must seal the kind `secret`. */
  store: AgentStore
  /** Finds the log of a did:webvh, from the ledger, a bundle or the network; undefined when there is none. */
  findDidLog?: (did: string) => Promise<string | undefined>
}

const keySystem = 'local'

/** Makes the agent. It creates did:key itself; a base's did:webvh is made by `createDidLog` and only resolved here. */
export function createGuildhallAgent({ store, findDidLog }: AgentComponents): GuildhallAgent {
  return createAgent<IKeyManager & IDIDManager & IResolver & ICredentialPlugin & ICredentialV2>({
    plugins: [
      new KeyManager({ store: new AgentKeyStore(store), kms: { [keySystem]: new KeyManagementSystem(new AgentPrivateKeyStore(store)) } }),
      new DIDManager({
        store: new AgentDidStore(store),
        defaultProvider: 'did:key',
        providers: { 'did:key': new KeyDIDProvider({ defaultKms: keySystem }) },
      }),
      new DIDResolverPlugin({ ...getDidKeyResolver(), webvh: webvhResolver(findDidLog) }),
      new CredentialPlugin([new CredentialProviderJWT()]),
      credentialV2Plugin(),
    ],
  })
}

function webvhResolver(findDidLog: AgentComponents['findDidLog']): DIDResolver {
  return async (did) => {
    const failure = (error: string) => ({ didDocument: null, didDocumentMetadata: {}, didResolutionMetadata: { error } })
    const log = await findDidLog?.(did)
    if (log === undefined) return failure('notFound')
    const history = await parseDidLog(log, did).catch(() => undefined)
    const latest = history?.versions.at(-1)
    if (!latest) return failure('invalidDidDocument')
    return {
      didDocument: latest.document as unknown as DIDDocument,
      didDocumentMetadata: { versionId: latest.versionId, deactivated: latest.isDeactivated },
      didResolutionMetadata: { contentType: 'application/did+ld+json' },
    }
  }
}

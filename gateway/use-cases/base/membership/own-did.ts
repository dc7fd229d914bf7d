import { createDidLog, encodeMultikey, keyIdOf, signerFromSeed } from '@guildhall/credentials'
import type { Base } from '../../../base.ts'
import type { IssuerKey } from '../issuing.ts'

/** The DID that a base has made for itself; written down before anybody hears of it, so that a crash makes no second one. */
export type OwnDid = { startedAt: number; host: string; did: string; didLog: string }

type Use = Pick<Base, 'keys' | 'clock' | 'config'>
const issuerSeed = 'issuer/1'

/** Makes the base's did:webvh with its first issuing key, at the host of its public origin, or at `<base>.localhost` without one. */
export async function makeOwnDid({ keys, clock, config }: Use, publicHost: string | undefined): Promise<OwnDid> {
  const host = publicHost ?? `${slugOf(config.baseName.en)}.localhost`
  const startedAt = clock.now()
  const updateKey = await signerFromSeed(keys.seed('did-update/1'))
  const nextUpdateKey = await signerFromSeed(keys.seed('did-update/2'))
  const issuingKey = await signerFromSeed(keys.seed(issuerSeed))
  const { did, log } = await createDidLog(host, { updateKey, nextUpdateKeys: [nextUpdateKey], issuingKeys: [issuingKey], time: startedAt })
  return { startedAt, host, did, didLog: log }
}

/** The key that this DID issues with first. */
export async function firstIssuerOf({ keys }: Pick<Base, 'keys'>, did: string): Promise<IssuerKey> {
  const { publicKey, verificationMethod } = await signerFromSeed(keys.seed(issuerSeed), did)
  const publicKeyMultibase = encodeMultikey({ algorithm: 'EdDSA', publicKey })
  return { seedName: issuerSeed, keyId: keyIdOf(publicKey), publicKeyMultibase, verificationMethod }
}

/** Adds a public document to the base's content. */
export async function addText({ node }: Pick<Base, 'node'>, text: string): Promise<string> {
  return (await node.content.add(new TextEncoder().encode(text))).cid
}

/** A host label from a name; `base` where nothing of it can stand in one (RFC 1123 §2.1). */
function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
  return slug === '' ? 'base' : slug
}

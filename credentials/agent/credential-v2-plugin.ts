import type { IAgentContext, IAgentPlugin, IDIDManager, IKeyManager, IPluginMethodMap, IResolver } from '@veramo/core-types'
import { CredentialError } from '../errors.ts'
import { decodeBase64url } from '../formats/base64url.ts'
import type { FormatId, JsonObject, KeyAnswer, KeyRequest, ProofVerification, Secured } from '../formats/format.ts'
import { recogniseDocument } from '../formats/formats.ts'
import { proofReason } from '../formats/reasons.ts'
import type { CredentialRecord } from '../issue/credential-record.ts'
import { type IssuedCredential, issueCredential } from '../issue/issue-credential.ts'
import { findDocumentKey } from '../keys/did-document.ts'
import { verificationMethodOf } from '../keys/did-key.ts'
import type { Signer } from '../keys/key.ts'
import type { PublicKey } from '../keys/multikey.ts'

/** What `issueCredentialV2` takes: the record, whose issuer's DID the agent manages. `created` is the moment of signing, UnixSeconds. */
export interface IssueCredentialV2Arguments {
  record: CredentialRecord
  formats: readonly FormatId[]
  created: number
}

/** What `verifyCredentialV2` takes. `now` is UnixSeconds. */
export interface VerifyCredentialV2Arguments {
  credential: Secured
  now: number
}

type Context = IAgentContext<IKeyManager & IDIDManager & IResolver>

/** VC Data Model 2.0 for a Veramo agent, which itself issues and verifies only version 1.1 (2026-11, Veramo 7.0.1). */
export interface ICredentialV2 extends IPluginMethodMap {
  /** Issues a record with a key of the agent, in every format asked for. */
  issueCredentialV2(input: IssueCredentialV2Arguments, context: Context): Promise<IssuedCredential>
  /** Verifies the proofs of a credential with the agent's resolver; three-valued. Dates, status and entitlement are not looked at. */
  verifyCredentialV2(input: VerifyCredentialV2Arguments, context: Context): Promise<ProofVerification>
  /** A signer over the agent's Ed25519 key of a DID; private keys stay in the key manager. */
  getSignerV2(input: { did: string }, context: Context): Promise<Signer>
}

/** The plugin with the methods of `ICredentialV2`. */
export function credentialV2Plugin(): IAgentPlugin {
  const methods: ICredentialV2 = { issueCredentialV2, verifyCredentialV2, getSignerV2 }
  return { methods }
}

async function issueCredentialV2({ record, formats, created }: IssueCredentialV2Arguments, context: Context): Promise<IssuedCredential> {
  const signer = await getSignerV2({ did: record.issuer.did }, context)
  return issueCredential(record, { signer, formats, created })
}

async function verifyCredentialV2({ credential, now }: VerifyCredentialV2Arguments, context: Context): Promise<ProofVerification> {
  const { format, secured } = recogniseDocument(credential)
  if (!format) return { format: 'eddsa-rdfc-2022', outcome: 'failed', reason: proofReason('proof-missing'), proofs: [] }
  return format.verifyProof(secured, { now, resolveKey: (request) => resolveKey(request, context) })
}

async function getSignerV2({ did }: { did: string }, { agent }: Context): Promise<Signer> {
  const { keys } = await agent.didManagerGet({ did })
  const key = keys.find(({ type }) => type === 'Ed25519')
  if (!key) throw new CredentialError('CREDENTIAL_KEY_NOT_FOUND', `The agent has no Ed25519 key for ${did}.`)
  const publicKey: PublicKey = { algorithm: 'EdDSA', publicKey: Buffer.from(key.publicKeyHex, 'hex') }
  const sign = async (bytes: Uint8Array) => {
    const data = Buffer.from(bytes).toString('hex')
    return decodeBase64url(await agent.keyManagerSign({ keyRef: key.kid, algorithm: 'EdDSA', data, encoding: 'hex' }))
  }
  return { ...publicKey, verificationMethod: verificationMethodOf(did, publicKey), sign }
}

async function resolveKey({ verificationMethod, proofPurpose }: KeyRequest, { agent }: Context): Promise<KeyAnswer> {
  const [didUrl = ''] = verificationMethod.split('#')
  const { didDocument, didResolutionMetadata } = await agent.resolveDid({ didUrl, options: { publicKeyFormat: 'Multikey' } })
  if (!didDocument || didResolutionMetadata.error) {
    return { outcome: 'unknown', reason: proofReason('proof-key-unreachable', { verificationMethod }) }
  }
  const key = findDocumentKey(didDocument as unknown as JsonObject, verificationMethod, proofPurpose)
  return key ? { key, controller: didUrl } : { outcome: 'failed', reason: proofReason('proof-key-not-found', { verificationMethod }) }
}

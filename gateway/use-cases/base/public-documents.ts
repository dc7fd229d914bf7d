import { parseDidLog, toDidWebDocument } from '@guildhall/credentials'
import type { NetworkDescriptor } from '../../api/base/base.ts'
import type { AnchorReceipt } from '../../api/base/public.ts'
import { readOnlyMethods } from '../../api/base/public.ts'
import { notFound } from '../../errors.ts'
import { findIdentity, getIdentity, type IssuingBase } from './issuing.ts'

/** The longest that content of another base is waited for, in milliseconds. */
const contentTimeoutMs = 30_000

/** The public facts of a base, founded or not. */
export function readBase(base: Pick<IssuingBase, 'records' | 'config' | 'clock'>, { version }: { version: string }) {
  const identity = findIdentity(base)
  const { hostname, protocol } = new URL(base.config.origin)
  return {
    name: base.config.baseName,
    did: identity?.did ?? null,
    baseId: identity?.baseId ?? null,
    origin: base.config.origin,
    trial: identity?.network.trial ?? true,
    network: identity ? showNetwork(identity) : null,
    timeZone: base.config.timeZone,
    version,
    now: base.clock.now(),
    secureOrigin: protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname),
  }
}

/** The descriptor for other bases and verifiers. @throws NOT_READY */
export function readNetworkDescriptor(base: Pick<IssuingBase, 'records'>): NetworkDescriptor {
  return showNetwork(getIdentity(base))
}

/** One read-only call of the ledger. Errors of the ledger are JSON-RPC errors, not problems of this route. */
export async function callLedger(
  { ledger }: Pick<IssuingBase, 'ledger'>,
  call: { id: string | number; method: string; params?: unknown[] | undefined },
) {
  const answer = { jsonrpc: '2.0' as const, id: call.id }
  if (!(readOnlyMethods as readonly string[]).includes(call.method)) {
    return {
      ...answer,
      error: { code: -32_601, message: `The method ${call.method} is not offered here; offered are ${readOnlyMethods.join(', ')}.` },
    }
  }
  try {
    return { ...answer, result: await ledger.request(call.method, call.params ?? []) }
  } catch (error) {
    return { ...answer, error: readRpcError(error) }
  }
}

/** The log of the base's DID, as it stands on the ledger. */
export function readDidLog(base: Pick<IssuingBase, 'records'>): Uint8Array {
  return new TextEncoder().encode(getIdentity(base).didLog)
}

/** The present DID document, as did:web. */
export async function readDidDocument(base: Pick<IssuingBase, 'records'>): Promise<Record<string, unknown>> {
  const { didLog, did } = getIdentity(base)
  const latest = (await parseDidLog(didLog, did)).versions.at(-1)
  if (!latest) throw notFound('DID document')
  return toDidWebDocument(latest.document)
}

/** Content by its CID, from this disk or another base: public documents, and ciphertext. */
export function readContent({ node }: Pick<IssuingBase, 'node'>, cid: string, signal: AbortSignal): Promise<Uint8Array> {
  return node.content.get(cid, { signal: AbortSignal.any([signal, AbortSignal.timeout(contentTimeoutMs)]) }).catch(() => {
    throw notFound('content')
  })
}

/** The receipt of a leaf, without the salt: whoever has the leaf has that already. @throws NOT_FOUND */
export function readReceipt({ records }: Pick<IssuingBase, 'records'>, leaf: string): AnchorReceipt {
  const receipt = records.credentials.find({ leaf })?.receipt
  if (!receipt) throw notFound('receipt')
  return receipt
}

function showNetwork({ networkId, network }: ReturnType<typeof getIdentity>): NetworkDescriptor {
  const { name, chainId, genesisHash, directory, checkpointKeys, threshold, trial } = network
  return { networkId, name, chainId, genesisHash, directory, checkpointKeys: [...checkpointKeys], threshold, trial }
}

function readRpcError(error: unknown): { code: number; message: string; data?: string } {
  const said = error as { code?: unknown; message?: unknown; data?: unknown }
  return {
    code: typeof said.code === 'number' ? said.code : -32_000,
    message: typeof said.message === 'string' ? said.message.slice(0, 300) : 'The ledger did not answer.',
    ...(typeof said.data === 'string' && { data: said.data }),
  }
}

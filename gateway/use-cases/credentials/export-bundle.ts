import { type AnchorReceipt, type BundledCredential, collectFacts, type Hex, type Secured, writeBundle } from '@guildhall/credentials'
import type { Actor } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import { getIdentity, type IssuingBase } from '../base/issuing.ts'
import { signTogether } from '../base/membership/sign-checkpoint.ts'
import { type CertificateSecrets, openCertificate } from './issue-certificate.ts'
import { receiptOf, resolveLearner } from './wallet.ts'

type Use = Pick<IssuingBase, 'records' | 'registry' | 'keys' | 'ledger' | 'verifier' | 'cosigners' | 'transaction' | 'audit'>

/**
 * Certificates as one `.guildhall` file that verifies after this base is gone: receipts, DID log, status lists, and every fact of the ledger
 * that a check asks for, under a checkpoint as of the block that it has synced, signed as the network's descriptor asks.
 * @throws NOT_YOURS, NOT_READY before the first block was read, CHECKPOINT_UNSIGNED
 */
export async function exportBundle(base: Use, actor: Actor, { credentialIds }: { credentialIds: string[] }): Promise<Uint8Array> {
  const credentials = credentialIds.flatMap((credentialId) => bundle(base, actor, credentialId))
  const file = await packBundle(base, credentials)
  base.transaction(() => base.audit.append(actor, 'bundle.exported', { details: { certificates: credentialIds.length } }))
  return file
}

/** How often a bundle is put together anew when the ledger moved on while others looked its facts up. */
const attempts = 3

/** Packs secured credentials with what proves them. @throws NOT_READY, CHECKPOINT_UNSIGNED */
export async function packBundle(base: Packing, credentials: BundledCredential[]): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await packOnce(base, credentials)
    } catch (error) {
      if (attempt === attempts || !(error instanceof GuildhallError) || error.code !== 'CHECKPOINT_UNSIGNED') throw error
    }
  }
}

type Packing = Pick<Use, 'records' | 'registry' | 'keys' | 'ledger' | 'verifier' | 'cosigners'>

async function packOnce(base: Packing, credentials: BundledCredential[]): Promise<Uint8Array> {
  const { network, networkId } = getIdentity(base)
  const synced = base.registry.syncedTo()
  if (synced === null) throw new GuildhallError('NOT_READY', { part: 'The view of the ledger' })
  const { facts, didLogs, lists } = await collectFacts(credentials, base.verifier, synced.time)
  const block = {
    networkId,
    blockNumber: synced.blockNumber,
    blockHash: await blockHashOf(base, synced.blockNumber),
    blockTime: synced.time,
    ...(synced.seenAt !== undefined && { seenAt: synced.seenAt }),
  }
  const { checkpoint, proven } = await signTogether(base, block, facts)
  return writeBundle({ network, checkpoint, facts: proven, credentials, didLogs, lists })
}

function bundle(base: Use, actor: Actor, credentialId: string): BundledCredential[] {
  const row = base.records.credentials.get(credentialId)
  if (!actor.roles.includes('examiner') && !actor.roles.includes('operator')) resolveLearner(base, actor, row.learnerId)
  const secrets = openCertificate(base, row)
  const receipt = receiptOf(row, secrets)
  return [{ ...beside(receipt, secrets), secured: preferredFile(secrets) }]
}

/** The form that any reader of credentials can open by itself: an embedded proof where there is one. */
export function preferredFile({ files }: Pick<CertificateSecrets, 'files'>): Secured {
  const file = files['eddsa-rdfc-2022'] ?? files['vc+jwt']
  if (file === undefined) throw new GuildhallError('NOT_FOUND', { thing: 'file of the certificate' })
  return file
}

function beside(receipt: ReturnType<typeof receiptOf>, { openings }: CertificateSecrets): Omit<BundledCredential, 'secured'> {
  return { ...(receipt ? { receipt: receipt as AnchorReceipt } : {}), ...(openings.length > 0 ? { openings } : {}) }
}

async function blockHashOf({ ledger }: Pick<IssuingBase, 'ledger'>, blockNumber: number): Promise<Hex> {
  const block = (await ledger.request('eth_getBlockByNumber', [`0x${blockNumber.toString(16)}`, false])) as { hash?: string } | null
  if (!block?.hash) throw new GuildhallError('NOT_READY', { part: 'The ledger' })
  return block.hash as Hex
}

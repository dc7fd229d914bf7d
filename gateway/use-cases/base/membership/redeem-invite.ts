import { type ContractAddresses, type Contracts, connectContracts, signAdmission } from '@guildhall/contracts'
import { didHashOf, didLogDigest } from '@guildhall/credentials'
import { computeAddress, type Signer } from 'ethers'
import { type Base, baseItself } from '../../../base.ts'
import { GuildhallError } from '../../../errors.ts'
import { findIdentity, type Identity, keepIdentity } from '../issuing.ts'
import type { Invite } from './invite-text.ts'
import { addText, firstIssuerOf, makeOwnDid, type OwnDid } from './own-did.ts'

/** What a base joins a network with. */
type JoiningOptions = {
  /** The base's account on the network's ledger; nothing else may send with it until joining has finished. */
  signer: Signer
  invite: Invite
  /** The network's contracts, as its Directory on this very ledger lists them. */
  contracts: ContractAddresses
  /** The host of the base's public origin; without one it is `<base>.localhost`. */
  publicHost?: string | undefined
  /** How long the issuing key holds, in seconds. */
  keyForSeconds: number
}

type Use = Pick<Base, 'records' | 'keys' | 'clock' | 'transaction' | 'audit' | 'node' | 'config' | 'log'>

/** Kept before the first transaction, so that joining that was cut off goes on with the same DID. */
const planName = 'joining'

/**
 * Joins a network by an invite: a DID, its admission, an issuing key. Called again after a crash it goes on where it was; on a base that
 * has a network it only answers. What the base may run and issue is then for others to give.
 * @throws INVITE_REFUSED, STATE_REFUSED when the account cannot pay on this ledger
 */
export async function redeemInvite(base: Use, options: JoiningOptions): Promise<Identity> {
  const known = findIdentity(base)
  if (known) return known
  const { signer, invite, contracts: addresses, keyForSeconds } = options
  const own = base.records.settings.find<OwnDid>(planName) ?? (await makePlan(base, options.publicHost))
  const didLogCid = await addText(base, own.didLog)
  const contracts = connectContracts(addresses, signer)
  await requireFunds(signer)
  const baseId = await admit(contracts, { ...options, own, didLogCid, now: base.clock.now() })
  const issuer = await firstIssuerOf(base, own.did)
  if ((await contracts.Entitlements.issuerKeyOf(baseId, issuer.keyId)).from === 0n) {
    await (await contracts.Entitlements.addIssuerKey(baseId, issuer.keyId, own.startedAt + keyForSeconds)).wait()
  }
  const { networkId, ...network } = invite.descriptor
  const { did, didLog, host } = own
  const identity: Identity = { baseId, did, didLog, host, networkId, network, contracts: addresses, issuer }
  base.transaction(() => {
    keepIdentity(base, identity)
    base.records.settings.remove(planName)
    base.audit.append(baseItself, 'network.joined', { subject: networkId, details: { baseId, inviter: invite.inviter } })
  })
  base.log.info({ networkId, baseId }, 'the base has joined the network')
  return identity
}

async function makePlan(base: Use, publicHost: string | undefined): Promise<OwnDid> {
  const own = await makeOwnDid(base, publicHost)
  base.transaction(() => base.records.settings.set(planName, own))
  return own
}

type Admitting = JoiningOptions & { own: OwnDid; didLogCid: string; now: number }

/** Uses the invite, unless an earlier run did. */
async function admit({ BaseRegistry }: Contracts, { signer, invite, contracts, own, didLogCid, now }: Admitting): Promise<number> {
  const { inviter, inviteSecret, descriptor } = invite
  const identity = { didHash: didHashOf(own.did), didLogDigest: didLogDigest(own.didLog), didLogCid }
  const admitted = Number(await BaseRegistry.baseByDid(identity.didHash))
  if (admitted !== 0) return admitted
  const account = await signer.getAddress()
  if ((await BaseRegistry.baseByAccount(account)) !== 0n) {
    throw new GuildhallError('INVITE_REFUSED', { problem: "this base's account acts for another base of the network already" })
  }
  const { until } = await BaseRegistry.inviteOf(computeAddress(inviteSecret), inviter)
  if (until <= BigInt(now)) throw new GuildhallError('INVITE_REFUSED', { problem: 'it was used, withdrawn, or has lapsed' })
  const registry = { chainId: descriptor.chainId, address: contracts.BaseRegistry }
  const signature = await signAdmission(inviteSecret, registry, { account, didHash: identity.didHash, didLogDigest: identity.didLogDigest })
  await (await BaseRegistry.redeemInvite(inviter, identity, signature)).wait()
  return Number(await BaseRegistry.baseByDid(identity.didHash))
}

/** On a ledger whose transactions cost something, a funded account must have sent this one something first. */
async function requireFunds(signer: Signer): Promise<void> {
  const { provider } = signer
  if (provider === null) return
  const account = await signer.getAddress()
  const { maxFeePerGas, gasPrice } = await provider.getFeeData()
  if ((maxFeePerGas ?? gasPrice ?? 0n) === 0n || (await provider.getBalance(account)) > 0n) return
  const next = `Send some of the ledger's currency to ${account} from a funded account, then start again.`
  throw new GuildhallError('STATE_REFUSED', { thing: "base's account", state: 'without funds on this ledger', next })
}

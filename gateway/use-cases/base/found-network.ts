import { createHash } from 'node:crypto'
import { type AssessmentKind, deployNetwork, foundNetwork as foundOnLedger, planAddresses } from '@guildhall/contracts'
import { didHashOf, didLogDigest, encodeMultikey, networkIdOf, signerFromSeed } from '@guildhall/credentials'
import canonicalize from 'canonicalize'
import type { Signer as LedgerSigner } from 'ethers'
import { type Base, baseItself } from '../../base.ts'
import { findIdentity, type Identity, keepIdentity } from './issuing.ts'
import { addText, firstIssuerOf, makeOwnDid, type OwnDid } from './membership/own-did.ts'

/** What the first base of a new network decides at its founding. */
export type FoundingOptions = {
  /** The base's account on the ledger; nothing else may send with it until founding has finished. */
  signer: LedgerSigner
  networkName: string
  /** The host of the base's public origin; without one the network is a trial and the host is `<base>.localhost`. */
  publicHost?: string | undefined
  /** How long the three self-assessments and the issuing key hold, in seconds. */
  assessedForSeconds: number
  keyForSeconds: number
}

type Use = Pick<Base, 'records' | 'keys' | 'clock' | 'transaction' | 'audit' | 'node' | 'config' | 'log'>
/** Written before the first transaction, so that a founding that was cut off goes on with the same keys, addresses and documents. */
type Plan = OwnDid & { firstNonce: number; isTrial: boolean }

const planName = 'founding'

/** What the founding base may mint against deposits before the bases vote on it: ten million yuan a day, in fen. */
const firstMintLimit = { limit: 1_000_000_000n, periodSeconds: 86_400 }

/**
 * Founds a network on an empty ledger: deploys the contracts, registers this base as their root with its DID, issuing key and three
 * assessments that are marked as self-assessed. Called again after a crash it goes on where it was; on a base that has a network it
 * only answers.
 */
export async function foundNetwork(base: Use, options: FoundingOptions): Promise<Identity> {
  const known = findIdentity(base)
  if (known) return known
  const plan = base.records.settings.find<Plan>(planName) ?? (await makePlan(base, options))
  const { addresses, descriptor } = await deployNetwork(options.signer, { firstNonce: plan.firstNonce })
  const issuer = await firstIssuerOf(base, plan.did)
  const { baseId } = await foundOnLedger(options.signer, addresses, {
    didHash: didHashOf(plan.did),
    didLog: { digest: didLogDigest(plan.didLog), cid: await addText(base, plan.didLog) },
    programmes: [],
    accreditedUntil: plan.startedAt + options.keyForSeconds,
    assessments: { until: plan.startedAt + options.assessedForSeconds, reports: await writeReports(base, plan) },
    issuerKey: { keyId: issuer.keyId, until: plan.startedAt + options.keyForSeconds },
    minter: { account: await options.signer.getAddress(), ...firstMintLimit },
  })
  const network = {
    name: options.networkName,
    ...descriptor,
    threshold: 1,
    trial: plan.isTrial,
    checkpointKeys: [await checkpointKeyOf(base)],
  }
  const identity: Identity = {
    baseId,
    did: plan.did,
    didLog: plan.didLog,
    host: plan.host,
    networkId: networkIdOf(toHexDescriptor(network)),
    network: toHexDescriptor(network),
    contracts: addresses,
    issuer,
  }
  base.transaction(() => {
    keepIdentity(base, identity)
    base.records.settings.remove(planName)
    base.audit.append(baseItself, 'network.founded', {
      subject: identity.networkId,
      details: { chainId: network.chainId, trial: plan.isTrial },
    })
  })
  base.log.info({ networkId: identity.networkId, trial: plan.isTrial }, 'the network is founded')
  return identity
}

/** Where the contracts will be, before they are: for the event index of a founding that was cut off. */
export const plannedAddresses = (account: string, firstNonce: number) => planAddresses(account, firstNonce)

/** The key that signs checkpoints of the network's state. */
async function checkpointKeyOf({ keys }: Pick<Base, 'keys'>): Promise<string> {
  return encodeMultikey(await signerFromSeed(keys.seed('checkpoint')))
}

async function makePlan(base: Use, { signer, publicHost }: FoundingOptions): Promise<Plan> {
  const own = await makeOwnDid(base, publicHost)
  const plan: Plan = { ...own, firstNonce: await signer.getNonce(), isTrial: publicHost === undefined }
  base.transaction(() => base.records.settings.set(planName, plan))
  return plan
}

/** The three reports of a founding: public documents that say what was, and was not, looked at. */
async function writeReports(base: Use, plan: Plan): Promise<Record<AssessmentKind, { digest: string; cid: string }>> {
  const write = async (kind: AssessmentKind) => {
    const text =
      canonicalize({ type: 'GuildhallAssessmentReport', kind, assessor: plan.did, selfAssessed: true, assessedAt: plan.startedAt }) ?? ''
    return { digest: `0x${createHash('sha256').update(text).digest('hex')}`, cid: await addText(base, text) }
  }
  return { information: await write('information'), safety: await write('safety'), green: await write('green') }
}

type Loose = Omit<Identity['network'], 'genesisHash' | 'directory'> & { genesisHash: string; directory: string }
const toHexDescriptor = ({ genesisHash, directory, ...rest }: Loose): Identity['network'] => ({
  ...rest,
  genesisHash: genesisHash.toLowerCase() as `0x${string}`,
  directory: directory.toLowerCase() as `0x${string}`,
})

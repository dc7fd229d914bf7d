import {
  buildCheckpoint,
  type Checkpoint,
  type CheckpointBlock,
  type CheckpointSignature,
  countSigners,
  encodeMultikey,
  type Fact,
  type ProvenFact,
  signCheckpoint,
  signerFromSeed,
} from '@guildhall/credentials'
import type { Base } from '../../../base.ts'
import { GuildhallError } from '../../../errors.ts'
import { getIdentity } from '../issuing.ts'

/** The other bases of the network, asked for what this one cannot sign alone. */
export type Cosigners = {
  /** Signatures of the bases that are connected, hold a checkpoint key and find every fact on their own ledger. Never throws for an outage. */
  ask(checkpoint: Checkpoint, facts: readonly Fact[]): Promise<readonly CheckpointSignature[]>
}

type Use = Pick<Base, 'records' | 'keys'> & { cosigners: Cosigners }

/**
 * Makes the checkpoint of a bundle with as many signatures as the network's descriptor asks for. A base whose own key is in the descriptor signs
 * first; where that is not enough (it joined, and the descriptor's keys are others') connected holders of a key are asked to sign too. Each of
 * them looks every fact up for itself, so joining a network gives nobody the power to forge what its ledger says.
 * @throws CHECKPOINT_UNSIGNED when too few of them answered, or they do not see the same on the ledger
 */
export async function signTogether(
  base: Use,
  block: CheckpointBlock,
  facts: readonly Fact[],
): Promise<{ checkpoint: Checkpoint; proven: ProvenFact[] }> {
  const { network } = getIdentity(base)
  const signer = await signerFromSeed(base.keys.seed('checkpoint'))
  const isHolder = network.checkpointKeys.includes(encodeMultikey(signer))
  const isAlone = isHolder && network.threshold === 1
  const { checkpoint, proven } = buildCheckpoint(block, isAlone ? facts : facts.map(certainFact))
  const begun = isHolder ? await signCheckpoint(checkpoint, signer) : checkpoint
  if (isAlone) return { checkpoint: begun, proven }
  const others = await base.cosigners.ask(
    checkpoint,
    proven.map(({ fact }) => fact),
  )
  const signed = { ...begun, signatures: [...begun.signatures, ...others] }
  const signers = await countSigners(signed, network)
  if (signers < network.threshold) throw new GuildhallError('CHECKPOINT_UNSIGNED', { signers, needed: network.threshold })
  return { checkpoint: signed, proven }
}

/** A fact as every base of the network sees it. Names are not on the ledger: of a base its DID's host is what is certain. */
export function certainFact(fact: Fact): Fact {
  if (fact.kind !== 'base') return fact
  const { kind, networkId, baseId, did } = fact
  return { kind, networkId, baseId, did, name: decodeURIComponent(did.split(':')[3] ?? did) }
}

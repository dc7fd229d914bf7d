import { createWorld, inputOf, optionsOf, type World } from '../verify/test-world.ts'
import type { Bundle } from './bundle.ts'
import { buildCheckpoint, type CheckpointBlock, signCheckpoint } from './checkpoint.ts'
import { collectFacts } from './collect-facts.ts'

/** A bundle of the sample certificate as a base exports it, signed by both keys of its network. For tests. */
export async function createBundle(world?: World): Promise<{ world: World; bundle: Bundle }> {
  const known = world ?? (await createWorld())
  const { receipt } = inputOf(known)
  const credentials = [{ secured: known.jwt, ...(receipt === undefined ? {} : { receipt }), openings: known.openings }]
  const { ports, now } = optionsOf(known)
  const { facts, didLogs, lists } = await collectFacts(credentials, ports, now)
  const block: CheckpointBlock = { networkId: known.networkId, blockNumber: 4000, blockHash: `0x${'40'.repeat(32)}`, blockTime: now }
  const { checkpoint, proven } = buildCheckpoint(block, facts)
  let signed = checkpoint
  for (const signer of known.checkpointSigners) signed = await signCheckpoint(signed, signer)
  return { world: known, bundle: { network: known.network, checkpoint: signed, facts: proven, credentials, didLogs, lists } }
}

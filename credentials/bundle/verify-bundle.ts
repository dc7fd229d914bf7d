import { CredentialError } from '../errors.ts'
import type { NetworkDescriptor, StatusListDocument, VerifierPorts } from '../ports.ts'
import type { VerifyOptions } from '../verify/case.ts'
import { instantText, knownUntil } from '../verify/checks/check.ts'
import { fingerprintOf, networkIdOf } from '../verify/issuer/network.ts'
import { withFallback } from '../verify/ports/combine-ports.ts'
import { type Reason, reason } from '../verify/reasons.ts'
import type { Verdict } from '../verify/verdict.ts'
import { verifyCredential } from '../verify/verify-credential.ts'
import type { Bundle } from './bundle.ts'
import { countSigners, isProven } from './checkpoint.ts'
import { factPorts } from './fact-ports.ts'
import { readBundle } from './read-bundle.ts'

/** Settings of the verification of a bundle: `networks` are those that the verifier trusts; `ports` are live sources, where there are any. */
export interface VerifyBundleOptions extends Omit<VerifyOptions, 'ports'> {
  networks: readonly NetworkDescriptor[]
  ports?: VerifierPorts | undefined
}

/** The answer for a bundle: one verdict a credential, and what of the bundle could be believed. */
export interface BundleVerdict {
  /** BUNDLE_TRUSTED, BUNDLE_NETWORK_NOT_LISTED, BUNDLE_UNDERSIGNED or BUNDLE_UNREADABLE. */
  checkpoint: Reason
  /** Facts of the bundle that are not covered by the checkpoint and were ignored. */
  ignoredFacts: number
  verdicts: readonly Verdict[]
  /** What was not refreshed, and as of when it is told. */
  notRefreshed: readonly Reason[]
}

/** Verifies a `.guildhall` file. Without live ports nothing but the bundle is asked, so it works when ledger and base are gone. */
export async function verifyBundle(input: Uint8Array | Bundle, options: VerifyBundleOptions): Promise<BundleVerdict> {
  let bundle: Bundle
  try {
    bundle = input instanceof Uint8Array ? readBundle(input) : input
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error
    return { checkpoint: reason('BUNDLE_UNREADABLE', { problem: error.message }), ignoredFacts: 0, verdicts: [], notRefreshed: [] }
  }
  const { checkpoint, ports: own, ignoredFacts } = await openPorts(bundle, options.networks)
  const ports = options.ports === undefined ? own : withFallback(options.ports, own)
  const verdicts: Verdict[] = []
  for (const credential of bundle.credentials) verdicts.push(await verifyCredential(credential, { ...options, ports }))
  return { checkpoint, ignoredFacts, verdicts, notRefreshed: notRefreshed(verdicts) }
}

/** Ports over the facts that the checkpoint covers, if enough keys of a trusted network signed it; else over the bundle's documents alone. */
async function openPorts(
  bundle: Bundle,
  networks: readonly NetworkDescriptor[],
): Promise<{ checkpoint: Reason; ports: VerifierPorts; ignoredFacts: number }> {
  const { checkpoint, facts } = bundle
  const trusted = networks.find((network) => networkIdOf(network) === checkpoint.networkId)
  const why = await judgeCheckpoint(bundle, trusted)
  const proven = why.code === 'BUNDLE_TRUSTED' ? facts.filter((fact) => isProven(fact, checkpoint)) : []
  const lists = new Map<string, StatusListDocument>(
    bundle.lists.flatMap(({ cid, url, text }) => [[cid, { text }] as const, [url, { text }] as const]),
  )
  const ports = factPorts({
    networks,
    offered: [{ networkId: networkIdOf(bundle.network), descriptor: bundle.network }],
    facts: proven.map(({ fact }) => fact),
    didLogs: new Map(bundle.didLogs.map(({ did, log }) => [did, log])),
    lists,
    provenance: {
      source: bundleSource,
      asOf: checkpoint.blockTime,
      blockNumber: checkpoint.blockNumber,
      ...(checkpoint.seenAt === undefined ? {} : { seenAt: checkpoint.seenAt }),
    },
    isComplete: false,
  })
  return { checkpoint: why, ports, ignoredFacts: facts.length - proven.length }
}

/** The `source` of answers that come out of a bundle. */
const bundleSource = 'bundle'

async function judgeCheckpoint({ checkpoint, network }: Bundle, trusted: NetworkDescriptor | undefined): Promise<Reason> {
  const { networkId } = checkpoint
  if (trusted === undefined) return reason('BUNDLE_NETWORK_NOT_LISTED', { networkId, fingerprint: fingerprintOf(network) })
  const signers = await countSigners(checkpoint, trusted)
  const params = {
    signers,
    needed: trusted.threshold,
    of: trusted.checkpointKeys.length,
    asOf: instantText(
      knownUntil({ asOf: checkpoint.blockTime, ...(checkpoint.seenAt === undefined ? {} : { seenAt: checkpoint.seenAt }) }),
    ),
  }
  return reason(signers >= trusted.threshold ? 'BUNDLE_TRUSTED' : 'BUNDLE_UNDERSIGNED', params)
}

/** One line a check that was answered out of the bundle. */
function notRefreshed(verdicts: readonly Verdict[]): Reason[] {
  const oldest = new Map<string, number>()
  for (const { checks } of verdicts) {
    for (const { id, answeredBy } of checks) {
      for (const answer of answeredBy) {
        const time = knownUntil(answer)
        if (answer.source === bundleSource) oldest.set(id, Math.min(time, oldest.get(id) ?? time))
      }
    }
  }
  return [...oldest].map(([check, asOf]) => reason('BUNDLE_NOT_REFRESHED', { check, asOf: instantText(asOf) }))
}

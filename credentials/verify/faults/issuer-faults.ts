import type { Fact } from '../../bundle/fact.ts'
import { signerFromSeed } from '../../keys/did-key.ts'
import { createDidLog } from '../../keys/did-log.ts'
import { didLogDigest } from '../../keys/did-log-entry.ts'
import { optionsOf, times, type World, withFacts } from '../test-world.ts'
import { disagreement, type Fault, legacy, reissued, unreachable, withPorts } from './fault.ts'

const facts = (world: World, change: (fact: Fact) => Fact | undefined) => ({ options: optionsOf(world, withFacts(world.book, change)) })

/** A log of the same base that the ledger never saw. */
async function otherLog(world: World) {
  const { log } = await createDidLog('base.localhost', {
    updateKey: await signerFromSeed(new Uint8Array(32).fill(8)),
    issuingKeys: [world.issuing],
    time: times.founded,
  })
  return log
}

/** The world with another DID log, recorded on the ledger as it is. */
function withLog(world: World, log: string) {
  const book = withFacts(world.book, (fact) =>
    fact.kind === 'did-logs' ? { ...fact, records: [{ digest: didLogDigest(log), recordedAt: 1 }] } : fact,
  )
  return { options: optionsOf(world, { ...book, didLogs: new Map([[world.did, log]]) }) }
}

/** What the check `issuer` must answer to. */
export const issuerFaults: readonly Fault[] = [
  { title: 'the older data model', check: 'issuer', outcome: 'unknown', code: 'ISSUER_LEGACY', arrange: legacy },
  {
    title: 'a base of a trusted network',
    check: 'issuer',
    outcome: 'passed',
    code: 'ISSUER_KNOWN',
    note: 'ISSUER_THRESHOLD',
    arrange: () => ({}),
  },
  {
    title: 'a base of a trial network',
    check: 'issuer',
    outcome: 'passed',
    code: 'ISSUER_KNOWN',
    note: 'ISSUER_TRIAL_NETWORK',
    arrange: (world) => ({ options: optionsOf(world, { ...world.book, networks: [{ ...world.network, trial: true }] }) }),
  },
  {
    title: 'another name in the certificate than on the ledger',
    check: 'issuer',
    outcome: 'passed',
    code: 'ISSUER_KNOWN',
    note: 'ISSUER_NAME_DIFFERS',
    arrange: (world) => reissued(world, { issuer: { id: world.did, type: ['Profile'], name: 'Ministry of Education' } }),
  },
  {
    title: 'a DID that is no base there',
    check: 'issuer',
    outcome: 'failed',
    code: 'ISSUER_NOT_A_BASE',
    arrange: (world) => facts(world, (fact) => (fact.kind === 'base' ? undefined : fact)),
  },
  {
    title: 'a DID log that the ledger never recorded',
    check: 'issuer',
    outcome: 'failed',
    code: 'ISSUER_LOG_MISMATCH',
    arrange: async (world) => ({ options: optionsOf(world, { ...world.book, didLogs: new Map([[world.did, await otherLog(world)]]) }) }),
  },
  {
    title: 'a recorded DID log that does not hold together',
    check: 'issuer',
    outcome: 'failed',
    code: 'ISSUER_LOG_INVALID',
    arrange: (world) => withLog(world, world.log.replace('"assertionMethod"', '"assertionmethod"')),
  },
  {
    title: 'a key on the ledger that is in no version of the DID log',
    check: 'issuer',
    outcome: 'failed',
    code: 'ISSUER_KEY_NOT_IN_LOG',
    arrange: (world) => keyless(world),
  },
  {
    title: 'a network that is not listed',
    check: 'issuer',
    outcome: 'unknown',
    code: 'ISSUER_NETWORK_NOT_LISTED',
    arrange: (world) => ({ options: optionsOf(world, { ...world.book, networks: [] }) }),
  },
  {
    title: 'no network named',
    check: 'issuer',
    outcome: 'unknown',
    code: 'ISSUER_NETWORK_NOT_NAMED',
    arrange: (world) => reissued(world, { credentialSubject: { id: 'did:example:1' } }),
  },
  {
    title: 'a network that does not answer',
    check: 'issuer',
    outcome: 'unknown',
    code: 'ISSUER_UNREACHABLE',
    arrange: (world) => ({ options: withPorts(world, { directory: { findBase: unreachable } }) }),
  },
  {
    title: 'a DID log that can not be had',
    check: 'issuer',
    outcome: 'unknown',
    code: 'ISSUER_UNREACHABLE',
    arrange: (world) => ({ options: withPorts(world, { directory: { findDidLog: unreachable } }) }),
  },
  {
    title: 'two bases that disagree about the issuer',
    check: 'issuer',
    outcome: 'unknown',
    code: 'ISSUER_SOURCES_DISAGREE',
    arrange: (world) => ({ options: withPorts(world, { directory: { findBase: disagreement } }) }),
  },
]

async function keyless(world: World) {
  const { did, log } = await createDidLog('base.localhost', {
    updateKey: await signerFromSeed(new Uint8Array(32).fill(1)),
    issuingKeys: [await signerFromSeed(new Uint8Array(32).fill(99))],
    time: times.founded,
  })
  const record = { ...world.record, issuer: { ...world.record.issuer, did } }
  const { buildCredential } = await import('../../issue/build-credential.ts')
  const { secure } = await import('../test-world.ts')
  const secured = await secure(buildCredential(record), 'vc+jwt', await signerFromSeed(new Uint8Array(32).fill(3), did))
  const book = withFacts(world.book, (fact) =>
    fact.kind === 'base'
      ? { ...fact, did }
      : fact.kind === 'did-logs'
        ? { ...fact, records: [{ digest: didLogDigest(log), recordedAt: 1 }] }
        : fact,
  )
  return { input: { secured }, options: optionsOf(world, { ...book, didLogs: new Map([[did, log]]) }) }
}

import { beforeAll, describe, expect, it } from 'vitest'
import { factPorts } from '../../bundle/fact-ports.ts'
import type { VerifierPorts } from '../../ports.ts'
import { toHex } from '../evidence/anchor-receipt.ts'
import { disagreement, unreachable } from '../faults/fault.ts'
import { createWorld, inputOf, optionsOf, segment, times, type World, withFacts } from '../test-world.ts'
import { verifyCredential } from '../verify-credential.ts'
import { crossChecked, withFallback } from './combine-ports.ts'
import { describeEvidenceStore, describeIssuerDirectory, describeStatusRegistry, type KnownFacts } from './compliance.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})

const down = (ports: VerifierPorts): VerifierPorts => ({
  directory: { ...ports.directory, findBase: unreachable, findDidLog: unreachable, findKey: unreachable, isEntitled: unreachable },
  status: { findHead: unreachable, listHeads: unreachable, findList: unreachable },
  evidence: { findAnchor: unreachable, findSegment: unreachable },
})
/** Memory as a ledger: another network's questions are not covered by it. */
const memory = (): VerifierPorts => {
  const ports = factPorts(world.book)
  return {
    ...ports,
    directory: { ...ports.directory, findBase: (id, did) => (id === world.networkId ? ports.directory.findBase(id, did) : unreachable()) },
  }
}
const known = (): KnownFacts => ({
  networkId: world.networkId,
  did: world.did,
  baseId: 1,
  programmeId: 3,
  keyId: world.keyId,
  entitledAt: times.issued,
  notEntitledAt: times.founded - 1,
  anchoredRoot: world.receipt.batch.root,
  segmentRoot: toHex(segment.root),
  list: { networkId: world.networkId, baseId: 1, url: 'https://example.localhost/status/1', listId: '1' },
})
const runner = { describe, it }

describeIssuerDirectory(async () => ({ known: known(), port: memory().directory, unreachable: down(memory()).directory }), runner)
describeStatusRegistry(async () => ({ known: known(), port: memory().status, unreachable: down(memory()).status }), runner)
describeEvidenceStore(async () => ({ known: known(), port: memory().evidence, unreachable: down(memory()).evidence }), runner)

describe('several sources', () => {
  const overall = async (ports: VerifierPorts) => {
    const { overall: word, checks } = await verifyCredential(inputOf(world), { ports, now: world.now })
    return [word, ...checks.filter(({ outcome }) => outcome !== 'passed').map(({ reason }) => reason.code)]
  }

  it('fall back to what is held where the live one does not answer', async () => {
    const { ports } = optionsOf(world)
    expect(await overall(withFallback(down(ports), ports))).toEqual(['valid'])
  })

  it('do not paper over a disagreement with what is held', async () => {
    const { ports } = optionsOf(world)
    const torn = { ...ports, directory: { ...ports.directory, isEntitled: disagreement } }
    expect(await overall(withFallback(torn, ports))).toEqual(['unconfirmed', 'ENTITLED_SOURCES_DISAGREE'])
  })

  it('agree, or make the answer unknown', async () => {
    const { ports } = optionsOf(world)
    const liar = factPorts(
      withFacts(world.book, (fact) => (fact.kind === 'entitlement' ? { ...fact, isEntitled: false, gap: 'green-lapsed' } : fact)),
    )
    expect(await overall(crossChecked(ports, ports))).toEqual(['valid'])
    expect(await overall(crossChecked(ports, down(ports)))).toEqual(['valid'])
    expect(await overall(crossChecked(ports, liar))).toEqual(['unconfirmed', 'ENTITLED_SOURCES_DISAGREE'])
    const silent = {
      ...ports,
      evidence: { ...ports.evidence, findAnchor: async () => ({ outcome: 'absent', source: 'b', asOf: world.now }) as const },
    }
    expect(await overall(crossChecked(ports, silent))).toEqual(
      ['unconfirmed', 'ENTITLED_SOURCES_DISAGREE', 'EVIDENCE_SOURCES_DISAGREE'].sort((one, other) =>
        one === 'unconfirmed' ? -1 : other === 'unconfirmed' ? 1 : 0,
      ),
    )
  })
})

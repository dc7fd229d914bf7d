import { buildCheckpoint, type Fact, readBundle, signCheckpoint, signerFromSeed, verifyBundle, writeBundle } from '@guildhall/credentials'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { entitleSecond, issueAnchored, operator, startTestNetwork, type TestNetwork } from '../routes/test-network.ts'
import { getIdentity } from '../use-cases/base/issuing.ts'
import { cosignCheckpoint } from '../use-cases/base/membership/cosign-checkpoint.ts'
import { certainFact, signTogether } from '../use-cases/base/membership/sign-checkpoint.ts'
import { exportBundle } from '../use-cases/credentials/export-bundle.ts'

let network: TestNetwork
let bundle: Uint8Array

beforeAll(async () => {
  network = await startTestNetwork()
  await entitleSecond(network)
  const credentialId = await issueAnchored(network.second)
  await vi.waitFor(() => expect(network.second.base.node.connections()).toBeGreaterThan(0), { timeout: 60_000 })
  bundle = await exportBundle(network.second.base, operator, { credentialIds: [credentialId] })
})
afterAll(() => network.stop())

const now = () => Math.floor(Date.now() / 1000)
/** Facts and block as the second base sends them to be signed. */
const sent = () => {
  const { checkpoint, facts } = readBundle(bundle)
  return { checkpoint, facts: facts.map(({ fact }) => fact) }
}
const rebuilt = (change: (facts: Fact[]) => Fact[]) => {
  const { checkpoint, facts } = sent()
  const { signatures: _, facts: __, type: ___, ...block } = checkpoint
  const changed = change(facts)
  return { checkpoint: buildCheckpoint(block, changed).checkpoint, facts: changed }
}

test('a bundle of a base that joined verifies offline under the descriptor that everybody has, but for the session that it never had', async () => {
  const { network: descriptor } = getIdentity(network.first.base)
  const { checkpoint, verdicts, ignoredFacts } = await verifyBundle(bundle, { networks: [descriptor], now: now() })
  expect([checkpoint.code, ignoredFacts]).toEqual(['BUNDLE_TRUSTED', 0])
  expect(verdicts.map(({ checks }) => checks.map(({ id, outcome }) => `${id} ${outcome}`))).toEqual([
    ['data-model passed', 'proof passed', 'issuer passed', 'entitled passed', 'status passed', 'dates passed', 'evidence unknown'],
  ])
  expect(getIdentity(network.second.base).network.checkpointKeys).toEqual(descriptor.checkpointKeys)
})

test('the base that joined cannot sign for the network by itself', async () => {
  const { base } = network.second
  const own = await signerFromSeed(base.keys.seed('checkpoint'))
  const { checkpoint, ...rest } = readBundle(bundle)
  const forged = writeBundle({ ...rest, checkpoint: await signCheckpoint({ ...checkpoint, signatures: [] }, own) })
  const { checkpoint: why } = await verifyBundle(forged, { networks: [getIdentity(base).network], now: now() })
  expect(why.code).toBe('BUNDLE_UNDERSIGNED')
})

test('what a holder of a key does not find on its own ledger it does not sign', async () => {
  const { base } = network.first
  const ask = async (request: unknown) => {
    const answer = await cosignCheckpoint(base, request)
    return 'refusal' in answer ? answer.refusal : 'signed'
  }
  expect(await ask(sent())).toBe('signed')
  const entitledAnyway = rebuilt((facts) => facts.map((fact) => (fact.kind === 'entitlement' ? { ...fact, until: null } : fact)))
  const anotherRoot = rebuilt((facts) => facts.map((fact) => (fact.kind === 'anchor' ? { ...fact, baseId: 1 } : fact)))
  const grandName = rebuilt((facts) => facts.map((fact) => (fact.kind === 'base' ? { ...fact, name: 'Ministry' } : fact)))
  const hidden = rebuilt((facts) => facts.map((fact) => (fact.kind === 'status-heads' ? { ...fact, heads: fact.heads.slice(1) } : fact)))
  const refused = [entitledAnyway, anotherRoot, grandName, hidden]
  expect(await Promise.all(refused.map(ask))).toEqual(Array.from(refused, () => 'fact-differs'))
  const { checkpoint, facts } = sent()
  expect(await ask({ checkpoint, facts: facts.slice(0, -1) })).toBe('malformed')
  expect(await ask({ checkpoint: { ...checkpoint, blockHash: `0x${'00'.repeat(32)}` }, facts })).toBe('other-ledger')
  expect(await ask({ checkpoint: { ...checkpoint, seenAt: now() + 3_600 }, facts })).toBe('ledger-moved')
  expect(await ask({ checkpoint: { ...checkpoint, networkId: 'f'.repeat(16) }, facts })).toBe('other-network')
})

test('a base whose key is not in the descriptor signs for nobody', async () => {
  expect(await cosignCheckpoint(network.second.base, sent())).toEqual({ refusal: 'no-key' })
})

test('anything else that a connected base may send is refused as malformed', async () => {
  const { base } = network.first
  const { checkpoint } = sent()
  const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  const requests = fc.oneof(
    fc.jsonValue(),
    fc.record({ checkpoint: fc.oneof(fc.jsonValue(), fc.constant(checkpoint)), facts: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())) }),
  )
  const refuses = async (request: unknown) => 'refusal' in (await cosignCheckpoint(base, request))
  await fc.assert(fc.asyncProperty(requests, refuses), { numRuns: 1_000, seed, verbose: 1 })
})

test('without a holder of a key no bundle is written, and the reason is told', async () => {
  const { base } = network.second
  const { checkpoint, facts } = sent()
  const { signatures: _, facts: __, type: ___, ...block } = checkpoint
  const alone = { ...base, cosigners: { ask: async () => [] } }
  await expect(signTogether(alone, block, facts)).rejects.toMatchObject({ code: 'CHECKPOINT_UNSIGNED', params: { signers: 0, needed: 1 } })
})

test('of a base only what is certain is signed by others: its number, its DID and the host in it', () => {
  const fact = { kind: 'base', networkId: 'f'.repeat(16), baseId: 2, did: 'did:webvh:Qm:base.example%3A8443', name: 'Grand name' } as const
  expect(certainFact(fact)).toEqual({ ...fact, name: 'base.example:8443' })
})

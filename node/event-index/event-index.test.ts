import { createServer } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { contractEventNames, readEntitlement, signAdmission } from '@guildhall/contracts'
import { encodeBytes32String, Wallet } from 'ethers'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { digestOf, startTestLedger, type TestLedger } from './anvil-for-tests.ts'
import { createEventIndex, type EventIndex } from './create-event-index.ts'
import { handlers } from './handlers.ts'
import { createJsonRpcSource, type JsonRpcSource } from './json-rpc-source.ts'
import * as queries from './queries/index.ts'
import { tables } from './tables.ts'

let ledger: TestLedger
const open: { index: EventIndex; source: JsonRpcSource }[] = []

beforeAll(async () => {
  ledger = await startTestLedger()
  await writeSomeHistory(ledger)
})
afterEach(async () => {
  for (const { index, source } of open.splice(0)) {
    await index.stop()
    source.close()
  }
})
afterAll(() => ledger.stop())

function openIndex(db: DatabaseSync, options: { pollMs?: number; rpcUrl?: string } = {}): EventIndex {
  const source = createJsonRpcSource({ rpcUrl: options.rpcUrl ?? ledger.rpcUrl, wsUrl: ledger.wsUrl })
  const index = createEventIndex({ db, source, addresses: ledger.addresses, pollMs: options.pollMs ?? 60_000 })
  open.push({ index, source })
  return index
}

async function synced(index: EventIndex, blockNumber?: number): Promise<void> {
  await index.whenSyncedTo(blockNumber ?? (await ledger.provider.getBlockNumber()), { signal: AbortSignal.timeout(20_000) })
}

function dump(db: DatabaseSync): Record<string, unknown[]> {
  return Object.fromEntries(Object.keys(tables).map((name) => [name, db.prepare(`SELECT * FROM ${name} ORDER BY block, log_index`).all()]))
}

describe('the event index on a real chain', () => {
  test('has a handler for every event of every contract, and no other', () => {
    expect(Object.keys(handlers).sort()).toEqual([...contractEventNames].sort())
  })

  test('replays to the same tables from zero, in one step or in many', async () => {
    const first = new DatabaseSync(':memory:')
    const one = openIndex(first)
    await one.start()
    await synced(one)
    expect(one.status()).toMatchObject({ state: 'live', lagBlocks: 0, rollbacks: 0, lastProblem: undefined })
    const second = new DatabaseSync(':memory:')
    const many = openIndex(second)
    const snapshot = await ledger.send('evm_snapshot', [])
    await many.start()
    await synced(many)
    await anchorHead(digestOf(0xaaa))
    await synced(one)
    await synced(many)
    expect(dump(second)).toEqual(dump(first))
    expect(dump(first)['index_heads']).toHaveLength(2)
    await ledger.send('evm_revert', [snapshot])
  })

  test('answers from the tables what the contracts answer', async () => {
    const db = new DatabaseSync(':memory:')
    const index = openIndex(db)
    await index.start()
    await synced(index)
    expect(queries.listBases(db).map(({ baseId, parent, tier, didHash }) => ({ baseId, parent, tier, didHash }))).toEqual([
      { baseId: 1, parent: 0, tier: 1, didHash: digestOf(1) },
      { baseId: 2, parent: 1, tier: 2, didHash: digestOf(2) },
    ])
    expect(queries.findBaseByDidHash(db, digestOf(2))?.baseId).toBe(2)
    expect(queries.findBaseByAccount(db, await ledger.contracts.BaseRegistry.accountOf(2))?.baseId).toBe(2)
    expect(queries.listDidLogs(db, 2).map(({ sequence, digest }) => [sequence, digest])).toEqual([
      [1, digestOf(0x201)],
      [2, digestOf(0x202)],
    ])
    expect(queries.listStatusHeads(db, 1, 7).map(({ sequence, digest, previous }) => [sequence, digest, previous])).toEqual([
      [1, digestOf(0x71), digestOf(0)],
      [2, digestOf(0x72), digestOf(0x71)],
    ])
    const anchor = queries.findAnchor(db, 1, digestOf(0xa1))
    const block = await ledger.provider.getBlock(anchor?.block ?? -1)
    expect(anchor).toMatchObject({
      baseId: 1,
      programmeId: 1,
      size: 3,
      keyId: digestOf(0x5e1),
      blockHash: block?.hash,
      time: block?.timestamp,
    })
    expect(queries.countAnchored(db, 1)).toEqual({ batches: 1, credentials: 3 })
    expect(queries.listMemberPeers(db)).toEqual([{ baseId: 2, peerId: PEER, addresses: [`/ip4/127.0.0.1/tcp/4002/p2p/${PEER}`] }])
    expect(queries.listKeys(db, 1)).toEqual([
      expect.objectContaining({ keyId: digestOf(0x5e1), retiredAt: undefined, compromisedAt: undefined }),
    ])
    expect(queries.listProgrammes(db).map(({ programmeId }) => programmeId)).toEqual([1, 2])
    expect(queries.listInvites(db)).toEqual([
      expect.objectContaining({ inviter: 1, parent: 1, tier: 2, usedBy: 2, withdrawnAt: undefined }),
    ])
    expect(queries.listAssessments(db, 1).map(({ kind, isSelfAssessed }) => [kind, isSelfAssessed])).toEqual([
      ['information', true],
      ['safety', true],
      ['green', true],
    ])
    expect(
      queries
        .listContracts(db)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      'BaseRegistry',
      'CredentialAnchors',
      'Entitlements',
      'Licences',
      'NetworkTimelock',
      'ResourceRegistry',
      'ReviewPanels',
      'RoyaltyLedger',
      'SettlementToken',
      'StatusLists',
      'UsageReceipts',
    ])
  })

  test('works out any past entitlement as the contract does, reason and records included', async () => {
    const db = new DatabaseSync(':memory:')
    const index = openIndex(db)
    await index.start()
    await synced(index)
    const { time: end = 0 } = index.status().syncedTo ?? {}
    const start = queries.findBase(db, 1)?.admittedAt ?? 0
    const times = [start - 1, start, start + 1, end - 20, end - 3, end - 1, end, end + 100_000, end + 600_000, end + 2_000_000]
    const reasons = new Set<string>()
    for (const time of times) {
      for (const baseId of [1, 2, 3]) {
        for (const keyId of [digestOf(0x5e1), digestOf(0x5e2), digestOf(0x5e9)]) {
          const question = { baseId, programmeId: 1, keyId, time }
          const { reason, records } = await readEntitlement(ledger.contracts, question)
          reasons.add(reason)
          expect({ question, ...queries.findEntitlement(db, question) }).toEqual({ question, reason, ...records })
        }
      }
    }
    expect(reasons.size).toBeGreaterThan(4)
  })

  test('takes back what a replaced branch had, and reads the new one', async () => {
    const db = new DatabaseSync(':memory:')
    const index = openIndex(db, { pollMs: 100 })
    await index.start()
    await synced(index)
    const before = dump(db)
    const snapshot = await ledger.send('evm_snapshot', [])
    await anchorHead(digestOf(0xb1))
    await synced(index)
    expect(queries.listHeads(db, 1, 'audit').map(({ digest }) => digest)).toEqual([digestOf(0xa), digestOf(0xb1)])
    const rolledBack = new Promise((resolve) => index.on({ onRolledBack: resolve }))
    await ledger.send('evm_revert', [snapshot])
    await rolledBack
    expect(dump(db)).toEqual(before)
    const again = await ledger.send('evm_snapshot', [])
    await ledger.send('evm_mine', [])
    await anchorHead(digestOf(0xb2))
    await synced(index)
    expect(queries.listHeads(db, 1, 'audit').map(({ digest }) => digest)).toEqual([digestOf(0xa), digestOf(0xb2)])
    expect(index.status().rollbacks).toBeGreaterThan(0)
    await ledger.send('evm_revert', [again])
  })

  test('goes on where it was after a restart, and notices a branch that was replaced meanwhile', async () => {
    const db = new DatabaseSync(':memory:')
    const before = openIndex(db)
    await before.start()
    await synced(before)
    const snapshot = await ledger.send('evm_snapshot', [])
    await anchorHead(digestOf(0xc1))
    await synced(before)
    await before.stop()
    await ledger.send('evm_revert', [snapshot])
    const again = await ledger.send('evm_snapshot', [])
    for (let count = 0; count < 5; count++) await ledger.send('evm_mine', [])
    await anchorHead(digestOf(0xc2))
    const after = openIndex(db)
    await after.start()
    await synced(after)
    expect(queries.listHeads(db, 1, 'audit').map(({ digest }) => digest)).toEqual([digestOf(0xa), digestOf(0xc2)])
    const fresh = new DatabaseSync(':memory:')
    const other = openIndex(fresh)
    await other.start()
    await synced(other)
    expect(dump(db)).toEqual(dump(fresh))
    await ledger.send('evm_revert', [again])
  })

  test('waits for a ledger that does not answer, and says so', async () => {
    const port = await freePort()
    const db = new DatabaseSync(':memory:')
    const index = openIndex(db, { rpcUrl: `http://127.0.0.1:${port}` })
    await index.start()
    expect(index.status()).toMatchObject({ state: 'waiting', syncedTo: undefined })
    expect(queries.listBases(db)).toEqual([])
  })

  test('refuses to mix the records of two ledgers', async () => {
    const db = new DatabaseSync(':memory:')
    const index = openIndex(db)
    await index.start()
    await synced(index)
    await index.stop()
    db.exec("UPDATE index_checkpoint SET genesis_hash = '0x00'")
    await expect(openIndex(db).start()).rejects.toMatchObject({ code: 'INDEX_LEDGER_MISMATCH' })
  })

  test('changes rows and checkpoint together or not at all', async () => {
    const db = new DatabaseSync(':memory:')
    const index = openIndex(db)
    await index.start()
    await synced(index)
    await index.stop()
    const before = { rows: dump(db), checkpoint: db.prepare('SELECT * FROM index_checkpoint').all() }
    db.exec("CREATE TRIGGER full BEFORE INSERT ON index_blocks BEGIN SELECT RAISE(ABORT, 'no room'); END")
    const snapshot = await ledger.send('evm_snapshot', [])
    await anchorHead(digestOf(0xd1))
    const again = openIndex(db)
    await again.start()
    await expect.poll(() => again.status().lastProblem).toContain('no room')
    expect({ rows: dump(db), checkpoint: db.prepare('SELECT * FROM index_checkpoint').all() }).toEqual(before)
    await again.stop()
    await ledger.send('evm_revert', [snapshot])
  })
})

const PEER = '12D3KooWNP3dUTgFsHBx6LYB8KvACmGk5CLqZEBetWX4GRkVbdNX'
const CID = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'

async function anchorHead(digest: string): Promise<void> {
  const { CredentialAnchors } = await ledger.actAs(0)
  await (await CredentialAnchors.anchorHead(1, encodeBytes32String('audit'), digestOf(0xa), digest)).wait()
}

/** A second base by invite, accredited under the first, assessed and suspended for a while; anchors, heads, status lists; time passing. */
async function writeSomeHistory({ contracts, actAs, addresses, provider, send }: TestLedger): Promise<void> {
  const done = async (sent: Promise<{ wait(): Promise<unknown> }>) => {
    await (await sent).wait()
    await send('evm_increaseTime', [7])
  }
  const { BaseRegistry, Entitlements, CredentialAnchors, StatusLists } = contracts
  const { timestamp = 0 } = (await provider.getBlock('latest')) ?? {}
  const invite = Wallet.createRandom()
  const joiner = await actAs(1)
  const account = await (await provider.getSigner(1)).getAddress()
  await done(BaseRegistry.createInvite(invite.address, 1, 1, 2, timestamp + 10_000))
  const { chainId } = await provider.getNetwork()
  const identity = { didHash: digestOf(2), didLogDigest: digestOf(0x201), didLogCid: CID }
  const signature = await signAdmission(invite.privateKey, { chainId, address: addresses.BaseRegistry }, { account, ...identity })
  await done(joiner.BaseRegistry.redeemInvite(1, identity, signature))
  await done(joiner.BaseRegistry.publishDidLog(2, digestOf(0x201), digestOf(0x202), CID))
  await done(joiner.BaseRegistry.setPeers(2, [`/ip4/127.0.0.1/tcp/4002/p2p/${PEER}`, 'not an address']))
  await done(joiner.Entitlements.addIssuerKey(2, digestOf(0x5e2), timestamp + 400_000))
  await done(Entitlements.accredit(1, 2, 1, timestamp + 300_000, false))
  for (const kind of [0, 1, 2]) await done(Entitlements.signAssessment(1, 2, kind, timestamp + 200_000 + kind, digestOf(0xee), CID))
  await done(Entitlements.suspend(2, 1, digestOf(0xbad)))
  await done(Entitlements.liftSuspension(2, 1))
  await done(Entitlements.revokeAccreditation(3, 1, digestOf(0xbad)))
  await done(joiner.Entitlements.retireIssuerKey(2, digestOf(0x5e2)))
  await done(CredentialAnchors.anchor(1, 1, digestOf(0x5e1), 1, 3, digestOf(0xa1)))
  await done(CredentialAnchors.anchorHead(1, encodeBytes32String('audit'), digestOf(0), digestOf(0xa)))
  await done(StatusLists.publishHead(1, 7, digestOf(0), digestOf(0x71), CID))
  await done(StatusLists.publishHead(1, 7, digestOf(0x71), digestOf(0x72), CID))
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

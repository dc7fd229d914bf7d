import { channel } from 'node:diagnostics_channel'
import { join } from 'node:path'
import { type BaseNode, createBaseNode, createJsonRpcSource } from '@guildhall/node'
import {
  connectLedger,
  createOutbox,
  type Ledger as EmbeddedLedger,
  type LedgerAccount,
  type LedgerConnection,
  openLedgerAccount,
  publishNetworkDescriptor,
  startLedger,
} from '@guildhall/node/ledger'
import type { Signer } from 'ethers'
import type { Base, Ledger, Outbox } from '../base.ts'
import type { Config } from '../config.ts'
import { enqueueHead } from '../use-cases/base/anchor-heads.ts'
import { foundNetwork, plannedAddresses } from '../use-cases/base/found-network.ts'
import { type Anchors, type Evidence, findIdentity, type Identity, type Registry } from '../use-cases/base/issuing.ts'
import { createContentAdapter, createEvidenceAdapter } from './content.ts'
import { createOutboxAdapter, type Settling } from './outbox.ts'
import { createRegistry } from './registry.ts'
import { createVerifierPorts } from './verifier-ports.ts'

/** Node's own diagnostics: `{ step, purpose }` of each write to the ledger. */
const outboxSteps = channel('guildhall:outbox-step')

/** Validity of a founding, in seconds: the assessments a year, the first issuing key two. */
const assessedForSeconds = 31_536_000
const keyForSeconds = 63_072_000

type Local = Pick<Base, 'db' | 'records' | 'keys' | 'clock' | 'transaction' | 'log' | 'audit' | 'config'>
type Init = Local & { settings: Config; settling: () => Settling; track: (name: string, stop: () => unknown) => void }

/** The side of a base that faces the network: ledger, node, outbox, and what is answered from them. */
export type NetworkSide = Pick<Base, 'node' | 'ledger' | 'outbox'> & {
  registry: Registry
  evidence: Evidence
  anchors: Anchors
  verifier: ReturnType<typeof createVerifierPorts>
  baseNode: BaseNode
  connection: LedgerConnection
}

/**
 * Starts or reaches the ledger, begins the node, founds a trial network where the base has none yet, and starts to send what waits.
 * `track` hears of each part that was started, in order.
 */
export async function joinNetwork(init: Init): Promise<NetworkSide> {
  const { settings, db, keys, clock, log, track } = init
  const known = findIdentity(init)
  const embedded = settings.ledger.rpcUrl === null ? await startEmbedded(init) : undefined
  if (embedded) track('ledger', () => embedded.stop())
  const connection = await connectLedger({
    rpcUrl: settings.ledger.rpcUrl ?? embedded?.rpcUrl ?? '',
    ...(embedded && { wsUrl: embedded.wsUrl }),
    expected: { chainId: known?.network.chainId ?? settings.ledger.chainId ?? undefined, genesisHash: known?.network.genesisHash },
  })
  track('ledger connection', () => connection.close())
  const account = await openLedgerAccount({
    path: join(settings.dataDir, 'keys', 'ledger.key'),
    wrappingKey: keys.mac('ledger-account', 'wrap'),
  })
  const baseNode = await startNode(init, { connection, account, wsUrl: embedded?.wsUrl })
  track('node', () => baseNode.stop())
  const node = showNode(baseNode)
  const identity = await found({ ...init, node }, account.wallet.connect(connection.provider))
  if (embedded) await publishNetworkDescriptor(join(settings.dataDir, 'ledger'), { networkId: identity.networkId, ...identity.network })
  const outbox = openOutbox(init, { connection, account })
  const index = requireIndex(baseNode)
  const sources = {
    db,
    index,
    content: node.content,
    identity: () => findIdentity(init),
    baseName: init.config.baseName,
    timeZone: init.config.timeZone,
  }
  await index.whenSyncedTo(await connection.provider.getBlockNumber(), { signal: AbortSignal.timeout(60_000) })
  log.info({ networkId: identity.networkId, time: clock.now() }, 'the base is on its network')
  return {
    node,
    ledger: showLedger(connection),
    outbox: outbox.adapter,
    registry: createRegistry(db, index),
    evidence: createEvidenceAdapter(baseNode.content),
    anchors: { enqueueSegment: (root) => void enqueueHead({ records: init.records, outbox: outbox.adapter }, 'telemetry', root) },
    verifier: createVerifierPorts(sources),
    baseNode,
    connection,
  }
}

function startEmbedded({ settings, clock, log }: Init): Promise<EmbeddedLedger> {
  return startLedger({
    dataDir: join(settings.dataDir, 'ledger'),
    port: settings.ledger.port,
    clock: clock.now,
    log: (level, event, details = {}) => log[level](details, event),
  })
}

type Joined = { connection: LedgerConnection; account: LedgerAccount; wsUrl?: string | undefined }

async function startNode(init: Init, { connection, account, wsUrl }: Joined): Promise<BaseNode> {
  const { settings, db, clock, log, records } = init
  const { rpcUrl } = connection
  const source = createJsonRpcSource({ rpcUrl, wsUrl: wsUrl ?? rpcUrl.replace(/^http/, 'ws') })
  // A founding that was cut off has its plan; before the first transaction the plan is the account's present nonce.
  const firstNonce =
    records.settings.find<{ firstNonce: number }>('founding')?.firstNonce ??
    (await connection.provider.getTransactionCount(account.address))
  const addresses = findIdentity(init)?.contracts ?? plannedAddresses(account.address, firstNonce)
  const node = await createBaseNode({
    dataDir: settings.dataDir,
    db,
    ledger: { source, addresses },
    listen: settings.peer.listen,
    announce: settings.peer.announce,
    peers: settings.peer.peers,
    relays: settings.peer.relays,
    clock: clock.now,
    log: {
      info: (fields, message) => log.info({ ...fields }, message),
      warn: (fields, message) => log.warn({ ...fields }, message),
      error: (fields, message) => log.error({ ...fields }, message),
    },
  })
  await node.start()
  return node
}

function found(base: Local & { node: Base['node']; settings: Config }, signer: Signer): Promise<Identity> {
  const { publicOrigin, networkName } = base.settings
  const publicHost = publicOrigin === null ? undefined : new URL(publicOrigin).host
  return foundNetwork(base, { signer, networkName, publicHost, assessedForSeconds, keyForSeconds })
}

function openOutbox({ db, clock, transaction, settling, log, track }: Init, { connection, account }: Joined): { adapter: Outbox } {
  const ledgerOutbox = createOutbox({
    database: db,
    connection,
    account,
    clock: clock.now,
    // Whoever watches this process (a tracer, a crash test) hears of each step as it happens.
    onStep: (step, row) => outboxSteps.publish({ step, purpose: row.purpose }),
    log: (level, event, details = {}) => log[level](details, event),
  })
  const adapter = createOutboxAdapter({ db, ledgerOutbox, clock, transaction, settling })
  ledgerOutbox.start()
  track('outbox', () => ledgerOutbox.stop())
  return { adapter }
}

function showNode({ peer, content }: BaseNode): Base['node'] {
  return {
    peerId: peer.id,
    addresses: () => peer.addresses(),
    connections: () => peer.totals().connectedPeers,
    content: createContentAdapter(content),
  }
}

function showLedger({ provider, chainId, rpcUrl }: LedgerConnection): Ledger {
  return { chainId, rpcUrl, request: (method, params) => provider.send(method, [...params]) }
}

function requireIndex({ index }: BaseNode): NonNullable<BaseNode['index']> {
  if (index === undefined) throw new Error('the node was made without a ledger')
  return index
}

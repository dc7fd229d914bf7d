import { channel } from 'node:diagnostics_channel'
import { join } from 'node:path'
import { type BaseNode, createBaseNode, createJsonRpcSource } from '@guildhall/node'
import { createOutbox, describeUnfunded, type LedgerConnection, publishNetworkDescriptor } from '@guildhall/node/ledger'
import { isError } from 'ethers'
import type { Base, Ledger, Outbox } from '../base.ts'
import type { Config } from '../config.ts'
import { enqueueHead } from '../use-cases/base/anchor-heads.ts'
import { foundNetwork } from '../use-cases/base/found-network.ts'
import { type Anchors, type Evidence, findIdentity, type Identity, type Registry } from '../use-cases/base/issuing.ts'
import { cosignCheckpoint } from '../use-cases/base/membership/cosign-checkpoint.ts'
import { redeemInvite } from '../use-cases/base/membership/redeem-invite.ts'
import type { Cosigners } from '../use-cases/base/membership/sign-checkpoint.ts'
import { announceHeld, createContentAdapter, createEvidenceAdapter, evidenceHolder } from './content.ts'
import { startCosigning } from './cosigning.ts'
import { catchUp, readOnceReached, whileLedgerAnswers } from './ledger-silence.ts'
import { createAnswerer, createOtherBases, noOtherBases } from './other-bases.ts'
import { createOutboxAdapter, type Settling } from './outbox.ts'
import { type ReachedLedger, reachLedger } from './reach-ledger.ts'
import { createRegistry } from './registry.ts'
import { createVerifierPorts } from './verifier-ports.ts'
import { answerHolding } from './works/works-store.ts'

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
  cosigners: Cosigners
  baseNode: BaseNode
  connection: LedgerConnection
}

/**
 * Starts or reaches the ledger, begins the node, joins a network or founds a trial one where the base has none yet, and starts to send what
 * waits.
 * `track` hears of each part that was started, in order.
 */
export async function joinNetwork(init: Init): Promise<NetworkSide> {
  const { settings, db, clock, log, track } = init
  const hasNetwork = findIdentity(init) !== undefined
  const reached = await reachLedger(init)
  const { connection, account, embedded } = reached
  const baseNode = await startNode(init, reached)
  track('node', () => baseNode.stop())
  const node = showNode(baseNode, settings.secondOpinion ? createOtherBases({ db, node: baseNode }) : noOtherBases)
  const identity = await whileLedgerAnswers(connection, enter({ ...init, node }, reached))
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
    now: clock.now,
  }
  await catchUp({ index, connection, log }, hasNetwork)
  log.info({ networkId: identity.networkId, time: clock.now() }, 'the base is on its network')
  const announce = announceEvidence(init, { baseNode, baseId: identity.baseId })
  announceHeld(baseNode.content, announce)
  const views = {
    ledger: showLedger(connection),
    registry: createRegistry(db, index, clock.now),
    verifier: createVerifierPorts(sources),
  }
  const cosigning = await startCosigning({ ...baseNode, log, answer: (request) => cosignCheckpoint({ ...init, ...views }, request) })
  track('cosigning', () => cosigning.stop())
  return {
    ...views,
    node,
    outbox: outbox.adapter,
    cosigners: cosigning.cosigners,
    evidence: createEvidenceAdapter(baseNode.content, announce),
    anchors: { enqueueSegment: (root) => void enqueueHead({ records: init.records, outbox: outbox.adapter }, 'telemetry', root) },
    baseNode,
    connection,
  }
}

async function startNode(init: Init, { connection, embedded, contracts }: ReachedLedger): Promise<BaseNode> {
  const { settings, db, clock, log } = init
  const { rpcUrl } = connection
  const wsUrl = embedded?.wsUrl ?? rpcUrl.replace(/^http/, 'ws')
  const source = readOnceReached(createJsonRpcSource({ rpcUrl, wsUrl }), connection)
  const held: { content?: BaseNode['content'] } = {}
  const node = await createBaseNode({
    dataDir: settings.dataDir,
    db,
    ledger: { source, addresses: contracts },
    listen: settings.peer.listen,
    announce: settings.peer.announce,
    peers: settings.peer.peers,
    relays: settings.peer.relays,
    ownContents: { holder: evidenceHolder, kind: 'evidence', baseId: () => findIdentity(init)?.baseId },
    ...(settings.secondOpinion && {
      answer: createAnswerer(showLedger(connection), (question) => held.content && answerHolding(held.content, question)),
    }),
    clock: clock.now,
    log: {
      info: (fields, message) => log.info({ ...fields }, message),
      warn: (fields, message) => log.warn({ ...fields }, message),
      error: (fields, message) => log.error({ ...fields }, message),
    },
  })
  held.content = node.content
  await node.start()
  return node
}

/** The base's first start decides its network: an invite leads into one, without it the base founds its own. Later starts only answer. */
function enter(base: Local & { node: Base['node']; settings: Config }, reached: ReachedLedger): Promise<Identity> {
  const { publicOrigin, networkName } = base.settings
  const { account, connection, invite, contracts } = reached
  const publicHost = publicOrigin === null ? undefined : new URL(publicOrigin).host
  const signer = account.wallet.connect(connection.provider)
  const entering = invite
    ? redeemInvite(base, { signer, invite, contracts, publicHost, keyForSeconds })
    : foundNetwork(base, { signer, networkName, publicHost, assessedForSeconds, keyForSeconds })
  return entering.catch((cause: unknown) => {
    throw isError(cause, 'INSUFFICIENT_FUNDS') ? describeUnfunded(account.address, cause) : cause
  })
}

/** Tells the other bases that a ciphertext is here, so that they keep it too. Whoever isn't connected hears of it when they are. */
function announceEvidence({ clock, log }: Init, { baseNode, baseId }: { baseNode: BaseNode; baseId: number }): (cid: string) => void {
  return (cid) => {
    baseNode.peer.announce({ baseId, kind: 'evidence', cid, at: clock.now() }).catch(() => {
      log.debug({ cid }, 'nobody is connected to hear of this content')
    })
  }
}

function openOutbox(
  { db, clock, transaction, settling, log, track }: Init,
  { connection, account }: Pick<ReachedLedger, 'connection' | 'account'>,
): { adapter: Outbox } {
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

function showNode({ peer, content }: BaseNode, otherBases: Base['node']['otherBases']): Base['node'] {
  return {
    peerId: peer.id,
    addresses: () => peer.addresses(),
    connections: () => peer.totals().connectedPeers,
    content: createContentAdapter(content),
    otherBases,
  }
}

function showLedger({ provider, chainId, rpcUrl }: LedgerConnection): Ledger {
  return { chainId, rpcUrl, request: (method, params) => provider.send(method, [...params]) }
}

function requireIndex({ index }: BaseNode): NonNullable<BaseNode['index']> {
  if (index === undefined) throw new Error('the node was made without a ledger')
  return index
}

import { join } from 'node:path'
import { type ContractAddresses, findContracts } from '@guildhall/contracts'
import {
  connectLedger,
  type Ledger as EmbeddedLedger,
  type LedgerAccount,
  type LedgerConnection,
  openLedgerAccount,
  startLedger,
} from '@guildhall/node/ledger'
import type { Base } from '../base.ts'
import type { Config } from '../config.ts'
import { GuildhallError } from '../errors.ts'
import { plannedAddresses } from '../use-cases/base/found-network.ts'
import { findIdentity } from '../use-cases/base/issuing.ts'
import { type Invite, readInvite } from '../use-cases/base/membership/invite-text.ts'

type Init = Pick<Base, 'records' | 'keys' | 'clock' | 'transaction' | 'log'> & {
  settings: Config
  track: (name: string, stop: () => unknown) => void
}

/** A base's ledger, checked to be the right one, with the account that writes to it. */
export type ReachedLedger = {
  connection: LedgerConnection
  account: LedgerAccount
  /** The ledger that this process runs itself. */
  embedded: EmbeddedLedger | undefined
  /** What the base joins by; null where it has a network already, or founds one. */
  invite: Invite | null
  /** Where the network's contracts are, or will be once it is founded. */
  contracts: ContractAddresses
}

/** Where the ledger of an invite answers, for later starts. */
const addressSetting = 'ledger-url'
/** How long a start looks for the ledger: a base that has a network can begin without it, and should do so soon. */
const firstLookMs = 10_000
const laterLookMs = 5_000

/**
 * Starts the embedded ledger or connects to another one. A base that has a network, or an invite into one, takes no other ledger; one that has
 * a network also starts while its ledger is out of reach.
 * @throws INVITE_REFUSED, LEDGER_CHAIN_MISMATCH, LEDGER_GENESIS_MISMATCH, LEDGER_UNREACHABLE, CONTRACTS_NOT_A_NETWORK
 */
export async function reachLedger(init: Init): Promise<ReachedLedger> {
  const { settings, records, keys, track } = init
  const known = findIdentity(init)
  const invite = known || settings.invite === null ? null : readInvite(settings.invite)
  const address = settings.ledger.rpcUrl ?? invite?.rpcUrl ?? records.settings.find<string>(addressSetting) ?? null
  if (invite && address === null)
    throw new GuildhallError('INVITE_REFUSED', { problem: 'it does not say where the ledger is, and LEDGER_RPC_URL is not set' })
  const embedded = address === null ? await startEmbedded(init) : undefined
  if (embedded) track('ledger', () => embedded.stop())
  const expected = known?.network ?? invite?.descriptor
  const mayBeAway = known !== undefined && embedded === undefined
  const connection = await connectLedger({
    rpcUrl: address ?? embedded?.rpcUrl ?? '',
    ...(embedded && { wsUrl: embedded.wsUrl }),
    mayBeAway,
    checkMs: mayBeAway ? laterLookMs : firstLookMs,
    log: (level, event, details = {}) => init.log[level](details, event),
    expected: { chainId: expected?.chainId ?? settings.ledger.chainId ?? undefined, genesisHash: expected?.genesisHash },
  })
  track('ledger connection', () => connection.close())
  const path = join(settings.dataDir, 'keys', 'ledger.key')
  const account = await openLedgerAccount({ path, wrappingKey: keys.mac('ledger-account', 'wrap') })
  const contracts = known?.contracts ?? (await findOrPlanContracts(init, { connection, account, invite }))
  if (invite?.rpcUrl && address === invite.rpcUrl) init.transaction(() => records.settings.set(addressSetting, address))
  return { connection, account, embedded, invite, contracts }
}

function startEmbedded({ settings, clock, log }: Init): Promise<EmbeddedLedger> {
  return startLedger({
    dataDir: join(settings.dataDir, 'ledger'),
    port: settings.ledger.port,
    clock: clock.now,
    log: (level, event, details = {}) => log[level](details, event),
  })
}

type Looking = Pick<ReachedLedger, 'connection' | 'account' | 'invite'>

async function findOrPlanContracts({ records }: Init, { connection, account, invite }: Looking): Promise<ContractAddresses> {
  const { provider } = connection
  if (invite) return findContracts(invite.descriptor.directory, provider)
  // A founding that was cut off has its plan; before the first transaction the plan is the account's present nonce.
  const planned = records.settings.find<{ firstNonce: number }>('founding')?.firstNonce
  return plannedAddresses(account.address, planned ?? (await provider.getTransactionCount(account.address)))
}

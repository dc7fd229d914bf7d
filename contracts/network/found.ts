/** Founds a deployed network: the root base, its programmes and accreditations by the timelock, its self-assessments by itself. */
import { encodeBytes32String, id, type Signer, ZeroHash } from 'ethers'
import { ASSESSMENT_KINDS, type AssessmentKind, type ContractAddresses, type ContractName } from '../abi.ts'
import type { Contracts } from '../generated/types.ts'
import { connectContracts, SERVICES } from './connect.ts'
import { interfaces } from './events.ts'
import { type FoundingOfWorks, foundingOfWorks } from './found-works.ts'

/** A document: SHA-256 of its bytes as `0x` and 64 hex digits, and its CID. */
export type DocumentReference = { readonly digest: string; readonly cid: string }

/** What the founding base says of itself, and what it starts with. Times are Unix seconds. */
export type Founding = FoundingOfWorks & {
  /** SHA-256 of the root base's DID string. */
  readonly didHash: string
  /** The root base's DID log. */
  readonly didLog: DocumentReference
  /** Where its node listens: at most 8 multiaddrs. */
  readonly peers?: readonly string[]
  /** The programmes' definitions, in the order of the numbers that they get from 1 on. */
  readonly programmes: readonly DocumentReference[]
  /** When the root's accreditation for them ends. */
  readonly accreditedUntil: number
  /** The report of each self-assessment, and when all three lapse. */
  readonly assessments: { readonly until: number; readonly reports: Readonly<Record<AssessmentKind, DocumentReference>> }
  /** Its first issuer key: SHA-256 of the raw Ed25519 public key. */
  readonly issuerKey?: { readonly keyId: string; readonly until: number }
}

/** A founded network. Programme `programmeIds[i]` has accreditation `accreditationIds[i]` of the root. */
export type FoundedNetwork = {
  readonly baseId: number
  readonly programmeIds: readonly number[]
  readonly accreditationIds: readonly number[]
}

const ROOT = 1
const FOUNDING_SALT = id('guildhall founding')
type Operation = readonly [string[], bigint[], string[], string, string]

/**
 * Founds the network with the signer's account as the root base. Three transactions, and one more for peers; what an earlier run
 * did is not done again, so after a crash it is called again with the same founding.
 */
export async function foundNetwork(signer: Signer, addresses: ContractAddresses, founding: Founding): Promise<FoundedNetwork> {
  const contracts = connectContracts(addresses, signer)
  if ((await contracts.BaseRegistry.baseCount()) === 0n)
    await runFounding(contracts, foundingOperation(addresses, await signer.getAddress(), founding))
  const own = await missingEntitlements(contracts, founding)
  if (own.length > 0) await (await contracts.Entitlements.multicall(own)).wait()
  const { peers = [] } = founding
  if (peers.length > 0 && (await contracts.BaseRegistry.peersOf(ROOT)).length === 0) {
    await (await contracts.BaseRegistry.setPeers(ROOT, [...peers])).wait()
  }
  const numbers = founding.programmes.map((_, index) => index + 1)
  return { baseId: ROOT, programmeIds: numbers, accreditationIds: numbers }
}

/** Everything that needs the timelock's privileges, as one operation. */
function foundingOperation(addresses: ContractAddresses, account: string, founding: Founding): Operation {
  const targets: string[] = []
  const payloads: string[] = []
  const add = (contract: ContractName, method: string, args: readonly unknown[]) => {
    targets.push(addresses[contract])
    payloads.push(interfaces[contract].encodeFunctionData(method, args))
  }
  for (const name of Object.keys(addresses) as ContractName[]) {
    if (name !== 'Directory') add('Directory', 'register', [encodeBytes32String(name), addresses[name]])
  }
  const identity = { didHash: founding.didHash, didLogDigest: founding.didLog.digest, didLogCid: founding.didLog.cid }
  add('BaseRegistry', 'admit', [account, 0, 1, identity])
  add('BaseRegistry', 'setServices', [ROOT, SERVICES.admitting | SERVICES.information | SERVICES.safety | SERVICES.green])
  for (const [index, programme] of founding.programmes.entries()) {
    add('Entitlements', 'registerProgramme', [0, programme.digest, programme.cid])
    add('Entitlements', 'accredit', [0, ROOT, index + 1, founding.accreditedUntil, true])
  }
  for (const { contract, data } of foundingOfWorks(founding, addresses.SettlementToken)) {
    targets.push(addresses[contract])
    payloads.push(data)
  }
  return [targets, targets.map(() => 0n), payloads, ZeroHash, FOUNDING_SALT]
}

async function runFounding({ NetworkTimelock }: Contracts, operation: Operation): Promise<void> {
  const operationId = await NetworkTimelock.hashOperationBatch(...operation)
  if (!(await NetworkTimelock.isOperation(operationId))) await (await NetworkTimelock.scheduleBatch(...operation, 0)).wait()
  if (!(await NetworkTimelock.isOperationDone(operationId))) await (await NetworkTimelock.executeBatch(...operation)).wait()
}

/** The root's own calls to Entitlements that are not on the ledger yet. */
async function missingEntitlements({ Entitlements }: Contracts, founding: Founding): Promise<string[]> {
  const calls: string[] = []
  for (const [number, kind] of ASSESSMENT_KINDS.entries()) {
    if ((await Entitlements.lastAssessmentOf(ROOT, number)) !== 0n) continue
    const { digest, cid } = founding.assessments.reports[kind]
    const args = [ROOT, ROOT, number, founding.assessments.until, digest, cid]
    calls.push(interfaces.Entitlements.encodeFunctionData('signAssessment', args))
  }
  const { issuerKey } = founding
  if (issuerKey !== undefined && (await Entitlements.issuerKeyOf(ROOT, issuerKey.keyId)).from === 0n) {
    calls.push(interfaces.Entitlements.encodeFunctionData('addIssuerKey', [ROOT, issuerKey.keyId, issuerKey.until]))
  }
  return calls
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ASSESSMENT_KINDS, encodeCall, interfaces } from '@guildhall/contracts'
import { startLedger } from '@guildhall/node/ledger'
import { ZeroHash } from 'ethers'
import type { Actor } from '../base.ts'
import { readConfig } from '../config.ts'
import { type RunningBase, startBase } from '../main.ts'
import { getIdentity } from '../use-cases/base/issuing.ts'
import { createInvite } from '../use-cases/base/membership/create-invite.ts'
import { awardCredential } from '../use-cases/credentials/award-credential.ts'
import { readCatalogue } from '../use-cases/learning/catalogue.ts'
import { defineProgramme } from '../use-cases/learning/programmes.ts'

/** Who does what a person would do at a base. */
export const operator: Actor = { id: 'operator', roles: ['operator', 'examiner'], via: 'passkey' }

/** Two real bases on one real ledger: the first founded the network, the second joined it by an invite. */
export type TestNetwork = {
  folder: string
  rpcUrl: string
  first: RunningBase
  second: RunningBase
  stop(): Promise<void>
}

/**
 * Starts ledger and bases on free ports, in a temporary folder of their own. Bases anchor as soon as there is something.
 * `decisionDelay`: how long the network's decisions wait once the second base has joined, in seconds; two days when left out.
 */
export async function startTestNetwork({ decisionDelay }: { decisionDelay?: number } = {}): Promise<TestNetwork> {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-network-'))
  const clock = () => Math.floor(Date.now() / 1000)
  const ledger = await startLedger({ dataDir: join(folder, 'ledger'), port: 0, clock, log: () => undefined })
  const first = await startMember(join(folder, 'first'), { LEDGER_RPC_URL: ledger.rpcUrl, BASE_NAME_EN: 'First base' })
  await defineFirstProgramme(first)
  if (decisionDelay !== undefined) await setDecisionDelay(first, decisionDelay)
  const { invite } = await createInvite(first.base, operator, { hours: 1, signal: AbortSignal.timeout(60_000) })
  const second = await startMember(join(folder, 'second'), { LEDGER_RPC_URL: ledger.rpcUrl, INVITE: invite, BASE_NAME_EN: 'Second base' })
  const stop = async () => {
    await second.stop()
    await first.stop()
    await ledger.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { folder, rpcUrl: ledger.rpcUrl, first, second, stop }
}

/** Starts one base of the network. */
export function startMember(dataDir: string, settings: Record<string, string>): Promise<RunningBase> {
  const read = readConfig({ DATA_DIR: dataDir, PORT: '0', ANCHOR_SECONDS: '0', WEB_DIR: join(dataDir, 'no-pages'), ...settings })
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return startBase(read.config)
}

/** The one programme of the network: defined by the first base while it was alone, so that it may accredit others for it at once. */
const programmeId = 1

/** The second base may issue in that programme: the first signs its three assessments, accredits it, and hands over the definition. */
export async function entitleSecond({ first, second }: TestNetwork): Promise<void> {
  const { contracts, baseId } = getIdentity(second.base)
  const now = second.base.clock.now()
  const [accreditation] = first.base.registry.rightsOf(1).accreditations
  if (accreditation === undefined) throw new Error('the first base is not accredited')
  const report = `0x${'11'.repeat(32)}`
  const calls = [
    ...ASSESSMENT_KINDS.map((_, kind) =>
      encodeCall(contracts, 'Entitlements.signAssessment', [1, baseId, kind, now + 86_400, report, 'bafkreport']),
    ),
    encodeCall(contracts, 'Entitlements.accredit', [accreditation.recordId, baseId, programmeId, now + 86_400, false]),
  ]
  const rows = first.base.transaction(() =>
    calls.map(({ to, data }) => first.base.outbox.enqueue({ kind: 'accreditation', to, calldata: data })),
  )
  const signal = AbortSignal.timeout(60_000)
  const finals = await Promise.all(rows.map((row) => first.base.outbox.whenFinal(row, signal)))
  await second.base.registry.whenSyncedTo(Math.max(...finals.map(({ blockNumber }) => blockNumber ?? 0)), signal)
  const { localId: _, ...definition } = first.base.records.programmes.get(first.base.records.programmes.list({})[0]?.localId ?? '')
  second.base.transaction(() =>
    second.base.records.programmes.insert({ ...definition, localId: second.base.random.uuid(), outboxId: null }),
  )
}

/** A certificate of a base for a learner of its own, anchored on the ledger. */
export async function issueAnchored({ base }: RunningBase): Promise<string> {
  const learnerId = base.records.people.addLearner({ name: '王小明', schoolNumber: null, grade: null, birthDate: '2000-01-01' })
  const sessionId = base.random.uuid()
  const session = { sessionId, learnerId, machineId: base.random.uuid(), programmeId, openedBy: operator.id, openedAt: base.clock.now() }
  base.transaction(() => base.records.sessions.insert({ ...session, ...closedSession, evidence: [], closedAt: base.clock.now() }))
  const { rubric } = base.records.programmes.list({ programmeId })[0]?.definition ?? { rubric: [] }
  const levels = Object.fromEntries(rubric.map(({ id, levels: all }) => [id, all.length]))
  const { credentialId } = await awardCredential(base, operator, { sessionId, levels })
  const signal = AbortSignal.timeout(60_000)
  const isSettled = () => {
    const writes = base.outbox.list(50)
    const heads = writes.filter(({ kind }) => kind === 'status-head')
    return (
      base.records.credentials.get(credentialId).anchor === 'anchored' && heads.length >= 2 && writes.every((row) => row.finalAt !== null)
    )
  }
  // Both status lists stand on the ledger too: nothing about the certificate changes any more.
  while (!isSettled() && !signal.aborted) await sleep(100)
  await base.registry.whenSyncedTo(Math.max(...base.outbox.list(50).map(({ blockNumber }) => blockNumber ?? 0)), signal)
  return credentialId
}

const closedSession = {
  state: 'closed',
  attestation: 'device-signed',
  closedBecause: null,
  jobName: null,
  jobDigest: null,
  summary: null,
  segment: null,
  receipt: null,
  sealed: null,
  credentialId: null,
  sample: false,
} as const

/** The first base decides it while it is alone, as the contract lets it. */
async function setDecisionDelay({ base }: RunningBase, seconds: number): Promise<void> {
  const { contracts } = getIdentity(base)
  const payload = interfaces.NetworkTimelock.encodeFunctionData('updateDelay', [seconds])
  const operation = [[contracts.NetworkTimelock], [0n], [payload], ZeroHash, ZeroHash] as const
  const calls = [
    encodeCall(contracts, 'NetworkTimelock.scheduleBatch', [...operation, 0]),
    encodeCall(contracts, 'NetworkTimelock.executeBatch', [...operation]),
  ]
  const rows = base.transaction(() => calls.map(({ to, data }) => base.outbox.enqueue({ kind: 'accreditation', to, calldata: data })))
  for (const row of rows) await base.outbox.whenFinal(row, AbortSignal.timeout(60_000))
}

async function defineFirstProgramme({ base }: RunningBase): Promise<void> {
  const [direction] = readCatalogue().directions
  if (direction === undefined) throw new Error('the catalogue is empty')
  await defineProgramme(base, operator, { definition: direction.sample, signal: AbortSignal.timeout(60_000) })
}

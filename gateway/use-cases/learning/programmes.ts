import { createHash } from 'node:crypto'
import { decodeEvent, encodeCall, interfaces } from '@guildhall/contracts'
import canonicalize from 'canonicalize'
import { ZeroHash } from 'ethers'
import type { Static } from 'typebox'
import type { CredentialTemplate, defineProgramme as defineRoute, Programme } from '../../api/learning/programmes.ts'
import { type Actor, baseItself } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import type { ProgrammeRow } from '../../records/learning-tables.ts'
import { dropDecisions, enqueueDecision, listWaitingDecisions } from '../base/decisions/decide.ts'
import { getIdentity, type IssuingBase } from '../base/issuing.ts'
import type { Final } from '../base/settle-writes.ts'
import { getProgramme } from '../credentials/issue-certificate.ts'
import { directionEntries } from './catalogue.ts'
import { askGate } from './gate.ts'

type Definition = Static<typeof defineRoute.body>
type Show = Pick<IssuingBase, 'records' | 'registry' | 'clock'>
type Use = Show & Pick<IssuingBase, 'random' | 'transaction' | 'outbox' | 'audit' | 'node'>

/** How long the root accredits itself for, in seconds: five years. */
const accreditedForSeconds = 157_680_000
const rootBaseId = 1

/**
 * Defines a programme and waits until the ledger has numbered it and, on the root base, accredited the base for it or, where decisions wait,
 * scheduled that. The definition is public.
 * @throws the signal's reason when the ledger takes longer than the caller waits: the programme is kept and gets its number later
 */
export async function defineProgramme(
  base: Use,
  actor: Actor,
  { definition, signal, sample = false }: { definition: Definition; signal: AbortSignal; sample?: boolean },
): Promise<Programme> {
  assertDefinition(definition)
  const { baseId, contracts } = getIdentity(base)
  const text = canonicalize({ type: 'GuildhallProgramme', ...definition }) ?? ''
  const { cid } = await base.node.content.add(new TextEncoder().encode(text))
  const digest = `0x${createHash('sha256').update(text).digest('hex')}`
  const localId = base.random.uuid()
  const { to, data } = encodeCall(contracts, 'Entitlements.registerProgramme', [baseId, digest, cid])
  const outboxId = base.transaction(() => {
    const queued = base.outbox.enqueue({ kind: 'programme', to, calldata: data, subjectId: localId })
    base.records.programmes.insert({ localId, programmeId: null, definition, sample, definedAt: base.clock.now(), outboxId: queued })
    base.audit.append(actor, 'programme.defined', { subject: localId, details: { direction: definition.direction } })
    return queued
  })
  await base.outbox.whenFinal(outboxId, signal)
  const row = base.records.programmes.get(localId)
  if (row.outboxId !== null && row.outboxId !== outboxId) {
    const { blockNumber } = await waitForAccreditation(base, row.outboxId, signal)
    await base.registry.whenSyncedTo(blockNumber, signal)
  }
  return showProgramme(base, base.records.programmes.get(localId))
}

/** The ledger numbered a programme; the root goes on to accredit itself for it. Inside the caller's transaction. */
export function settleProgramme(
  base: Pick<IssuingBase, 'records' | 'registry' | 'clock' | 'outbox' | 'audit'>,
  { logs, subjectId }: Final,
): void {
  const { baseId, contracts } = getIdentity(base)
  const row = subjectId === null ? undefined : base.records.programmes.find({ localId: subjectId })
  if (!row || row.programmeId !== null) return
  const events = logs.flatMap((log) => decodeEvent(contracts, log) ?? [])
  const registered = events.find((event) => event.event === 'ProgrammeRegistered')
  if (registered?.event !== 'ProgrammeRegistered') return
  const { programmeId } = registered.args
  base.records.programmes.update(row.localId, { programmeId })
  base.audit.append(baseItself, 'programme.numbered', { subject: row.localId, details: { programmeId } })
  if (baseId !== rootBaseId) return
  base.records.programmes.update(row.localId, { outboxId: enqueueAccreditation(base, { programmeId, forSeconds: accreditedForSeconds }) })
}

/**
 * Queues the root's accreditation of itself through the timelock; see `enqueueDecision` for when it takes effect.
 * @returns the row that accredits, or that schedules it where it waits
 */
export function enqueueAccreditation(
  base: Pick<IssuingBase, 'records' | 'registry' | 'clock' | 'outbox'>,
  { programmeId, forSeconds }: { programmeId: number; forSeconds: number },
): number {
  const { baseId } = getIdentity(base)
  const until = base.clock.now() + forSeconds
  const payload = interfaces.Entitlements.encodeFunctionData('accredit', [0, baseId, programmeId, until, true])
  return enqueueDecision(base, { kind: 'accreditation', programmeId, contract: 'Entitlements', payload })
}

/**
 * Ends a programme on the root base: queues the revocation of each accreditation for it that stands. Certificates of before keep their day.
 * Elsewhere the network decides, so nothing is queued. Inside the caller's transaction.
 */
export function endProgramme(base: Pick<IssuingBase, 'records' | 'clock' | 'outbox' | 'registry'>, programmeId: number): void {
  const { baseId } = getIdentity(base)
  if (baseId !== rootBaseId) return
  dropDecisions(base, programmeId)
  for (const { recordId, ...one } of base.registry.rightsOf(baseId).accreditations) {
    if (one.programmeId !== programmeId || one.isRevoked) continue
    const payload = interfaces.Entitlements.encodeFunctionData('revokeAccreditation', [recordId, 0, ZeroHash])
    enqueueDecision(base, { kind: 'accreditation-end', programmeId, contract: 'Entitlements', payload })
  }
}

/** The programmes that the ledger has numbered, in that order. */
export function listProgrammes(base: Show, { direction }: { direction?: Definition['direction'] | undefined }): { items: Programme[] } {
  const rows = base.records.programmes.list({}, { orderBy: 'programmeId' }).filter(({ programmeId }) => programmeId !== null)
  return {
    items: rows
      .filter(({ definition }) => direction === undefined || definition.direction === direction)
      .map((row) => showProgramme(base, row)),
  }
}

/** @throws NOT_FOUND */
export function readProgramme(base: Show, programmeId: number): Programme {
  return showProgramme(base, getProgramme(base, programmeId))
}

/** Changes what later certificates say; earlier ones stay as they were signed. */
export function setCredentialTemplate(
  base: Show & Pick<IssuingBase, 'transaction' | 'audit'>,
  actor: Actor,
  { programmeId, template }: { programmeId: number; template: CredentialTemplate },
): Programme {
  base.transaction(() => {
    const row = getProgramme(base, programmeId)
    base.records.programmes.update(row.localId, { definition: { ...row.definition, template } })
    base.audit.append(actor, 'programme.template-changed', { subject: row.localId, details: { programmeId } })
  })
  return readProgramme(base, programmeId)
}

function showProgramme(base: Show, { programmeId, definition, definedAt }: ProgrammeRow): Programme {
  if (programmeId === null) throw new GuildhallError('NOT_READY', { part: 'The number of the programme' })
  return {
    programmeId,
    ...definition,
    occupationSystem: directionEntries[definition.direction].system,
    definedAt,
    entitled: askGate(base, programmeId).entitled,
    waitsUntil: findWaiting(base, programmeId),
    sessions: base.records.sessions.count({ programmeId }),
    awards: base.records.credentials.count({ programmeId }),
  }
}

/** When the network's decision to accredit the base for a programme takes effect, where it waits. */
export function findWaiting(base: Pick<IssuingBase, 'records'>, programmeId: number): number | null {
  const found = listWaitingDecisions(base).find((one) => one.kind === 'accreditation' && one.programmeId === programmeId)
  return found?.readyAt ?? null
}

function assertDefinition({ rubric, passingTotal }: Definition): void {
  const most = rubric.reduce((sum, { levels }) => sum + levels.length, 0)
  if (passingTotal > most) {
    throw new GuildhallError('REQUEST_INVALID', {
      where: 'body.passingTotal',
      problem: `is ${passingTotal}, but the rubric adds up to ${most} at most`,
    })
  }
  if (new Set(rubric.map(({ id }) => id)).size !== rubric.length) {
    throw new GuildhallError('REQUEST_INVALID', { where: 'body.rubric', problem: 'names a criterion twice' })
  }
}

async function waitForAccreditation(base: Use, outboxId: number, signal: AbortSignal): Promise<{ blockNumber: number }> {
  const { blockNumber } = await base.outbox.whenFinal(outboxId, signal)
  return { blockNumber: blockNumber ?? 0 }
}

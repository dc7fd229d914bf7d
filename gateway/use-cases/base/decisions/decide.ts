import { createHash } from 'node:crypto'
import { type ContractName, encodeCall } from '@guildhall/contracts'
import { ZeroHash } from 'ethers'
import type { UnixSeconds } from '../../../base.ts'
import { getIdentity, type IssuingBase } from '../issuing.ts'
import type { Final } from '../settle-writes.ts'

/** What the network decides through its timelock, which owns the contracts; only the base that founded it may propose. */
export type Decision = {
  kind: 'accreditation' | 'accreditation-end' | 'panel-seat' | 'takedown'
  programmeId: number
  contract: ContractName
  payload: string
}

/** A decision on its way. `readyAt` is what the present delay would make it until it is scheduled, then the ledger's own. */
type Open = Decision & {
  salt: string
  delay: number
  readyAt: UnixSeconds
  scheduledBy: number
  isScheduled: boolean
  executedBy: number | null
  refusals: number
}

type Use = Pick<IssuingBase, 'records' | 'registry' | 'clock' | 'outbox'>
const settingName = 'open-decisions'
/** After so many refusals it is given up: the ledger's reasons stand in the outbox. */
const mostRefusals = 5
const retrySeconds = 60

/**
 * Queues a decision: scheduled, and executed at once while the base stands alone. From the second base on the timelock makes every decision
 * wait; then the base keeps it and executes it by itself when it is due. Inside the caller's transaction.
 * @returns the outbox row that executes it, or that schedules it where it waits
 */
export function enqueueDecision(base: Use, decision: Decision): number {
  const delay = base.registry.decisionDelay()
  const salt = `0x${createHash('sha256').update(`${decision.payload}/${base.clock.now()}`).digest('hex')}`
  const open = schedule(base, { ...decision, salt, delay, refusals: 0 })
  const executedBy = delay === 0 ? execute(base, open) : null
  keep(base, [...list(base), { ...open, executedBy }])
  return executedBy ?? open.scheduledBy
}

/** The decisions that wait for their day. `readyAt`: UnixSeconds. */
export function listWaitingDecisions(base: Pick<IssuingBase, 'records'>): Pick<Open, 'kind' | 'programmeId' | 'payload' | 'readyAt'>[] {
  return list(base).filter(({ delay, executedBy }) => delay > 0 && executedBy === null)
}

/** Forgets what was to be decided of a programme and has not been: nobody executes it any more. Inside the caller's transaction. */
export function dropDecisions(base: Pick<IssuingBase, 'records'>, programmeId: number): void {
  keep(
    base,
    list(base).filter((one) => one.programmeId !== programmeId || one.executedBy !== null),
  )
}

/** A decision is scheduled: its day is what the ledger's time says. Inside the caller's transaction. */
export function settleScheduled(base: Use, { outboxId, blockTime }: Final): void {
  change(base, 'scheduledBy', outboxId, (one) => ({ ...one, isScheduled: true, readyAt: blockTime + one.delay }))
}

/** A decision was carried out. Inside the caller's transaction. */
export function settleExecuted(base: Use, { outboxId }: Final): void {
  change(base, 'executedBy', outboxId, () => undefined)
}

/** The ledger refused a step: a base may have joined meanwhile, or its clock be behind. It is tried again. Inside the caller's transaction. */
export function settleRefusedDecision(base: Use, outboxId: number): void {
  const again = (one: Open): Open | undefined => (one.refusals + 1 >= mostRefusals ? undefined : { ...one, refusals: one.refusals + 1 })
  change(base, 'scheduledBy', outboxId, (one) => {
    const next = again(one)
    return next && { ...schedule(base, { ...next, delay: base.registry.decisionDelay() }), executedBy: null }
  })
  change(base, 'executedBy', outboxId, (one) => {
    const next = again(one)
    return next && { ...next, executedBy: null, readyAt: base.clock.now() + retrySeconds }
  })
}

/** Executes every decision whose day has come. @returns how many */
export function executeDueDecisions(base: Use & Pick<IssuingBase, 'transaction'>): number {
  const now = base.clock.now()
  const isDue = (one: Open) => one.isScheduled && one.executedBy === null && one.readyAt <= now
  if (!list(base).some(isDue)) return 0
  return base.transaction(() => {
    const open = list(base)
    keep(
      base,
      open.map((one) => (isDue(one) ? { ...one, executedBy: execute(base, one) } : one)),
    )
    return open.filter(isDue).length
  })
}

type Call = Pick<Open, 'contract' | 'payload' | 'salt' | 'kind' | 'programmeId'>

function schedule(base: Use, decision: Omit<Open, 'readyAt' | 'scheduledBy' | 'isScheduled' | 'executedBy'>): Open {
  const { delay, kind, programmeId } = decision
  const { to, data } = encodeCall(getIdentity(base).contracts, 'NetworkTimelock.scheduleBatch', [...operationOf(base, decision), delay])
  const scheduledBy = base.outbox.enqueue({ kind: `${kind}-scheduled`, to, calldata: data, subjectId: String(programmeId) })
  return { ...decision, scheduledBy, isScheduled: false, executedBy: null, readyAt: base.clock.now() + delay }
}

function execute(base: Use, decision: Call): number {
  const { to, data } = encodeCall(getIdentity(base).contracts, 'NetworkTimelock.executeBatch', operationOf(base, decision))
  return base.outbox.enqueue({ kind: decision.kind, to, calldata: data, subjectId: String(decision.programmeId) })
}

function operationOf(base: Use, { contract, payload, salt }: Call): [string[], bigint[], string[], string, string] {
  return [[getIdentity(base).contracts[contract]], [0n], [payload], ZeroHash, salt]
}

function list({ records }: Pick<IssuingBase, 'records'>): readonly Open[] {
  return records.settings.find<Open[]>(settingName) ?? []
}

function keep({ records }: Pick<IssuingBase, 'records'>, open: readonly Open[]): void {
  records.settings.set(settingName, open)
}

function change(base: Use, step: 'scheduledBy' | 'executedBy', outboxId: number, how: (one: Open) => Open | undefined): void {
  const open = list(base)
  if (!open.some((one) => one[step] === outboxId)) return
  keep(
    base,
    open.flatMap((one) => (one[step] === outboxId ? (how(one) ?? []) : [one])),
  )
}

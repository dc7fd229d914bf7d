import type { Actor } from '../../base.ts'
import type { IssuingBase } from '../base/issuing.ts'
import { anchorWaiting } from '../credentials/anchor-credentials.ts'
import { awardCredential } from '../credentials/award-credential.ts'
import { closeSession } from '../learning/close-session.ts'
import { openSession } from '../learning/open-session.ts'
import { putSessionJob } from '../learning/session-evidence.ts'
import { printCards } from '../people/entry/cards.ts'
import { playJob, sampleJob } from './sample-job.ts'

type Place = { machineId: string; programmeId: number; signal: AbortSignal }

/** What each learner of the sample prints, and how the examiner judges it; the last one is left for the reader to award. */
const works: readonly { schoolNumber: string; widthMm: number; levels: Record<string, number> | null }[] = [
  { schoolNumber: 'SAMPLE-1', widthMm: 10, levels: { innovation: 1, thinking: 2, practice: 3 } },
  { schoolNumber: 'SAMPLE-2', widthMm: 14, levels: { innovation: 2, thinking: 2, practice: 2 } },
  { schoolNumber: 'SAMPLE-3', widthMm: 18, levels: { innovation: 1, thinking: 1, practice: 2 } },
  { schoolNumber: 'SAMPLE-4', widthMm: 12, levels: null },
]

/**
 * Sessions with telemetry through the base's own recorder, certificates of three of them, written to the ledger, and cards for their
 * learners. It takes the same way as real work; only the machine is played.
 */
export const recordSampleWork = async (base: IssuingBase, actor: Actor, { machineId, programmeId, signal }: Place): Promise<void> => {
  const source = base.labs.playMachine(machineId, 'Sample')
  const cards: string[] = []
  for (const { schoolNumber, widthMm, levels } of works) {
    signal.throwIfAborted()
    const learnerId = findLearner(base, schoolNumber)
    const { sessionId } = openSession(base, actor, { learnerId, machineId, programmeId })
    const bytes = sampleJob(widthMm)
    await putSessionJob(base, actor, { sessionId, name: `plate-${widthMm}.gcode`, bytes })
    const { jobDigest } = base.records.sessions.get(sessionId)
    source.add(playJob(bytes, { digest: jobDigest ?? '', startMs: base.clock.nowMs() }))
    await source.finish(signal)
    await closeSession(base, actor, { sessionId })
    if (levels === null) continue
    await awardCredential(base, actor, { sessionId, levels })
    cards.push(learnerId)
  }
  base.labs.revokeDevice(source.deviceId)
  printCards(base, actor, { learnerIds: cards })
  await writeToLedger(base, signal)
}

const findLearner = ({ records }: IssuingBase, schoolNumber: string): string =>
  records.people
    .findLearners(schoolNumber)
    .find((learnerId) => records.people.learner(learnerId).schoolNumber === schoolNumber && records.learners.get(learnerId).sample) ?? ''

/** At once, so that the certificates that one looks at can be verified. */
const writeToLedger = async (base: IssuingBase, signal: AbortSignal): Promise<void> => {
  anchorWaiting(base, { atOnce: true })
  const batches = new Set(base.records.credentials.list({ sample: true, anchor: 'waiting' }).map(({ outboxId }) => outboxId))
  for (const outboxId of batches) if (outboxId !== null) await base.outbox.whenFinal(outboxId, signal)
}

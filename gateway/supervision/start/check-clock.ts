import type { UnixSeconds } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'

/** This version was written after that day: a clock before it is wrong. 2026-11-01T00:00:00Z. */
export const programWrittenAt: UnixSeconds = 1_793_491_200
/** A clock may be set back a little when it is corrected. */
const toleranceSeconds = 300

/**
 * Refuses to start with a clock that is plainly wrong: everything here is signed with a time.
 * @param lastSeen the latest time that this base has written down, for example in its audit log
 * @throws CLOCK_WRONG
 */
export const assertClock = (now: UnixSeconds, lastSeen: UnixSeconds | undefined): void => {
  const clock = new Date(now * 1000).toISOString()
  if (now < programWrittenAt)
    throw new GuildhallError('CLOCK_WRONG', { clock, evidence: `this program was written after ${iso(programWrittenAt)}` })
  if (lastSeen !== undefined && now < lastSeen - toleranceSeconds) {
    throw new GuildhallError('CLOCK_WRONG', { clock, evidence: `this base wrote something down at ${iso(lastSeen)}` })
  }
}

const iso = (time: UnixSeconds): string => new Date(time * 1000).toISOString()

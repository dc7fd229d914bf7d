import { createHash } from 'node:crypto'
import type { Actor } from '../../../base.ts'
import { GuildhallError, notFound } from '../../../errors.ts'
import { getIdentity, type IssuingBase } from '../../base/issuing.ts'

/** A pseudonym of nobody: an opening without a class, or without a teacher. */
export const nobody = `0x${'00'.repeat(32)}`
export const secondsADay = 86_400

type Use = Pick<IssuingBase, 'records' | 'keys' | 'clock' | 'transaction'>
/** A use before it is written down: by whom, with which class. */
type Using = { workId: number; licenceId: number; classId: string | null; teacherId: string | null }

/**
 * Who uses a work with whom: the class named, or a learner's only class, and its teacher.
 * @throws NOT_FOUND for a class that this base does not have, NOT_YOURS for a learner's that is not theirs
 */
export function findUsers(
  { records }: Pick<Use, 'records'>,
  actor: Actor,
  classId: string | undefined,
): Omit<Using, 'workId' | 'licenceId'> {
  if (classId !== undefined && !records.classes.find({ classId })) throw notFound('class')
  if (!actor.roles.includes('learner')) return { classId: classId ?? null, teacherId: actor.roles.includes('teacher') ? actor.id : null }
  const own = records.enrolments.list({ personId: actor.id, role: 'student' }).map((enrolment) => enrolment.classId)
  if (classId !== undefined && !own.includes(classId)) throw new GuildhallError('NOT_YOURS')
  const only = classId ?? (own.length === 1 ? own[0] : undefined)
  if (only === undefined) return { classId: null, teacherId: null }
  return { classId: only, teacherId: records.enrolments.find({ classId: only, role: 'teacher' })?.personId ?? null }
}

/** Writes a use down; the same class on the same day is one use of a work. Class and teacher are pseudonyms under the base's secret. */
export function noteUse(base: Use, { workId, licenceId, classId, teacherId }: Using): void {
  const { baseId } = getIdentity(base)
  const now = base.clock.now()
  const day = Math.floor(now / secondsADay)
  const group = pseudonym(base, 'class', classId)
  const useId = useIdOf({ baseId, workId, day, class: group })
  if (base.records.uses.find({ useId })) return
  const use = { useId, workId, licenceId, day, class: group, teacher: pseudonym(base, 'teacher', teacherId), openedAt: now, batchId: null }
  base.transaction(() => base.records.uses.insert(use))
}

/** SHA-256 of base, work, class and day, the numbers as four bytes each. */
function useIdOf(use: { baseId: number; workId: number; class: string; day: number }): string {
  const numbers = Buffer.alloc(12)
  numbers.writeUInt32BE(use.baseId, 0)
  numbers.writeUInt32BE(use.workId, 4)
  numbers.writeUInt32BE(use.day, 8)
  const bytes = [numbers.subarray(0, 8), Buffer.from(use.class.slice(2), 'hex'), numbers.subarray(8)]
  return `0x${createHash('sha256').update(Buffer.concat(bytes)).digest('hex')}`
}

function pseudonym({ keys }: Pick<Use, 'keys'>, what: 'class' | 'teacher', id: string | null): string {
  return id === null ? nobody : `0x${Buffer.from(keys.mac(`usage/${what}`, id)).toString('hex')}`
}

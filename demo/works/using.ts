import { type RosterRecords, writeRoster } from '@guildhall/gateway/schools'
import { hold } from '../walk.ts'
import { addStaff, finish, type Person, type Place, reached } from './bases.ts'
import type { Works } from './creation.ts'
import { yuan } from './licensing.ts'
import { step } from './stage.ts'

const CLASSES = 1_000
const TEACHERS = 10
/** Openings at the same time, at one base. */
const LANES = 16

/** A roster of classes without learners: only the classes are used here. */
function rosterOfClasses(): Uint8Array<ArrayBuffer> {
  const records = {
    orgs: [{ sourcedId: 'org-school', name: '桥乡初级中学', type: 'school', identifier: 'QX-01' }],
    academicSessions: [
      { sourcedId: 'year', title: '2026—2027学年', type: 'schoolYear', startDate: '2026-09-01', endDate: '2027-07-10', schoolYear: '2027' },
    ],
    courses: [{ sourcedId: 'course', schoolYearSourcedId: 'year', title: '增材制造', orgSourcedId: 'org-school' }],
    classes: Array.from({ length: CLASSES }, (_, at) => ({
      sourcedId: `class-${at}`,
      title: `8年级(${at + 1})班`,
      grades: ['08'],
      courseSourcedId: 'course',
      classType: 'scheduled',
      schoolSourcedId: 'org-school',
      termSourcedIds: ['year'],
    })),
    users: [],
    userProfiles: [],
    roles: [],
    enrollments: [],
  } satisfies Partial<RosterRecords>
  return new Uint8Array(writeRoster(records as RosterRecords))
}

/** Bases import classes and invite teachers. */
export function enrolSchools([one, other]: readonly [Place, Place]): Promise<[School, School]> {
  return step(`two bases import ${CLASSES} classes each, taught by ${TEACHERS} teachers`, () => Promise.all([enrol(one), enrol(other)]))
}

/** Two bases use all five works with 1,000 classes each: 10,000 openings, each a receipt. Then once more: none. */
export async function useWorks(schools: readonly [School, School], works: Works): Promise<void> {
  const uses = schools.length * Object.keys(works).length * CLASSES
  await step(`${uses.toLocaleString('en')} times a class opens a work, and every opening leaves a receipt`, async (say) => {
    const began = Date.now()
    await Promise.all(schools.map((school) => openAll(school, works)))
    say(`${Math.round((uses * 1_000) / (Date.now() - began))} openings a second, each a part of a file checked against its licence`)
  })
  await step('the same classes open a work again on the same day: no receipt twice', () =>
    Promise.all(schools.map((school) => openWork(school, { workId: works.lesson.workId, length: works.lesson.bytes.length }))),
  )
  await step('both bases send their receipts to the ledger in batches', async (say) => {
    for (const { place } of schools) {
      const { client } = place.operator
      await finish(client, await client.sendUsage({ body: { today: true } }))
    }
    const [{ place }] = schools
    const batches = await reached('the batches', async () => {
      const { items } = await place.operator.client.listUsageBatches({ query: { limit: 500 } })
      return items.reduce((sum, { size }) => sum + size, 0) >= uses && items
    })
    const size = batches.reduce((sum, batch) => sum + batch.size, 0)
    hold(size === uses, `the batches hold ${size} receipts`)
    for (const batch of batches)
      say(`base ${batch.baseId}, batch ${batch.sequence}: ${batch.size} receipts under ${batch.root.slice(0, 18)}…`)
  })
  await countAt(schools, works)
}

/** A base with the classes and teachers that use works there. */
export type School = { place: Place; teachers: Person[]; classIds: string[] }

async function enrol(place: Place): Promise<School> {
  const { client } = place.operator
  const { classes } = await client.importRoster({ query: {}, body: rosterOfClasses() })
  hold(classes.added === CLASSES, `${classes.added} classes were added`)
  const teachers: Person[] = []
  for (let at = 0; at < TEACHERS; at += 1) teachers.push(await addStaff(place, `Teacher ${at + 20}`))
  const { items } = await client.listClasses()
  return { place, teachers, classIds: items.map(({ classId }) => classId) }
}

async function openAll(school: School, works: Works): Promise<void> {
  for (const { workId, bytes } of Object.values(works)) await openWork(school, { workId, length: bytes.length })
}

/** Each class opens a part of the work with its teacher: as when a page of it is shown. */
async function openWork({ place, teachers, classIds }: School, { workId, length }: { workId: number; length: number }): Promise<void> {
  const left = [...classIds.entries()]
  const headers = { range: `bytes=0-${Math.min(1_023, length - 1)}` }
  const work = async () => {
    for (let next = left.pop(); next; next = left.pop()) {
      const [at, classId] = next
      const address = `${place.process.origin}/api/works/${workId}/versions/1/files/0?classId=${classId}`
      const answer = await teachers[at % teachers.length]?.fetch(address, { headers })
      const bytes = await answer?.arrayBuffer()
      hold(answer?.status === 206 && bytes?.byteLength, `work ${workId} opens: ${answer?.status}`)
    }
  }
  await Promise.all(Array.from({ length: LANES }, work))
}

/** Every base counts the same from the receipts themselves. */
function countAt(schools: readonly School[], works: Works): Promise<void> {
  return step('a base counts again from the receipts of all, and they are what the ledger was told', async (say) => {
    const [school] = schools
    hold(school, 'there is a school')
    for (const { workId, name } of Object.values(works)) {
      const usage = await reached('all receipts', async () => {
        const seen = await school.place.operator.client.getUsage({ params: { workId } })
        return seen.batches.counted === seen.batches.named && seen.batches.missing === 0 && seen
      })
      const { uses, teachers, bases, classes } = usage
      hold(uses === 2 * CLASSES && classes === 2 * CLASSES && teachers === 2 * TEACHERS && bases === 2, `${name} is counted in full`)
      const { told } = usage
      hold(told.uses === uses && told.classes === classes && told.bases === bases && usage.batches.broken === 0, 'as the ledger was told')
      say(`${name}: cited ${uses} times by ${teachers} teachers of ${bases} bases in ${classes} classes`)
    }
  })
}

/** Both bases pay what they owe for counted uses. */
export function settleUses(places: readonly Place[]): Promise<void> {
  return step('both bases pay for the counted uses', async (say) => {
    for (const { operator, baseId } of places) {
      const { client } = operator
      const owed = await owedBy(client)
      hold(owed > 0n, 'something is owed')
      await finish(client, await client.settleUsage({ body: {} }))
      await reached('everything paid', async () => (await owedBy(client)) === 0n)
      say(`base ${baseId} paid ${yuan(owed)}`)
    }
  })
}

async function owedBy(client: Person['client']): Promise<bigint> {
  const { items } = await client.listLicences({ query: { side: 'held' } })
  return items.reduce((sum, { owed, settled }) => sum + BigInt(owed) - BigInt(settled), 0n)
}

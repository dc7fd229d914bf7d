/**
 * Writes the roster of the demo beside this file: `node demo/files/make-roster.ts`.
 * A lower and an upper secondary school of one district with 1,000 learners, their parents and teachers. Every person is invented;
 * names are drawn from common characters by a generator with a fixed seed, so the file is the same every time.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RosterRecords } from '@guildhall/gateway/schools'
import { writeRoster } from '@guildhall/gateway/schools'

const FAMILY = [
  ...'王李张刘陈杨赵黄周吴徐孙胡朱林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范石姚谭廖邹熊陆郝孔崔康毛邱秦江史顾侯邵孟龙段雷钱汤尹黎易武乔贺赖龚',
]
const GIVEN = [
  ...'子梓涵轩宇浩然欣怡诗雨萱思睿博文俊杰嘉琪一诺可馨若曦明远清扬书瑶晨曦语桐景行知夏云舒星野安然乐天佳宁雅静志远家豪海涛晓峰春燕秋月建国永康丽华玉兰',
]

/** Mulberry32: small, well spread, the same everywhere. */
const createRandom = (seed: number): ((below: number) => number) => {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Mutable<Table extends Exclude<keyof RosterRecords, 'demographics'>> = RosterRecords[Table][number][]
type Draft = { -readonly [Table in Exclude<keyof RosterRecords, 'demographics'>]: Mutable<Table> }

const LEARNERS = 1000
const GRADES = ['07', '08', '09', '10', '11'] as const
const CLASS_SIZE = 40
const SUBJECTS = ['增材制造', '智能环境与微电网', '机器人与智能装备'] as const

/** The records of the demo's roster. */
export const makeRoster = (): RosterRecords => {
  const random = createRandom(20260901)
  const pick = (from: readonly string[]) => from[random(from.length)] ?? '王'
  // Always two characters: whole names of three are never found by chance where a test looks for them.
  const givenName = () => pick(GIVEN) + pick(GIVEN)
  const draft: Draft = { orgs: [], academicSessions: [], courses: [], classes: [], users: [], userProfiles: [], roles: [], enrollments: [] }
  addFrame(draft)
  const number = (prefix: string, at: number) => `${prefix}${String(at).padStart(5, '0')}`
  const addPerson = (
    id: string,
    person: { family: string; given: string; role: 'student' | 'teacher' | 'parent'; org: string; extra?: object },
  ) => {
    const username = `${person.role}.${id}`.toLowerCase()
    draft.users.push({
      sourcedId: id,
      enabledUser: true,
      username,
      givenName: person.given,
      familyName: person.family,
      primaryOrgSourcedId: person.org,
      ...person.extra,
    })
    draft.roles.push({ sourcedId: `role-${id}`, userSourcedId: id, roleType: 'primary', role: person.role, orgSourcedId: person.org })
  }
  const classCount = LEARNERS / CLASS_SIZE
  for (let at = 0; at < classCount; at += 1) {
    const grade = GRADES[at % GRADES.length] ?? '07'
    const org = Number(grade) < 10 ? 'org-junior' : 'org-senior'
    const course = `course-${at % SUBJECTS.length}`
    const title = `${Number(grade)}年级(${Math.floor(at / GRADES.length) + 1})班`
    const sourcedId = number('class-', at)
    draft.classes.push({
      sourcedId,
      title,
      grades: [grade],
      courseSourcedId: course,
      classCode: `${grade}-${at}`,
      classType: 'scheduled',
      schoolSourcedId: org,
      termSourcedIds: ['term-2026-1'],
    })
    const teacher = number('T', at)
    addPerson(teacher, { family: pick(FAMILY), given: givenName(), role: 'teacher', org })
    draft.enrollments.push({
      sourcedId: `enr-${teacher}`,
      classSourcedId: sourcedId,
      schoolSourcedId: org,
      userSourcedId: teacher,
      role: 'teacher',
      primary: true,
    })
    for (let seat = 0; seat < CLASS_SIZE; seat += 1)
      addLearner({
        draft,
        addPerson,
        number,
        at: at * CLASS_SIZE + seat,
        family: pick(FAMILY),
        given: givenName(),
        parent: givenName(),
        grade,
        org,
        classId: sourcedId,
      })
  }
  return draft
}

interface Learner {
  readonly draft: Draft
  readonly addPerson: (
    id: string,
    person: { family: string; given: string; role: 'student' | 'parent'; org: string; extra?: object },
  ) => void
  readonly number: (prefix: string, at: number) => string
  readonly at: number
  readonly family: string
  readonly given: string
  readonly parent: string
  readonly grade: string
  readonly org: string
  readonly classId: string
}

/** A learner with one parent; parents come first, since a row may refer only to rows of its own file, in any order. */
const addLearner = ({ draft, addPerson, number, at, family, given, parent, grade, org, classId }: Learner) => {
  const [learnerId, parentId] = [number('S', at), number('P', at)]
  addPerson(parentId, { family, given: parent, role: 'parent', org })
  const identifier = `2026${String(at).padStart(6, '0')}`
  addPerson(learnerId, { family, given, role: 'student', org, extra: { identifier, agentSourcedIds: [parentId], grades: [grade] } })
  draft.enrollments.push({
    sourcedId: `enr-${learnerId}`,
    classSourcedId: classId,
    schoolSourcedId: org,
    userSourcedId: learnerId,
    role: 'student',
  })
}

const addFrame = (draft: Draft) => {
  draft.orgs.push(
    { sourcedId: 'org-district', name: '滨江区教育局', type: 'district' },
    { sourcedId: 'org-junior', name: '滨江第三初级中学', type: 'school', identifier: 'BJ-03', parentSourcedId: 'org-district' },
    { sourcedId: 'org-senior', name: '滨江实验高级中学', type: 'school', identifier: 'BJ-11', parentSourcedId: 'org-district' },
  )
  draft.academicSessions.push(
    {
      sourcedId: 'year-2026',
      title: '2026—2027学年',
      type: 'schoolYear',
      startDate: '2026-09-01',
      endDate: '2027-07-10',
      schoolYear: '2027',
    },
    {
      sourcedId: 'term-2026-1',
      title: '第一学期',
      type: 'term',
      startDate: '2026-09-01',
      endDate: '2027-01-23',
      parentSourcedId: 'year-2026',
      schoolYear: '2027',
    },
  )
  for (const [at, title] of SUBJECTS.entries()) {
    draft.courses.push({
      sourcedId: `course-${at}`,
      schoolYearSourcedId: 'year-2026',
      title,
      courseCode: `GH-${at + 1}`,
      orgSourcedId: 'org-district',
      subjects: [title],
    })
  }
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, 'roster.zip'), writeRoster(makeRoster()))

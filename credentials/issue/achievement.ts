import type { JsonObject } from '../formats/format.ts'
import type { Bilingual, CertifiedProgramme, Competency, CredentialRecord, RubricCriterion } from './credential-record.ts'

/** `urn:guildhall:<networkId>:programme:<programmeId>`: tells a verifier which network and programme to ask about. */
export function achievementIdOf(networkId: string, programmeId: number): string {
  return `urn:guildhall:${networkId}:programme:${programmeId}`
}

/** The Open Badges 3.0 Achievement of a programme (OB 3.0 §B.1.1): criteria, competencies, rubric. */
export function buildAchievement(networkId: string, programme: CertifiedProgramme): JsonObject {
  const id = achievementIdOf(networkId, programme.programmeId)
  const { title, description, criteria, achievementType, credits, competencies, rubric } = programme
  return {
    id,
    type: ['Achievement'],
    achievementType,
    name: inBothLanguages(title),
    description: inBothLanguages(description, '\n\n'),
    localised: { name: { ...title }, description: { ...description }, criteria: { ...criteria } },
    criteria: { narrative: inBothLanguages(criteria, '\n\n') },
    ...(credits === undefined ? {} : { creditsAvailable: credits }),
    ...(competencies.length === 0 ? {} : { alignment: competencies.map((competency) => alignmentOf(competency)) }),
    ...(rubric.length === 0 ? {} : { resultDescription: rubric.map((criterion) => resultDescriptionOf(id, criterion)) }),
  }
}

/** The levels that the learner reached, one Result a criterion; criteria not reached are left out. */
export function buildResults({ networkId, programme, levels }: Pick<CredentialRecord, 'networkId' | 'programme' | 'levels'>): JsonObject[] {
  const id = achievementIdOf(networkId, programme.programmeId)
  return programme.rubric.flatMap((criterion) => {
    const level = levels[criterion.id] ?? 0
    if (level < 1 || level > criterion.levels.length) return []
    const resultDescription = criterionId(id, criterion)
    return [{ type: ['Result'], resultDescription, achievedLevel: levelId(resultDescription, level), value: String(level) }]
  })
}

/** One text for readers of either language: Chinese first, as the product is. */
export function inBothLanguages(text: Bilingual, separator = ' / '): string {
  return text['zh-CN'] === text.en ? text.en : `${text['zh-CN']}${separator}${text.en}`
}

function alignmentOf({ code, name }: Competency): JsonObject {
  return {
    type: ['Alignment'],
    targetName: inBothLanguages(name),
    targetCode: code,
    targetUrl: `urn:guildhall:competency:${encodeURIComponent(code)}`,
    targetFramework: 'Guildhall core competencies',
  }
}

function resultDescriptionOf(achievementId: string, criterion: RubricCriterion): JsonObject {
  const id = criterionId(achievementId, criterion)
  return {
    id,
    type: ['ResultDescription'],
    name: inBothLanguages(criterion.name),
    resultType: 'RubricCriterionLevel',
    rubricCriterionLevel: criterion.levels.map((name, index) => ({
      id: levelId(id, index + 1),
      type: ['RubricCriterionLevel'],
      name: inBothLanguages(name),
      level: String(index + 1),
    })),
  }
}

function criterionId(achievementId: string, criterion: RubricCriterion): string {
  return `${achievementId}:rubric:${encodeURIComponent(criterion.id)}`
}

function levelId(criterion: string, level: number): string {
  return `${criterion}:${level}`
}

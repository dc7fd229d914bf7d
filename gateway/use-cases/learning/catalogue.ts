import type { directions, occupationSystems } from '../../api/learning/programmes.ts'

type Bilingual = { 'zh-CN': string; en: string }
type Direction = (typeof directions)[number]
type OccupationSystem = (typeof occupationSystems)[number]
type Named = { id: string; name: Bilingual; group: string | null }

const both = (zh: string, en: string): Bilingual => ({ 'zh-CN': zh, en })

/** The five occupation systems of the programme catalogue (DOMAIN.md). */
const systemNames: Record<OccupationSystem, Bilingual> = {
  'intelligent-making': both('创新智造', 'Intelligent making'),
  'digital-learning': both('数字学习', 'Digital learning'),
  'mind-and-body': both('身心发展', 'Mind and body'),
  ecology: both('生态环境', 'Ecology'),
  'life-and-health': both('生命健康', 'Life and health'),
}

type DirectionEntry = {
  name: Bilingual
  system: OccupationSystem
  firstPhase: boolean
  sample: { title: Bilingual; about: Bilingual; competencies: string[] }
}

/** The ten experiment directions, each with the programme that its form is filled with at first. */
export const directionEntries: Record<Direction, DirectionEntry> = {
  'digital-manufacturing': {
    name: both('数字制造', 'Digital manufacturing'),
    system: 'intelligent-making',
    firstPhase: true,
    sample: {
      title: both('增材制造入门：从模型到零件', 'Additive manufacturing: from model to part'),
      about: both('在真实的三维打印机上完成一个可测量的零件。', 'Make a part that can be measured, on a real 3D printer.'),
      competencies: ['judge-situation', 'carry-out-plan', 'use-technology'],
    },
  },
  'robots-intelligent-equipment': {
    name: both('机器人与智能装备', 'Robots and intelligent equipment'),
    system: 'intelligent-making',
    firstPhase: false,
    sample: {
      title: both('机械臂编程与安全', 'Programming a robot arm safely'),
      about: both('让机械臂在安全围栏内完成一次取放。', 'Have a robot arm pick and place inside its safety fence.'),
      competencies: ['carry-out-plan', 'know-rights-duties', 'use-technology'],
    },
  },
  'aerospace-exploration': {
    name: both('航空航天探索', 'Aerospace exploration'),
    system: 'intelligent-making',
    firstPhase: false,
    sample: {
      title: both('无人机航线飞行', 'Flying a drone along a planned route'),
      about: both('规划并飞行一条带地理围栏的航线。', 'Plan and fly a route inside a geofence.'),
      competencies: ['judge-situation', 'carry-out-plan', 'know-rights-duties'],
    },
  },
  'digital-learning': {
    name: both('数字学习', 'Digital learning'),
    system: 'digital-learning',
    firstPhase: true,
    sample: {
      title: both('可视化编程', 'Visual programming'),
      about: both('用图形化程序控制一台真实设备。', 'Control a real device with a visual program.'),
      competencies: ['use-language', 'use-knowledge', 'cooperate'],
    },
  },
  'chinese-culture': {
    name: both('中华文化', 'Chinese culture'),
    system: 'digital-learning',
    firstPhase: false,
    sample: {
      title: both('活字印刷与数字版式', 'Movable type and digital layout'),
      about: both('用激光雕刻的字模印出一页诗。', 'Print a page of poetry with laser-cut type.'),
      competencies: ['use-language', 'relate', 'use-technology'],
    },
  },
  'digital-music-sport-sensory': {
    name: both('数字音乐、运动与感觉统合', 'Digital music, sport and sensory integration'),
    system: 'mind-and-body',
    firstPhase: true,
    sample: {
      title: both('音乐感知与数字运动', 'Music perception and digital sport'),
      about: both('跟随节拍完成一组可记录的动作。', 'Move to a beat in a way that can be recorded.'),
      competencies: ['relate', 'cooperate', 'use-technology'],
    },
  },
  'green-smart-environment': {
    name: both('绿色智能环境', 'Green smart environment'),
    system: 'ecology',
    firstPhase: true,
    sample: {
      title: both('智能环境与微电网', 'Smart environment and micro-grid'),
      about: both('搭建并测量一个小型微电网。', 'Build and measure a small micro-grid.'),
      competencies: ['judge-situation', 'use-knowledge', 'use-technology'],
    },
  },
  'emergency-safety': {
    name: both('应急安全', 'Emergency safety'),
    system: 'ecology',
    firstPhase: true,
    sample: {
      title: both('安全与应急演练', 'Safety and emergency drill'),
      about: both('在模拟场景中完成一次完整的应急处置。', 'Handle an emergency from start to end in a simulated scene.'),
      competencies: ['judge-situation', 'resolve-conflict', 'know-rights-duties'],
    },
  },
  medicine: {
    name: both('医学', 'Medicine'),
    system: 'life-and-health',
    firstPhase: false,
    sample: {
      title: both('急救与生命体征', 'First aid and vital signs'),
      about: both('测量生命体征并完成心肺复苏训练。', 'Measure vital signs and train resuscitation.'),
      competencies: ['judge-situation', 'cooperate', 'use-knowledge'],
    },
  },
  'brain-cognition': {
    name: both('脑与认知', 'Brain and cognition'),
    system: 'life-and-health',
    firstPhase: false,
    sample: {
      title: both('注意力与反应实验', 'Attention and reaction'),
      about: both('设计一次反应时实验并解释数据。', 'Design a reaction-time experiment and explain its data.'),
      competencies: ['use-knowledge', 'use-language', 'cooperate'],
    },
  },
}

/** The learner's core competencies (DOMAIN.md): three groups of three. */
export const competencies: readonly Named[] = [
  { id: 'relate', name: both('与人相处', 'Relate to others'), group: 'social-collaboration' },
  { id: 'cooperate', name: both('合作', 'Cooperate'), group: 'social-collaboration' },
  { id: 'resolve-conflict', name: both('处理冲突', 'Resolve conflict'), group: 'social-collaboration' },
  { id: 'judge-situation', name: both('判断情境', 'Judge the situation'), group: 'autonomous-action' },
  { id: 'carry-out-plan', name: both('制定并执行计划', 'Make and carry out plans'), group: 'autonomous-action' },
  { id: 'know-rights-duties', name: both('了解权利与责任', 'Know rights and duties'), group: 'autonomous-action' },
  { id: 'use-language', name: both('运用语言、符号与文本', 'Use language, symbols and text'), group: 'technical-skill' },
  { id: 'use-knowledge', name: both('运用知识与信息', 'Use knowledge and information'), group: 'technical-skill' },
  { id: 'use-technology', name: both('运用新技术', 'Use new technology'), group: 'technical-skill' },
]

const levels = [
  both('在帮助下做到', 'Does it with help'),
  both('独立做到', 'Does it alone'),
  both('熟练，并能说明理由', 'Does it well and can say why'),
  both('能改进方法或教会他人', 'Improves the method or teaches it'),
]

const criterion = (id: string, zh: string, en: string) => ({ id, name: both(zh, en), levels })

/** The three-threes rubric (DOMAIN.md): three cores, three keys, three foundations; levels count 0 to 3. */
const rubric = [
  criterion('innovation', '核心：创新', 'Core: innovation'),
  criterion('thinking', '核心：思维', 'Core: thinking'),
  criterion('practice', '核心：实践', 'Core: practice'),
  criterion('labour-literacy', '关键：劳动素养', 'Key: labour literacy'),
  criterion('occupational-literacy', '关键：职业素养', 'Key: occupational literacy'),
  criterion('scientific-literacy', '关键：科学素养', 'Key: scientific literacy'),
  criterion('knowledge', '基础：知识', 'Foundation: knowledge'),
  criterion('humanities', '基础：人文', 'Foundation: humanities'),
  criterion('health', '基础：身心健康', 'Foundation: physical and mental health'),
]

/** The catalogue in the shape of the route `getCatalogue`. */
export function readCatalogue() {
  return {
    occupationSystems: Object.entries(systemNames).map(([id, name]): Named => ({ id, name, group: null })),
    directions: (Object.entries(directionEntries) as [Direction, DirectionEntry][]).map(([id, entry]) => ({
      id,
      name: entry.name,
      group: entry.system as string | null,
      firstPhase: entry.firstPhase,
      sample: sampleOf(id, entry),
    })),
    competencies: [...competencies],
    rubric: [...rubric],
  }
}

function sampleOf(direction: Direction, { sample }: DirectionEntry) {
  return {
    direction,
    title: sample.title,
    description: sample.about,
    competencies: sample.competencies,
    rubric: rubric.slice(0, 3),
    passingTotal: 3,
    template: {
      title: sample.title,
      description: sample.about,
      criteria: both(
        `${sample.about['zh-CN']}考评员按评分标准给分，总分达到 3 分。`,
        `${sample.about.en} The examiner judges by the rubric; a total of 3 earns the certificate.`,
      ),
      achievementType: 'Certificate' as const,
      credits: 1,
      validForDays: null,
      colour: '#0b5d6b',
    },
  }
}

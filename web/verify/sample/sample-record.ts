import type { CredentialRecord } from '@guildhall/credentials'

/** What the sample certificate says, apart from who issued it, when, and with which evidence. The base and the learner in it are invented. */
export const sampleProgramme: CredentialRecord['programme'] = {
  programmeId: 1,
  title: { 'zh-CN': '增材制造入门：从模型到零件', en: 'Additive manufacturing: from model to part' },
  description: {
    'zh-CN': '在真实的三维打印机上独立完成一个可以测量的零件。',
    en: 'Make a part that can be measured, alone, on a real 3D printer.',
  },
  criteria: { 'zh-CN': '独立完成切片、打印与测量。', en: 'Slice, print and measure without help.' },
  achievementType: 'MicroCredential',
  credits: 1,
  competencies: [
    { code: 'judge-situation', name: { 'zh-CN': '判断情境', en: 'Judge the situation' } },
    { code: 'carry-out-plan', name: { 'zh-CN': '制定并执行计划', en: 'Make and carry out plans' } },
  ],
  rubric: [
    {
      id: 'practice',
      name: { 'zh-CN': '实践', en: 'Practice' },
      levels: [
        { 'zh-CN': '需要帮助', en: 'With help' },
        { 'zh-CN': '独立完成', en: 'Alone' },
      ],
    },
  ],
}

/** The base that issued it, as its network would register it. */
export const sampleBase = { name: 'Sample learning base', nameZh: '示例学习基地', timeZone: 'Asia/Shanghai' } as const

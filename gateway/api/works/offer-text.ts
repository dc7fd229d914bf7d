import type { Terms } from './fields.ts'

/** The terms of an offer in plain words, from its choices alone: who reads the same choices reads the same words, and their hash stands on the ledger. */
export function writeOfferText(terms: Terms): { 'zh-CN': string; en: string } {
  return { 'zh-CN': lines(terms, zh).join('\n'), en: lines(terms, en).join('\n') }
}

/** Minor units are the hundredth part: 1250 is 12.50. */
function writeAmount(minorUnits: string): string {
  const digits = minorUnits.padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}

type Words = {
  title: string
  right: Record<'reuse' | 'adapt' | 'commercial', { yes: string; no: string }>
  where: (territory: string | null) => string
  period: (days: number | null) => string
  seats: (seats: number | null) => string
  pricing: Record<Terms['pricing'], (amount: string) => string>
  share: (percent: string) => string
  end: string
}

function lines(terms: Terms, words: Words): string[] {
  const rights = (['reuse', 'adapt', 'commercial'] as const).map((right) => words.right[right][terms[right] ? 'yes' : 'no'])
  return [
    words.title,
    ...rights,
    words.where(terms.territory === everywhere ? null : terms.territory),
    words.period(terms.periodDays),
    words.seats(terms.seats),
    words.pricing[terms.pricing](writeAmount(terms.price)),
    words.share(percentOf(terms.royaltyShare)),
    words.end,
  ].map((line, index) => (index === 0 ? line : `${index}. ${line}`))
}

/** How a territory without bounds is written. */
export const everywhere = 'world'

const percentOf = (millionths: number): string => `${Number((millionths / 10_000).toFixed(4))}`

const zh: Words = {
  title: '使用许可（第一版）',
  right: {
    reuse: { yes: '可以在教学中使用和展示本作品。', no: '不可以在教学中使用和展示本作品。' },
    adapt: { yes: '可以改编、翻译、摘录或汇编本作品。', no: '不可以改编本作品。' },
    commercial: { yes: '可以用于营利。', no: '不可以用于营利。' },
  },
  where: (territory) => (territory === null ? '不限地域。' : `仅限地域：${territory}（ISO 3166 代码）。`),
  period: (days) => (days === null ? '许可没有期限。' : `许可自取得之日起有效 ${days} 天；到期后不再发放密钥。`),
  seats: (seats) => (seats === null ? '同时使用的人数不限。' : `同时使用的人数不超过 ${seats} 人。`),
  pricing: {
    free: () => '免费。',
    once: (amount) => `取得许可时一次付清 ${amount} 元。`,
    'per-use': (amount) => `每次使用付 ${amount} 元；同一个班同一天只算一次。`,
    'per-class': (amount) => `每个使用的班付 ${amount} 元，每班只付一次。`,
  },
  share: (percent) => `由本作品改编的作品，其全部收入的 ${percent}% 归本作品。`,
  end: '作品下架期间，许可暂停。许可不可转让。',
}
const en: Words = {
  title: 'Licence to use (version 1)',
  right: {
    reuse: { yes: 'You may use and show this work in teaching.', no: 'You may not use or show this work in teaching.' },
    adapt: { yes: 'You may adapt, translate, excerpt or compile this work.', no: 'You may not adapt this work.' },
    commercial: { yes: 'You may earn with it.', no: 'You may not earn with it.' },
  },
  where: (territory) => (territory === null ? 'It holds everywhere.' : `It holds in this territory only: ${territory} (ISO 3166 code).`),
  period: (days) =>
    days === null ? 'The licence has no end.' : `The licence holds for ${days} days from the day it is taken; after that no key is given.`,
  seats: (seats) =>
    seats === null ? 'Any number of people may use it at the same time.' : `At most ${seats} people may use it at the same time.`,
  pricing: {
    free: () => 'It is free.',
    once: (amount) => `You pay ${amount} yuan once, when you take the licence.`,
    'per-use': (amount) => `You pay ${amount} yuan for each use; the same class on the same day counts once.`,
    'per-class': (amount) => `You pay ${amount} yuan for each class that uses it, once a class.`,
  },
  share: (percent) => `A work that is adapted from this one owes it ${percent}% of all that it earns.`,
  end: 'While the work is taken down, the licence rests. A licence cannot be transferred.',
}

import type { Statement, StatementLine } from '../../../api/works/royalties.ts'
import { toDecimal } from './export-statement.ts'
import { type Page, type Text, writePdf } from './write-pdf.ts'

/** The language of a printed statement. */
type Language = 'zh-CN' | 'en'
type Told = { language: Language; baseName: Readonly<Record<Language, string>>; timeZone: string }

const words = {
  'zh-CN': {
    title: '版税结算单',
    asOf: '账本截至区块',
    columns: ['日期', '作品', '来源', '到账', '本人所得'],
    totals: { earned: '已分配', withdrawn: '已提取', claimable: '可提取', onTheWay: '待分配' },
    kinds: { payment: '付款', derived: '衍生作品', rerouted: '裁决改划', withdrawal: '提取' },
    causes: { licence: '许可', usage: '使用', gift: '捐赠' },
    work: '作品',
    base: '基地',
    times: '次',
    page: '页',
  },
  en: {
    title: 'Statement of royalties',
    asOf: 'The ledger as of block',
    columns: ['Date', 'Work', 'What it came from', 'Arrived', 'Yours'],
    totals: { earned: 'Earned', withdrawn: 'Withdrawn', claimable: 'To withdraw', onTheWay: 'On its way' },
    kinds: { payment: 'Payment', derived: 'Derived work', rerouted: 'Moved by a ruling', withdrawal: 'Withdrawn' },
    causes: { licence: 'licence', usage: 'use', gift: 'gift' },
    work: 'work',
    base: 'base',
    times: 'times',
    page: 'page',
  },
} as const

/** A4 in points, with room at the edges; each line has a second one with its transaction. */
const top = 780
const left = 48
const right = 547
const columns = [left, 130, 190, 450, right] as const
const perPage = 24
const lineHeight = 26

/** A statement on A4 pages: totals, then each line with what it came from and its transaction. */
export function printStatement(statement: Statement, told: Told): Uint8Array {
  const { lines } = statement
  const count = Math.max(1, Math.ceil(lines.length / perPage))
  const pages = Array.from({ length: count }, (_, index): Page => {
    const part = lines.slice(index * perPage, (index + 1) * perPage)
    const number: Text = { x: right, y: 40, size: 8, text: `${index + 1} / ${count} ${words[told.language].page}`, align: 'right' }
    return [
      ...headOf(statement, told),
      ...part.flatMap((line, row) => rowOf(line, { statement, told, y: 640 - row * lineHeight - 14 })),
      number,
    ]
  })
  return writePdf(pages, { title: words[told.language].title, language: told.language })
}

function headOf({ asOf, totals, accounts, decimals }: Statement, { language, baseName, timeZone }: Told): Page {
  const say = words[language]
  const sums = (['earned', 'withdrawn', 'claimable', 'onTheWay'] as const).flatMap((name, index): Text[] => [
    { x: left + index * 125, y: 700, size: 8, text: say.totals[name] },
    { x: left + index * 125, y: 684, size: 13, text: toDecimal(totals[name], decimals) },
  ])
  const heads = say.columns.map(
    (text, index): Text => ({ x: columns[index] ?? left, y: 656, size: 8, text, align: index > 2 ? 'right' : 'left' }),
  )
  return [
    { x: left, y: top, size: 18, text: say.title },
    { x: left, y: top - 18, size: 10, text: baseName[language] },
    { x: left, y: top - 34, size: 8, text: `${say.asOf} ${asOf.blockNumber}, ${day(asOf.time, timeZone)}` },
    ...accounts.slice(0, 2).map((text, index): Text => ({ x: left, y: top - 46 - index * 11, size: 7, text })),
    ...sums,
    ...heads,
  ]
}

function rowOf(line: StatementLine, { statement, told, y }: { statement: Statement; told: Told; y: number }): Page {
  const { decimals } = statement
  return [
    { x: columns[0], y, size: 9, text: day(line.at, told.timeZone) },
    { x: columns[1], y, size: 9, text: `${line.workId}` },
    { x: columns[2], y, size: 9, text: sourceOf(line, told.language) },
    { x: columns[3], y, size: 9, text: toDecimal(line.amount, decimals), align: 'right' },
    { x: columns[4], y, size: 9, text: toDecimal(line.yours, decimals), align: 'right' },
    { x: columns[2], y: y - 10, size: 6, text: line.transactionHash },
  ]
}

function sourceOf({ kind, source }: StatementLine, language: Language): string {
  const say = words[language]
  const parts = [
    source.cause ? say.causes[source.cause] : say.kinds[kind],
    source.licenceId === null ? '' : `#${source.licenceId}`,
    source.baseId === null ? '' : `${say.base} ${source.baseId}`,
    source.uses === null ? '' : `${source.uses} ${say.times}`,
    source.fromWorkId === null ? '' : `${say.work} ${source.fromWorkId}`,
  ]
  return parts.filter((part) => part !== '').join('  ')
}

/** A calendar day in the base's time zone, `2026-11-22`. */
const day = (seconds: number, timeZone: string): string => new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date(seconds * 1_000))

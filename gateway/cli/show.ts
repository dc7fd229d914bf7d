import type { Client } from '../api/index.ts'
import { table } from './output.ts'

type Overview = Awaited<ReturnType<Client['getOverview']>>

/** The sentence of the overview, what needs a person, and its numbers. */
export function showOverview({ health, needs, numbers }: Overview): string {
  const list = needs.map(({ severity, title }) => `  ${severity.padEnd(6)}${title.en}`)
  return [health.sentence.en, ...list, table(Object.entries(numbers).map(([name, value]) => [name, String(value)]))].join('\n')
}

/** The fields that fit on a line, one item a row. */
export function showItems({ items }: { items: Record<string, unknown>[] }): string {
  if (items.length === 0) return 'None yet.'
  const plain = items.map((item) =>
    Object.entries(item)
      .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
      .slice(0, 6),
  )
  const header = (plain[0] ?? []).map(([name]) => name)
  return table([header, ...plain.map((row) => row.map(([, value]) => String(value)))])
}

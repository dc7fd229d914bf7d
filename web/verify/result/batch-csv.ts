import { checkIds } from '@guildhall/credentials'
import type { Item } from '../verification.svelte.ts'
import { pickText } from './texts.ts'
import { sentenceOf } from './words.ts'

/**
 * The report of a batch: one row a file, with the outcome of each check and the first reason that is not "passed".
 * RFC 4180 with a byte order mark, so that spreadsheets read the Chinese.
 */
export function batchCsv(items: readonly Item[]): string {
  const header = [
    'file',
    'sha256',
    'verdict',
    'title-zh',
    'title-en',
    'issuer',
    'valid-from',
    'valid-until',
    ...checkIds,
    'reason-code',
    'reason',
  ]
  return `\ufeff${[header, ...items.map(rowOf)].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

function rowOf(item: Item): readonly string[] {
  const verdict = item.verdict
  if (!verdict) return [item.name, item.digest, 'unreadable', '', '', '', '', '', ...checkIds.map(() => ''), '', item.problem ?? '']
  const { facts, checks } = verdict
  const first = checks.find((check) => check.outcome === 'failed') ?? checks.find((check) => check.outcome === 'unknown')
  return [
    item.name,
    item.digest,
    verdict.overall,
    pickText(facts.title, 'zh-CN')?.text ?? '',
    pickText(facts.title, 'en')?.text ?? '',
    (facts.issuerName && pickText(facts.issuerName, 'zh-CN')?.text) ?? '',
    facts.validFrom ?? '',
    facts.validUntil ?? '',
    ...checkIds.map((id) => checks.find((check) => check.id === id)?.outcome ?? ''),
    first?.reason.code ?? '',
    first ? sentenceOf(first.reason, facts) : '',
  ]
}

/** Quoted where needed; a leading = + - @ is kept from being a formula in a spreadsheet. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

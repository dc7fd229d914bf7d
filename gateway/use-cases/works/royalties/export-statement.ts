import type { Statement, StatementLine } from '../../../api/works/royalties.ts'
import { writeSpreadsheet } from '../../spreadsheet.ts'

/** Amounts for people: minor units as decimal digits with a point, `-12.05`. Text, because spreadsheets round long numbers. */
export function toDecimal(amount: string, digits: number): string {
  if (digits === 0) return amount
  const sign = amount.startsWith('-') ? '-' : ''
  const all = amount.slice(sign.length).padStart(digits + 1, '0')
  return `${sign}${all.slice(0, -digits)}.${all.slice(-digits)}`
}

/** The lines of a statement as CSV (RFC 4180), the newest first. */
export function exportStatement({ lines, decimals }: Statement): Uint8Array {
  return writeSpreadsheet<StatementLine>(
    [
      ['time', ({ at }) => new Date(at * 1_000).toISOString()],
      ['kind', ({ kind }) => kind],
      ['work', ({ workId }) => workId],
      ['epoch', ({ epoch }) => epoch],
      // A minus in front would make a formula of text: numbers are what these are, where a spreadsheet counts them exactly.
      ['amount', ({ amount }) => toCell(toDecimal(amount, decimals))],
      ['yours', ({ yours }) => toCell(toDecimal(yours, decimals))],
      ['has-flowed', ({ hasFlowed }) => (hasFlowed ? 'yes' : 'no')],
      ['cause', ({ source }) => source.cause],
      ['base', ({ source }) => source.baseId],
      ['licence', ({ source }) => source.licenceId],
      ['uses', ({ source }) => source.uses],
      ['from-work', ({ source }) => source.fromWorkId],
      ['account', ({ source }) => source.account],
      ['transaction', ({ transactionHash }) => transactionHash],
      ['block', ({ blockNumber }) => blockNumber],
    ],
    lines,
  )
}

/** A number where it comes back the same, else text. */
const toCell = (decimal: string): string | number => {
  const number = Number(decimal)
  const digits = decimal.replace(/^.*\./, '').length
  return decimal.includes('.') && number.toFixed(Math.min(digits, 20)) === decimal ? number : decimal
}

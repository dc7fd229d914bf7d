/** A whole, in the millionths that shares are counted in. */
export const whole = 1_000_000

/** A percentage as it is typed, with at most four digits after the point, in millionths; undefined where it is none. */
export function parseShare(text: string): number | undefined {
  const [, units = '', rest = ''] = /^(\d{1,3})(?:[.。](\d{1,4}))?\s*%?$/.exec(text.trim()) ?? []
  if (units === '') return undefined
  const millionths = Number(units) * 10_000 + Number(rest.padEnd(4, '0'))
  return millionths <= whole ? millionths : undefined
}

/** Millionths as a percentage without more digits than it has: 333,333 → `33.3333%`. */
export function formatShare(millionths: number): string {
  return `${shareText(millionths)}%`
}

/** Millionths as a person would type the percentage: 250,000 → `25`. */
export function shareText(millionths: number): string {
  const rest = String(Math.abs(millionths) % 10_000)
    .padStart(4, '0')
    .replace(/0+$/, '')
  return `${millionths < 0 ? '-' : ''}${Math.floor(Math.abs(millionths) / 10_000)}${rest === '' ? '' : `.${rest}`}`
}

/** Equal shares that add up to the whole; what does not divide goes to the first. */
export function splitEqually(count: number): number[] {
  const each = Math.floor(whole / count)
  return Array.from({ length: count }, (_, index) => (index === 0 ? whole - each * (count - 1) : each))
}

/** Digits after the point of the settlement token. */
const decimals = 2

/** Minor units as money: `"123456"` → `1,234.56`, also below 0. */
export function formatMoney(minor: string): string {
  if (minor.startsWith('-')) return `−${formatMoney(minor.slice(1))}`
  const digits = minor.padStart(decimals + 1, '0')
  const units = digits.slice(0, -decimals).replaceAll(/\B(?=(\d{3})+$)/g, ',')
  return `${units}.${digits.slice(-decimals)}`
}

/** Money as it is typed, in minor units as decimal digits; undefined where it is none. */
export function parseMoney(text: string): string | undefined {
  const [, units, rest = ''] = /^(\d{1,30})(?:\.(\d{1,2}))?$/.exec(text.trim().replaceAll(',', '')) ?? []
  if (units === undefined) return undefined
  return `${units}${rest.padEnd(decimals, '0')}`.replace(/^0+(?=\d)/, '')
}

/** An account as people compare it: its beginning and its end. */
export function shortAccount(account: string): string {
  return `${account.slice(0, 6)}…${account.slice(-4)}`
}

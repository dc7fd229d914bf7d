/**
 * Reads an xsd:dateTimeStamp (VC Data Model 2.0 §4.9: a dateTime whose zone is required) as seconds since 1970, with fractions.
 * `undefined` for anything else: a missing zone, a day that does not exist, other date texts.
 */
export function parseInstant(value: unknown): number | undefined {
  if (typeof value !== 'string' || value.length > 64) return undefined
  const match = /^(-?(?:[1-9]\d{3,}|0\d{3}))-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)$/.exec(
    value,
  )
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number]
  // XML Schema 1.1 part 2 §3.3.7: 24:00:00 is the end of the day.
  const endOfDay = hour === 24 && minute === 0 && second === 0 && Number(match[7] ?? 0) === 0
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || (hour > 23 && !endOfDay) || minute > 59 || second > 59)
    return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  const seconds = date.getTime() / 1000 + Number(match[7] ?? 0) - offsetSeconds(match[8] ?? 'Z')
  return Number.isFinite(seconds) ? seconds : undefined
}

function daysIn(year: number, month: number): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month, 0)
  return date.getUTCDate()
}

function offsetSeconds(zone: string): number {
  if (zone === 'Z') return 0
  const sign = zone.startsWith('-') ? -1 : 1
  return sign * (Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(4, 6)) * 60)
}

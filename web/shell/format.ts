import { getLocale } from '../paraglide/runtime.js'

/** 12345 → `12,345`, alike in both languages. */
export function formatNumber(value: number): string {
  return new Intl.NumberFormat('en-US').format(value)
}

/** Bytes with a unit: `1.2 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${value >= 100 || power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`
}

/** A day as `2026-09-01`, in the given IANA zone, else this device's. Takes UnixSeconds or an RFC 3339 string. */
export function formatDate(instant: number | string, timeZone?: string): string {
  return parts(instant, timeZone).slice(0, 10)
}

/** A minute as `2026-09-01 14:05`, in the given IANA zone, else this device's. */
export function formatTime(instant: number | string, timeZone?: string): string {
  return parts(instant, timeZone)
}

/** How long ago or ahead, in words of the present language: `3 minutes ago`. */
export function formatAge(instant: number, now: number): string {
  const seconds = Math.round(instant - now)
  const words = new Intl.RelativeTimeFormat(getLocale(), { numeric: 'auto' })
  const size = Math.abs(seconds)
  if (size < 60) return words.format(seconds, 'second')
  if (size < 3600) return words.format(Math.round(seconds / 60), 'minute')
  if (size < 172_800) return words.format(Math.round(seconds / 3600), 'hour')
  return words.format(Math.round(seconds / 86_400), 'day')
}

/** Milliseconds as `4.1 ms`, whole from 100 on. */
export function formatMilliseconds(value: number): string {
  return `${value >= 100 ? Math.round(value) : value.toFixed(1)} ms`
}

function parts(instant: number | string, timeZone: string | undefined): string {
  const date = new Date(typeof instant === 'number' ? instant * 1000 : instant)
  if (Number.isNaN(date.getTime())) return String(instant)
  const options = { dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23' } as const
  // The Swedish pattern is ISO 8601's: 2026-09-01 14:05.
  return new Intl.DateTimeFormat('sv-SE', timeZone ? { ...options, timeZone } : options).format(date)
}

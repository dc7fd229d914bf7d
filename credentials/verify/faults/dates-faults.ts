import { inputOf, optionsOf, secure, times } from '../test-world.ts'
import { type Fault, reissued } from './fault.ts'

/** What the check `dates` must answer to. */
export const datesFaults: readonly Fault[] = [
  { title: 'nothing to read', check: 'dates', outcome: 'unknown', code: 'DATES_UNREADABLE', arrange: () => ({ input: { secured: '' } }) },
  { title: 'no end', check: 'dates', outcome: 'passed', code: 'DATES_NO_END', arrange: () => ({}) },
  {
    title: 'an end to come, in another zone',
    check: 'dates',
    outcome: 'passed',
    code: 'DATES_CURRENT',
    arrange: (world) => reissued(world, { validUntil: '2040-01-01T00:00:00+08:00' }),
  },
  {
    title: 'neither beginning nor end',
    check: 'dates',
    outcome: 'passed',
    code: 'DATES_NONE',
    arrange: async (world) => {
      const { validFrom: _, ...rest } = world.credential
      return { input: inputOf(world, await secure(rest, 'vc+jwt', world.issuing)) }
    },
  },
  {
    title: 'a beginning to come',
    check: 'dates',
    outcome: 'failed',
    code: 'DATES_NOT_YET',
    arrange: (world) => reissued(world, { validFrom: '2040-01-01T00:00:00Z' }),
  },
  {
    title: 'an end that is past',
    check: 'dates',
    outcome: 'failed',
    code: 'DATES_EXPIRED',
    arrange: (world) => reissued(world, { validUntil: new Date((times.issued + 60) * 1000).toISOString() }),
  },
  {
    title: 'an end that is this very second',
    check: 'dates',
    outcome: 'failed',
    code: 'DATES_EXPIRED',
    arrange: (world) => reissued(world, { validUntil: new Date(world.now * 1000).toISOString() }),
  },
  {
    title: 'a date without a zone',
    check: 'dates',
    outcome: 'failed',
    code: 'DATES_MALFORMED',
    arrange: (world) => reissued(world, { validFrom: '2026-01-01T00:00:00' }),
  },
  {
    title: 'a day that does not exist',
    check: 'dates',
    outcome: 'failed',
    code: 'DATES_MALFORMED',
    arrange: (world) => reissued(world, { validUntil: '2027-02-29T00:00:00Z' }),
  },
  {
    title: 'a clock that is a year behind the ledger',
    check: 'dates',
    outcome: 'unknown',
    code: 'DATES_CLOCK_WRONG',
    arrange: (world) => ({ options: { ...optionsOf(world), now: times.now - 31_536_000 } }),
  },
  {
    title: 'the older data model',
    check: 'dates',
    outcome: 'unknown',
    code: 'DATES_LEGACY',
    arrange: (world) => reissued(world, { '@context': ['https://www.w3.org/2018/credentials/v1'], expirationDate: '2020-01-01T00:00:00Z' }),
  },
]

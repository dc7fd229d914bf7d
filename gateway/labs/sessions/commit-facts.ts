import { createHash } from 'node:crypto'
import type { SaltedFact } from './segment.ts'
import type { SessionSummary } from './summarise-readings.ts'

/** Facts of a summary that a credential may later open one by one. */
const FACTS = ['jobDigest', 'durationSeconds', 'filamentMm', 'layers', 'maxNozzleCelsius', 'maxBedCelsius', 'ending'] as const

/** How many salts of 16 bytes a summary needs. */
export const FACT_COUNT = FACTS.length

/** SHA-256(0x00 ‖ salt ‖ JCS([name, value])) as `0x…`. For a name and a plain value JCS (RFC 8785) is what JSON.stringify writes. */
export const commitFact = (salt: Uint8Array, name: string, value: SaltedFact['value']): string =>
  `0x${createHash('sha256')
    .update(Uint8Array.of(0x00))
    .update(salt)
    .update(JSON.stringify([name, value]))
    .digest('hex')}`

/** Commits to each fact of a summary with its own salt. */
export const commitFacts = (summary: SessionSummary, salts: readonly Uint8Array[]): SaltedFact[] =>
  FACTS.map((name, at) => {
    const salt = salts[at] ?? new Uint8Array(16)
    const value = summary[name]
    return { name, value, salt: `0x${Buffer.from(salt).toString('hex')}`, commitment: commitFact(salt, name, value) }
  })

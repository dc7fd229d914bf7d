import { CredentialError } from '../../errors.ts'
import { isJsonObject } from '../../formats/json.ts'
import { didLogDigest } from '../../keys/did-log-entry.ts'
import type { DidLogEntry, Lookup } from '../../ports.ts'

/** Whether a log is one that the ledger recorded. An older one counts: it lacks later keys, and invents none. */
export function isOnLedger({ log, records }: DidLogEntry): boolean {
  const digest = didLogDigest(log)
  return (records ?? []).some((record) => record.digest === digest)
}

/** A DID log read as did:webvh: every key (`publicKeyMultibase`) that it ever listed, or what is wrong with it. */
export type LogReading = { keys: readonly string[] } | { problem: string }

/** Reads a DID log with all its links and signatures; undefined when there is none to read. */
export async function readLog(lookup: Lookup<DidLogEntry>, did: string): Promise<LogReading | undefined> {
  if (lookup.outcome !== 'found') return undefined
  const { parseDidLog } = await import('../../keys/parse-did-log.ts')
  try {
    const { versions } = await parseDidLog(lookup.value.log, did)
    return { keys: [...new Set(versions.flatMap(({ document }) => keysOf(document['verificationMethod'])))] }
  } catch (error) {
    if (error instanceof CredentialError) return { problem: error.message }
    throw error
  }
}

function keysOf(methods: unknown): string[] {
  return [methods].flat().flatMap((method) => {
    const key = isJsonObject(method) ? method['publicKeyMultibase'] : undefined
    return typeof key === 'string' ? [key] : []
  })
}

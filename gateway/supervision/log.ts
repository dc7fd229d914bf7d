import { join } from 'node:path'
import pino from 'pino'
import type { Log } from '../base.ts'

/** Fields that the log knows. Anything else that a caller passes is left out, so that a name cannot slip in by accident. */
const known = new Set([
  'requestId',
  'route',
  'code',
  'error',
  'round',
  'times',
  'head',
  'file',
  'frames',
  'readings',
  'bytesFree',
  'places',
  'because',
  'thrown',
  'status',
  'ms',
  'port',
  'part',
  'state',
  'networkId',
  'baseId',
  'programmeId',
  'trial',
  'chainId',
  'blockNumber',
  'outboxId',
  'kind',
  'attempts',
  'jobId',
  'sessionId',
  'machineId',
  'deviceId',
  'credentialId',
  'learnerId',
  'cid',
  'count',
  'rows',
  'bytes',
  'seconds',
  'block',
  'peerId',
  'address',
  'reason',
  'host',
  'detail',
  'version',
  'fields',
  'listId',
  'level',
  'digest',
  'transactionHash',
])

/** Makes the log of a base: JSON lines in `logs/base.log` (0600 folder) and, above `info`, on the terminal. */
export const createLog = ({ dataDir, level }: { dataDir: string; level: string }): Log & { close(): void } => {
  const file = pino.destination({ dest: join(dataDir, 'logs', 'base.log'), mkdir: true, sync: false, mode: 0o600 })
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.epochTime }, file)
  const write = (at: 'debug' | 'info' | 'warn' | 'error') => (fields: Record<string, unknown>, message: string) =>
    logger[at](keepKnown(fields), message)
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    close: () => {
      file.flushSync()
      file.end()
    },
  }
}

/** Known fields with plain values. */
export const keepKnown = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([name, value]) => known.has(name) && value !== undefined))

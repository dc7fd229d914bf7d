import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CommandError, exitCodes } from './output.ts'

/** The file in which a running base says where it answers; removed at a graceful stop. */
export const originFile = 'base.origin'

/** The database of a base that is there. @throws CLI_DATA_MISSING */
export function requireDatabase(data: string): string {
  const file = join(resolve(data), 'base.db')
  if (existsSync(file)) return file
  throw new CommandError(
    'CLI_DATA_MISSING',
    `There is no base in ${data}. Name its data folder with --data, or start a base there.`,
    exitCodes.outage,
  )
}

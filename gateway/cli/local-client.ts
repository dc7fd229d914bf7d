import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Client, createClient } from '../api/index.ts'
import { openAudit } from '../records/audit.ts'
import { openBaseKeys } from '../records/base-keys.ts'
import { createTransaction, openDatabase } from '../records/database.ts'
import { openRecords } from '../records/records.ts'
import { createOperatorLink } from '../use-cases/people/entry/staff.ts'
import { originFile, requireDatabase } from './data-folder.ts'
import { CommandError, exitCodes } from './output.ts'

/**
 * Signs in as the operator of the base whose data folder this user can read: whoever can read the folder is its operator already. A one-use
 * link is written into the folder's database and redeemed over HTTP, so that every command passes the same doors as a browser.
 * @throws CLI_DATA_MISSING, CLI_BASE_OFF
 */
export async function openLocalClient(data: string): Promise<{ client: Client; signOut: () => Promise<void> }> {
  const origin = findOrigin(data)
  const cookies = new Map<string, string>()
  const client = createClient(origin, withCookies(cookies))
  await client.redeemLink({ body: { token: makeLinkToken(data, origin) } })
  return {
    client,
    signOut: async () => {
      await client.signOut()
    },
  }
}

/** Makes a one-use sign-in link for the operator. */
export function makeOperatorLink(data: string, origin: string): string {
  const dataDir = resolve(data)
  const clock = { now: () => Math.floor(Date.now() / 1000), nowMs: () => Date.now() }
  const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)), uuid: () => randomUUID() }
  const db = openDatabase(requireDatabase(dataDir))
  try {
    const keys = openBaseKeys({ dataDir, passphrase: process.env['KEY_PASSPHRASE'] ?? null, random })
    const records = openRecords(db, { keys, clock, random })
    return createOperatorLink({ records, clock, random, transaction: createTransaction(db), audit: openAudit(db, clock) }, origin).link
  } finally {
    db.close()
  }
}

/** Where the base of a data folder answers now. @throws CLI_BASE_OFF */
export function findOrigin(data: string): string {
  const file = join(resolve(data), originFile)
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  throw new CommandError(
    'CLI_BASE_OFF',
    `The base in ${data} is not running. Start it with \`guildhall start --data ${data}\`.`,
    exitCodes.outage,
  )
}

function makeLinkToken(data: string, origin: string): string {
  const link = new URL(makeOperatorLink(data, origin))
  return link.hash.replace(/^#/, '') || (link.searchParams.get('token') ?? link.pathname.split('/').at(-1) ?? '')
}

/** A fetch that keeps cookies as a browser does. */
function withCookies(cookies: Map<string, string>): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const headers = new Headers(init.headers)
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(input, { ...init, headers })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }
}

import { join } from 'node:path'
import { ApiError, type Client } from '@guildhall/gateway/api'
import { type BaseProcess, keepCookies, openBrowser, signInByLink, startBaseProcess, startLedgerProcess } from '../base-process.ts'
import { hold, until } from '../walk.ts'
import type { Passkey } from './passkey.ts'
import { folder, running, step } from './stage.ts'

/** Somebody signed in at a base. `fetch`: the same browser, for headers that the typed client does not give. */
export type Person = { client: Client; fetch: typeof globalThis.fetch; account: string; passkey?: Passkey }
/** One base of the demo: its process, its number on the ledger, its account there and its operator. */
export type Place = { folder: string; settings: Record<string, string>; process: BaseProcess; baseId: number; operator: Person }

/** Starts a ledger and the base that founds the network on it. */
export async function foundNetwork(): Promise<Place> {
  const rpcUrl = await step('a ledger starts, for several bases', async (say) => {
    const ledger = await startLedgerProcess(join(folder, 'ledger'))
    running.add(ledger)
    say(ledger.rpcUrl)
    return ledger.rpcUrl
  })
  return step('a base founds a network on it, and its operator signs in', async (say) => {
    const place = await openBase('first', { LEDGER_RPC_URL: rpcUrl, BASE_NAME_EN: 'Hangzhou base', BASE_NAME_ZH: '杭州基地' })
    say(`base ${place.baseId}, pid ${place.process.pid}`)
    return place
  })
}

/** Two more bases join the network of the first, each a process with a data folder of its own. */
export function joinBases(first: Place): Promise<[Place, Place]> {
  return step('two more bases join it by invites', async (say) => {
    const join = async (name: string, names: Record<string, string>): Promise<Place> => {
      const { invite } = await first.operator.client.createInvite({ body: { hours: 1 } })
      const place = await openBase(name, { LEDGER_RPC_URL: first.settings['LEDGER_RPC_URL'] ?? '', INVITE: invite, ...names })
      say(`base ${place.baseId}, pid ${place.process.pid}`)
      return place
    }
    const second = await join('second', { BASE_NAME_EN: 'Ningbo base', BASE_NAME_ZH: '宁波基地' })
    const third = await join('third', { BASE_NAME_EN: 'Shaoxing base', BASE_NAME_ZH: '绍兴基地' })
    const networks = await Promise.all(
      [first, second, third].map(async ({ operator }) => (await operator.client.getBase()).network?.networkId),
    )
    hold(networks[0] !== undefined && new Set(networks).size === 1, 'the three are on one network')
    return [second, third]
  })
}

async function openBase(name: string, settings: Record<string, string>): Promise<Place> {
  const started = await startBaseProcess({ ...settings, DATA_DIR: join(folder, name) })
  running.add(started)
  hold(started.operatorLink, 'the first start prints a sign-in link')
  const operator = await signIn(started.origin, started.operatorLink)
  const { baseId } = await operator.client.getBase()
  hold(baseId !== null, 'the ledger has numbered the base')
  return { folder: name, settings, process: started, baseId, operator }
}

/** Somebody new on the staff of a base, signed in, with the account on the ledger that the base keeps for them. */
export async function addStaff(place: Place, displayName: string, roles: ('teacher' | 'examiner')[] = ['teacher']): Promise<Person> {
  const { link } = await place.operator.client.inviteStaff({ body: { displayName, roles } })
  return signIn(place.process.origin, link)
}

async function signIn(origin: string, link: string): Promise<Person> {
  const fetch = keepCookies()
  const client = await signInByLink(origin, link, fetch)
  const { items } = await client.listOwnAccounts()
  return { client, fetch, account: items.at(-1)?.account ?? '' }
}

/** Switches a base off as its operator does. */
export async function switchOff({ process: base }: Place): Promise<void> {
  await base.stop()
  running.delete(base)
}

/** Switches a base on again, at the address that it had, so that who was signed in still is. */
export async function switchOn(place: Place): Promise<void> {
  const PORT = new URL(place.process.origin).port
  const { INVITE: _, ...settings } = place.settings
  place.process = await startBaseProcess({ ...settings, PORT, DATA_DIR: join(folder, place.folder) })
  running.add(place.process)
  hold((await openBrowser(place.process.origin).getBase()).baseId === place.baseId, 'it is the same base')
}

/** Waits for a job and answers what it left behind. @throws with its reason when it did not end well */
export async function finish(client: Client, { jobId }: { jobId: string }): Promise<string | null> {
  const job = await until('a job to end', 60_000, async () => {
    const seen = await client.getJob({ params: { jobId } })
    return ['finished', 'failed', 'cancelled'].includes(seen.state) && seen
  })
  if (job.state === 'finished') return job.result?.subjectId ?? null
  throw new Error(`${job.title.en}: ${job.state}, ${JSON.stringify(job.reason)}`)
}

/** Asks until the answer is there: what one base wrote reaches the others through the ledger. */
export function reached<Answer>(what: string, ask: () => Promise<Answer | undefined | false>): Promise<Answer> {
  return until(what, 30_000, () =>
    ask().catch((error: unknown) => {
      if (error instanceof ApiError && error.problem.status === 404) return undefined
      throw error
    }),
  )
}

/** The code with which a base refuses; undefined where it does not. */
export async function refusalOf(call: Promise<unknown>): Promise<string | undefined> {
  return call.then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof ApiError) return error.problem.code
      throw error
    },
  )
}

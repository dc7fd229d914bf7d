import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { type Client, createClient } from '@guildhall/gateway/api'

/** A base that runs as a process of its own. */
export type BaseProcess = {
  origin: string
  operatorLink: string | null
  peers: string[]
  pid: number
  /** Ends it gracefully and waits. */
  stop(): Promise<void>
  /** kill -9 and wait. */
  kill(): Promise<void>
}

const command = createRequire(import.meta.url).resolve('@guildhall/gateway/cli')

/** Starts a base on free ports and waits until it is ready. @throws with its last words when it does not start */
export async function startBaseProcess(settings: Record<string, string>): Promise<BaseProcess> {
  const environment = { ...process.env, PORT: '0', RATE_LIMIT_FACTOR: '1000', ANCHOR_SECONDS: '3', ...settings }
  const child = spawn(process.execPath, [command, 'start', '--json'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  const words: string[] = []
  child.stderr?.on('data', (chunk: Buffer) => words.push(chunk.toString()))
  const ready = await readReady(child, words)
  return {
    ...ready,
    pid: child.pid ?? 0,
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  }
}

function readReady(child: ChildProcess, words: string[]): Promise<Pick<BaseProcess, 'origin' | 'operatorLink' | 'peers'>> {
  return new Promise((resolve, reject) => {
    child.on('close', (code) => reject(new Error(`the base ended with ${code} before it was ready: ${words.join('')}`)))
    if (!child.stdout) return reject(new Error('the base has no output'))
    createInterface({ input: child.stdout }).on('line', (line) => {
      // What went wrong comes over several lines.
      if (!line.startsWith('{"')) return void words.push(line)
      const said = JSON.parse(line) as { event?: string; origin: string; operatorLink: string | null; peers: string[] }
      if (said.event === 'ready') resolve(said)
    })
  })
}

/** A ledger that runs as a process of its own. */
export type LedgerProcess = { rpcUrl: string; stop(): Promise<void>; kill(): Promise<void> }

/** Starts `guildhall ledger` on a free port and waits until it answers. @throws with its last words when it does not start */
export function startLedgerProcess(dataDir: string): Promise<LedgerProcess> {
  const child = spawn(process.execPath, [command, 'ledger', '--data', dataDir, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const words: string[] = []
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`the ledger ended with ${code}: ${words.slice(-3).join('')}`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      words.push(line)
      const { event, rpcUrl } = JSON.parse(line) as { event: string; rpcUrl: string }
      if (event === 'ledger.ready') resolve({ rpcUrl, stop: () => end(child, 'SIGTERM'), kill: () => end(child, 'SIGKILL') })
    })
  })
}

function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill(signal)
  })
}

/** `fetch` as a browser of its own has it: keeps the cookies that it is given. */
export function keepCookies(): typeof globalThis.fetch {
  const cookies = new Map<string, string>()
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

/** A browser of its own towards one base. */
export function openBrowser(origin: string): Client {
  return createClient(origin, keepCookies())
}

/** Signs in with a one-use link. `fetchWithCookies`: the browser that is signed in then, where more than the typed client is asked of it. */
export async function signInByLink(origin: string, link: string, fetchWithCookies = keepCookies()): Promise<Client> {
  const client = createClient(origin, fetchWithCookies)
  await client.redeemLink({ body: { token: new URL(link).hash.slice(1) } })
  return client
}

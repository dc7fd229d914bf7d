import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A base that runs as a process of its own, as a person starts it. */
export type BaseProcess = { origin: string; operatorLink: string | null; pid: number; end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> }

const command = join(import.meta.dirname, '../gateway/cli/guildhall.js')

/** How long a base may take to be ready, and to end by itself, in milliseconds. */
const startMs = 120_000
const endMs = 15_000

/** Starts a base on free ports and waits until it says that it is ready. @throws with its last words when it does not start in time */
export function startBase(settings: Record<string, string>): Promise<BaseProcess> {
  const env = { ...process.env, PORT: '0', RATE_LIMIT_FACTOR: '1000', ...settings }
  const child = spawn(process.execPath, [command, 'start', '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const words: string[] = []
  child.stderr.on('data', (chunk: Buffer) => words.push(chunk.toString()))
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`the base was not ready within ${startMs / 1000} s: ${words.join('')}`))
      child.kill('SIGKILL')
    }, startMs)
    child.on('close', (code) => {
      clearTimeout(timer)
      reject(new Error(`the base ended with ${code} before it was ready: ${words.join('')}`))
    })
    createInterface({ input: child.stdout }).on('line', (line) => {
      words.push(line)
      if (!line.startsWith('{"')) return
      const { event, origin, operatorLink } = JSON.parse(line) as { event?: string; origin: string; operatorLink: string | null }
      if (event !== 'ready') return
      clearTimeout(timer)
      resolve({ origin, operatorLink, pid: child.pid ?? 0, end: (signal) => end(child, signal) })
    })
  })
}

/** Ends a process; one that was asked and does not is killed. */
function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), endMs)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill(signal)
  })
}

/** Runs the command line and waits for its end. */
export function runCommand(args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const said = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk: Buffer) => {
      said.stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      said.stderr += chunk.toString()
    })
    child.on('close', (code) => resolve({ code: code ?? 1, ...said }))
  })
}

/** A browser of its own towards one base: keeps its cookies, speaks JSON and bytes, and says the status with every answer. */
export function openBrowser(origin: string) {
  const cookies = new Map<string, string>()
  const ask = async (method: string, path: string, body?: unknown) => {
    const isBytes = body instanceof Uint8Array
    const headers: Record<string, string> = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
    if (body !== undefined) headers['content-type'] = isBytes ? 'application/octet-stream' : 'application/json'
    const payload = body === undefined ? {} : { body: isBytes ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }
    const response = await fetch(origin + path, { method, headers, ...payload })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    const bytes = new Uint8Array(await response.arrayBuffer())
    const isJson = (response.headers.get('content-type') ?? '').includes('json')
    return { status: response.status, bytes, json: isJson ? JSON.parse(new TextDecoder().decode(bytes)) : undefined }
  }
  return {
    ask,
    /** @throws with the problem where the base refuses */
    expect: async (method: string, path: string, body?: unknown) => {
      const answer = await ask(method, path, body)
      if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.json)}`)
      return answer.json
    },
    signIn: (link: string) => ask('POST', '/api/sign-in/link', { token: new URL(link).hash.slice(1) }),
  }
}

/** A ledger that runs as a process of its own, for several bases. */
export type LedgerProcess = { rpcUrl: string; end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> }

/** Starts `guildhall ledger` on a free port and waits until it answers. @throws with its last words when it does not start */
export function startLedger(dataDir: string): Promise<LedgerProcess> {
  const child = spawn(process.execPath, [command, 'ledger', '--data', dataDir, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const words: string[] = []
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`the ledger ended with ${code}: ${words.slice(-3).join('')}`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      words.push(line)
      const { event, rpcUrl } = JSON.parse(line) as { event: string; rpcUrl: string }
      if (event === 'ledger.ready') resolve({ rpcUrl, end: (signal) => end(child, signal) })
    })
  })
}

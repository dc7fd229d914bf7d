import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'

/** How a program is run. Times are in ms. */
type RunOptions = { cwd?: string; env?: Record<string, string>; timeoutMs?: number; input?: string }

/** Runs a program to its end and returns what it printed, both streams together. @throws where it cannot be started or takes too long */
export function runProgram(command: string, args: string[], options: RunOptions = {}): Promise<{ code: number; output: string }> {
  const { cwd, env = {}, timeoutMs = 900_000 } = options
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...(cwd && { cwd }), env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    const words = collect(child)
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${command} did not end within ${timeoutMs / 1000} s: ${words().slice(-2_000)}`))
    }, timeoutMs)
    child.on('error', (cause) => {
      clearTimeout(timer)
      reject(new Error(`${command} cannot be started: ${cause.message}`))
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code: code ?? 1, output: words() })
    })
  })
}

/** A program that goes on running beside the base. */
export type Service = { pid: number; words(): string; hasEnded(): boolean; stop(): Promise<void> }

/** Starts a program that goes on running; `stop` ends it, by force after ten seconds, and waits. */
export function startService(command: string, args: string[], { cwd, env = {} }: RunOptions = {}): Service {
  const child = spawn(command, args, { ...(cwd && { cwd }), env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const words = collect(child)
  // Without a listener a command that is missing would end this process; hasEnded tells it.
  child.on('error', () => undefined)
  const hasEnded = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null
  return {
    pid: child.pid ?? 0,
    words,
    hasEnded,
    stop: async () => {
      if (hasEnded()) return
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await ended
      clearTimeout(timer)
    },
  }
}

function collect(child: ChildProcess): () => string {
  const chunks: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
  return () => chunks.join('')
}

/** A port on the loopback that nobody listens on now. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

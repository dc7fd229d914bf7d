import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ledger, startLedger } from '@guildhall/node/ledger'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { readConfig } from '../config.ts'
import { type RunningBase, startBase } from '../main.ts'
import { findIdentity } from '../use-cases/base/issuing.ts'
import { type Line, openLine } from './silent-ledger-for-tests.ts'

const folder = mkdtempSync(join(tmpdir(), 'guildhall-silent-ledger-'))
let ledger: Ledger
const lines: Line[] = []

beforeAll(async () => {
  ledger = await startLedger({ dataDir: join(folder, 'ledger') })
})
afterAll(async () => {
  for (const line of lines) await line.close()
  await ledger.stop()
  rmSync(folder, { recursive: true, force: true })
})

const openTo = async (rpcUrl?: string): Promise<Line> => {
  const line = await openLine(rpcUrl)
  lines.push(line)
  return line
}

function start(name: string, rpcUrl: string): Promise<RunningBase> {
  const read = readConfig({ DATA_DIR: join(folder, name), LEDGER_RPC_URL: rpcUrl, PORT: '0', LOG_LEVEL: 'warn' })
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return startBase(read.config)
}

/** How a start went wrong, and after how many seconds. */
async function refusal(starting: Promise<RunningBase>): Promise<{ code: unknown; message: string; seconds: number }> {
  const began = performance.now()
  const told = await starting.then(
    (base) => base.stop().then(() => ({ code: 'started', message: '' })),
    (error: { code?: unknown; message: string }) => ({ code: error.code, message: error.message }),
  )
  return { ...told, seconds: (performance.now() - began) / 1_000 }
}

/** The JSON-RPC of a ledger by plain http, whose WebSocket door takes the connection and says nothing. */
async function serveWithoutSockets(rpcUrl: string): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const answer = await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    response.end(await answer.text())
  })
  server.on('upgrade', (_request, socket) => socket.on('error', () => socket.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close().closeAllConnections() }
}

describe('the first start of a base', () => {
  test('gives up a ledger that takes the connection and says nothing, and says what to do', async () => {
    const silent = await openTo()
    const told = await refusal(start('unborn', silent.rpcUrl))
    expect([told.code, told.message]).toEqual(['LEDGER_UNREACHABLE', expect.stringMatching(/did not answer within 10 s.*LEDGER_RPC_URL/)])
    expect(told.seconds).toBeLessThan(25)
    const read = readConfig({ DATA_DIR: join(folder, 'unborn'), LEDGER_RPC_URL: silent.rpcUrl.replace('http', 'ws') })
    expect('problems' in read && read.problems.map(({ name }) => name)).toEqual(['LEDGER_RPC_URL'])
  })

  test('gives up a ledger that falls silent over a transaction, and the next start goes on where it was', async () => {
    const line = await openTo(ledger.rpcUrl)
    line.mute('eth_sendRawTransaction')
    const told = await refusal(start('cut', line.rpcUrl))
    expect([told.code, told.message]).toEqual(['LEDGER_UNREACHABLE', expect.stringMatching(/fell silent.*start again/)])
    expect(told.seconds).toBeLessThan(60)
    line.unmute()
    const base = await start('cut', line.rpcUrl)
    expect(findIdentity(base.base)?.baseId).toBe(1)
    await base.stop()
  })

  test('names the account that has to be paid, on a ledger whose transactions cost something', async () => {
    const require = createRequire(import.meta.resolve('@guildhall/node/ledger'))
    const wrapper = createRequire(require.resolve('@foundry-rs/anvil/package.json'))
    const binary = wrapper.resolve(`@foundry-rs/anvil-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}/bin/anvil`)
    const node = spawn(binary, ['--port', '0', '--hardfork', 'osaka', '--accounts', '0'], { stdio: ['ignore', 'pipe', 'ignore'] })
    const port = await new Promise<string>((resolve) => {
      let said = ''
      node.stdout.on('data', (chunk) => {
        said += String(chunk)
        const found = /Listening on [\d.]+:(\d+)/.exec(said)?.[1]
        if (found !== undefined) resolve(found)
      })
    })
    const told = await refusal(start('unpaid', `http://127.0.0.1:${port}/`))
    node.kill('SIGKILL')
    expect([told.code, told.message]).toEqual([
      'LEDGER_ACCOUNT_UNFUNDED',
      expect.stringMatching(/account 0x[0-9a-fA-F]{40} cannot pay.*Send it/),
    ])
  })

  test('does without WebSockets where they are taken and never answered', async () => {
    const own = await startLedger({ dataDir: join(folder, 'own-ledger') })
    const plain = await serveWithoutSockets(own.rpcUrl)
    const base = await start('by-asking', plain.url)
    await vi.waitFor(() => expect(base.base.outbox.waiting().count).toBe(0), { timeout: 30_000, interval: 100 })
    await base.stop()
    plain.close()
    await own.stop()
  })
})

describe('a later start', () => {
  test.each(['takes the connection and says nothing', 'refuses the connection'])(
    'comes up alone when the ledger %s, keeps what is written, and catches up when it is back',
    async (how) => {
      const name = how.split(' ')[0] ?? ''
      const own = await startLedger({ dataDir: join(folder, `ledger-${name}`) })
      const line = await openTo(own.rpcUrl)
      const first = await start(name, line.rpcUrl)
      const { baseId } = findIdentity(first.base) ?? { baseId: 0 }
      const rights = first.base.registry.rightsOf(baseId)
      const { port } = new URL(own.rpcUrl)
      await vi.waitFor(() => expect(first.base.outbox.waiting().count).toBe(0), { timeout: 30_000, interval: 100 })
      await first.stop()
      expect(rights.assessments).toHaveLength(3)
      if (name === 'takes') line.mute()
      else await own.stop()

      const began = performance.now()
      const alone = await start(name, line.rpcUrl)
      expect((performance.now() - began) / 1_000).toBeLessThan(25)
      expect(alone.base.registry.rightsOf(baseId)).toEqual(rights)
      const answer = await fetch(`${alone.addresses.local}/api/base`)
      expect([answer.status, ((await answer.json()) as { baseId: number }).baseId]).toEqual([200, baseId])
      // A start listens elsewhere, which the base wants to say on the ledger: that waits.
      expect(alone.base.outbox.waiting().count).toBeGreaterThan(0)

      const back = name === 'takes' ? undefined : await startLedger({ dataDir: join(folder, `ledger-${name}`), port: Number(port) })
      line.unmute()
      await vi.waitFor(() => expect(alone.base.outbox.waiting().count).toBe(0), { timeout: 60_000, interval: 200 })
      await alone.stop()
      await (back ?? own).stop()
    },
  )
})

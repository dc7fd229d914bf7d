import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer, request } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Log } from '../../base.ts'
import { readConfig } from '../../config.ts'
import { assertClock, programWrittenAt } from './check-clock.ts'
import { holdDataFolder } from './hold-data-folder.ts'
import { createLifecycle } from './lifecycle.ts'
import { derOf, openLocalAuthority } from './local-authority.ts'
import { chooseAddresses } from './serve.ts'

const folder = mkdtempSync(join(tmpdir(), 'guildhall-start-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const now = Math.floor(Date.now() / 1000)
const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

describe('a data folder', () => {
  test('belongs to one base at a time, and to the next when that one has stopped', () => {
    const dataDir = join(folder, 'held')
    const release = holdDataFolder(dataDir)
    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
    expect(() => holdDataFolder(dataDir)).toThrow(expect.objectContaining({ code: 'DATA_IN_USE', params: { pid: process.pid } }))
    release()
    holdDataFolder(dataDir)()
  })
})

describe('a clock', () => {
  test('before the program was written, or before what the base wrote down, is refused', () => {
    expect(() => assertClock(programWrittenAt - 1, undefined)).toThrow(expect.objectContaining({ code: 'CLOCK_WRONG' }))
    expect(() => assertClock(programWrittenAt + 10, programWrittenAt + 1_000)).toThrow(expect.objectContaining({ code: 'CLOCK_WRONG' }))
    expect(() => assertClock(programWrittenAt + 900, programWrittenAt + 1_000)).not.toThrow()
  })
})

describe('a port', () => {
  test('that is taken is told by its number', async () => {
    const other = createTcpServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    const read = readConfig({ PORT: String(port) })
    if ('problems' in read) throw new Error('not a configuration')
    await expect(chooseAddresses(read.config)).rejects.toMatchObject({ code: 'PORT_TAKEN', params: { port } })
    other.close()
  })
})

describe('the lifecycle', () => {
  test('stops in the reverse order, once, also past a part that fails or hangs', async () => {
    const stopped: string[] = []
    const lifecycle = createLifecycle(silent, 50)
    lifecycle.add('first', () => stopped.push('first'))
    lifecycle.add('hanging', () => new Promise(() => {}))
    lifecycle.add('failing', () => Promise.reject(new Error('no')))
    lifecycle.add('last', () => stopped.push('last'))
    await Promise.all([lifecycle.stop(), lifecycle.stop()])
    expect(stopped).toEqual(['last', 'first'])
  })
})

describe("the base's own authority", () => {
  test('serves https that a client trusts by it and by nothing else, and keeps its certificate', async () => {
    const dataDir = join(folder, 'authority')
    mkdirSync(dataDir)
    const files = await openLocalAuthority({ dataDir, baseName: '示范 Base', now, hosts: ['base.test'] })
    expect(await openLocalAuthority({ dataDir, baseName: '示范 Base', now, hosts: ['base.test'] })).toEqual(files)
    expect(statSync(join(dataDir, 'keys', 'local-ca.key')).mode & 0o777).toBe(0o600)
    expect(derOf(files.authority ?? '')[0]).toBe(0x30)
    const server = createServer({ cert: files.certificate, key: files.key }, (_, answer) => answer.end('ok'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const ask = (options: object) =>
      new Promise<string>((resolve) => {
        const asked = request({ host: '127.0.0.1', port, agent: false, ...options }, (answer) =>
          answer.on('data', (data) => resolve(String(data))),
        )
        asked.on('error', (cause: NodeJS.ErrnoException) => resolve(String(cause.code)))
        asked.end()
      })
    expect(await ask({ ca: files.authority, servername: 'base.test' })).toBe('ok')
    expect(await ask({ ca: files.authority, servername: 'localhost' })).toBe('ok')
    expect(await ask({ ca: files.authority, servername: 'other.test' })).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
    expect(await ask({ servername: 'base.test' })).not.toBe('ok')
    server.close()
  })

  test('makes the certificate anew when it nears its end or the addresses change', async () => {
    const dataDir = join(folder, 'renewed')
    mkdirSync(dataDir)
    const first = await openLocalAuthority({ dataDir, baseName: 'Base', now })
    const later = await openLocalAuthority({ dataDir, baseName: 'Base', now: now + 380 * 86_400 })
    const moved = await openLocalAuthority({ dataDir, baseName: 'Base', now: now + 380 * 86_400, hosts: ['10.9.8.7'] })
    expect(later.certificate).not.toBe(first.certificate)
    expect(moved.certificate).not.toBe(later.certificate)
    expect([later.authority, moved.authority]).toEqual([first.authority, first.authority])
  })
})

import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { collect, connected, createTestNodes } from '../base-node-for-tests.ts'

const nodes = createTestNodes()
const children: ChildProcess[] = []
const folders: string[] = []
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await nodes.stopAll()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'guildhall-kill-'))
  folders.push(folder)
  return folder
}

/** Starts a node as a process; `added` fills with what it has acknowledged. */
async function startProcess(dataDir: string, ...settings: string[]) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.resolve('./process-for-tests.ts')), dataDir, ...settings], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const added: string[] = []
  const address = Promise.withResolvers<string>()
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    const [word, value = ''] = line.split(' ')
    if (word === 'address') address.resolve(value)
    if (word === 'added') added.push(value)
  })
  return {
    child,
    added,
    address: await address.promise,
    async kill() {
      child.kill('SIGKILL')
      await once(lines, 'close')
    },
  }
}

describe('a base that is killed while it adds', () => {
  test('has everything whole that it acknowledged, and lists nothing half-written', async () => {
    const dataDir = await newFolder()
    const acknowledged: string[] = []
    const kills = 3
    for (let count = 0; count < kills; count++) {
      const running = await startProcess(dataDir)
      await expect.poll(() => running.added.length, { timeout: 20_000, interval: 10 }).toBeGreaterThan(0)
      await sleep(randomInt(0, 400))
      await running.kill()
      acknowledged.push(...running.added)
    }
    const node = await nodes.start({ dataDir })
    const listed = node.content.list()
    expect(listed.map(({ cid }) => cid)).toEqual(expect.arrayContaining(acknowledged))
    expect((await node.content.verify()).damaged).toEqual([])
    for (const { cid, bytes } of listed) expect(await collect(node.content.get(cid, { local: true }))).toHaveLength(bytes)
    expect(await readdir(join(dataDir, 'blocks', '.tmp'))).toEqual([])
    console.info(`${kills} kills: ${acknowledged.length} acknowledged contents, ${listed.length} listed, all whole`)
  })
})

describe('two bases in two processes', () => {
  test('give each other contents, and one outlives the other being killed in between', async () => {
    const far = await startProcess(await newFolder(), '0', '3')
    await expect.poll(() => far.added.length, { timeout: 20_000, interval: 10 }).toBe(3)
    const near = await nodes.start({ peers: [far.address] })
    await connected(near)
    const [first = '', second = ''] = far.added
    expect(await near.content.replicate(first)).toEqual({ cid: first, bytes: 3_200_000 })
    const interrupted = near.content.replicate(second, { stallTimeoutMs: 500, onProgress: () => far.child.kill('SIGKILL') })
    await interrupted.then(
      () => expect(near.content.has(second)).toBe(true),
      (error: unknown) => expect(error).toMatchObject({ code: expect.stringMatching(/CONTENT_(STALLED|NOT_FOUND)/) }),
    )
    expect(await collect(near.content.get(first, { local: true }))).toHaveLength(3_200_000)
    expect((await near.content.verify()).damaged).toEqual([])
    await expect.poll(() => near.peer.peerStates()[0]?.state, { timeout: 10_000 }).not.toBe('connected')
  })
})

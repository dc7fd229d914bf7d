import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type BaseNode, type BaseNodeInit, createBaseNode } from './create-base-node.ts'

/** A whole node on loopback with a folder and a database of its own, for tests. */
export interface TestNode extends BaseNode {
  dataDir: string
  db: DatabaseSync
  /** Where it can be dialled. */
  address: string
}

/** Starts nodes and, when the test is over, ends them and removes their folders. */
export function createTestNodes() {
  const running = new Set<TestNode>()
  const folders = new Set<string>()

  async function start(init: Partial<BaseNodeInit> = {}): Promise<TestNode> {
    const dataDir = init.dataDir ?? (await mkdtemp(join(tmpdir(), 'guildhall-node-')))
    folders.add(dataDir)
    const db = new DatabaseSync(join(dataDir, 'base.db'))
    const node = await createBaseNode({
      dataDir,
      db,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      clock: () => Math.floor(Date.now() / 1_000),
      ...init,
    })
    await node.start()
    const test: TestNode = { ...node, dataDir, db, address: node.peer.addresses()[0] ?? '' }
    running.add(test)
    return test
  }

  async function stop(node: TestNode): Promise<void> {
    if (!running.delete(node)) return
    await node.stop()
    node.db.close()
  }

  async function stopAll(): Promise<void> {
    for (const node of running) await stop(node)
    for (const folder of folders) await rm(folder, { recursive: true, force: true })
    folders.clear()
  }

  return { start, stop, stopAll }
}

/** Resolves when the node is connected with that many others. */
export async function connected(node: BaseNode, count = 1): Promise<void> {
  const until = performance.now() + 20_000
  while (node.peer.libp2p.getPeers().length < count) {
    if (performance.now() > until)
      throw new Error(`only ${node.peer.libp2p.getPeers().length} of ${count} connected: ${JSON.stringify(node.peer.peerStates())}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** All bytes of a stream. */
export async function collect(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const part of parts) all.push(part)
  return Buffer.concat(all)
}

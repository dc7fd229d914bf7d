/**
 * A base's node as a process of its own, for tests that kill it: `node process-for-tests.ts DATA_DIR`.
 * It prints its address, then adds contents for as long as it lives and prints the CID of each when it has been acknowledged.
 */
import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { createBaseNode } from '../create-base-node.ts'

const [dataDir = '', pauseMs = '0', listSize = '1000000'] = process.argv.slice(2)
const db = new DatabaseSync(`${dataDir}/base.db`)
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
const node = await createBaseNode({ dataDir, db, listen: ['/ip4/127.0.0.1/tcp/0'], clock: () => Math.floor(Date.now() / 1_000) })
await node.start()
process.stdout.write(`address ${node.peer.addresses()[0]}\n`)
for (let count = 0; count < Number(listSize); count++) {
  const { cid } = await node.content.add(somebytes(count), { holder: `count:${process.pid}:${count}` })
  process.stdout.write(`added ${cid}\n`)
  await sleep(Number(pauseMs))
}

/** Some megabytes, different each time, a few of their blocks shared with the time before. */
async function* somebytes(count: number): AsyncGenerator<Uint8Array> {
  for (let part = 0; part < 4; part++) {
    const seed = part === 0 ? count >> 2 : count * 10 + part
    yield Buffer.alloc(800_000, createHash('sha256').update(`${process.pid} ${seed}`).digest())
    await sleep(1)
  }
}

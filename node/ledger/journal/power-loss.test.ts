import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ChainStore, createManifest, createStoreFiles, openChainStore } from './chain-store.ts'
import { findManifest, segmentFile } from './manifest.ts'

const seed = Number(process.env['FAST_CHECK_SEED'] ?? 20_261_122)
const RUNS = 200
console.info(`power loss property tests: seed ${seed}, ${RUNS} runs`)

const hash = (value: number) => `0x${value.toString(16).padStart(64, '0')}`
const transaction = (value: number, length: number) => `0x${value.toString(16).padStart(2, '0').repeat(length)}`
const root = mkdtempSync(join(tmpdir(), 'guildhall-power-loss-'))
const origin = join(root, 'origin')
/** The file before anything of the last record was written, with all of it, and where it lies. */
let before: Buffer
let after: Buffer
let last: { from: number; to: number }

async function open(folder: string): Promise<ChainStore> {
  const manifest = await findManifest(folder)
  if (manifest === undefined) throw new Error('no manifest')
  return openChainStore(folder, manifest, () => undefined)
}
const sealed = (store: ChainStore) => store.listBlocksAfter(0).filter((block) => block.hash !== undefined)

beforeAll(async () => {
  mkdirSync(origin)
  await createStoreFiles(origin, createManifest({ chainId: 1, genesisTimestamp: 1_790_000_000, genesisHash: hash(9) }))
  const store = await open(origin)
  for (const number of [1, 2, 3]) {
    await store.writeBlock({ number, timestamp: 1_790_000_000 + number, transactions: [transaction(number, 40)] })
    await store.sealBlock(number, hash(100 + number))
  }
  before = readFileSync(join(origin, segmentFile(1)))
  await store.writeBlock({ number: 4, timestamp: 1_790_000_004, transactions: [transaction(4, 90), transaction(5, 60)] })
  await store.close()
  after = readFileSync(join(origin, segmentFile(1)))
  const changed = (at: number) => before[at] !== after[at]
  const indexes = Array.from(after.keys()).filter(changed)
  last = { from: indexes[0] ?? 0, to: (indexes.at(-1) ?? 0) + 1 }
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Opens what the disk had when the power came back, writes the block again, and opens once more. */
async function recover(bytes: Buffer): Promise<void> {
  const folder = mkdtempSync(join(root, 'case-'))
  cpSync(join(origin, 'ledger.json'), join(folder, 'ledger.json'))
  writeFileSync(join(folder, segmentFile(1)), bytes)
  const store = await open(folder)
  expect(sealed(store).map(({ number, hash: sealedHash }) => [number, sealedHash])).toEqual([1, 2, 3].map((one) => [one, hash(100 + one)]))
  const open4 = store.listBlocksAfter(3)
  // The block that was not acknowledged is there whole, or not at all.
  if (open4.length > 0)
    expect(open4).toEqual([
      { type: 'block', number: 4, timestamp: 1_790_000_004, transactions: [transaction(4, 90), transaction(5, 60)], hash: undefined },
    ])
  else await store.writeBlock({ number: 4, timestamp: 1_790_000_009, transactions: [transaction(7, 3)] })
  await store.sealBlock(4, hash(104))
  await store.close()
  const again = await open(folder)
  expect(sealed(again).map(({ number }) => number)).toEqual([1, 2, 3, 4])
  expect(again.listBlocksAfter(3)[0]?.transactions).toEqual(open4[0]?.transactions ?? [transaction(7, 3)])
  await again.close()
  rmSync(folder, { recursive: true })
}

describe('the journal after a power loss', () => {
  it('has every acknowledged block, and the last one whole or not at all, wherever its writing ended', { timeout: 120_000 }, async () => {
    expect(last.to - last.from).toBeGreaterThan(200)
    for (let end = last.from; end <= last.to; end += 1) {
      const torn = Buffer.from(before)
      after.copy(torn, last.from, last.from, end)
      await recover(torn)
    }
  })

  it('has them also when parts of the last record reached the disk in any order, with rubbish between', { timeout: 240_000 }, async () => {
    const parts = fc.array(fc.constantFrom('written', 'zeros', 'rubbish'), { minLength: 8, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(parts, fc.uint8Array({ minLength: 512, maxLength: 512 }), async (kinds, rubbish) => {
        const torn = Buffer.from(before)
        const width = Math.ceil((last.to - last.from) / kinds.length)
        for (const [index, kind] of kinds.entries()) {
          const from = last.from + index * width
          const to = Math.min(from + width, last.to)
          if (kind === 'written') after.copy(torn, from, from, to)
          if (kind === 'rubbish') Buffer.from(rubbish).copy(torn, from, 0, to - from)
        }
        await recover(torn)
      }),
      { numRuns: RUNS, seed },
    )
  })
})

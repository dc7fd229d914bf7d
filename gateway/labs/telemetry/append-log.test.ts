import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type LogPlace, openLog } from './append-log.ts'
import { encodeEntry, type LogEntry, readEntry } from './log-record.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-log-'))
  folders.push(folder)
  return folder
}
const entry = (seq: number): LogEntry => ({
  deviceId: '6f1c2c1e-0a1b-4000-8000-000000000001',
  epoch: 1,
  seq,
  receivedMs: 1_790_000_000_000 + seq,
  readings: 25,
  quarantined: 1,
  frame: Uint8Array.from({ length: 40 + seq }, (_, at) => at ^ seq),
})
const plain = (found: LogEntry): LogEntry => ({ ...found, frame: Uint8Array.from(found.frame) })

const reopen = async (folder: string, fileBytes?: number) => {
  const found: LogEntry[] = []
  const torn: number[] = []
  const onFound = (one: LogEntry) => void found.push(plain(one))
  const log = await openLog({ folder, onFound, onTornEnd: (_, bytes) => void torn.push(bytes), ...(fileBytes && { fileBytes }) })
  return { log, found, torn }
}
const write = async (folder: string, count: number, fileBytes?: number): Promise<readonly LogPlace[]> => {
  const { log } = await reopen(folder, fileBytes)
  const places: LogPlace[] = []
  for (let seq = 1; seq <= count; seq += 1) places.push(...(await log.append([entry(seq)])))
  await log.close()
  return places
}

describe('the telemetry log', () => {
  it('finds after a start what was appended, over several files, and reads each by its place', async () => {
    const folder = newFolder()
    const places = await write(folder, 9, 300)
    expect(new Set(places.map(({ file }) => file)).size).toBeGreaterThan(2)
    const { log, found, torn } = await reopen(folder, 300)
    expect(found).toEqual(Array.from({ length: 9 }, (_, at) => entry(at + 1)))
    expect(torn).toEqual([])
    expect(plain(await log.read(places[4] as LogPlace))).toEqual(entry(5))
    await log.close()
  })

  it('cuts off an end that was torn at any byte, and goes on behind it', async () => {
    const folder = newFolder()
    await write(folder, 2)
    const path = join(folder, '00000000.log')
    const whole = readFileSync(path)
    const third = encodeEntry(entry(3))
    for (let size = 1; size < third.length; size += 7) {
      writeFileSync(path, whole)
      appendFileSync(path, third.subarray(0, size))
      const { log, found, torn } = await reopen(folder)
      expect([found.length, torn]).toEqual([2, [size]])
      await log.append([entry(4)])
      await log.close()
      const again = await reopen(folder)
      expect(again.found.map(({ seq }) => seq)).toEqual([1, 2, 4])
      await again.log.close()
    }
  })

  it('tells damage before sound entries instead of cutting them off', async () => {
    const folder = newFolder()
    const places = await write(folder, 3)
    const path = join(folder, '00000000.log')
    const bytes = readFileSync(path)
    const at = (places[1]?.offset ?? 0) + 60
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(path, bytes)
    await expect(reopen(folder)).rejects.toMatchObject({
      code: 'LABS_LOG_DAMAGED',
      params: { file: '00000000.log', offset: places[1]?.offset },
    })
    expect(readFileSync(path)).toEqual(bytes)
  })

  it('answers any bytes without throwing', () => {
    const seed = Date.now() % 2 ** 31
    console.log(`log entries: fast-check seed ${seed}`)
    const sound = encodeEntry(entry(7))
    const mutated = fc.tuple(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
      const bytes = Buffer.from(sound)
      bytes[at] = (bytes[at] ?? 0) ^ by
      return bytes
    })
    fc.assert(
      // Bytes 15 to 15 of the body's head are reserved and covered by the checksum as well: no change goes unseen.
      fc.property(
        fc.oneof(
          mutated,
          fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
        ),
        (bytes) => {
          expect(readEntry(bytes, 0)).toBeUndefined()
        },
      ),
      { numRuns: 1000, seed },
    )
  })
})

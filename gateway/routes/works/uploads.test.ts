import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forgetUploads } from '../../use-cases/works/uploads/forget-uploads.ts'
import { removeTestBase, startTestBase, type TestBase, type TestCall } from '../test-base.ts'

const owner = { id: '00000000-0000-4000-8000-00000000aaaa', roles: ['teacher'] as const }
const other = { id: '00000000-0000-4000-8000-00000000bbbb', roles: ['teacher'] as const }
const tus = { 'tus-resumable': '1.0.0' }
const word = (text: string) => Buffer.from(text).toString('base64')

let base: TestBase
beforeAll(async () => {
  base = await startTestBase()
})
afterAll(async () => {
  await base.stop()
  removeTestBase(base.dataDir)
})

const begin = async (bytes: number, headers: Record<string, string> = {}, as: TestCall['as'] = owner) => {
  const metadata = `filename ${word('课件.pdf')},filetype ${word('application/pdf')}`
  const answer = await base.call('createUpload', {
    as,
    headers: { ...tus, 'upload-length': String(bytes), 'upload-metadata': metadata, ...headers },
  })
  return {
    answer,
    uploadId:
      String(answer.headers.location ?? '')
        .split('/')
        .at(-1) ?? '',
  }
}
const send = (uploadId: string, bytes: Uint8Array, offset: number, as: TestCall['as'] = owner) => {
  const type = { 'content-type': 'application/offset+octet-stream' }
  return base.call('continueUpload', {
    as,
    params: { uploadId },
    body: bytes,
    headers: { ...tus, ...type, 'upload-offset': String(offset) },
  })
}
const ask = async (uploadId: string, as: TestCall['as'] = owner) =>
  (await base.call('findUpload', { as, params: { uploadId }, headers: tus })).headers
const fileOf = (uploadId: string) => join(base.dataDir, 'uploads', uploadId)

describe('an upload', () => {
  test('comes in pieces, tells how far it is, and is on the disk byte by byte, for nobody else to read', async () => {
    const bytes = randomBytes(300_000)
    const { answer, uploadId } = await begin(bytes.byteLength)
    expect([answer.statusCode, answer.headers['tus-resumable'], answer.payload]).toEqual([201, '1.0.0', ''])
    const first = await send(uploadId, bytes.subarray(0, 100_001), 0)
    expect([first.statusCode, first.headers['upload-offset']]).toEqual([204, '100001'])
    expect(await ask(uploadId)).toMatchObject({ 'upload-offset': '100001', 'upload-length': '300000', 'cache-control': 'no-store' })
    expect((await send(uploadId, bytes.subarray(100_001), 100_001)).headers['upload-offset']).toBe('300000')
    expect(
      createHash('sha256')
        .update(readFileSync(fileOf(uploadId)))
        .digest(),
    ).toEqual(createHash('sha256').update(bytes).digest())
    expect([statSync(fileOf(uploadId)).mode & 0o777, statSync(join(base.dataDir, 'uploads')).mode & 0o777]).toEqual([0o600, 0o700])
    expect(base.running.base.records.uploads.get(uploadId)).toMatchObject({
      name: '课件.pdf',
      mediaType: 'application/pdf',
      finishedAt: expect.any(Number),
    })
  })

  test('is not continued anywhere but where it stands, nor beyond its length', async () => {
    const { uploadId } = await begin(10)
    expect((await send(uploadId, randomBytes(4), 0)).statusCode).toBe(204)
    expect((await send(uploadId, randomBytes(4), 0)).json().code).toBe('CONFLICT')
    expect((await send(uploadId, randomBytes(7), 4)).json().code).toBe('REQUEST_TOO_LARGE')
    expect((await ask(uploadId))['upload-offset']).toBe('4')
  })

  test('belongs to who began it, and to the operator', async () => {
    const { uploadId } = await begin(10)
    expect((await send(uploadId, randomBytes(4), 0, other)).json().code).toBe('NOT_YOURS')
    expect((await ask(uploadId, other))['x-problem-code']).toBe('NOT_YOURS')
    expect((await ask(uploadId, { ...other, roles: ['operator'] }))['upload-offset']).toBe('0')
    const removed = await base.call('removeUpload', { as: owner, params: { uploadId }, headers: tus })
    expect([removed.statusCode, removed.payload]).toEqual([204, ''])
    expect((await ask(uploadId))['x-problem-code']).toBe('NOT_FOUND')
    expect(() => statSync(fileOf(uploadId))).toThrow()
  })

  test('is refused without its length, above the limit, where the disk has no room for it, and without the protocol', async () => {
    const codeOf = async (headers: Record<string, string>) =>
      (await base.call('createUpload', { as: owner, headers: { ...tus, ...headers } })).json().code
    expect(await codeOf({})).toBe('REQUEST_INVALID')
    expect(await codeOf({ 'upload-length': '-1' })).toBe('REQUEST_INVALID')
    expect(await codeOf({ 'upload-length': String(9 * 1024 ** 3) })).toBe('REQUEST_TOO_LARGE')
    expect(await codeOf({ 'upload-length': '5', 'tus-resumable': '0.2.0' })).toBe('REQUEST_INVALID')
    const { supervision } = base.running.base
    const { freeBytes } = supervision
    supervision.freeBytes = () => 600 * 1024 ** 2
    expect(await codeOf({ 'upload-length': String(64 * 1024 ** 2) })).toBe('DISK_FULL')
    supervision.freeBytes = freeBytes
  })

  test('is one of fifty at most that a person leaves unfinished', async () => {
    const many = { id: '00000000-0000-4000-8000-00000000cccc', roles: ['teacher'] as const }
    for (let number = 0; number < 50; number += 1) expect((await begin(1, {}, many)).answer.statusCode).toBe(201)
    expect((await begin(1, {}, many)).answer.json().code).toBe('UPLOADS_TOO_MANY')
  })

  test('is forgotten a week after its last byte, with what a crash left of others', async () => {
    const { records, clock } = base.running.base
    const { uploadId } = await begin(10)
    const { uploadId: fresh } = await begin(10)
    const longAgo = clock.now() - 604_801
    records.uploads.update(uploadId, { touchedAt: longAgo })
    writeFileSync(fileOf('left-behind'), 'x')
    utimesSync(fileOf('left-behind'), longAgo, longAgo)
    expect(await forgetUploads(base.running.base)).toBe(2)
    expect([records.uploads.find({ uploadId }), records.uploads.find({ uploadId: fresh })?.uploadId]).toEqual([undefined, fresh])
    expect(() => statSync(fileOf('left-behind'))).toThrow()
  })
})

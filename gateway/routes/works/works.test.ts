import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RouteId } from '../../api/paths.ts'
import { heldAccount } from '../../use-cases/works/accounts/held-account.ts'
import { removeTestBase, startTestBase, type TestBase, type TestCall } from '../test-base.ts'

const id = (letter: string) => `00000000-0000-4000-8000-00000000${letter.repeat(4)}`
const maker = { id: id('a'), roles: ['teacher', 'operator'] as const }
const [judge, second, engineer, expert] = ['b', 'c', 'd', 'e'].map((letter) => ({ id: id(letter), roles: ['teacher'] as const }))
const terms = {
  reuse: true,
  adapt: true,
  commercial: false,
  territory: '中国',
  periodDays: 365,
  seats: null,
  pricing: 'once' as const,
  price: '1200',
  royaltyShare: 100_000,
}

let base: TestBase
beforeAll(async () => {
  base = await startTestBase()
})
afterAll(async () => {
  await base.stop()
  removeTestBase(base.dataDir)
})

const call = async (route: RouteId, given: TestCall = {}) => {
  const response = await base.call(route, { as: maker, ...given })
  return response.payload === '' ? { status: response.statusCode, ...response.headers } : response.json()
}
const tus = { 'tus-resumable': '1.0.0' }
const put = async (name: string, bytes: Uint8Array): Promise<string> => {
  const metadata = `filename ${Buffer.from(name).toString('base64')},filetype ${Buffer.from('text/plain').toString('base64')}`
  const headers = { ...tus, 'upload-length': String(bytes.byteLength), 'upload-metadata': metadata }
  const uploadId =
    String((await call('createUpload', { headers })).location)
      .split('/')
      .at(-1) ?? ''
  const body = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' }
  await call('continueUpload', { params: { uploadId }, body: bytes, headers: { ...tus, ...body } })
  return uploadId
}
const finished = async (jobId: string) => {
  await expect.poll(async () => (await call('getJob', { params: { jobId } })).state, { timeout: 30_000, interval: 50 }).not.toBe('running')
  return call('getJob', { params: { jobId } })
}
const account = (who: { id: string } | undefined) => heldAccount(base.running.base, who?.id ?? '').address
const written = (name: string, more: object = {}) => ({
  kind: 'text',
  title: { 'zh-CN': `${name}（中文）`, en: name },
  summary: { 'zh-CN': '简介', en: 'What it is.' },
  languages: ['zh-CN', 'en'],
  creators: [{ account: account(maker), share: 1_000_000, name: '李老师' }],
  terms,
  ...more,
})
const draftOf = async (name: string, text: string, more: object = {}) => {
  const uploadId = await put(`${name}.txt`, Buffer.from(text))
  const draft = await call('createDraft', { body: written(name, { files: [{ uploadId, path: `${name}.txt` }], ...more }) })
  expect(draft).toMatchObject({ gaps: [], state: 'draft' })
  return draft
}
const register = async (draftId: string) => {
  const { jobId } = await call('registerWork', { params: { draftId } })
  const job = await finished(jobId)
  expect([job.state, job.reason]).toEqual(['finished', null])
  return { job, draft: await call('getDraft', { params: { draftId } }) }
}
const essay = (topic: string) =>
  Array.from({ length: 60 }, (_, index) => `${topic} sentence number ${index} tells of ${topic} and tools.`).join(' ')

describe('a draft', () => {
  test('tells what it lacks, keeps what is written, and refuses what contradicts itself', async () => {
    const { draftId, gaps } = await call('createDraft', { body: {} })
    expect(gaps).toEqual(['kind', 'title', 'summary', 'languages', 'files', 'creators', 'terms'])
    const uploadId = await put('a.txt', Buffer.from('a'))
    const save = (body: object) => call('updateDraft', { params: { draftId }, body })
    expect(await save({ title: { 'zh-CN': '标题', en: '' }, files: [{ uploadId, path: 'text/a.txt' }] })).toMatchObject({
      title: { 'zh-CN': '标题', en: '' },
      files: [{ path: 'text/a.txt', sizeBytes: 1, receivedBytes: 1 }],
    })
    expect((await save({ files: [{ uploadId, path: '../a.txt' }] })).code).toBe('REQUEST_INVALID')
    const twice = { account: account(maker), share: 500_000, name: null }
    for (const wrong of [
      { cover: id('f') },
      { creators: [twice, twice] },
      { parents: [{ workId: 99, kind: 'excerpt', share: 1 }] },
      { terms: { ...terms, pricing: 'free' } },
      { workId: 99 },
    ])
      expect([wrong, (await save(wrong)).code]).toEqual([wrong, 'DRAFT_REFUSED'])
    expect((await call('updateDraft', { as: judge ?? maker, params: { draftId }, body: {} })).code).toBe('NOT_YOURS')
    expect((await call('registerWork', { params: { draftId } })).code).toBe('DRAFT_INCOMPLETE')
    expect((await call('removeUpload', { params: { uploadId }, headers: tus })).code).toBe('STATE_REFUSED')
    const { items, account: mine, baseAccount } = await call('listDrafts')
    expect([items.length, mine, baseAccount]).toEqual([1, account(maker), expect.stringMatching(/^0x[0-9a-f]{40}$/)])
    expect(await call('removeDraft', { params: { draftId } })).toBeNull()
    expect(readdirSync(join(base.dataDir, 'uploads'))).toEqual([])
  })
})

describe('a work', () => {
  test('goes onto the ledger in stages, is found again, and is what a later copy is told of', async () => {
    const first = await draftOf('Welding', essay('welding'))
    expect(await call('findDuplicates', { params: { draftId: first.draftId } })).toMatchObject({ duplicates: [], compared: 0, notFound: 0 })
    const { job, draft } = await register(first.draftId)
    expect(job.stages.map((stage: { name: { en: string } }) => stage.name.en)).toEqual([
      'Hashed',
      'Stored',
      'Held by other bases',
      'Recorded on the ledger',
    ])
    expect(draft).toMatchObject({ state: 'registered', workId: 1, version: 1, files: [{ sha256: expect.stringMatching(/^0x/) }] })
    expect(readdirSync(join(base.dataDir, 'uploads'))).toEqual([])
    const { work, versions, epochs, isOurs } = await call('getWork', { params: { workId: 1 } })
    expect(work).toMatchObject({
      title: { en: 'Welding' },
      creators: [{ name: '李老师', share: 1_000_000 }],
      terms,
      described: true,
      listedVersion: null,
    })
    expect([versions.length, versions[0].state, epochs.length, isOurs]).toEqual([1, 'registered', 1, true])
    const again = await draftOf('Copy', essay('welding'))
    const near = await draftOf('Near', `${essay('welding')} One more sentence stands at the end.`)
    const like = async (draftId: string) => (await call('findDuplicates', { params: { draftId } })).duplicates
    expect(await like(again.draftId)).toMatchObject([
      { workId: 1, version: 1, likeness: 'same-file', distance: 0, title: { en: 'Welding' } },
    ])
    expect(await like(near.draftId)).toMatchObject([{ workId: 1, likeness: 'near-text' }])
    for (const text of ['welding', '李老师', '#1'])
      expect((await call('listWorks', { query: { text } })).items.map(({ workId }: { workId: number }) => workId)).toEqual([1])
    expect((await call('listWorks', { query: { text: 'nothing like it' } })).total).toBe(0)
  })

  test('sealed, is ciphertext on IPFS but for its cover, under the key that its licences open', async () => {
    const picture = new PNG({ width: 32, height: 32 })
    for (let index = 0; index < 32 * 32; index += 1) picture.data.set([((index % 32) * 37) % 256, (index * 11) % 256, 90, 255], index * 4)
    const cover = await put('cover.png', PNG.sync.write(picture))
    const secret = Buffer.from(essay('turning'))
    const uploadId = await put('turning.txt', secret)
    const files = [
      { uploadId, path: 'turning.txt' },
      { uploadId: cover, path: 'cover.png' },
    ]
    const draft = await call('createDraft', { body: written('Turning', { files, cover, sealed: true }) })
    const { job } = await register(draft.draftId)
    expect(job.stages.map((stage: { name: { en: string } }) => stage.name.en)).toContain('Sealed')
    const { work, versions } = await call('getWork', { params: { workId: 2 } })
    const [file] = versions[0].files
    const kept = await base.running.base.node.content.get(file.cid)
    expect([file.sealed, versions[0].sealed, Buffer.from(kept).includes(secret.subarray(0, 40))]).toEqual([true, true, false])
    expect(
      Buffer.from(await base.running.base.node.content.get(work.cover))
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG')
    expect(base.running.base.records.contentKeys.find({ workId: 2, version: 1 })?.draftId).toBe(draft.draftId)
  })

  test('names what it was made from and gets further versions, and the graph shows both', async () => {
    const short = { parents: [{ workId: 1, kind: 'translation', share: 99_999 }] }
    const child = await draftOf('Child', essay('soldering'), { parents: [{ workId: 1, kind: 'translation', share: 100_000 }] })
    await register(child.draftId)
    const own = await call('updateDraft', { params: { draftId: (await draftOf('Own', essay('brazing'))).draftId }, body: short })
    expect(own.gaps).toEqual([])
    const graph = await call('getWorkGraph', { params: { workId: 1 } })
    expect(graph).toMatchObject({
      nodes: [
        { workId: 1, level: 0, hidden: 0 },
        { workId: 3, level: 1, hidden: 0 },
      ],
      edges: [{ workId: 3, parentId: 1, kind: 'translation', share: 100_000 }],
    })
    expect((await call('getWorkGraph', { params: { workId: 1 }, query: { limit: 1 } })).nodes).toMatchObject([{ workId: 1, hidden: 1 }])
    const next = await draftOf('Welding, revised', essay('welding steel'), { workId: 1, creators: [], terms: null })
    const { draft } = await register(next.draftId)
    expect([draft.workId, draft.version]).toEqual([1, 2])
    expect((await call('getWork', { params: { workId: 1 } })).work).toMatchObject({
      newestVersion: 2,
      title: { en: 'Welding, revised' },
      children: 1,
    })
  })

  test('is shared anew once those who lose agree, claimed by its author, and answered for by its number', async () => {
    const creators = [
      { account: account(maker), share: 600_000 },
      { account: account(judge), share: 400_000 },
    ]
    const params = { workId: 3 }
    expect((await call('setCreators', { params, body: { creators: creators.slice(1) } })).code).toBe('DRAFT_REFUSED')
    expect((await finished((await call('setCreators', { params, body: { creators } })).jobId)).state).toBe('finished')
    const back = { creators: [{ account: account(maker), share: 1_000_000 }] }
    expect((await call('setCreators', { params, body: back })).code).toBe('SIGNATURE_MISSING')
    expect((await finished((await call('claimAuthorship', { params, body: { version: 1 } })).jobId)).state).toBe('finished')
    const { epochs, claims } = await call('getWork', { params })
    expect([epochs.length, epochs[1].creators.length, claims]).toEqual([
      2,
      2,
      [expect.objectContaining({ author: account(maker).toLowerCase() })],
    ])
    expect((await call('claimAuthorship', { params, body: { version: 1 } })).code).toBe('STATE_REFUSED')
    for (const route of ['getWork', 'getWorkGraph', 'takeDownWork', 'claimAuthorship', 'setCreators'] as const)
      expect([route, (await call(route, { params: { workId: 99 }, ...bodies[route] })).code]).toEqual([route, 'NOT_FOUND'])
  })
})

const bodies: Partial<Record<RouteId, TestCall>> = {
  takeDownWork: { body: { grounds: 'x' } },
  claimAuthorship: { body: { version: 1 } },
  setCreators: { body: { creators: [] } },
}

describe('the review', () => {
  const seat = async (panel: string, who: { id: string } | undefined, quorum = { approvals: 1, rejections: 1 }) => {
    const body = { account: account(who), baseId: null, days: 30, quorum }
    expect((await finished((await call('seatPanelMember', { params: { panel }, body })).jobId)).state).toBe('finished')
  }
  const opinion = async (who: { id: string; roles: readonly ['teacher'] } | undefined, params: object, body: object) => {
    const answer = await call('giveOpinion', { as: who ?? maker, params: params as Record<string, number>, body })
    return answer.jobId ? (await finished(answer.jobId)).state : answer.code
  }
  const marks = { political: true, scientific: true, suitable: true, wellFormed: true }
  const good = { panel: 'content', marks, reasons: '内容准确。' }

  test('lists a version once both panels approve, each for what it judges', async () => {
    await seat('content', judge, { approvals: 2, rejections: 1 })
    await seat('content', second, { approvals: 2, rejections: 1 })
    await seat('technical', engineer)
    await seat('expert', expert)
    const { panels, account: me } = await call('listPanels', { as: judge ?? maker })
    expect(panels.map((one: { members: unknown[]; approvalsNeeded: number }) => [one.members.length, one.approvalsNeeded])).toEqual([
      [2, 2],
      [1, 1],
      [1, 1],
    ])
    expect(me).toBe(account(judge))
    const params = { workId: 1, version: 1 }
    expect((await call('getReview', { as: judge ?? maker, params })).review.mayOpine).toEqual(['content'])
    expect(await opinion(maker as never, params, good)).toBe('OPINION_REFUSED')
    expect(await opinion(judge, params, { ...good, marks: { political: true } })).toBe('REQUEST_INVALID')
    expect([await opinion(judge, params, good), await opinion(judge, params, good)]).toEqual(['finished', 'OPINION_REFUSED'])
    expect((await call('getReview', { params })).review).toMatchObject({ state: 'in-review' })
    expect(await opinion(second, params, good)).toBe('finished')
    expect(await opinion(engineer, params, { panel: 'technical', approves: true, reasons: 'Opens everywhere.' })).toBe('finished')
    const { review, opinions, listedVersion } = await call('getReview', { params })
    expect([review.state, listedVersion, review.panels.map((one: { decision: string }) => one.decision)]).toEqual([
      'listed',
      1,
      ['approved', 'approved'],
    ])
    expect(opinions).toMatchObject([
      { reasons: '内容准确。', marks, approves: true },
      { approves: true },
      { reasons: 'Opens everywhere.', marks: null },
    ])
    expect((await call('listWorks', { query: { listed: true } })).items).toMatchObject([{ workId: 1, listedVersion: 1 }])
    const waiting = (await call('listReviews', { query: { state: 'waiting', panel: 'technical' } })).items
    // In the order of their publication, which may fall on one second.
    expect(waiting.map(({ workId, version }: { workId: number; version: number }) => `${workId}/${version}`).sort()).toEqual([
      '1/2',
      '2/1',
      '3/1',
    ])
  })

  test('rejects with reasons, and the expert committee rules on an appeal', async () => {
    const params = { workId: 3, version: 1 }
    expect(await opinion(judge, params, { ...good, marks: { ...marks, scientific: false }, reasons: '第 3 节的数据有误。' })).toBe(
      'OPINION_REFUSED',
    )
    expect(await opinion(second, params, { ...good, marks: { ...marks, scientific: false }, reasons: '第 3 节的数据有误。' })).toBe(
      'finished',
    )
    expect((await call('getReview', { params })).review.state).toBe('rejected')
    const appealed = await finished((await call('appealReview', { params, body: { grounds: '数据已更正。' } })).jobId)
    expect([appealed.state, (await call('appealReview', { params, body: { grounds: 'x' } })).code]).toEqual(['finished', 'STATE_REFUSED'])
    const ruling = await call('ruleOnAppeal', { as: expert ?? maker, params, body: { approves: true, reasons: '更正属实。' } })
    expect((await finished(ruling.jobId)).state).toBe('finished')
    const { review, appeal } = await call('getReview', { params })
    expect([review.state, appeal.grounds, review.panels.at(-1).decision]).toEqual(['listed', '数据已更正。', 'approved'])
    for (const route of ['getReview', 'giveOpinion', 'appealReview', 'ruleOnAppeal'] as const)
      expect([route, (await call(route, { params: { workId: 99, version: 1 }, body: opinionBodies[route] })).code]).toEqual([
        route,
        'NOT_FOUND',
      ])
  })
  const opinionBodies: Partial<Record<RouteId, object>> = {
    giveOpinion: good,
    appealReview: { grounds: 'x' },
    ruleOnAppeal: { approves: true, reasons: 'x' },
  }

  test('does not keep up a work that the network takes down', async () => {
    const { jobId } = await call('takeDownWork', { params: { workId: 3 }, body: { grounds: '侵权。' } })
    expect((await finished(jobId)).state).toBe('finished')
    expect((await call('getWork', { params: { workId: 3 } })).versions[0].state).toBe('taken-down')
    expect((await call('takeDownWork', { params: { workId: 3 }, body: { grounds: 'x' } })).code).toBe('STATE_REFUSED')
  })
})

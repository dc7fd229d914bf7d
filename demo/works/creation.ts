import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RouteInput } from '@guildhall/gateway/api'
import { hold } from '../walk.ts'
import { addStaff, finish, type Person, type Place, reached } from './bases.ts'
import { takePasskey } from './passkey.ts'
import { step } from './stage.ts'

type DraftBody = RouteInput<'createDraft'>['body']
type Terms = NonNullable<DraftBody['terms']>
type Parent = NonNullable<DraftBody['parents']>[number]
/** A work on the ledger, with the file that it was made from and those who made it. */
export type Made = { workId: number; name: string; bytes: Uint8Array<ArrayBuffer>; creators: Person[]; home: Place; terms: Terms }
/** The five works: one at the first level, two at the second, two at the third. */
export type Works = { deck: Made; model: Made; lesson: Made; video: Made; program: Made }

type Making = {
  name: string
  mediaType: string
  kind: NonNullable<DraftBody['kind']>
  title: { 'zh-CN': string; en: string }
  terms: Terms
  sealed: boolean
  parents: Parent[]
}

const openTerms = { reuse: true, adapt: true, commercial: false, territory: 'CN', periodDays: 365, seats: null } as const
const terms = (pricing: Terms['pricing'], price: string, royaltyShare: number): Terms => ({ ...openTerms, pricing, price, royaltyShare })
const fileOf = (name: string) => new Uint8Array(readFileSync(join(import.meta.dirname, '../files/works', name)))

/** Registers five real works at three bases, each made from those of the level above. */
export async function registerWorks([first, second, third]: readonly [Place, Place, Place]): Promise<Works> {
  const deck = await make(first, [await takePasskey(await addStaff(first, 'Teacher one'), first), await addStaff(first, 'Teacher two')], {
    name: 'deck.pdf',
    mediaType: 'application/pdf',
    kind: 'courseware',
    title: { 'zh-CN': '三角形为什么不变形', en: 'Why triangles hold' },
    terms: terms('once', '5000', 100_000),
    sealed: true,
    parents: [],
  })
  const model = await make(second, [await addStaff(second, 'Teacher three')], {
    name: 'bridge.stl',
    mediaType: 'model/stl',
    kind: 'model',
    title: { 'zh-CN': '桁架桥套件', en: 'Truss bridge kit' },
    terms: terms('per-class', '301', 80_000),
    sealed: false,
    parents: [{ workId: deck.workId, kind: 'adaptation', share: 100_000 }],
  })
  const lesson = await make(third, [await addStaff(third, 'Teacher four')], {
    name: 'lesson.md',
    mediaType: 'text/markdown',
    kind: 'text',
    title: { 'zh-CN': '教案：桁架桥', en: 'Lesson plan: a truss bridge' },
    terms: terms('free', '0', 50_000),
    sealed: false,
    parents: [{ workId: deck.workId, kind: 'adaptation', share: 150_000 }],
  })
  const video = await make(first, [await addStaff(first, 'Teacher five')], {
    name: 'bridge.webm',
    mediaType: 'video/webm',
    kind: 'video',
    title: { 'zh-CN': '移动荷载下的桁架桥', en: 'A load travels over the bridge' },
    terms: terms('per-use', '37', 50_000),
    sealed: true,
    parents: [
      { workId: model.workId, kind: 'recording', share: 120_000 },
      { workId: lesson.workId, kind: 'continuation', share: 70_000 },
    ],
  })
  const program = await make(third, [await addStaff(third, 'Teacher six')], {
    name: 'forces.mjs',
    mediaType: 'text/javascript',
    kind: 'software',
    title: { 'zh-CN': '桁架杆件受力计算', en: 'Forces in a truss' },
    terms: terms('per-use', '7', 0),
    sealed: false,
    parents: [{ workId: model.workId, kind: 'adaptation', share: 80_000 }],
  })
  const works = { deck, model, lesson, video, program }
  await showLevels(second, works)
  return works
}

/** Uploads a file in two pieces, describes it, and registers it. */
function make(home: Place, creators: Person[], making: Making): Promise<Made> {
  const { name, kind, title, parents } = making
  const from = parents.length === 0 ? '' : `, made from work ${parents.map(({ workId }) => workId).join(' and ')}`
  return step(`base ${home.baseId} registers ${name} as a ${kind}${from}`, async (say) => {
    const [maker] = creators
    hold(maker, 'somebody made it')
    for (const { workId } of parents)
      await reached(`work ${workId} at base ${home.baseId}`, () => maker.client.getWork({ params: { workId } }))
    const bytes = fileOf(name)
    const uploadId = await upload(maker, { home, name, mediaType: making.mediaType, bytes })
    const share = Math.floor(1_000_000 / creators.length)
    const { draftId, gaps } = await maker.client.createDraft({
      body: {
        kind,
        title,
        summary: { 'zh-CN': `${title['zh-CN']}，初中二年级。`, en: `${title.en}, for Year 8.` },
        languages: ['zh-CN', 'en'],
        files: [{ uploadId, path: name }],
        creators: creators.map(({ account }, index) => ({
          account,
          share: index === 0 ? 1_000_000 - share * (creators.length - 1) : share,
          name: null,
        })),
        parents,
        terms: making.terms,
        sealed: making.sealed,
      },
    })
    hold(gaps.length === 0, `nothing is missing: ${gaps.join(', ')}`)
    const subject = await finish(maker.client, await maker.client.registerWork({ params: { draftId } }))
    const { workId } = await maker.client.getDraft({ params: { draftId } })
    hold(workId !== null, `the ledger numbered it: ${subject}`)
    const page = await reached(`work ${workId} in the index`, () => maker.client.getWork({ params: { workId } }))
    const [file] = page.versions[0]?.files ?? []
    hold(file?.sealed === making.sealed, making.sealed ? 'it is sealed' : 'it is open')
    say(`work ${workId}, ${bytes.length} bytes, ${making.sealed ? 'sealed' : 'open'}, ${file.cid}`)
    return { workId, name, bytes, creators, home, terms: making.terms }
  })
}

type Upload = { home: Place; name: string; mediaType: string; bytes: Uint8Array<ArrayBuffer> }

/** Sends a file by tus 1.0, breaks off in the middle, asks how far it came and sends the rest. */
async function upload({ fetch }: Person, { home, name, mediaType, bytes }: Upload): Promise<string> {
  const word = (text: string) => Buffer.from(text).toString('base64')
  const protocol = { 'tus-resumable': '1.0.0' }
  const created = await fetch(`${home.process.origin}/api/uploads`, {
    method: 'POST',
    headers: {
      ...protocol,
      'upload-length': String(bytes.length),
      'upload-metadata': `filename ${word(name)},filetype ${word(mediaType)}`,
    },
  })
  hold(created.status === 201, `the upload begins: ${created.status} ${await created.text()}`)
  const place = new URL(created.headers.get('location') ?? '', home.process.origin)
  const send = async (from: number, to: number) => {
    const headers = { ...protocol, 'content-type': 'application/offset+octet-stream', 'upload-offset': String(from) }
    const answer = await fetch(place, { method: 'PATCH', headers, body: bytes.slice(from, to) })
    hold(answer.status === 204, `the bytes are taken: ${answer.status} ${await answer.text()}`)
  }
  await send(0, Math.floor(bytes.length / 2))
  const asked = await fetch(place, { method: 'HEAD', headers: protocol })
  const offset = Number(asked.headers.get('upload-offset'))
  hold(offset === Math.floor(bytes.length / 2), 'the base knows how far the upload came')
  await send(offset, bytes.length)
  return place.pathname.split('/').at(-1) ?? ''
}

/** Shows at another base that the five stand in three levels. */
function showLevels({ operator }: Place, { deck, ...made }: Works): Promise<void> {
  return step('five works stand in three levels, as another base reads the ledger', async (say) => {
    const graph = await reached('the whole graph', async () => {
      const seen = await operator.client.getWorkGraph({ params: { workId: deck.workId }, query: {} })
      return seen.nodes.length === 5 && seen
    })
    const levels = [...new Set(graph.nodes.map(({ level }) => level))]
    hold(levels.length === 3 && graph.edges.length === 5, 'five edges join three levels')
    for (const { workId, parentId, kind, share } of graph.edges) say(`work ${workId} ← ${parentId}: ${kind}, ${share / 10_000} %`)
    hold(Object.keys(made).length === 4, 'four were made from others')
  })
}

/** Prepares the deck once more at another base: the earlier work is named before anything is registered. */
export function findDuplicate(place: Place, { deck }: Works): Promise<void> {
  return step('the same deck, prepared again at another base, is pointed to the earlier work', async (say) => {
    const person = await addStaff(place, 'Teacher seven')
    const uploadId = await upload(person, { home: place, name: deck.name, mediaType: 'application/pdf', bytes: deck.bytes })
    const { draftId } = await person.client.createDraft({ body: { kind: 'courseware', files: [{ uploadId, path: deck.name }] } })
    const { duplicates } = await person.client.findDuplicates({ params: { draftId } })
    const same = duplicates.find(({ workId }) => workId === deck.workId)
    hold(same?.likeness === 'same-file', `the earlier work is found: ${JSON.stringify(duplicates)}`)
    say(`${same.likeness}: work ${same.workId}, version ${same.version}`)
    await person.client.removeDraft({ params: { draftId } })
  })
}

import * as m from '../paraglide/messages.js'
import { api, problemOf } from '../shell/api.ts'
import { formatBytes } from '../shell/format.ts'
import { startWork, type WorkHandle } from '../shell/tray.svelte.ts'
import { trustHere } from './trust.ts'
import { type Item, verification } from './verification.svelte.ts'
import type { Message, Source } from './worker/messages.ts'
import { connectVerifier, type VerifierLink } from './worker/worker-link.ts'

const largestFile = 64_000_000
const codePattern = /^[A-Z2-7]{26}$/

let link: VerifierLink | undefined
let run = 0
let last: readonly Source[] = []
let work: WorkHandle | undefined
let finished: () => void = () => undefined

/** Starts the verifier ahead of the first file. */
export function prepare(): void {
  link ??= connectVerifier(receive)
  link.send({ type: 'prepare' })
}

/** Checks every certificate in some files, folders or archives. */
export async function openFiles(files: readonly File[]): Promise<void> {
  const tooLarge = files.find((file) => file.size > largestFile)
  if (tooLarge) {
    const sizes = { name: tooLarge.name, size: formatBytes(tooLarge.size), limit: formatBytes(largestFile) }
    return refuse('too-large', m.input_too_large(sizes))
  }
  await check(files.map((file) => ({ name: file.webkitRelativePath || file.name, content: file })))
}

/** Checks pasted or scanned text: a certificate, a link, or a learning code. */
export async function openText(text: string): Promise<void> {
  const trimmed = text.trim()
  if (/^https?:\/\/\S+$/i.test(trimmed) || codePattern.test(trimmed)) return openLink(trimmed)
  await check([{ name: m.source_pasted(), content: trimmed }])
}

/** Opens a learning code, or reads a certificate from an address of this site; another site's address is only offered to be opened. */
export async function openLink(text: string): Promise<void> {
  const code = codeOf(text)
  const url = codePattern.test(text) ? undefined : new URL(text)
  if (url && url.origin !== location.origin) return refuse('link-other', url.host, url.href)
  if (code) return openCode(code)
  try {
    const response = await fetch(url ?? text, { credentials: 'omit' })
    if (!response.ok) throw new Error(`HTTP ${response.status}`)
    await check([{ name: url?.pathname.split('/').pop() || text, content: await response.blob() }])
  } catch (error) {
    refuse('link', problemOf(error).sentence)
  }
}

/** Makes a sample certificate here and now and checks it. */
export async function openSample(): Promise<void> {
  last = []
  await start(() => link?.send({ type: 'sample', run, name: m.source_sample() }))
}

/** Checks what was handed in last once more, with fresh answers. */
export async function checkAgain(): Promise<void> {
  if (last.length === 0) await openSample()
  else await check(last)
}

async function openCode(code: string): Promise<void> {
  try {
    const opened = await api.openLearningCode({ body: { code } })
    const { presentation } = opened
    const content = typeof presentation === 'string' ? presentation : JSON.stringify(presentation)
    const { receipts, identity } = opened
    await check([{ name: m.source_learning_code(), content, opened: { receipts, identity, code } }])
  } catch (error) {
    refuse('code', problemOf(error).sentence)
  }
}

/** `HTTPS://BASE.EXAMPLE/CODE/…`, or the bare code. */
function codeOf(text: string): string | undefined {
  const code = (/^https?:\/\/[^/]+\/code\/([a-z2-7]{26})$/i.exec(text)?.[1] ?? text).toUpperCase()
  return codePattern.test(code) ? code : undefined
}

function refuse(code: 'too-large' | 'link' | 'link-other' | 'code', detail: string, href?: string): void {
  verification.clear()
  verification.refuse({ code, detail, ...(href === undefined ? {} : { href }) })
}

async function check(sources: readonly Source[]): Promise<void> {
  last = sources
  const trust = await trustHere()
  await start(() => link?.send({ type: 'check', run, sources, trust }))
}

async function start(send: () => void): Promise<void> {
  verification.clear()
  run += 1
  const done = new Promise<void>((resolve) => {
    finished = resolve
  })
  prepare()
  send()
  await done
}

function receive(message: Message): void {
  if (message.run !== run) return
  if (message.type === 'found') found(message.found.map((entry) => ({ ...entry, checks: [] })))
  else if (message.type === 'check') find(message.id)?.checks.push({ ...message.check, milliseconds: message.milliseconds })
  else if (message.type === 'verdict') conclude(message)
  else if (message.type === 'shown') verification.show(message.shown)
  else if (message.type === 'network') verification.offerNetwork(message.descriptor)
  else end(message.problem)
}

function found(items: readonly Item[]): void {
  verification.add(items)
  const total = verification.items.length
  if (total > 1 && !work) work = startWork({ title: m.batch_work({ count: total }), stage: 'checking', unit: 'items', total })
  work?.report({ total })
}

function conclude({ id, verdict, checkpoint, second }: Extract<Message, { type: 'verdict' }>): void {
  const item = find(id)
  if (item) Object.assign(item, { verdict, checkpoint, second })
  work?.report({ done: countDone() })
}

function end(problem: Extract<Message, { type: 'done' }>['problem']): void {
  if (problem) verification.refuse(problem)
  const count = (overall: string) => verification.items.filter((item) => item.verdict?.overall === overall).length
  const counts = { passed: count('valid'), failed: count('not-valid'), unknown: count('unconfirmed') }
  work?.finish(m.batch_receipt(counts), '/verify')
  work = undefined
  finished()
}

function countDone(): number {
  return verification.items.filter((item) => item.verdict || item.problem).length
}

function find(id: number): Item | undefined {
  // Ids are given in order from 0.
  return verification.items[id]
}

import type { Language } from './language.svelte.ts'

/** The stages that long work goes through; each has a word in both languages. */
export type Stage = 'reading' | 'checking' | 'uploading' | 'examining' | 'importing' | 'anchoring' | 'downloading'

/** A stage as the base names it, in both languages. */
type NamedStage = Readonly<Record<Language, string>>

/** One job in the tray. `done` and `total` are real counts, of bytes or of items. */
export interface Work {
  id: string
  /** What goes on after a reload, as `upload:<id>` or `job:<id>`; a work that takes it up again replaces the one that stopped. */
  key?: string
  title: string
  stage: Stage | NamedStage
  done: number
  total: number
  unit: 'bytes' | 'items'
  state: 'running' | 'paused' | 'done' | 'failed' | 'interrupted'
  /** A sentence: what came out of it, or why it stopped. */
  note?: string
  /** Where to look at the result. */
  href?: string
  canPause: boolean
}

/** What the code that does the work holds. */
export interface WorkHandle {
  signal: AbortSignal
  report(progress: Partial<Pick<Work, 'stage' | 'done' | 'total' | 'unit'>>): void
  /** Resolves at once, or, while the job is paused, when it goes on. Rejects when it is stopped. */
  whileNotPaused(): Promise<void>
  /** Called at each press of pause and of resume, for work that has its own way to stop. */
  onPause(pause: () => void, resume: () => void): void
  /** Names what goes on after a reload, where that is known only once it has begun. */
  setKey(key: string): void
  finish(note: string, href?: string): void
  fail(note: string): void
}

interface Running {
  stop: AbortController
  waiting: (() => void)[]
  pausing: { pause: () => void; resume: () => void }[]
}

const storageKey = 'guildhall.tray'
let works = $state<Work[]>(readStored())
const running = new Map<string, Running>()

/** The jobs of this page, newest first; they are kept over a reload, and what could not go on says so. */
export const tray = {
  get works(): readonly Work[] {
    return works
  },
  pause(id: string): void {
    change(id, { state: 'paused' })
    for (const { pause } of running.get(id)?.pausing ?? []) pause()
  },
  resume(id: string): void {
    change(id, { state: 'running' })
    for (const { resume } of running.get(id)?.pausing ?? []) resume()
    for (const go of running.get(id)?.waiting.splice(0) ?? []) go()
  },
  stop(id: string): void {
    running.get(id)?.stop.abort()
    tray.clear(id)
  },
  clear(id: string): void {
    running.delete(id)
    works = works.filter((work) => work.id !== id)
    store()
  },
}

/** Puts a job into the tray and hands back what reports its progress. */
export function startWork(work: Pick<Work, 'title' | 'stage' | 'total' | 'unit' | 'key' | 'href'> & { canPause?: boolean }): WorkHandle {
  const id = crypto.randomUUID()
  const stop = new AbortController()
  running.set(id, { stop, waiting: [], pausing: [] })
  const others = works.filter(({ key }) => key === undefined || key !== work.key)
  works = [{ id, done: 0, state: 'running', canPause: work.canPause ?? false, ...work }, ...others]
  store()
  const end = (state: 'done' | 'failed', note: string, href?: string): void => {
    running.delete(id)
    change(id, { state, note, ...(href === undefined ? {} : { href }) })
  }
  return {
    signal: stop.signal,
    report: (progress) => change(id, progress),
    whileNotPaused: () => untilResumed(id),
    onPause: (pause, resume) => void running.get(id)?.pausing.push({ pause, resume }),
    setKey(key) {
      works = works.filter((other) => other.id === id || other.key !== key)
      change(id, { key })
      store()
    },
    finish: (note, href) => end('done', note, href),
    fail: (note) => end('failed', note),
  }
}

function untilResumed(id: string): Promise<void> {
  const job = running.get(id)
  if (!job || works.find((work) => work.id === id)?.state !== 'paused') return Promise.resolve()
  return new Promise((resolve, reject) => {
    job.waiting.push(resolve)
    job.stop.signal.addEventListener('abort', () => reject(job.stop.signal.reason), { once: true })
  })
}

function change(id: string, values: Partial<Work>): void {
  const work = works.find((entry) => entry.id === id)
  if (!work) return
  Object.assign(work, values)
  if (values.state) store()
}

function store(): void {
  localStorage.setItem(storageKey, JSON.stringify(works.slice(0, 20)))
}

function readStored(): Work[] {
  try {
    const held: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]')
    if (!Array.isArray(held)) return []
    return held
      .filter(isWork)
      .map((work) => (work.state === 'running' || work.state === 'paused' ? { ...work, state: 'interrupted' } : work))
  } catch {
    return []
  }
}

function isWork(value: unknown): value is Work {
  return typeof value === 'object' && value !== null && 'id' in value && 'title' in value && 'state' in value && 'unit' in value
}

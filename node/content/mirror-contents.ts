import { NodeError } from '../errors.ts'
import type { Content } from './create-content.ts'

/** Something that this base keeps for another: its CID, and under which name it is held (`base:…`). */
interface MirrorWish {
  cid: string
  holder: string
}

/** Fetches what the network's bases should keep for one another, one at a time, until it is here. */
export interface Mirror {
  /** Adds wishes; what is held already, or wished already, is not wished again. */
  want(wishes: MirrorWish[]): void
  /** Tries at once what is waiting, for instance because another base has just been connected. */
  retry(): void
  /** What is not here yet. */
  waiting(): MirrorWish[]
  stop(): Promise<void>
}

const RETRY_MS = 30_000
/** Codes after which trying again is of no use. */
const HOPELESS = ['CONTENT_TOO_LARGE', 'CONTENT_NOT_A_FILE']
const MAX_WISHES = 10_000

/** What a mirror is made of. */
export interface MirrorInit {
  content: Pick<Content, 'replicate' | 'listUnfinished' | 'list' | 'has' | 'forgetUnfinished'>
  /** Bounds each single content. */
  maxBytes: number
  /** Bounds all that is kept for others together, so that nobody can fill this disk by announcing. */
  maxTotalBytes: number
  /** Hears of each that has arrived. */
  onMirrored?: (cid: string) => void
}

/** Makes a mirror; it is idle until something is wanted. Replications that an earlier run did not finish are wanted from the start. */
export function createMirror(init: MirrorInit): Mirror {
  const { content, maxBytes, maxTotalBytes, onMirrored } = init
  const wishes = new Map<string, MirrorWish>()
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let isAskedAgain = false
  const timer = setInterval(retry, RETRY_MS)
  timer.unref()

  async function work(): Promise<void> {
    do {
      isAskedAgain = false
      for (const [key, wish] of wishes) {
        if (stopping.signal.aborted) return
        if (await isFulfilled(wish)) wishes.delete(key)
      }
    } while (isAskedAgain && wishes.size > 0)
  }

  /** True when there is no need to try again. */
  async function isFulfilled({ cid, holder }: MirrorWish): Promise<boolean> {
    const left = maxTotalBytes - bytesForOthers(content.list())
    if (left <= 0) return false
    try {
      await content.replicate(cid, { holder, maxBytes: Math.min(maxBytes, left), signal: stopping.signal })
      onMirrored?.(cid)
      return true
    } catch (error) {
      if (stopping.signal.aborted) return false
      if (!(error instanceof NodeError)) throw error
      const isHopeless = HOPELESS.includes(error.code)
      if (isHopeless) content.forgetUnfinished(cid)
      return isHopeless
    }
  }

  function retry(): void {
    isAskedAgain = true
    if (wishes.size === 0 || stopping.signal.aborted) return
    running ??= work()
      .catch(() => {
        // A full disk and the like: the next try tells whether it has passed.
      })
      .finally(() => {
        running = undefined
      })
  }

  function want(added: MirrorWish[]): void {
    const fresh = added.filter(({ cid }) => !wishes.has(cid) && !isHereOrNoCid(content, cid)).slice(0, MAX_WISHES - wishes.size)
    for (const wish of fresh) wishes.set(wish.cid, wish)
    if (fresh.length > 0) retry()
  }

  want(content.listUnfinished())
  return {
    want,
    retry,
    waiting: () => [...wishes.values()],
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await running
    },
  }
}

/** A CID that is none, which a base may well put on the ledger, is not waited for. */
function isHereOrNoCid(content: Pick<Content, 'has'>, cid: string): boolean {
  try {
    return content.has(cid)
  } catch {
    return true
  }
}

function bytesForOthers(items: ReturnType<Content['list']>): number {
  return items.filter(({ holders }) => holders.every((holder) => holder.startsWith('base:'))).reduce((sum, { bytes }) => sum + bytes, 0)
}

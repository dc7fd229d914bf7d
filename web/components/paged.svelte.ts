import { createResource, type Resource } from './resource.svelte.ts'

interface Page<T> {
  items: T[]
  total: number
  next: string | null
}

/** A list that is read page by page. */
export interface Paged<T> extends Resource<Page<T>> {
  /** Reads the next page and puts it behind what is there. */
  more(): Promise<void>
}

/** Reads the first page of a list now; `after` is the place where the next page begins. */
export function createPaged<T>(ask: (after: string | undefined, signal: AbortSignal) => Promise<Page<T>>): Paged<T> {
  let extra = $state.raw<T[]>([])
  let next = $state.raw<string | null>()
  const first = createResource(async (signal) => {
    const page = await ask(undefined, signal)
    extra = []
    next = undefined
    return page
  })
  return {
    get state() {
      return first.state
    },
    get trouble() {
      return first.trouble
    },
    get value() {
      const page = first.value
      return page && { items: [...page.items, ...extra], total: page.total, next: next === undefined ? page.next : next }
    },
    reload: first.reload,
    async more() {
      const after = next === undefined ? first.value?.next : next
      if (!after) return
      const page = await ask(after, new AbortController().signal)
      extra = [...extra, ...page.items]
      next = page.next
    },
  }
}

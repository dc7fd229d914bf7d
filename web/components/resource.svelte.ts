import { problemOf } from '../shell/api.ts'
import { session } from '../shell/session.svelte.ts'

/** Why something could not be read: its code, sentence and next step, as the base told them. */
export interface Trouble {
  code: string
  sentence: string
  nextStep: string
  status: number
  params: Readonly<Record<string, string | number>>
}

/** Something read from the base: loading, ready, failed or refused. */
export interface Resource<T> {
  readonly state: 'loading' | 'ready' | 'failed' | 'refused'
  readonly value: T | undefined
  readonly trouble: Trouble | undefined
  /** Reads it again; what is on the screen stays until the new answer is there. */
  reload(): Promise<void>
}

/** Reads something now, and again on `reload`. A newer reading ends an older one. */
export function createResource<T>(ask: (signal: AbortSignal) => Promise<T>): Resource<T> {
  let state = $state<Resource<T>['state']>('loading')
  let value = $state.raw<T>()
  let trouble = $state.raw<Trouble>()
  let asked = new AbortController()

  async function reload(): Promise<void> {
    asked.abort()
    asked = new AbortController()
    const { signal } = asked
    try {
      const next = await ask(signal)
      if (signal.aborted) return
      value = next
      state = 'ready'
    } catch (error) {
      if (signal.aborted) return
      trouble = problemOf(error)
      state = trouble.status === 401 || trouble.status === 403 ? 'refused' : 'failed'
      if (trouble.status === 401) session.forget()
    }
  }

  void reload()
  return {
    get state() {
      return state
    },
    get value() {
      return value
    },
    get trouble() {
      return trouble
    },
    reload,
  }
}

/** One press of a button: whether it is under way, and what went wrong the last time. */
export interface Action {
  readonly isBusy: boolean
  readonly trouble: Trouble | undefined
  /** Runs it; resolves to whether it worked. A second press while it runs does nothing. */
  run(work: () => Promise<void>): Promise<boolean>
}

/** Keeps the state of one button or form. */
export function createAction(): Action {
  let isBusy = $state(false)
  let trouble = $state.raw<Trouble>()
  return {
    get isBusy() {
      return isBusy
    },
    get trouble() {
      return trouble
    },
    async run(work) {
      if (isBusy) return false
      isBusy = true
      trouble = undefined
      try {
        await work()
        return true
      } catch (error) {
        trouble = problemOf(error)
        return false
      } finally {
        isBusy = false
      }
    },
  }
}

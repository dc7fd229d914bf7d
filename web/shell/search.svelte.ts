/** One thing that the finder offers. */
export interface Find {
  group: 'pages' | 'people' | 'certificates' | 'works' | 'identifier'
  title: string
  href: string
}

/** Answers a query with what the signed-in person may see. */
export type Finder = (query: string, signal: AbortSignal) => Promise<readonly Find[]>

let list = $state<readonly Find[]>([])
let problem = $state('')
let finder = $state<Finder | undefined>()
let asked = new AbortController()

/** What the base found for the text in the finder. */
export const findings = {
  get list(): readonly Find[] {
    return list
  },
  get problem(): string {
    return problem
  },
  get needsSignIn(): boolean {
    return finder === undefined
  },
  /** Hands over what searches; `undefined` when nobody is signed in. */
  use(next: Finder | undefined): void {
    finder = next
    list = []
  },
  /** Asks after a pause of 150 ms; a newer question ends an older one. */
  ask(query: string): void {
    asked.abort()
    asked = new AbortController()
    problem = ''
    if (query.trim() === '' || !finder) {
      list = []
      return
    }
    void find(finder, query.trim(), asked.signal)
  },
}

async function find(search: Finder, query: string, signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 150))
  if (signal.aborted) return
  try {
    const found = await search(query, signal)
    if (!signal.aborted) list = found
  } catch (error) {
    if (!signal.aborted) problem = error instanceof Error ? error.message : String(error)
  }
}

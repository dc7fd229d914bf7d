import { api } from '../shell/api.ts'
import { language } from '../shell/language.svelte.ts'
import { type Find, findings } from '../shell/search.svelte.ts'

/** Lets the finder (⌘K) search the works of all bases. */
export function useStudioFinder(): void {
  findings.use(findWorks)
}

/** Works whose title or description holds the words. */
async function findWorks(text: string, signal: AbortSignal): Promise<readonly Find[]> {
  const { items } = await api.listWorks({ query: { text, limit: 8 } }, signal)
  return items.map(({ workId, title }) => ({ group: 'works', title: title[language.current], href: `/studio/works/${workId}` }))
}

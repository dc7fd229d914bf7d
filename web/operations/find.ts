import { api } from '../shell/api.ts'
import { language } from '../shell/language.svelte.ts'
import { type Find, findings } from '../shell/search.svelte.ts'
import { session } from '../shell/session.svelte.ts'

/** Lets the finder (⌘K) search what the signed-in member of staff may see: learners, certificates, content by its identifier. */
export function useOperationsFinder(): void {
  findings.use(find)
}

async function find(query: string, signal: AbortSignal): Promise<readonly Find[]> {
  const [people, certificates] = await Promise.all([findPeople(query, signal), findCertificate(query, signal)])
  return [...people, ...certificates, ...findIdentifier(query)]
}

async function findPeople(search: string, signal: AbortSignal): Promise<Find[]> {
  if (!session.has('teacher', 'examiner', 'operator')) return []
  const { items } = await api.listLearners({ query: { search, limit: 8 } }, signal)
  return items.map(({ learnerId, name, classes }) => ({
    group: 'people',
    title: [name, classes[0]?.name].filter(Boolean).join(' · '),
    href: `/operations/learners/${learnerId}`,
  }))
}

async function findCertificate(query: string, signal: AbortSignal): Promise<Find[]> {
  const credentialId = query.replace(/^urn:uuid:/, '').toLowerCase()
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(credentialId)) return []
  const award = await api.getAward({ params: { credentialId } }, signal)
  return [
    { group: 'certificates', title: `${award.title[language.current]} · ${award.learnerName}`, href: `/operations/awards/${credentialId}` },
  ]
}

function findIdentifier(query: string): Find[] {
  return /^b[a-z2-7]{20,110}$/.test(query) ? [{ group: 'identifier', title: query, href: `/ipfs/${query}` }] : []
}

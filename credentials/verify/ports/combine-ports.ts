import type { JsonObject } from '../../formats/format.ts'
import { canonicalJson } from '../../formats/json.ts'
import type { Lookup, VerifierPorts } from '../../ports.ts'

/** Asks `live` first and `held` (a bundle, a cache) where nobody answers. A disagreement among live sources is not papered over. */
export function withFallback(live: VerifierPorts, held: VerifierPorts): VerifierPorts {
  return combine(live, held, async (first, second) => {
    const answer = await first()
    if (answer.outcome !== 'unreachable' || answer.cause === 'disagreement') return answer
    const fallback = await second()
    return fallback.outcome === 'unreachable' ? answer : fallback
  })
}

/** Asks two independent sources. Where both answer and say different things, the answer is `unreachable` because of the disagreement. */
export function crossChecked(one: VerifierPorts, other: VerifierPorts): VerifierPorts {
  return combine(one, other, async (first, second) => {
    const [a, b] = await Promise.all([first(), second()])
    if (a.outcome === 'unreachable') return b
    if (b.outcome === 'unreachable' || meaningOf(a) === meaningOf(b)) return a
    return { outcome: 'unreachable', cause: 'disagreement', source: `${a.source} / ${b.source}` }
  })
}

type Ask<T> = () => Promise<Lookup<T>>
type Rule = <T>(first: Ask<T>, second: Ask<T>) => Promise<Lookup<T>>

function combine(one: VerifierPorts, other: VerifierPorts, rule: Rule): VerifierPorts {
  const [a, b] = [one.directory, other.directory]
  const both =
    <Query extends readonly unknown[], T>(
      first: (...query: Query) => Promise<Lookup<T>>,
      second: (...query: Query) => Promise<Lookup<T>>,
    ) =>
    (...query: Query) =>
      rule(
        () => first(...query),
        () => second(...query),
      )
  return {
    directory: {
      listNetworks: () => a.listNetworks(),
      findDescriptor: async (id) => (await a.findDescriptor?.(id)) ?? b.findDescriptor?.(id),
      findBase: both(a.findBase, b.findBase),
      findDidLog: both(a.findDidLog, b.findDidLog),
      findKey: both(a.findKey, b.findKey),
      isEntitled: both(a.isEntitled, b.isEntitled),
    },
    status: {
      findHead: both(one.status.findHead, other.status.findHead),
      listHeads: both(one.status.listHeads, other.status.listHeads),
      findList: both(one.status.findList, other.status.findList),
    },
    evidence: {
      findAnchor: both(one.evidence.findAnchor, other.evidence.findAnchor),
      findSegment: both(one.evidence.findSegment, other.evidence.findSegment),
    },
  }
}

/** What an answer says, whoever says it and as of when. */
function meaningOf(answer: Lookup<unknown>): string {
  return answer.outcome === 'found' ? canonicalJson(answer.value as JsonObject) : answer.outcome
}

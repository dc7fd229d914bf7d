import type { Lookup, VerifierPorts } from '@guildhall/credentials'

/**
 * Several sources as one: what one cannot reach another may answer; what two answer differently is unknown (`disagreement`).
 * Times and block numbers may differ, facts may not. The oldest time counts.
 */
export function agreeingPorts(sources: readonly VerifierPorts[]): VerifierPorts {
  const ask = async <T>(use: (ports: VerifierPorts) => Promise<Lookup<T>>) => agree(await Promise.all(sources.map(use)))
  return {
    directory: {
      listNetworks: async () => (await Promise.all(sources.map(({ directory }) => directory.listNetworks()))).flat(),
      findBase: (...question) => ask(({ directory }) => directory.findBase(...question)),
      findDidLog: (...question) => ask(({ directory }) => directory.findDidLog(...question)),
      findKey: (...question) => ask(({ directory }) => directory.findKey(...question)),
      isEntitled: (...question) => ask(({ directory }) => directory.isEntitled(...question)),
    },
    status: {
      findHead: (...question) => ask(({ status }) => status.findHead(...question)),
      listHeads: (...question) => ask(({ status }) => status.listHeads(...question)),
      findList: (...question) => ask(({ status }) => status.findList(...question)),
    },
    evidence: { findAnchor: (...question) => ask(({ evidence }) => evidence.findAnchor(...question)) },
  }
}

/** One answer out of several. */
export function agree<T>(lookups: readonly Lookup<T>[]): Lookup<T> {
  const answers = lookups.filter((lookup) => lookup.outcome !== 'unreachable')
  const [first] = answers
  if (!first)
    return lookups.find(({ outcome }) => outcome === 'unreachable') ?? { outcome: 'unreachable', cause: 'not-covered', source: '—' }
  const source = [...new Set(answers.map((answer) => answer.source))].join(', ')
  if (answers.some((answer) => factOf(answer) !== factOf(first))) return { outcome: 'unreachable', cause: 'disagreement', source }
  return { ...first, source, asOf: Math.min(...answers.map(({ asOf }) => asOf)) }
}

function factOf<T>(lookup: Lookup<T>): string {
  return JSON.stringify(lookup.outcome === 'found' ? lookup.value : lookup.outcome)
}

import { canonize } from 'rdf-canonize'
import { type Refusal, refusal } from '../reasons.ts'
import type { Statement, StatementTerm } from './statements.ts'

/** A term as RDF/JS and rdf-canonize name it. */
interface Term {
  termType: 'NamedNode' | 'BlankNode' | 'Literal' | 'DefaultGraph'
  value: string
  datatype?: { termType: 'NamedNode'; value: string }
}

const literal = /^("(?:[^"\\]|\\.)*")(?:\^\^<(.*)>)?$/s

/** Canonical N-Quads by rdf-canonize, for graphs with blank nodes that look alike (RDFC-1.0 §4.7). */
export async function canonicaliseAlike(statements: readonly Statement[]): Promise<{ canonical: string } | Refusal> {
  return canonicaliseQuads(
    statements.map(({ subject, predicate, object, graph }) => ({
      subject: readTerm(subject),
      predicate: readTerm(predicate),
      object: readTerm(object),
      graph: readTerm(graph),
    })),
  )
}

/** The same for quads of jsonld.js. Its work is bounded: a graph made to cost exponential work ("poison") is `unknown`, not computed. */
export async function canonicaliseQuads(quads: readonly object[]): Promise<{ canonical: string } | Refusal> {
  try {
    return { canonical: await canonize(quads, { algorithm: 'RDFC-1.0', format: 'application/n-quads' }) }
  } catch {
    return refusal('unknown', 'proof-suite-unsupported', { suite: 'a graph too symmetric to be put in order' })
  }
}

function readTerm(term: StatementTerm): Term {
  if (typeof term === 'number') return { termType: 'BlankNode', value: `b${term}` }
  if (term === '') return { termType: 'DefaultGraph', value: '' }
  if (term.startsWith('<')) return { termType: 'NamedNode', value: term.slice(1, -1) }
  const [, quoted = '""', datatype = 'http://www.w3.org/2001/XMLSchema#string'] = literal.exec(term) ?? []
  // Every escape of canonical N-Quads is one of JSON's.
  return { termType: 'Literal', value: JSON.parse(quoted), datatype: { termType: 'NamedNode', value: datatype } }
}

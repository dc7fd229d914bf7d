import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { isKeptApart } from './literals.ts'

/** A term of a statement: its N-Quads text, or the number of a blank node. */
export type StatementTerm = string | number

/** One statement; `graph` is empty text in the default graph. The predicate is never blank. */
export interface Statement {
  subject: StatementTerm
  predicate: string
  object: StatementTerm
  graph: StatementTerm
}

const utf8 = new TextEncoder()

/** What `canonicaliseStatements` found: the canonical text, blank nodes that look alike, or nothing that may be decided here. */
export type Canonicalisation = { canonical: string } | { alike: Statement[] } | undefined

/**
 * The canonical N-Quads (RDF Dataset Canonicalization 1.0) of a dataset in which every blank node differs from every other by its own
 * statements (§4.6.3, first-degree hash): then names go in the order of the hashes, and nothing deeper is needed. A statement said twice
 * counts once; undefined when that cannot be told, because jsonld.js may keep the two apart.
 */
export function canonicaliseStatements(statements: readonly Statement[], blankNodes: number): Canonicalisation {
  const mentions: Statement[][] = Array.from({ length: blankNodes }, () => [])
  const distinct = new Map<string, Statement>()
  for (const statement of statements) {
    const line = writeLine(statement, (blank) => `_:b${blank}`)
    if (distinct.has(line)) {
      if (typeof statement.object === 'string' && isKeptApart(statement.object)) return undefined
      continue
    }
    distinct.set(line, statement)
    const { subject, object, graph } = statement
    if (typeof subject === 'number') mentions[subject]?.push(statement)
    if (typeof object === 'number' && object !== subject) mentions[object]?.push(statement)
    if (typeof graph === 'number' && graph !== subject && graph !== object) mentions[graph]?.push(statement)
  }
  const set = [...distinct.values()]
  const names = nameBlankNodes(mentions)
  if (!names) return { alike: set }
  const lines = set.map((statement) => writeLine(statement, (blank) => names[blank] ?? ''))
  return { canonical: lines.sort().join('') }
}

function nameBlankNodes(mentions: readonly Statement[][]): string[] | undefined {
  const hashes = mentions.map((statements, self) => {
    const lines = statements.map((statement) => writeLine(statement, (blank) => (blank === self ? '_:a' : '_:z')))
    return bytesToHex(sha256(utf8.encode(lines.sort().join(''))))
  })
  const order = [...hashes.keys()].sort((one, other) => ((hashes[one] ?? '') < (hashes[other] ?? '') ? -1 : 1))
  if (new Set(hashes).size !== hashes.length) return undefined
  const names: string[] = []
  for (const [position, blank] of order.entries()) names[blank] = `_:c14n${position}`
  return names
}

function writeLine({ subject, predicate, object, graph }: Statement, name: (blank: number) => string): string {
  const start = `${typeof subject === 'number' ? name(subject) : subject} ${predicate} ${typeof object === 'number' ? name(object) : object}`
  return graph === '' ? `${start} .\n` : `${start} ${typeof graph === 'number' ? name(graph) : graph} .\n`
}

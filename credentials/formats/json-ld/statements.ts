import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

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

/**
 * The canonical N-Quads (RDF Dataset Canonicalization 1.0) of a dataset in which every blank node differs from every other by its own
 * statements (§4.6.3, first-degree hash): then names go in the order of the hashes, and nothing deeper is needed. Undefined when two
 * blank nodes look alike or a statement is there twice; then rdf-canonize has the word.
 */
export function canonicaliseStatements(statements: readonly Statement[], blankNodes: number): string | undefined {
  const mentions: Statement[][] = Array.from({ length: blankNodes }, () => [])
  const seen = new Set<string>()
  for (const statement of statements) {
    seen.add(writeLine(statement, (blank) => `_:b${blank}`))
    for (const blank of new Set([statement.subject, statement.object, statement.graph])) {
      if (typeof blank === 'number') mentions[blank]?.push(statement)
    }
  }
  if (seen.size !== statements.length) return undefined
  const names = nameBlankNodes(mentions)
  return (
    names &&
    statements
      .map((statement) => writeLine(statement, (blank) => names[blank] ?? ''))
      .sort()
      .join('')
  )
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

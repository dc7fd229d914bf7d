/** What a cell may hold; null is an empty one. */
export type Cell = string | number | null

/**
 * Rows for a spreadsheet: CSV (RFC 4180), UTF-8 with a byte order mark so that Chinese is read right. The columns' names come first.
 * Text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection).
 * @example writeSpreadsheet([['name', (learner) => learner.name]], learners)
 */
export function writeSpreadsheet<Row>(
  columns: readonly (readonly [name: string, read: (row: Row) => Cell])[],
  rows: readonly Row[],
): Uint8Array {
  const lines = [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, read]) => read(row)))]
  return new TextEncoder().encode(`\uFEFF${lines.map((cells) => cells.map(quote).join(',')).join('\r\n')}\r\n`)
}

function quote(cell: Cell): string {
  if (typeof cell === 'number') return String(cell)
  const text = cell ?? ''
  const harmless = /^[\s\uFEFF]*[=+\-@＝＋－＠]|^[\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/** A part of a file that is there. */
export type Part = { offset: number; length: number }

/**
 * Reads a Range header (RFC 9110 §14.1.2) for a file of so many bytes. What is no range of bytes, or several of them, is answered with the
 * whole file, as §14.2 allows.
 */
export function parseRange(header: string | null, sizeBytes: number): Part | 'whole' | 'unsatisfiable' {
  const [, first, last] = /^bytes=(\d{0,16})-(\d{0,16})$/i.exec(header?.trim() ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return 'whole'
  if (first === '') {
    const length = Math.min(Number(last), sizeBytes)
    return length === 0 ? 'unsatisfiable' : { offset: sizeBytes - length, length }
  }
  const offset = Number(first)
  const end = last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes)
  // A last byte before the first one makes it no range at all.
  if (last !== '' && Number(last) < offset) return 'whole'
  return offset >= sizeBytes ? 'unsatisfiable' : { offset, length: end - offset }
}

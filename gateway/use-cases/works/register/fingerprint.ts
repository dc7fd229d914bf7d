import { createHash } from 'node:crypto'

/** Words of text below which nothing is said of likeness: short texts are alike by chance. */
const fewestWords = 20
const mostWords = 200_000
const wordsTogether = 3

/** Two texts are near where their simhashes differ in at most so many of 64 bits; by chance 32 differ, with a deviation of 4. */
export const nearTextBits = 10
/** The same for pictures; those of one kind, such as pages of print, are nearer to one another by nature. */
export const nearImageBits = 8

/** A picture as grey values from 0 to 255, row by row. */
export type GreyPicture = { width: number; height: number; grey: Uint8Array }

/** What remains of a text when case, width, spaces and punctuation are taken away: Unicode NFKC, letters and digits, one space between words. */
export function normaliseText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** SHA-256 of a normalised text as `0x…`; null for one that says nothing. */
export function hashText(normalised: string): string | null {
  return normalised === '' ? null : `0x${createHash('sha256').update(normalised).digest('hex')}`
}

/**
 * The 64-bit simhash (Charikar 2002) of a normalised text over three words that follow one another; a Chinese character counts as a word.
 * @returns `0x` and 16 hex digits, or null for a text that is too short
 */
export function simhash(normalised: string): string | null {
  const words = normalised.match(/\p{Script=Han}|[^\p{Script=Han}\s]+/gu) ?? []
  if (words.length < fewestWords) return null
  const used = words.slice(0, mostWords)
  const weights = new Int32Array(64)
  for (let index = 0; index + wordsTogether <= used.length; index += 1) {
    const digest = createHash('sha256')
      .update(used.slice(index, index + wordsTogether).join(' '))
      .digest()
    for (let bit = 0; bit < 64; bit += 1) weights[bit] = (weights[bit] ?? 0) + (((digest[bit >> 3] ?? 0) >> (bit & 7)) & 1 ? 1 : -1)
  }
  return toHex([...weights].map((weight) => weight > 0))
}

/**
 * The 64-bit difference hash of a picture: whether each of 8 × 8 places is darker than its right neighbour, after averaging to 9 × 8.
 * @returns `0x` and 16 hex digits, or null for a picture that is smaller than that, or almost of one tone
 */
export function differenceHash(picture: GreyPicture): string | null {
  if (picture.width < 9 || picture.height < 8) return null
  const small = Array.from({ length: 72 }, (_, index) => averageOf(picture, index % 9, Math.floor(index / 9)))
  const places = Array.from({ length: 64 }, (_, index) => Math.floor(index / 8) * 9 + (index % 8))
  const bits = places.map((place) => (small[place] ?? 0) + 1 < (small[place + 1] ?? 0))
  const set = bits.filter(Boolean).length
  return set < 4 ? null : toHex(bits)
}

/** In how many of 64 bits two hashes differ. */
export function bitsApart(one: string, other: string): number {
  let different = BigInt(one) ^ BigInt(other)
  let count = 0
  for (; different > 0n; different &= different - 1n) count += 1
  return count
}

function averageOf({ width, height, grey }: GreyPicture, column: number, row: number): number {
  const [left, right] = [Math.floor((column * width) / 9), Math.floor(((column + 1) * width) / 9)]
  const [top, bottom] = [Math.floor((row * height) / 8), Math.floor(((row + 1) * height) / 8)]
  let sum = 0
  for (let y = top; y < bottom; y += 1) for (let x = left; x < right; x += 1) sum += grey[y * width + x] ?? 0
  return sum / ((right - left) * (bottom - top))
}

const toHex = (bits: readonly boolean[]): string => {
  const value = bits.reduce((sum, isSet, index) => (isSet ? sum | (1n << BigInt(index)) : sum), 0n)
  return `0x${value.toString(16).padStart(16, '0')}`
}

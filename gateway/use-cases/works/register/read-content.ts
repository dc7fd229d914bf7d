import { readFile } from 'node:fs/promises'
import jpeg from 'jpeg-js'
import { PNG } from 'pngjs'
import { extractText, getDocumentProxy } from 'unpdf'
import { differenceHash, type GreyPicture, hashText, normaliseText, simhash } from './fingerprint.ts'
import type { Fingerprint } from './manifest.ts'

/** Larger files are compared by their bytes alone. */
const mostTextBytes = 32 * 1024 ** 2
const mostPictureBytes = 32 * 1024 ** 2
const mostPixels = 25_000_000

const nothing: Fingerprint = { text: null, simhash: null, image: null }

/** How a file is read, by the end of its name. */
const readers: Readonly<Record<string, (bytes: Uint8Array) => Promise<Fingerprint> | Fingerprint>> = {
  txt: (bytes) => ofText(decode(bytes)),
  md: (bytes) => ofText(decode(bytes)),
  markdown: (bytes) => ofText(decode(bytes)),
  csv: (bytes) => ofText(decode(bytes)),
  html: (bytes) => ofText(stripTags(decode(bytes))),
  htm: (bytes) => ofText(stripTags(decode(bytes))),
  xhtml: (bytes) => ofText(stripTags(decode(bytes))),
  svg: (bytes) => ofText(stripTags(decode(bytes))),
  pdf: async (bytes) => ofText(await readPdf(bytes)),
  jpg: (bytes) => ofPicture(readJpeg(bytes)),
  jpeg: (bytes) => ofPicture(readJpeg(bytes)),
  png: (bytes) => ofPicture(readPng(bytes)),
}

/**
 * The fingerprint of a file's content; all null for a kind that is not read, and for a file that is not what its name says.
 * @param name decides how it is read
 */
export async function fingerprintFile(path: string, { name, sizeBytes }: { name: string; sizeBytes: number }): Promise<Fingerprint> {
  const ending = name.split('.').at(-1)?.toLowerCase() ?? ''
  const read = readers[ending]
  if (read === undefined || sizeBytes > Math.max(mostTextBytes, mostPictureBytes)) return nothing
  return fingerprintBytes(await readFile(path), ending)
}

/** The same of bytes in memory. `ending`: of the file's name, `pdf`. */
export async function fingerprintBytes(bytes: Uint8Array, ending: string): Promise<Fingerprint> {
  const read = Object.hasOwn(readers, ending) ? readers[ending] : undefined
  if (read === undefined) return nothing
  try {
    return await read(bytes)
  } catch {
    // Broken, locked, or something else under this name: then its bytes are all that can be compared.
    return nothing
  }
}

function ofText(text: string): Fingerprint {
  const normalised = normaliseText(text)
  return { text: hashText(normalised), simhash: simhash(normalised), image: null }
}

function ofPicture(picture: GreyPicture): Fingerprint {
  return { ...nothing, image: differenceHash(picture) }
}

const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8').decode(bytes)

const stripTags = (html: string): string =>
  html
    .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, ' ')
    .replace(/<!--[\s\S]*?-->/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(?:#\d+|#x[0-9a-f]+|[a-z]+);/gi, ' ')

async function readPdf(bytes: Uint8Array): Promise<string> {
  // Silent: what the reader warns of could hold what is written in the file. It keeps the bytes, so it gets its own.
  const pdf = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 })
  try {
    return (await extractText(pdf, { mergePages: true })).text
  } finally {
    await pdf.loadingTask.destroy()
  }
}

function readJpeg(bytes: Uint8Array): GreyPicture {
  const { width, height, data } = jpeg.decode(bytes, { useTArray: true, maxResolutionInMP: mostPixels / 1e6, maxMemoryUsageInMB: 512 })
  return toGrey(width, height, data)
}

function readPng(bytes: Uint8Array): GreyPicture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // PNG, §5.3 and §11.2.2: width and height stand at bytes 16 and 20; a picture that unpacks to more than we read is not unpacked.
  if (view.getUint32(16) * view.getUint32(20) > mostPixels) throw new RangeError('the picture is too large')
  const { width, height, data } = PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  return toGrey(width, height, data)
}

/** ITU-R BT.601 luma of RGBA. */
function toGrey(width: number, height: number, data: Uint8Array): GreyPicture {
  const grey = new Uint8Array(width * height)
  for (let index = 0; index < grey.length; index += 1) {
    const at = index * 4
    grey[index] = Math.round(0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0))
  }
  return { width, height, grey }
}

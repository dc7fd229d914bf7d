import { decode } from '@ipld/dag-pb'
import { UnixFS } from 'ipfs-unixfs'
import type { CID } from 'multiformats/cid'
import { NodeError } from '../../errors.ts'
import { DAG_PB, RAW } from './import-file.ts'

/** Gives one block by its CID, already checked against it. */
export type LoadBlock = (cid: CID) => Promise<Uint8Array>

/** A tree deeper than this is not a file anybody imported: 1,024 links a node hold 1 EiB at a depth of 5. */
const MAX_DEPTH = 12
/** A DAG may name the same leaf a billion times in a few kilobytes; numbers beyond this are refused. */
const MAX_FILE_BYTES = Number.MAX_SAFE_INTEGER

type Leaf = { cid: CID; bytes: number; inline?: Uint8Array }
type Node = { fileBytes: number; children: { cid: CID; fileBytes: number }[]; inline?: Uint8Array }

/** The length in bytes of the file that a root names, from the root block alone. Throws `CONTENT_NOT_A_FILE`. */
export async function measureFile(root: CID, load: LoadBlock): Promise<number> {
  return parseNode(root, await load(root)).fileBytes
}

/**
 * The bytes `offset … offset + length` of a file, in order, at most `inFlight` leaves being loaded at a time.
 * Throws `CONTENT_RANGE_INVALID`, `CONTENT_NOT_A_FILE`, and whatever `load` throws.
 */
export async function* exportFile(
  root: CID,
  load: LoadBlock,
  options: { offset?: number; length?: number; inFlight?: number } = {},
): AsyncGenerator<Uint8Array> {
  const { offset = 0, inFlight = 4 } = options
  const first = parseNode(root, await load(root))
  const length = options.length ?? Math.max(0, first.fileBytes - offset)
  const isInside =
    Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0 && offset + length <= first.fileBytes
  if (!isInside) {
    throw new NodeError(
      'CONTENT_RANGE_INVALID',
      `Bytes ${offset} to ${offset + length} do not lie within the content ${root} of ${first.fileBytes} bytes.`,
    )
  }
  const range = { from: offset, to: offset + length }
  if (length === 0) return
  const pending: { start: number; leaf: Leaf; bytes: Promise<Uint8Array> }[] = []
  const leaves = leavesOf({ cid: root, fileBytes: first.fileBytes }, { start: 0, depth: 0, range, load })
  let isDone = false
  while (true) {
    while (!isDone && pending.length < inFlight) {
      const next = await leaves.next()
      if (next.done) isDone = true
      else pending.push({ ...next.value, bytes: heard(loadLeaf(next.value.leaf, load)) })
    }
    const head = pending.shift()
    if (head === undefined) return
    const bytes = await head.bytes
    yield bytes.subarray(Math.max(0, range.from - head.start), Math.min(bytes.byteLength, range.to - head.start))
  }
}

/** Every distinct block of a file, parents before children; a leaf is named without being loaded. Throws `CONTENT_NOT_A_FILE`. */
export async function* walkFile(root: CID, load: LoadBlock): AsyncGenerator<{ cid: CID; isLeaf: boolean }> {
  const seen = new Set<string>([root.toString()])
  const stack = [{ cid: root, depth: 0 }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const isLeaf = next.cid.code === RAW
    yield { cid: next.cid, isLeaf }
    if (isLeaf) continue
    assertDepth(root, next.depth)
    for (const { cid } of parseNode(next.cid, await load(next.cid)).children.reverse()) {
      if (seen.has(cid.toString())) continue
      seen.add(cid.toString())
      stack.push({ cid, depth: next.depth + 1 })
    }
  }
}

async function* leavesOf(
  node: { cid: CID; fileBytes: number },
  at: { start: number; depth: number; range: { from: number; to: number }; load: LoadBlock },
): AsyncGenerator<{ start: number; leaf: Leaf }> {
  if (node.cid.code === RAW) {
    yield { start: at.start, leaf: { cid: node.cid, bytes: node.fileBytes } }
    return
  }
  assertDepth(node.cid, at.depth)
  const parsed = parseNode(node.cid, await at.load(node.cid))
  if (parsed.fileBytes !== node.fileBytes)
    throw notAFile(node.cid, `its parent promises ${node.fileBytes} bytes, it holds ${parsed.fileBytes}`)
  if (parsed.inline !== undefined) {
    yield { start: at.start, leaf: { cid: node.cid, bytes: parsed.fileBytes, inline: parsed.inline } }
    return
  }
  let start = at.start
  for (const child of parsed.children) {
    const end = start + child.fileBytes
    if (end > at.range.from && start < at.range.to) yield* leavesOf(child, { ...at, start, depth: at.depth + 1 })
    if (end >= at.range.to) return
    start = end
  }
}

/** A reader that stops early must not turn a later failure of a leaf it no longer wants into an unhandled rejection. */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

async function loadLeaf(leaf: Leaf, load: LoadBlock): Promise<Uint8Array> {
  if (leaf.inline !== undefined) return leaf.inline
  const bytes = await load(leaf.cid)
  if (bytes.byteLength !== leaf.bytes) throw notAFile(leaf.cid, `its parent promises ${leaf.bytes} bytes, it holds ${bytes.byteLength}`)
  return bytes
}

/** UnixFS §"File": either data in the node, or one block size for each link. */
function parseNode(cid: CID, bytes: Uint8Array): Node {
  if (cid.code === RAW) return { fileBytes: bytes.byteLength, children: [], inline: bytes }
  if (cid.code !== DAG_PB) throw notAFile(cid, `its codec is 0x${cid.code.toString(16)}`)
  const { file, links } = decodeNode(cid, bytes)
  if (file.type !== 'file' && file.type !== 'raw') throw notAFile(cid, `it is a UnixFS ${file.type}`)
  if (links.length !== file.blockSizes.length) throw notAFile(cid, `it has ${links.length} links and ${file.blockSizes.length} block sizes`)
  const children = links.map((link, index) => ({ cid: link, fileBytes: Number(file.blockSizes[index]) }))
  if (children.length === 0) return { fileBytes: file.data?.byteLength ?? 0, children, inline: file.data ?? new Uint8Array(0) }
  if (file.data !== undefined && file.data.byteLength > 0) throw notAFile(cid, 'it holds both data and links')
  const fileBytes = children.reduce((sum, child) => sum + child.fileBytes, 0)
  if (fileBytes > MAX_FILE_BYTES) throw notAFile(cid, 'its length is beyond 2^53')
  return { fileBytes, children }
}

function decodeNode(cid: CID, bytes: Uint8Array): { file: UnixFS; links: CID[] } {
  try {
    const node = decode(bytes)
    return { file: UnixFS.unmarshal(node.Data ?? new Uint8Array(0)), links: node.Links.map((link) => link.Hash) }
  } catch (cause) {
    throw new NodeError('CONTENT_NOT_A_FILE', `The block ${cid} is not a UnixFS node.`, { cause })
  }
}

function assertDepth(cid: CID, depth: number): void {
  if (depth > MAX_DEPTH) throw notAFile(cid, `its tree is deeper than ${MAX_DEPTH} levels`)
}

function notAFile(cid: CID, why: string): NodeError {
  return new NodeError('CONTENT_NOT_A_FILE', `The content ${cid} is not a file that can be read: ${why}.`)
}

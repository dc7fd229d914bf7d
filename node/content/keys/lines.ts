import type { Stream } from '@libp2p/interface'

/** A line over a stream that stays open for the next one. */
export async function writeLine(stream: Stream, line: string, signal: AbortSignal): Promise<void> {
  if (!stream.send(Buffer.from(`${line}\n`))) await stream.onDrain({ signal })
}

/** The next line. Whoever talks takes turns: what comes behind a line's end, before it was asked for, ends the talk. */
export async function readLine(parts: AsyncIterator<Uint8Array>, maxBytes: number): Promise<string> {
  const read: Uint8Array[] = []
  let length = 0
  for (let next = await parts.next(); !next.done; next = await parts.next()) {
    const end = next.value.indexOf(0x0a)
    if (end >= 0 && end < next.value.byteLength - 1) throw new Error('more was said than was asked')
    read.push(end < 0 ? next.value : next.value.subarray(0, end))
    length += next.value.byteLength
    if (length > maxBytes) throw new Error('the line is longer than allowed')
    if (end >= 0) return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(read))
  }
  throw new Error('the other base ended the line before it was whole')
}

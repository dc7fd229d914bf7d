import { Duplex } from 'node:stream'

/** Largest MQTT packet that a client may send: a frame is at most 16 kB. */
const PACKET_LIMIT = 65_536

/**
 * A stream in front of the broker that cuts a connection as soon as a packet announces more than the limit: MQTT allows 256 MB,
 * and the broker would collect it in memory even before the client has said who it is.
 */
export const guardPackets = (socket: Duplex, limit: number = PACKET_LIMIT): Duplex => {
  const isTooLarge = createLengthReader(limit)
  const guarded: Duplex = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, done) => void (socket.write(chunk) ? done() : socket.once('drain', () => done())),
    final: (done) => void socket.end(() => done()),
    destroy: (error, done) => {
      socket.destroy()
      done(error)
    },
  })
  socket.on('data', (chunk: Buffer) => {
    if (isTooLarge(chunk)) guarded.destroy()
    else if (!guarded.push(chunk)) socket.pause()
  })
  socket.on('end', () => guarded.push(null))
  socket.on('error', () => guarded.destroy())
  socket.on('close', () => guarded.destroy())
  return guarded
}

/** Follows the fixed headers in a byte stream (MQTT 3.1.1 §2.2.3); true once a packet is longer than the limit. */
export const createLengthReader = (limit: number): ((chunk: Uint8Array) => boolean) => {
  let skip = 0
  // null between packets; else the length so far and the weight of the next of its at most four bytes.
  let header: { length: number; weight: number } | null = null
  return (chunk) => {
    let at = 0
    while (at < chunk.length) {
      if (skip > 0) {
        const step = Math.min(skip, chunk.length - at)
        skip -= step
        at += step
        continue
      }
      const byte = chunk[at] ?? 0
      at += 1
      if (header === null) {
        header = { length: 0, weight: 1 }
        continue
      }
      header.length += (byte & 0x7f) * header.weight
      header.weight *= 128
      if (header.length > limit || header.weight > 128 ** 4) return true
      if (byte < 0x80) {
        skip = header.length
        header = null
      }
    }
    return false
  }
}

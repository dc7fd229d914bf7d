import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A TCP link on loopback that lets only so many bytes a second through in each direction. */
export interface ThrottledLink {
  port: number
  /** Nothing passes any more, though connections stay open: as when a cable is pulled. */
  freeze(): void
  stop(): Promise<void>
}

/** Opens a link to a port of this machine. */
export async function openThrottledLink(toPort: number, bytesPerSecond: number): Promise<ThrottledLink> {
  const sockets = new Set<Socket>()
  const state = { isFrozen: false }
  const server = createServer((near) => {
    const far = connect(toPort, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    }
    void pass(near, far, bytesPerSecond, state)
    void pass(far, near, bytesPerSecond, state)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the link does not listen')
  return {
    port: address.port,
    freeze() {
      state.isFrozen = true
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function pass(from: Socket, to: Socket, bytesPerSecond: number, state: { isFrozen: boolean }): Promise<void> {
  try {
    let owedMs = 0
    let last = performance.now()
    for await (const part of from) {
      if (state.isFrozen) return
      const bytes: Buffer = part
      const now = performance.now()
      owedMs = Math.max(0, owedMs - (now - last)) + (bytes.byteLength * 1_000) / bytesPerSecond
      last = now
      if (!to.write(bytes)) await new Promise((resolve) => to.once('drain', resolve))
      if (owedMs > 5) await sleep(owedMs)
    }
    to.end()
  } catch {
    to.destroy()
  }
}

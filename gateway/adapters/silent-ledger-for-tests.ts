import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A line to a ledger that can fall silent: connections are still taken, what is said is still passed on, and no answer comes back. */
export type Line = {
  rpcUrl: string
  /** From now on nothing is answered. With a word: from the first request that contains it. */
  mute(from?: string): void
  unmute(): void
  /** Ends what is open, and refuses what comes. */
  close(): Promise<void>
}

/** A line to the ledger at `rpcUrl`; without one nobody is behind it, and nothing is ever answered. */
export async function openLine(rpcUrl?: string): Promise<Line> {
  const state = { isMute: rpcUrl === undefined, word: undefined as string | undefined }
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
  }
  const server = createServer((socket) => {
    keep(socket)
    const upstream = rpcUrl === undefined ? undefined : connect(Number(new URL(rpcUrl).port), '127.0.0.1')
    if (upstream) keep(upstream)
    socket.on('data', (chunk) => {
      if (state.word !== undefined && chunk.includes(state.word)) state.isMute = true
      upstream?.write(chunk)
    })
    upstream?.on('data', (chunk) => state.isMute || socket.write(chunk))
    socket.on('close', () => upstream?.destroy())
    upstream?.on('close', () => state.isMute || socket.destroy())
  })
  const port = await new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))
  return {
    rpcUrl: `http://127.0.0.1:${port}/`,
    mute(from) {
      if (from === undefined) state.isMute = true
      else state.word = from
    },
    unmute() {
      Object.assign(state, { isMute: false, word: undefined })
      for (const socket of sockets) socket.destroy()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

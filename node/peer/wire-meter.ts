import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface'

/** What arrives from other bases, counted on the wire: while a large message is still on its way, nothing else shows that it is. */
export interface WireMeter {
  /** Bytes that came since the start, over all connections. */
  receivedBytes(): number
  /** When the last kilobyte was full, by `performance.now()`. Smaller talk, such as pings, does not count. */
  lastProgressAtMs(): number
}

const PROGRESS_BYTES = 1_024

/** A meter, and the hooks of a connection gater that put it on every connection; they refuse none. */
export function createWireMeter(): { meter: WireMeter; hooks: ConnectionGater } {
  let received = 0
  let marked = 0
  let lastProgressAtMs = 0
  // Only when the connection is ready: a listener that came before its encrypter would swallow the first bytes.
  const watch = (_peer: PeerId, connection: MultiaddrConnection): boolean => {
    connection.addEventListener('message', (event) => {
      received += event.data.byteLength
      if (received - marked < PROGRESS_BYTES) return
      marked = received
      lastProgressAtMs = performance.now()
    })
    return false
  }
  return {
    meter: { receivedBytes: () => received, lastProgressAtMs: () => lastProgressAtMs },
    hooks: { denyInboundUpgradedConnection: watch, denyOutboundUpgradedConnection: watch },
  }
}

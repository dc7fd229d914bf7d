import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'

/** Keeps a place reserved on each relay, through restarts of either side. */
export interface RelayKeeper {
  /** Begins with these relays (`…/p2p/<peer id>`), in place of those before. */
  keep(relays: string[]): void
  stop(): void
  /** The relays on which a place is reserved now. */
  reserved(): string[]
}

/** What this needs of libp2p's transport manager. */
type Listening = { listen(addresses: Multiaddr[]): Promise<void>; getAddrs(): Multiaddr[] }

const CHECK_EVERY_MS = 5_000
const RESERVE_TIMEOUT_MS = 15_000

/**
 * A libp2p service. js-libp2p asks once, when it starts, and fails to start when a relay is down (js-libp2p#3601): so relay addresses are not
 * given to it to listen on, and this loop asks for the reservation, and asks again whenever it is gone.
 */
export function createRelayKeeper(checkEveryMs = CHECK_EVERY_MS): (components: { transportManager: Listening }) => RelayKeeper {
  return ({ transportManager }) => {
    let wanted: string[] = []
    let timer: NodeJS.Timeout | undefined
    let isBusy = false
    const reserved = () => {
      const addresses = transportManager.getAddrs().map(String)
      return wanted.filter((relay) => addresses.some((address) => address.startsWith(`${relay}/p2p-circuit`)))
    }
    async function check(): Promise<void> {
      if (isBusy) return
      isBusy = true
      const held = reserved()
      for (const relay of wanted.filter((one) => !held.includes(one))) {
        const asked = transportManager.listen([multiaddr(`${relay}/p2p-circuit`)])
        await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, RESERVE_TIMEOUT_MS).unref())]).catch(() => {
          // Down or full: the next check asks again, for as long as the relay is wanted.
        })
      }
      isBusy = false
    }
    return {
      keep(relays) {
        wanted = relays
        clearInterval(timer)
        if (relays.length === 0) return
        timer = setInterval(() => void check(), checkEveryMs)
        timer.unref()
        void check()
      },
      stop() {
        clearInterval(timer)
        wanted = []
      },
      reserved,
    }
  }
}

import type { IClientOptions, MqttClient } from 'mqtt'
import mqtt from 'mqtt'

/** How to reach a broker. */
export interface BrokerLogin {
  /** `mqtt://` or `mqtts://` with host and port. */
  readonly url: string
  readonly username: string
  readonly password: string
  readonly clientId: string
  /** PEM of the authority of the broker's certificate, where it is not a public one. */
  readonly authorityPem?: string
}

/** What to do with the connection. */
export interface BrokerUse {
  readonly subscriptions: readonly string[]
  readonly onMessage: (topic: string, payload: Buffer) => void
  /** After every connection, the first and later ones, once the subscriptions stand. */
  readonly onConnected?: () => void
  /** Each time that a connection is lost or refused; `detail` is technical. */
  readonly onTrouble?: (detail: string) => void
}

/** A connection that is made again whenever it is lost. Nothing is queued while it is away: durability is ours, not the broker's. */
export interface BrokerConnection {
  isConnected(): boolean
  /** Bytes that wait in the socket; a sender that must not run ahead looks at it. */
  bufferedBytes(): number
  /** Sent once, without the broker's acknowledgement; dropped while there is no connection. */
  publish(topic: string, payload: Uint8Array | string, options?: { readonly retain?: boolean }): void
  /** Resolves at the first connection; rejects when the signal aborts. */
  whenConnected(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** Wait between two attempts. */
const RETRY_MS = 1000

/** Connects to a broker, the base's own or an external one, with the same code. */
export const connectBroker = (login: BrokerLogin, use: BrokerUse): BrokerConnection => {
  const options: IClientOptions = {
    username: login.username,
    password: login.password,
    clientId: login.clientId,
    protocolVersion: 4,
    clean: true,
    resubscribe: false,
    queueQoSZero: false,
    reconnectPeriod: RETRY_MS,
    connectTimeout: 10_000,
    keepalive: 30,
    ...(login.authorityPem === undefined ? {} : { ca: login.authorityPem }),
  }
  const client = mqtt.connect(login.url, options)
  let isReady = false
  let isClosing = false
  const ready = new EventTarget()
  client.on('connect', () => {
    void subscribe(client, use).then((isSubscribed) => {
      if (!isSubscribed) return
      isReady = true
      ready.dispatchEvent(new Event('ready'))
      use.onConnected?.()
    })
  })
  client.on('message', (topic, payload) => use.onMessage(topic, payload))
  client.on('close', () => {
    if (isReady && !isClosing) use.onTrouble?.('closed')
    isReady = false
  })
  client.on('error', (error) =>
    use.onTrouble?.('code' in error && typeof error.code === 'string' ? error.code : error.message.slice(0, 80)),
  )
  return {
    isConnected: () => isReady && client.connected,
    bufferedBytes: () => client.stream?.writableLength ?? 0,
    publish: (topic, payload, { retain = false } = {}) => {
      if (client.connected) client.publish(topic, typeof payload === 'string' ? payload : Buffer.from(payload), { qos: 0, retain })
    },
    whenConnected: (signal) => (isReady ? Promise.resolve() : whenReady(ready, signal)),
    close: async () => {
      isClosing = true
      await client.endAsync(true)
    },
  }
}

const subscribe = async (client: MqttClient, use: BrokerUse): Promise<boolean> => {
  try {
    if (use.subscriptions.length > 0) await client.subscribeAsync([...use.subscriptions], { qos: 0 })
    return true
  } catch (error) {
    use.onTrouble?.(error instanceof Error ? error.message.slice(0, 80) : 'subscription refused')
    return false
  }
}

const whenReady = (ready: EventTarget, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    ready.addEventListener(
      'ready',
      () => {
        signal.removeEventListener('abort', onAbort)
        resolve()
      },
      { once: true },
    )
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
  })

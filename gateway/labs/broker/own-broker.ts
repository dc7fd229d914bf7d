import type { AddressInfo, Server } from 'node:net'
import { createServer } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer } from 'node:tls'
import type { AuthenticateError, Client } from 'aedes'
import { Aedes } from 'aedes'
import { LabsError } from '../errors.ts'
import type { BrokerSettings } from '../labs.ts'
import { guardPackets } from './guard-packets.ts'
import type { BrokerAccount } from './topics.ts'
import { mayHear, mayUseClientId, topicAllowed } from './topics.ts'

/** The base's own MQTT 3.1.1 broker. */
export interface OwnBroker {
  /** Address on this machine, `mqtt://127.0.0.1:<port>`. */
  readonly url: string
  /** Address on the local network, always TLS; null when it is not offered. */
  readonly networkUrl: string | null
  connectedClients(): number
  isConnected(deviceId: string): boolean
  /** Ends the connections of a device. */
  disconnect(deviceId: string): void
  stop(): Promise<void>
}

/** Who a connection is by its user name and password; undefined refuses it. */
export type Authenticate = (login: {
  readonly username: string
  readonly password: string
  readonly clientId: string
}) => BrokerAccount | undefined

type OwnSettings = Extract<BrokerSettings, { kind: 'own' }>

/** Connections at once; a school has tens of machines. */
const CLIENT_LIMIT = 500
/** MQTT 3.1.1 §3.2.2.3: bad user name or password. */
const BAD_LOGIN = 4

/** Starts the broker on loopback, and with TLS on the network where that is set. @throws LABS_BROKER_PORT */
export const startOwnBroker = async (settings: OwnSettings, authenticate: Authenticate): Promise<OwnBroker> => {
  const accounts = new Map<Client, BrokerAccount>()
  const broker = await Aedes.createBroker({ concurrency: 200, connectTimeout: 10_000, maxTopicLevels: 10, heartbeatInterval: 60_000 })
  authorise(broker, { accounts, authenticate })
  const handle = (socket: Duplex) => void broker.handle(guardPackets(socket))
  const network = settings.network
  const servers: Server[] = [createServer({ noDelay: true }, handle)]
  if (network) servers.push(createTlsServer({ cert: network.certificatePem, key: network.keyPem, minVersion: 'TLSv1.2' }, handle))
  for (const server of servers) server.maxConnections = CLIENT_LIMIT
  const [local, secure] = servers
  const ports = [await listen(local, settings.port, '127.0.0.1'), network ? await listen(secure, network.port, network.listenOn) : 0]
  const ofDevice = (deviceId: string) => [...accounts].filter(([, account]) => 'deviceId' in account && account.deviceId === deviceId)
  return {
    url: `mqtt://127.0.0.1:${ports[0]}`,
    networkUrl: network ? `mqtts://${network.host}:${ports[1]}` : null,
    connectedClients: () => accounts.size,
    isConnected: (deviceId) => ofDevice(deviceId).length > 0,
    disconnect: (deviceId) => {
      for (const [client] of ofDevice(deviceId)) client.close()
    },
    stop: async () => {
      await new Promise<void>((resolve) => broker.close(resolve))
      await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))))
    },
  }
}

const authorise = (
  broker: Aedes,
  { accounts, authenticate }: { accounts: Map<Client, BrokerAccount>; authenticate: Authenticate },
): void => {
  broker.authenticate = (client, username, password, done) => {
    const account = authenticate({ username: username ?? '', password: password?.toString('utf8') ?? '', clientId: client.id })
    if (account && mayUseClientId(account, client.id)) {
      accounts.set(client, account)
      return done(null, true)
    }
    done(Object.assign(new Error('refused'), { returnCode: BAD_LOGIN }) as AuthenticateError, false)
  }
  broker.authorizePublish = (client, packet, done) => {
    const account = client ? accounts.get(client) : undefined
    const topic = account && topicAllowed(account, packet.topic)
    // An error closes the connection, which is what a client deserves that speaks for another.
    if (topic === undefined) return done(new Error('this topic is not yours'))
    packet.topic = topic
    if (account?.kind !== 'base') packet.retain = false
    done(null)
  }
  broker.authorizeSubscribe = (client, subscription, done) => {
    const account = accounts.get(client)
    // null in place of the subscription answers it with failure 0x80 (MQTT 3.1.1 §3.9.3).
    done(null, account && mayHear(account, subscription.topic) ? subscription : null)
  }
  broker.on('clientDisconnect', (client) => void accounts.delete(client))
  broker.on('clientError', (client) => void (client.closed && accounts.delete(client)))
  broker.on('connectionError', (client) => void accounts.delete(client))
}

const listen = async (server: Server | undefined, port: number, host: string | undefined): Promise<number> => {
  if (server === undefined) return 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(new LabsError('LABS_BROKER_PORT', { port, detail: cause.code ?? 'unknown' }, cause)),
    )
    server.listen({ port, ...(host !== undefined && { host }) }, resolve)
  })
  return (server.address() as AddressInfo).port
}

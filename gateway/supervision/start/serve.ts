import { createServer } from 'node:net'
import { hostname } from 'node:os'
import type { Base } from '../../base.ts'
import type { Config } from '../../config.ts'
import { createGateway } from '../../create-gateway.ts'
import { GuildhallError } from '../../errors.ts'
import { bindings } from '../../routes/index.ts'
import type { IssuingBase } from '../../use-cases/base/issuing.ts'
import { findActor } from '../../use-cases/people/entry/sign-in.ts'
import { ownHostsOf } from '../http/own-hosts.ts'
import { openLocalAuthority, readGivenCertificate, type TlsFiles } from './local-authority.ts'

/** Where a base is reached: on this machine, and on its local network if that is on. */
export type Addresses = { local: string; localPort: number; network: string | null; publicOrigin: string }

/**
 * Decides the addresses before anything else starts, so that a taken port is told at once.
 * @throws PORT_TAKEN
 */
export const chooseAddresses = async (config: Config): Promise<Addresses> => {
  const localPort = await assertFree(config.port, '127.0.0.1')
  const networkPort = config.networkPort === null ? null : await assertFree(config.networkPort, '0.0.0.0')
  const name = config.networkHosts[0] ?? localName()
  const local = `http://localhost:${localPort}`
  const network = networkPort === null ? null : `https://${name}:${networkPort}`
  return { local, localPort, network, publicOrigin: config.publicOrigin ?? network ?? local }
}

/** The certificate for the local network, or null where that is off. */
export const openTls = async (config: Config, clock: Base['clock']): Promise<TlsFiles | null> => {
  if (config.networkPort === null) return null
  if (config.tls) return readGivenCertificate(config.tls)
  return openLocalAuthority({ dataDir: config.dataDir, baseName: config.baseName.en, now: clock.now(), hosts: config.networkHosts })
}

/** Listens on this machine by plain http and, where it is on, on the local network by https. @returns how to stop */
export const serve = async (
  base: IssuingBase,
  config: Config,
  use: { addresses: Addresses; tls: TlsFiles | null },
): Promise<() => Promise<void>> => {
  const { addresses, tls } = use
  const common = {
    base,
    bindings,
    webDir: config.webDir,
    version: base.supervision.version,
    actorOf: (token: string | null) => findActor(base, token),
    ownOrigins: [addresses.publicOrigin, addresses.local],
    ownHosts: ownHostsOf(config, addresses, tls?.certificate ?? null),
    rateLimitFactor: config.rateLimitFactor,
    strictAnswers: false,
    trustProxy: config.trustProxy,
  }
  const servers = [await createGateway(common)]
  await servers[0]?.listen({ port: addresses.localPort, host: 'localhost' })
  if (tls && addresses.network) {
    const server = await createGateway({ ...common, tls })
    servers.push(server)
    await server.listen({ port: Number(new URL(addresses.network).port || 443), host: '0.0.0.0' })
  }
  return async () => {
    await Promise.all(servers.map((server) => server.close()))
  }
}

const localName = (): string => {
  const name = hostname().toLowerCase()
  return name.includes('.') ? name : `${name}.local`
}

/** The port itself, or a free one for 0. */
const assertFree = (port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === 'EADDRINUSE' || cause.code === 'EACCES'
      reject(isTaken ? new GuildhallError('PORT_TAKEN', { port }, { cause }) : cause)
    })
    probe.listen({ port, host, exclusive: true }, () => {
      const address = probe.address()
      const found = typeof address === 'object' && address !== null ? address.port : port
      probe.close(() => resolve(found))
    })
  })

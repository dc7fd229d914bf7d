import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import { GuildhallError } from '../../errors.ts'
import type { Addresses } from '../start/serve.ts'

/**
 * The names under which a base answers, besides this machine's own and plain addresses: those of its origins, those in the settings, and
 * those that its certificate for the local network was made for (PEM; null where it serves none).
 */
export const ownHostsOf = (
  config: Pick<Config, 'networkHosts'>,
  { publicOrigin, local, network }: Addresses,
  certificate: string | null,
): string[] => {
  const origins = [publicOrigin, local, ...(network === null ? [] : [network])].map((origin) => new URL(origin).hostname)
  const machine = hostname().toLowerCase()
  const certified = certificate === null ? [] : namesOf(new X509Certificate(certificate))
  return [...new Set([...origins, ...config.networkHosts, ...certified, machine, `${machine.split('.')[0]}.local`].map(bare))]
}

/** RFC 5280 §4.2.1.6; a name with a star stands for none in particular. */
const namesOf = ({ subjectAltName = '' }: X509Certificate): string[] =>
  [...subjectAltName.matchAll(/DNS:([^,*"]+)/g)].map(([, name]) => String(name).trim())

/**
 * Refuses a request that was sent to another name. A page of a strange name that was pointed at this base's address afterwards (DNS rebinding)
 * would otherwise be of the base's own origin and could read what it answers. A name under `localhost` always means this machine (RFC 6761
 * §6.3), and an address in figures is asked for by nobody who rebinds a name.
 */
export const assertOwnHost =
  (ownHosts: readonly string[]) =>
  async (request: FastifyRequest): Promise<void> => {
    // The header itself and, behind a proxy that is trusted, the name that it was asked by.
    for (const host of new Set([request.headers.host ?? '', request.host])) {
      const name = bare(host)
      if (isLoopbackName(name) || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || ownHosts.includes(name)) continue
      throw new GuildhallError('HOST_REFUSED', { host: name.replaceAll(/[^a-z0-9.:[\]-]/g, '?').slice(0, 100) })
    }
  }

const isLoopbackName = (name: string): boolean => name === 'localhost' || name.endsWith('.localhost')

/** A host without its port and final dot, in lower case. */
const bare = (host: string): string => host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')

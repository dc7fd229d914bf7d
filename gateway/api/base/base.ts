import Type from 'typebox'
import { defineRoute } from '../define-route.ts'
import { bilingual, bytes, count, did, digest, flag, ledgerId, line, list, nullable, object, unixSeconds, url } from '../fields.ts'

import { otherBase } from './second-opinion.ts'

/** What a verifier needs to know of a network before it trusts it (TRUST.md, "Networks, not files"). */
export const networkDescriptor = object({
  networkId: Type.String({ pattern: '^[0-9a-f]{16}$' }),
  name: line(100),
  chainId: count(),
  genesisHash: digest(),
  directory: Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' }),
  checkpointKeys: list(line(100), 100),
  threshold: Type.Integer({ minimum: 1, maximum: 100 }),
  trial: flag(),
})
export type NetworkDescriptor = Type.Static<typeof networkDescriptor>

/** The public facts of a base. */
export const getBase = defineRoute({
  id: 'getBase',
  tag: 'Base',
  summary: 'Who this base is',
  roles: 'anyone',
  rateLimit: 'read',
  response: {
    200: object({
      name: bilingual(100),
      did: nullable(did()),
      baseId: nullable(ledgerId()),
      origin: url(),
      /** True until the network is founded with a public origin. Shown on every screen. */
      trial: flag(),
      network: nullable(networkDescriptor),
      timeZone: line(60),
      version: line(40),
      /** Other bases of the network that a page can ask through this one; none in a network of one base. */
      otherBases: list(otherBase, 100),
      now: unixSeconds(),
      /** True where passkeys and the camera work: https, or localhost. */
      secureOrigin: flag(),
    }),
  },
})

/** The descriptor at its well-known path, for other bases and verifiers. */
export const getNetworkDescriptor = defineRoute({
  id: 'getNetworkDescriptor',
  tag: 'Base',
  summary: 'The descriptor of the network that this base belongs to',
  roles: 'anyone',
  rateLimit: 'read',
  crossOrigin: true,
  response: { 200: networkDescriptor },
})

/** The certificate of the base's own authority, so that a tablet on the local network can trust its HTTPS. */
export const getLocalCertificate = defineRoute({
  id: 'getLocalCertificate',
  tag: 'Base',
  summary: "The certificate of this base's own authority",
  roles: 'anyone',
  rateLimit: 'read',
  response: { 200: bytes('application/x-x509-ca-cert') },
})

/** A page in both languages on how to install that certificate; served over plain http too. */
export const getCertificateHelp = defineRoute({
  id: 'getCertificateHelp',
  tag: 'Base',
  summary: 'How to trust this base on a phone, tablet or desk computer',
  roles: 'anyone',
  rateLimit: 'read',
  response: { 200: bytes('text/html') },
})

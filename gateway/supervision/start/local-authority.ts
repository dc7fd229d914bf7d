// @peculiar/x509 2 stands on tsyringe, which asks for this polyfill before it loads.
import 'reflect-metadata'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { UnixSeconds } from '../../base.ts'

/** What a server needs to speak TLS, as PEM; `authority` is what a tablet must trust, absent with a given certificate. */
export type TlsFiles = { certificate: string; key: string; authority?: string }

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const day = 86_400
/** Phones refuse certificates of longer validity than 825 days (Apple, macOS 10.15 and iOS 13); authorities may live longer. */
const serverDays = 397
const authorityDays = 3_650

/** Handed in each time: another package that shares this library sets its default to a cryptography of its own. */
const { crypto } = globalThis

/** A certificate that the school's own administration gave. @throws when a file cannot be read */
export const readGivenCertificate = (files: { certificate: string; key: string }): TlsFiles => ({
  certificate: readFileSync(files.certificate, 'utf8'),
  key: readFileSync(files.key, 'utf8'),
})

/**
 * The base's own authority (made at first use, key 0600 in `keys/`) and a server certificate by it for every name and address under which
 * this machine is reached on its network. The server certificate is made anew when it is near its end or the addresses have changed.
 */
export const openLocalAuthority = async (use: {
  dataDir: string
  baseName: string
  now: UnixSeconds
  hosts?: readonly string[]
}): Promise<TlsFiles> => {
  const folder = join(use.dataDir, 'keys')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const authority = await openAuthority(folder, use)
  const hosts = [...new Set([...(use.hosts ?? []), ...ownHosts()])].sort()
  const kept = readKept(folder, { hosts, authority: authority.certificate, now: use.now })
  if (kept) return { ...kept, authority: authority.certificate.toString('pem') }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.create(
    {
      subject: [{ CN: [hosts.find((host) => isIP(host) === 0) ?? 'localhost'] }],
      issuer: authority.certificate.subjectName,
      notBefore: at(use.now - day),
      notAfter: at(use.now + serverDays * day),
      signingKey: authority.keys.privateKey,
      publicKey: keys.publicKey,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.1']),
        new SubjectAlternativeNameExtension(
          hosts.map((value) => (isIP(value) ? { type: 'ip' as const, value } : { type: 'dns' as const, value })),
        ),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  )
  const files = { certificate: certificate.toString('pem'), key: await privatePem(keys.privateKey) }
  writeFileSync(join(folder, 'https.crt'), files.certificate, { mode: 0o600 })
  writeFileSync(join(folder, 'https.key'), files.key, { mode: 0o600 })
  return { ...files, authority: authority.certificate.toString('pem') }
}

/** The DER bytes of a PEM certificate, as phones install it. */
export const derOf = (pem: string): Uint8Array => new Uint8Array(new X509Certificate(pem).rawData)

/** Names and addresses of this machine: its host name, the same with `.local` (mDNS), its addresses, localhost. */
const ownHosts = (): string[] => {
  const name = hostname().toLowerCase()
  const addresses = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).filter(({ scopeid }) => !scopeid).map(({ address }) => address),
  )
  return ['localhost', name, name.endsWith('.local') ? name : `${name}.local`, ...addresses].filter((host) => /^[a-z0-9.:-]+$/.test(host))
}

type Authority = { certificate: X509Certificate; keys: Pick<CryptoKeyPair, 'privateKey'> }

const openAuthority = async (folder: string, use: { baseName: string; now: UnixSeconds }): Promise<Authority> => {
  const [certificateFile, keyFile] = [join(folder, 'local-ca.crt'), join(folder, 'local-ca.key')]
  if (existsSync(certificateFile) && existsSync(keyFile)) {
    const privateKey = await crypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(readFileSync(keyFile, 'utf8')), algorithm, false, [
      'sign',
    ])
    return { certificate: new X509Certificate(readFileSync(certificateFile, 'utf8')), keys: { privateKey } }
  }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: [{ CN: [`${use.baseName} — Guildhall local authority`] }],
      notBefore: at(use.now - day),
      notAfter: at(use.now + authorityDays * day),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        // It may sign servers and no further authorities (RFC 5280 §4.2.1.9).
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  )
  writeFileSync(keyFile, await privatePem(keys.privateKey), { mode: 0o600 })
  writeFileSync(certificateFile, certificate.toString('pem'), { mode: 0o600 })
  return { certificate, keys }
}

const readKept = (
  folder: string,
  wanted: { hosts: string[]; authority: X509Certificate; now: UnixSeconds },
): { certificate: string; key: string } | undefined => {
  const [certificateFile, keyFile] = [join(folder, 'https.crt'), join(folder, 'https.key')]
  if (!existsSync(certificateFile) || !existsSync(keyFile)) return undefined
  const certificate = readFileSync(certificateFile, 'utf8')
  const parsed = new X509Certificate(certificate)
  const names = parsed.getExtension(SubjectAlternativeNameExtension)?.names.items.map(({ value }) => value) ?? []
  const isFresh = parsed.notAfter.getTime() / 1000 - wanted.now > 30 * day && parsed.issuer === wanted.authority.subject
  return isFresh && wanted.hosts.every((host) => names.includes(host)) ? { certificate, key: readFileSync(keyFile, 'utf8') } : undefined
}

const at = (time: UnixSeconds): Date => new Date(time * 1000)

const privatePem = async (key: CryptoKey): Promise<string> =>
  PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')

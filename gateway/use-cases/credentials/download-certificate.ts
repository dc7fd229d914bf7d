import { type AnchorReceipt, bakePng, bakeSvg } from '@guildhall/credentials'
import type { downloadFormats } from '../../api/credentials/wallet.ts'
import type { Actor } from '../../base.ts'
import { notFound } from '../../errors.ts'
import type { CredentialRow } from '../../records/credential-tables.ts'
import { FileAnswer } from '../../routes/bind.ts'
import type { IssuingBase } from '../base/issuing.ts'
import { drawBadgePng, drawCertificateSvg } from './draw-badge.ts'
import { packBundle, preferredFile } from './export-bundle.ts'
import type { CertificateSecrets } from './issue-certificate.ts'
import { openOwn, receiptOf } from './wallet.ts'

type Format = (typeof downloadFormats)[number]
type Use = Pick<IssuingBase, 'records' | 'registry' | 'keys' | 'ledger' | 'verifier' | 'cosigners' | 'config' | 'transaction' | 'audit'>
type Wanted = { credentialId: string; learnerId?: string | undefined; format: Format; language?: 'zh-CN' | 'en' | undefined }
type Opened = { row: CredentialRow; secrets: CertificateSecrets; language: 'zh-CN' | 'en' }

/** One writer a format: what the file is called, what it is, and its bytes. */
const writers: Record<
  Format,
  { extension: string; mediaType: string; write: (base: Use, opened: Opened) => Uint8Array | Promise<Uint8Array> }
> = {
  'vc+jwt': { extension: 'jwt', mediaType: 'application/vc+jwt', write: (_, { secrets }) => encode(requireFile(secrets, 'vc+jwt')) },
  'json-ld': {
    extension: 'json',
    mediaType: 'application/vc+ld+json',
    write: (_, { secrets }) => encode(requireFile(secrets, 'eddsa-rdfc-2022')),
  },
  png: {
    extension: 'png',
    mediaType: 'image/png',
    write: (base, opened) => bakePng(drawBadgePng(colourOf(base, opened.row)), bakedOf(opened)),
  },
  svg: { extension: 'svg', mediaType: 'image/svg+xml', write: (base, opened) => encode(bakeSvg(drawSvg(base, opened), bakedOf(opened))) },
  bundle: {
    extension: 'guildhall',
    mediaType: 'application/vnd.guildhall.bundle+zip',
    write: (base, { row, secrets }) => {
      const receipt = receiptOf(row, secrets) as AnchorReceipt | null
      return packBundle(base, [{ secured: preferredFile(secrets), ...(receipt && { receipt }), openings: secrets.openings }])
    },
  },
}

/** One of a learner's certificates as a file. The file's name has its id, not the learner's. @throws NOT_YOURS, NOT_FOUND */
export async function downloadMyCredential(base: Use, actor: Actor, { format, language = 'zh-CN', ...which }: Wanted): Promise<FileAnswer> {
  const opened = openOwn(base, actor, which)
  const { extension, mediaType, write } = writers[format]
  const bytes = await write(base, { ...opened, language })
  base.transaction(() => base.audit.append(actor, 'credential.downloaded', { subject: which.credentialId, details: { format } }))
  return new FileAnswer(bytes, { mediaType, fileName: `certificate-${which.credentialId.slice(0, 8)}.${extension}` })
}

function requireFile({ files }: CertificateSecrets, format: keyof CertificateSecrets['files']): unknown {
  const file = files[format]
  if (file === undefined) throw notFound('file of the certificate in this format')
  return file
}

function bakedOf({ row, secrets }: Opened) {
  return { secured: preferredFile(secrets), receipt: (receiptOf(row, secrets) as AnchorReceipt | null) ?? undefined }
}

function drawSvg(base: Use, { row, language }: Opened): string {
  const day = new Date(row.validFrom * 1000).toISOString().slice(0, 10)
  return drawCertificateSvg({ title: row.title, issuer: base.config.baseName, day, colour: colourOf(base, row), language })
}

function colourOf({ records }: Use, { programmeId }: CredentialRow): string {
  return records.programmes.find({ programmeId })?.definition.template.colour ?? '#0b5d6b'
}

const encode = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : `${JSON.stringify(value, null, 2)}\n`)

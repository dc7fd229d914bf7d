import { CredentialError } from '../errors.ts'
import type { JsonObject, Secured } from '../formats/format.ts'
import { parseJsonObject } from '../formats/json.ts'
import type { AnchorReceipt } from '../ports.ts'
import { readReceipt } from '../verify/evidence/anchor-receipt.ts'
import { readPngTexts, writePngTexts } from './png.ts'
import { readSvg, writeSvg } from './svg.ts'

/** Keywords of the iTXt chunks (Open Badges 3.0 §5.3.1.1 for the first; the receipt is our own). */
const credentialKeyword = 'openbadgecredential'
const receiptKeyword = 'guildhall-receipt'

/** A certificate as it stands in a picture, with its receipt where that was baked in too. */
export interface BakedCredential {
  secured: Secured
  receipt: AnchorReceipt | undefined
}

/**
 * A PNG with the certificate in it, so that the picture alone can be verified.
 * @throws CredentialError CREDENTIAL_IMAGE_MALFORMED when `png` is no PNG.
 */
export function bakePng(png: Uint8Array, { secured, receipt }: BakedCredential): Uint8Array {
  const texts = { [credentialKeyword]: textOf(secured), [receiptKeyword]: receipt === undefined ? undefined : JSON.stringify(receipt) }
  return writePngTexts(png, texts)
}

/** As `bakePng`, for an SVG document. */
export function bakeSvg(svg: string, { secured, receipt }: BakedCredential): string {
  return writeSvg(svg, { credential: textOf(secured), ...(receipt === undefined ? {} : { receipt: JSON.stringify(receipt) }) })
}

/**
 * Every certificate in a PNG; none is an empty list.
 * @throws CredentialError CREDENTIAL_IMAGE_MALFORMED, CREDENTIAL_MALFORMED, CREDENTIAL_TOO_LARGE
 */
export function unbakePng(png: Uint8Array): BakedCredential[] {
  const receipts = readPngTexts(png, receiptKeyword)
  return readPngTexts(png, credentialKeyword).map((text, at) => ({ secured: securedOf(text), receipt: receiptOf(receipts[at]) }))
}

/** As `unbakePng`, for an SVG document. */
export function unbakeSvg(svg: string): BakedCredential[] {
  return readSvg(svg).map(({ credential, receipt }) => ({ secured: securedOf(credential), receipt: receiptOf(receipt) }))
}

function textOf(secured: Secured): string {
  return typeof secured === 'string' ? secured : JSON.stringify(secured)
}

function securedOf(text: string): Secured {
  const trimmed = text.trim()
  return trimmed.startsWith('{') ? (parseJsonObject(trimmed) satisfies JsonObject) : trimmed
}

/** A receipt that can not be read is as good as none: it is never believed without its ledger record. */
function receiptOf(text: string | undefined): AnchorReceipt | undefined {
  if (text === undefined) return undefined
  try {
    return readReceipt(parseJsonObject(text))
  } catch (error) {
    if (error instanceof CredentialError) return undefined
    throw error
  }
}

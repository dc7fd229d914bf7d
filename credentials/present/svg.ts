import { CredentialError } from '../errors.ts'

/** The namespace of a baked SVG (Open Badges 3.0 §5.3.2.1), and that of our receipt. */
const badgeNamespace = 'https://purl.imsglobal.org/ob/v3p0'
const receiptNamespace = 'urn:guildhall:vocabulary:v1'
const maxSvgLength = 33_554_432

/** What is baked into an SVG. `credential` is JSON text or a compact JWS. */
export interface BakedTexts {
  credential: string
  receipt?: string
}

/** Whether a text looks like an SVG document. */
export function isSvg(text: string): boolean {
  return /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*(?:<!DOCTYPE\s[^[>]*(?:\[[^\]]*\])?>\s*)?(?:<!--[\s\S]*?-->\s*)*<(?:\w+:)?svg[\s>]/.test(
    text.slice(0, 20_000),
  )
}

/**
 * The certificates baked into an SVG, each with its receipt if it has one. The `verify` attribute (a JWS) goes before the content (JSON).
 * Nothing of the picture is parsed, run or rendered.
 * @throws CredentialError CREDENTIAL_IMAGE_MALFORMED for what is no SVG, CREDENTIAL_TOO_LARGE.
 */
export function readSvg(svg: string): BakedTexts[] {
  if (svg.length > maxSvgLength)
    throw new CredentialError('CREDENTIAL_TOO_LARGE', `The picture has ${svg.length} characters; at most ${maxSvgLength} are read.`)
  if (!isSvg(svg)) throw new CredentialError('CREDENTIAL_IMAGE_MALFORMED', 'The picture does not begin like an SVG.')
  const receipts = elementsOf(svg, prefixesOf(svg, receiptNamespace), 'receipt').map(({ content }) => content)
  return elementsOf(svg, prefixesOf(svg, badgeNamespace), 'credential').flatMap(({ attributes, content }, at) => {
    const credential = verifyAttribute(attributes) ?? content
    const receipt = receipts[at]
    return credential === '' ? [] : [receipt === undefined ? { credential } : { credential, receipt }]
  })
}

/**
 * The picture with one certificate baked in; one that was there before is taken out.
 * @throws CredentialError CREDENTIAL_IMAGE_MALFORMED
 */
export function writeSvg(svg: string, { credential, receipt }: BakedTexts): string {
  const bare = withoutBaked(svg)
  const match = isSvg(bare) ? /<(?:\w+:)?svg(?=[\s>])(?:[^>"']|"[^"]*"|'[^']*')*>/.exec(bare) : null
  if (match === null || match[0].endsWith('/>'))
    throw new CredentialError('CREDENTIAL_IMAGE_MALFORMED', 'The picture has no svg element to put a certificate into.')
  const isToken = !credential.trimStart().startsWith('{')
  const baked = isToken
    ? `<openbadges:credential xmlns:openbadges="${badgeNamespace}" verify="${withEntities(credential)}"/>`
    : `<openbadges:credential xmlns:openbadges="${badgeNamespace}"><![CDATA[${cdata(credential)}]]></openbadges:credential>`
  const receiptElement =
    receipt === undefined
      ? ''
      : `<guildhall:receipt xmlns:guildhall="${receiptNamespace}"><![CDATA[${cdata(receipt)}]]></guildhall:receipt>`
  const end = match.index + match[0].length
  return `${bare.slice(0, end)}${baked}${receiptElement}${bare.slice(end)}`
}

interface Element {
  attributes: string
  content: string
  start: number
  end: number
}

/** Prefixes that stand for a namespace anywhere in the document; Open Badges 2 used another one, which is no certificate of version 3. */
function prefixesOf(svg: string, namespace: string): string[] {
  const prefixes = [...svg.matchAll(/\bxmlns:([A-Za-z_][\w.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)]
  return [...new Set(prefixes.filter(([, , double, single]) => (double ?? single) === namespace).map(([, prefix]) => prefix ?? ''))]
}

/** Elements in document order, by plain search: no regular expression runs over a whole hostile document. */
function elementsOf(svg: string, prefixes: readonly string[], name: string): Element[] {
  const elements: Element[] = []
  for (const prefix of prefixes) {
    const open = `<${prefix}:${name}`
    for (let start = svg.indexOf(open); start >= 0 && elements.length < 64; start = svg.indexOf(open, start + open.length)) {
      const element = readElement(svg, start, { open, close: `</${prefix}:${name}` })
      if (element !== undefined) elements.push(element)
    }
  }
  return elements.sort((one, other) => one.start - other.start)
}

function readElement(svg: string, start: number, { open, close }: { open: string; close: string }): Element | undefined {
  const from = start + open.length
  if (!/[\s/>]/.test(svg[from] ?? '')) return undefined
  const tagEnd = endOfTag(svg, from)
  if (tagEnd < 0) return undefined
  const isEmpty = svg[tagEnd - 1] === '/'
  const attributes = svg.slice(from, isEmpty ? tagEnd - 1 : tagEnd)
  if (isEmpty) return { attributes, content: '', start, end: tagEnd + 1 }
  const cdataStart = /^\s*<!\[CDATA\[/.exec(svg.slice(tagEnd + 1, tagEnd + 200))
  const searchFrom = cdataStart === null ? tagEnd + 1 : svg.indexOf(']]>', tagEnd)
  const closing = searchFrom < 0 ? -1 : svg.indexOf(close, searchFrom)
  if (closing < 0) return undefined
  const closeEnd = svg.indexOf('>', closing)
  return { attributes, content: textOf(svg.slice(tagEnd + 1, closing)), start, end: closeEnd < 0 ? svg.length : closeEnd + 1 }
}

/** Index of the `>` that ends a tag, past quoted values. */
function endOfTag(svg: string, from: number): number {
  let quote = ''
  for (let at = from; at < svg.length; at++) {
    const character = svg[at] ?? ''
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '>') return at
  }
  return -1
}

function verifyAttribute(attributes: string): string | undefined {
  const match = /(?:^|\s)verify\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(attributes)
  const value = withoutEntities((match?.[1] ?? match?.[2] ?? '').trim())
  return value === '' ? undefined : value
}

/** CDATA as it stands, other text without its entities. */
function textOf(content: string): string {
  const match = /^\s*<!\[CDATA\[([\s\S]*)\]\]>\s*$/.exec(content)
  return (match === null ? withoutEntities(content) : (match[1] ?? '').replaceAll(']]]]><![CDATA[>', ']]>')).trim()
}

function withoutBaked(svg: string): string {
  const baked = [
    ...elementsOf(svg, prefixesOf(svg, badgeNamespace), 'credential'),
    ...elementsOf(svg, prefixesOf(svg, receiptNamespace), 'receipt'),
  ]
  return baked.sort((one, other) => other.start - one.start).reduce((text, { start, end }) => text.slice(0, start) + text.slice(end), svg)
}

function cdata(text: string): string {
  return text.replaceAll(']]>', ']]]]><![CDATA[>')
}

function withEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

function withoutEntities(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&#34;', '"')
    .replaceAll('&amp;', '&')
}

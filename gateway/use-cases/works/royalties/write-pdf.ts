/** A run of text on a page: `x` and `y` in points from the lower left corner of A4; `x` is the right edge where it is aligned there. */
export type Text = { x: number; y: number; size: number; text: string; align?: 'left' | 'right' }
export type Page = readonly Text[]

/**
 * Pages of text as PDF 1.7 (ISO 32000-1). Latin is set in Helvetica (§9.6.2.2), Chinese in STSong-Light by the predefined encoding UniGB-UCS2-H of
 * Adobe-GB1 (§9.7.5.2). Neither is embedded: readers take their own Chinese type, as Acrobat, browsers and Poppler with its data do; a font
 * of Chinese would be several megabytes.
 */
export function writePdf(pages: readonly Page[], { title, language }: { title: string; language: string }): Uint8Array {
  const first = 7
  const kids = pages.map((_, index) => `${first + index * 2} 0 R`)
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R /Lang (${language}) /ViewerPreferences << /DisplayDocTitle true >> >>`,
    `<< /Type /Pages /Kids [${kids.join(' ')}] /Count ${pages.length} /MediaBox [0 0 595 842] >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    '<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [5 0 R] >>',
    `<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000 ${descriptor} >>`,
    `<< /Title <FEFF${utf16(title)}> >>`,
    ...pages.flatMap((page, index) => {
      const content = page.map(draw).join('\n')
      return [
        `<< /Type /Page /Parent 2 0 R /Resources << /Font << /L 3 0 R /C 4 0 R >> >> /Contents ${first + index * 2 + 1} 0 R >>`,
        `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      ]
    }),
  ]
  return assemble(objects)
}

/** What a reader needs to choose a type in place of one that is not embedded (§9.8). */
const descriptor =
  '/FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>'

/** Header, numbered objects, cross-reference table and trailer (§7.5). All of it is ASCII, so characters are bytes. */
function assemble(objects: readonly string[]): Uint8Array {
  let text = '%PDF-1.7\n'
  const offsets = objects.map((object, index) => {
    const offset = text.length
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const start = text.length
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n${start}\n%%EOF\n`
  return new TextEncoder().encode(text)
}

function draw({ x, y, size, text, align }: Text): string {
  const at = align === 'right' ? x - widthOf(text) * size : x
  const runs = text.match(/[\x20-\x7e]+|[^\x20-\x7e]+/g) ?? []
  const shown = runs.map((run) =>
    /^[\x20-\x7e]/.test(run) ? `/L ${size} Tf (${run.replace(/[\\()]/g, '\\$&')}) Tj` : `/C ${size} Tf <${utf16(run)}> Tj`,
  )
  return `BT ${at.toFixed(2)} ${y} Td ${shown.join(' ')} ET`
}

/** UTF-16BE as hexadecimal digits; what is above the first plane is left out, as UCS-2 has nothing for it. */
function utf16(text: string): string {
  return [...text]
    .filter((character) => character.length === 1)
    .map((character) => character.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase())
    .join('')
}

/** Width of a text in ems: exact for figures (Helvetica's metrics), half an em for other Latin, one for Chinese. */
function widthOf(text: string): number {
  const narrow: Readonly<Record<string, number>> = { '.': 0.278, ',': 0.278, ' ': 0.278, '/': 0.278, '-': 0.333 }
  return [...text].reduce((sum, one) => sum + (/\d/.test(one) ? 0.556 : (narrow[one] ?? (one.charCodeAt(0) < 0x7f ? 0.5 : 1))), 0)
}

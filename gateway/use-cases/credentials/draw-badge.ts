import { crc32, deflateSync } from 'node:zlib'

const size = 512

/** Where a check mark's stroke begins, bends and ends, in parts of the picture's width. */
const mark: readonly [number, number][] = [
  [0.33, 0.51],
  [0.45, 0.63],
  [0.68, 0.38],
]

/**
 * A badge as PNG (512 × 512, RGB): a seal in the programme's colour with a check mark. No text: a picture that is baked carries the
 * certificate itself, in both languages.
 * @param colour `#rrggbb`
 */
export function drawBadgePng(colour: string): Uint8Array {
  const ink = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
  const paper = [251, 250, 247]
  const rows = Buffer.alloc(size * (1 + size * 3))
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const cover = coverAt((x + 0.5) / size, (y + 0.5) / size)
      const at = y * (1 + size * 3) + 1 + x * 3
      for (const channel of [0, 1, 2])
        rows[at + channel] = Math.round((paper[channel] ?? 0) + ((ink[channel] ?? 0) - (paper[channel] ?? 0)) * cover)
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}

/** How much of a pixel is ink, 0 to 1: a filled disc with a toothed rim, a thin ring, the mark cut out. */
function coverAt(x: number, y: number): number {
  const radius = Math.hypot(x - 0.5, y - 0.5)
  const rim = 0.45 + 0.012 * Math.cos(36 * Math.atan2(y - 0.5, x - 0.5))
  const disc = edge(rim - radius)
  const ring = edge(0.009 - Math.abs(radius - 0.385))
  const stroke = Math.min(...mark.slice(1).map((end, at) => distance([x, y], mark[at] ?? end, end)))
  return Math.max(0, disc - Math.max(ring, edge(0.035 - stroke)))
}

/** One pixel of softness at an edge. */
const edge = (inside: number): number => Math.min(1, Math.max(0, inside * size + 0.5))

function distance([x, y]: [number, number], [ax, ay]: readonly [number, number], [bx, by]: readonly [number, number]): number {
  const length = (bx - ax) ** 2 + (by - ay) ** 2
  const along = Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length))
  return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay))
}

/** A PNG chunk (PNG 3rd edition §5.3). */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  const check = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

type Certificate = {
  title: { 'zh-CN': string; en: string }
  issuer: { 'zh-CN': string; en: string }
  day: string
  colour: string
  language: 'zh-CN' | 'en'
}

const words = { 'zh-CN': { awarded: '颁发', by: '签发基地' }, en: { awarded: 'Awarded', by: 'Issued by' } }

/** A certificate as SVG, A4 landscape, in one language; the reader's own serif sets it. It names nobody. */
export function drawCertificateSvg({ title, issuer, day, colour, language }: Certificate): string {
  const word = words[language]
  const serif = "font-family=\"'Songti SC','Noto Serif SC','Source Serif 4','Noto Serif',serif\""
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1123 794" width="1123" height="794" lang="${language}">
<rect width="1123" height="794" fill="#fbfaf7"/>
<rect x="40" y="40" width="1043" height="714" rx="16" fill="none" stroke="${colour}" stroke-width="2"/>
<circle cx="561.5" cy="190" r="56" fill="${colour}"/>
<path d="M538 192l16 16 32-36" fill="none" stroke="#fff" stroke-width="9" stroke-linecap="round" stroke-linejoin="round"/>
<text x="561.5" y="360" ${serif} font-size="46" fill="#17202a" text-anchor="middle">${escapeXml(title[language])}</text>
<text x="561.5" y="450" font-family="sans-serif" font-size="22" fill="#4b5866" text-anchor="middle">${word.by} ${escapeXml(issuer[language])}</text>
<text x="561.5" y="492" font-family="sans-serif" font-size="22" fill="#4b5866" text-anchor="middle">${word.awarded} ${day}</text>
</svg>`
}

const escapeXml = (text: string): string => text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`)

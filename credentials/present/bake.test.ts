import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { zlibSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { CredentialError } from '../errors.ts'
import { createWorld, type World } from '../verify/test-world.ts'
import { bakePng, bakeSvg, unbakePng, unbakeSvg } from './bake.ts'
import { readPngTexts, writePngTexts } from './png.ts'

/** 1 × 1 pixel. */
const png = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (character) => character.charCodeAt(0),
)
const svg =
  '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><title>学习证书</title><rect width="10" height="10"/></svg>'
const samples = new URL('../../../shared/vectors/credentials/samples/', import.meta.url)
let world: World
beforeAll(async () => {
  world = await createWorld()
})

describe('a baked picture', () => {
  it('keeps certificate and receipt of a PNG, and the picture as it was', () => {
    const baked = bakePng(png, { secured: world.dataIntegrity, receipt: world.receipt })
    expect(unbakePng(baked)).toEqual([{ secured: world.dataIntegrity, receipt: world.receipt }])
    expect(writePngTexts(writePngTexts(baked, {}), {})).toEqual(baked)
    expect(unbakePng(png)).toEqual([])
  })

  it('keeps certificate and receipt of an SVG, in either format', () => {
    for (const secured of [world.jwt, world.dataIntegrity]) {
      const baked = bakeSvg(svg, { secured, receipt: world.receipt })
      expect(unbakeSvg(baked)).toEqual([{ secured, receipt: world.receipt }])
      expect(baked.endsWith('<title>学习证书</title><rect width="10" height="10"/></svg>')).toBe(true)
    }
  })

  it('holds one certificate after being baked twice', () => {
    const first = { secured: world.jwt, receipt: world.receipt }
    const second = { secured: world.dataIntegrity, receipt: undefined }
    expect(unbakePng(bakePng(bakePng(png, first), second))).toEqual([second])
    expect(unbakeSvg(bakeSvg(bakeSvg(svg, first), second))).toEqual([second])
  })

  it('keeps Chinese in UTF-8, packed or not', () => {
    const text = '证书 「増材制造」 – ünïcödé 🎓'
    expect(readPngTexts(writePngTexts(png, { note: text }), 'note')).toEqual([text])
    const packed = zlibSync(new TextEncoder().encode(text))
    const data = Uint8Array.of(...new TextEncoder().encode('note'), 0, 1, 0, 0, 0, ...packed)
    expect(readPngTexts(withChunk(png, data), 'note')).toEqual([text])
  })

  it('refuses a picture whose checksum is wrong, that is cut off, or whose text unpacks to a bomb', () => {
    const baked = bakePng(png, { secured: world.jwt, receipt: undefined })
    const flipped = baked.slice()
    flipped[baked.length - 100] = (flipped[baked.length - 100] ?? 0) ^ 1
    expect(() => unbakePng(flipped)).toThrow('checksum')
    expect(() => unbakePng(baked.slice(0, -20))).toThrow(CredentialError)
    const bomb = Uint8Array.of(...new TextEncoder().encode('note'), 0, 1, 0, 0, 0, ...zlibSync(new Uint8Array(20_000_000)))
    expect(() => readPngTexts(withChunk(png, bomb), 'note')).toThrow(CredentialError)
  })

  it('finds the certificate in a picture baked by others', (context) => {
    if (!existsSync(samples)) return context.skip('the shared vectors are not beside the checkout')
    const [fromPng] = unbakePng(readFileSync(new URL('ob30-simple-json.png', samples)))
    expect(fromPng?.secured).toMatchObject({ type: ['VerifiableCredential', 'OpenBadgeCredential'] })
    const [fromSvg] = unbakeSvg(readFileSync(new URL('ob30-simple-jwt.svg', samples), 'utf8'))
    expect(String(fromSvg?.secured).split('.')).toHaveLength(3)
  })

  it('survives hostile bytes and texts with a CredentialError or an answer', () => {
    const baked = bakePng(png, { secured: world.jwt, receipt: undefined })
    const bakedSvg = bakeSvg(svg, { secured: world.dataIntegrity, receipt: world.receipt })
    const seed = Date.now() & 0x7fffffff
    console.info(`hostile pictures: seed ${seed}`)
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(baked.length - 1), fc.nat(255)), { maxLength: 6 }), (edits) => {
        const bytes = baked.slice()
        for (const [at, byte] of edits) bytes[at] = byte
        answers(() => unbakePng(bytes))
      }),
      { numRuns: 1_000, seed },
    )
    fc.assert(
      fc.property(fc.nat(bakedSvg.length), fc.nat(60), fc.string({ maxLength: 20, unit: 'grapheme' }), (at, length, text) => {
        answers(() => unbakeSvg(bakedSvg.slice(0, at) + text + bakedSvg.slice(at + length)))
      }),
      { numRuns: 1_000, seed },
    )
  })
})

function answers(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error
  }
}

/** The picture with one iTXt chunk of these data before its end. */
function withChunk(picture: Uint8Array, data: Uint8Array): Uint8Array {
  const text = 'x'.repeat(data.length - 9)
  const template = writePngTexts(picture, { note: text })
  const start = template.length - 12 - 4 - data.length
  template.set(data, start)
  let crc = 0xffffffff
  for (const byte of template.subarray(start - 4, start + data.length)) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1
  }
  new DataView(template.buffer).setUint32(start + data.length, (crc ^ 0xffffffff) >>> 0)
  return template
}

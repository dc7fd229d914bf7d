import type { Picture } from '@guildhall/gateway/api'
import * as m from '../../paraglide/messages.js'

/** One of the sixteen pictures: what it is called, a filled shape, and lines over it; 48 × 48. */
export interface PictureDrawing {
  name: () => string
  fill: string
  lines: string
}

const circle = (x: number, y: number, r: number) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`

/** The sixteen pictures of a picture PIN. They differ in outline, so that they are told apart without colour. */
export const pictureDrawings: Record<Picture, PictureDrawing> = {
  apple: {
    name: m.picture_apple,
    fill: 'M24 17c-4-4-15-3-15 8 0 9 7 16 11 16 2 0 2-1 4-1s2 1 4 1c4 0 11-7 11-16 0-11-11-12-15-8',
    lines: 'M24 17c0-5 2-8 6-10',
  },
  bell: { name: m.picture_bell, fill: 'M10 35c4-4 3-9 4-14 1-6 5-9 10-9s9 3 10 9c1 5 0 10 4 14z', lines: 'M24 12V7M20 39a4 4 0 0 0 8 0' },
  boat: { name: m.picture_boat, fill: 'M5 32h38l-6 9H11z', lines: 'M23 32V7L9 27h14M27 12v15h10z' },
  book: { name: m.picture_book, fill: 'M24 13c-5-4-11-4-18-3v27c7-1 13-1 18 3 5-4 11-4 18-3V10c-7-1-13-1-18 3', lines: 'M24 13v27' },
  cat: {
    name: m.picture_cat,
    fill: 'M9 8l8 7h14l8-7v19c0 8-7 14-15 14S9 35 9 27z',
    lines: 'M18 25v2M30 25v2M21 33l3 2 3-2M5 29l7 1M43 29l-7 1',
  },
  cloud: { name: m.picture_cloud, fill: 'M14 37a9 9 0 0 1-1-18 12 12 0 0 1 23-1 9.5 9.5 0 0 1-2 19z', lines: '' },
  drum: {
    name: m.picture_drum,
    fill: 'M8 19v16c0 4 7 7 16 7s16-3 16-7V19z',
    lines: 'M8 19a16 6 0 0 0 32 0 16 6 0 0 0-32 0M10 8l12 11M38 8L26 19',
  },
  fish: {
    name: m.picture_fish,
    fill: 'M5 24c6-9 13-12 19-12 8 0 12 6 14 12-2 6-6 12-14 12-6 0-13-3-19-12M36 24l8-8v16z',
    lines: 'M15 21v1M25 17c3 4 3 10 0 14',
  },
  flower: {
    name: m.picture_flower,
    fill: `${circle(24, 9, 5)}${circle(32, 15, 5)}${circle(29, 24, 5)}${circle(19, 24, 5)}${circle(16, 15, 5)}`,
    lines: `${circle(24, 17, 3)}M24 29v14M24 38c4 0 7-2 9-5`,
  },
  house: { name: m.picture_house, fill: 'M10 22v19h28V22L24 9z', lines: 'M5 26L24 8l19 18M20 41V29h8v12' },
  key: { name: m.picture_key, fill: circle(15, 24, 9), lines: `${circle(15, 24, 3)}M24 24h19M36 24v7M42 24v5` },
  kite: { name: m.picture_kite, fill: 'M24 4l13 14-13 17-13-17z', lines: 'M24 4v31M11 18h26M24 35c0 4-4 3-4 6s4 2 4 5' },
  moon: { name: m.picture_moon, fill: 'M32 6a18 18 0 1 0 10 27A16 16 0 0 1 32 6', lines: '' },
  star: { name: m.picture_star, fill: 'M24 5l6 12 13 2-9.5 9 2.3 13L24 35l-11.8 6 2.3-13L5 19l13-2z', lines: '' },
  tree: { name: m.picture_tree, fill: 'M24 4l11 13h-5l9 12H9l9-12h-5z', lines: 'M24 29v14M18 43h12' },
  wheel: {
    name: m.picture_wheel,
    fill: circle(24, 24, 18),
    lines: `${circle(24, 24, 4)}M24 6v14M24 28v14M6 24h14M28 24h14M11 11l10 10M27 27l10 10M37 11L27 21M21 27L11 37`,
  },
}

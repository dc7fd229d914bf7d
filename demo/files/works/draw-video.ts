/**
 * Draws the frames of the video of the demo, raw RGB on standard output, for an encoder; how it was called stands in README.md.
 * A load travels over the truss bridge; members in tension are drawn blue, those in compression red, both as thick as their force.
 */
import { makeTruss, solveForces } from './forces.mjs'

type Colour = readonly [number, number, number]
type Canvas = { readonly pixels: Uint8Array; blend(at: number, colour: Colour, cover: number): void }
type Line = { readonly from: readonly [number, number]; readonly to: readonly [number, number]; readonly width: number }

/** Size of a frame, frames a second, and how many there are. */
export const FILM = { width: 480, height: 270, rate: 24, frames: 240 } as const

const PANELS = 4
const SCALE = 3.2
const PAPER: Colour = [250, 249, 246]
const INK: Colour = [38, 50, 56]
const TENSION: Colour = [25, 103, 178]
const COMPRESSION: Colour = [190, 45, 40]
const LOAD_NEWTONS = 10

/** One frame of the film: RGB, row by row. */
export function drawFrame(frame: number): Uint8Array {
  const canvas = createCanvas()
  const truss = makeTruss(PANELS)
  const place = (index: number): [number, number] => {
    const { x = 0, y = 0 } = truss.joints[index] ?? {}
    return [(FILM.width - PANELS * 30 * SCALE) / 2 + x * SCALE, FILM.height - 90 - y * SCALE]
  }
  // There and back, slower at the ends.
  const position = ((1 - Math.cos((2 * Math.PI * frame) / FILM.frames)) / 2) * PANELS
  const left = Math.min(Math.floor(position), PANELS - 1)
  const loads = [
    { joint: left, newtons: LOAD_NEWTONS * (left + 1 - position) },
    { joint: left + 1, newtons: LOAD_NEWTONS * (position - left) },
  ]
  const forces = solveForces(truss, loads)
  for (const [index, [from = 0, to = 0]] of truss.members.entries()) {
    const force = forces[index] ?? 0
    const strength = Math.min(1, Math.abs(force) / 11.6)
    const colour = force > 0 ? TENSION : COMPRESSION
    const mixed = colour.map((value, part) => Math.round((INK[part] ?? 0) * (1 - strength) + value * strength))
    drawLine(canvas, { from: place(from), to: place(to), width: 3 + 9 * strength }, [mixed[0] ?? 0, mixed[1] ?? 0, mixed[2] ?? 0])
  }
  for (const index of truss.joints.keys()) drawLine(canvas, { from: place(index), to: place(index), width: 11 }, INK)
  drawSupports(canvas, [place(0), place(PANELS)])
  const [x, y] = [place(0)[0] + position * 30 * SCALE, place(0)[1]]
  drawLine(canvas, { from: [x, y + 12], to: [x, y + 34], width: 3 }, INK)
  drawLine(canvas, { from: [x - 9, y + 46], to: [x + 9, y + 46], width: 24 }, INK)
  return canvas.pixels
}

function drawSupports(canvas: Canvas, places: readonly [number, number][]): void {
  for (const [x, y] of places) {
    drawLine(canvas, { from: [x, y + 5], to: [x - 12, y + 24], width: 3 }, INK)
    drawLine(canvas, { from: [x, y + 5], to: [x + 12, y + 24], width: 3 }, INK)
    drawLine(canvas, { from: [x - 18, y + 26], to: [x + 18, y + 26], width: 3 }, INK)
  }
}

function createCanvas(): Canvas {
  const pixels = new Uint8Array(FILM.width * FILM.height * 3)
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = PAPER[at % 3] ?? 0
  const blend = (at: number, colour: Colour, cover: number) => {
    for (const [part, value] of colour.entries()) pixels[at + part] = Math.round((pixels[at + part] ?? 0) * (1 - cover) + value * cover)
  }
  return { pixels, blend }
}

/** A line with round ends and smooth edges. */
function drawLine({ blend }: Canvas, { from, to, width }: Line, colour: Colour): void {
  const reach = width / 2 + 1
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]]
  const square = dx * dx + dy * dy
  const until = (a: number, b: number, limit: number) => Math.min(limit - 1, Math.ceil(Math.max(a, b) + reach))
  for (let y = Math.max(0, Math.floor(Math.min(from[1], to[1]) - reach)); y <= until(from[1], to[1], FILM.height); y += 1) {
    for (let x = Math.max(0, Math.floor(Math.min(from[0], to[0]) - reach)); x <= until(from[0], to[0], FILM.width); x += 1) {
      const along = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - from[0]) * dx + (y - from[1]) * dy) / square))
      const distance = Math.hypot(x - from[0] - along * dx, y - from[1] - along * dy)
      const cover = Math.min(1, Math.max(0, width / 2 + 0.5 - distance))
      if (cover > 0) blend((y * FILM.width + x) * 3, colour, cover)
    }
  }
}

if (import.meta.main) for (let frame = 0; frame < FILM.frames; frame += 1) process.stdout.write(drawFrame(frame))

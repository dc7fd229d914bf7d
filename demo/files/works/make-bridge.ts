/**
 * Writes the model of the demo beside this file: `node demo/files/works/make-bridge.ts`.
 * A truss bridge as a kit that prints flat and without supports: two trusses with tenons and a deck with slots for them. Millimetres.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTruss } from './forces.mjs'

type Point = readonly [number, number]
/** A corner of a solid: x, y, z. */
type Corner = readonly [number, number, number]

const PANELS = 4
const PANEL = 30
const THICKNESS = 4
const BAR = 4
const DECK = { length: PANELS * PANEL + 8, width: 36, height: 3, edge: 2 }
/** Room on each side of a tenon in its slot. */
const PLAY = 0.2

/** The kit as a binary STL: an 80-byte header, the count, and 50 bytes for each triangle. */
export function makeBridge(): Uint8Array {
  const solids = [...trussAt(20), ...trussAt(60), ...deckAt([-4, -45])]
  const triangles = solids.flatMap(trianglesOf)
  const bytes = new Uint8Array(84 + triangles.length * 50)
  bytes.set(new TextEncoder().encode('Truss bridge kit, millimetres'))
  const view = new DataView(bytes.buffer)
  view.setUint32(80, triangles.length, true)
  for (const [index, [a, b, c]] of triangles.entries()) {
    const at = 84 + index * 50
    for (const [place, value] of [...normalOf(a, b, c), ...a, ...b, ...c].entries()) view.setFloat32(at + place * 4, value, true)
  }
  return bytes
}

/** A truss lying on its side, with a tenon below each lower joint but the first and the last. */
function trussAt(y: number): Corner[][] {
  const { joints, members } = makeTruss(PANELS)
  const pointOf = (index: number): Point => [joints[index]?.x ?? 0, y + (joints[index]?.y ?? 0)]
  const bars = members.map(([from = 0, to = 0]) => bar(pointOf(from), pointOf(to)))
  return [...bars, ...tenons().map((x) => box([x - BAR / 2, y - BAR / 2 - DECK.height], [x + BAR / 2, y], THICKNESS))]
}

const tenons = (): number[] => Array.from({ length: PANELS - 1 }, (_, index) => (index + 1) * PANEL)

/** The deck with slots near both long edges: whole strips, and between the slots pieces that reach a little into the strips. */
function deckAt([x, y]: Point): Corner[][] {
  const { length, width, height, edge } = DECK
  const slot = THICKNESS + 2 * PLAY
  const strip = (from: number, to: number) => box([x, y + from], [x + length, y + to], height)
  const between = (from: number) => {
    const edges = [-4 - PLAY, ...tenons().flatMap((at) => [at - BAR / 2 - PLAY, at + BAR / 2 + PLAY]), length - 4 + PLAY]
    return Array.from({ length: edges.length / 2 }, (_, index) => {
      const [left = 0, right = 0] = edges.slice(index * 2, index * 2 + 2)
      return box([Math.max(left, -4), y + from - PLAY], [Math.min(right, length - 4), y + from + slot + PLAY], height)
    })
  }
  const far = width - edge - slot
  return [strip(0, edge), ...between(edge), strip(edge + slot, far), ...between(far), strip(width - edge, width)]
}

/** A bar from one joint to another, a little longer than the way between them so that bars grow into each other. */
function bar(from: Point, to: Point): Corner[] {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1])
  const [ux, uy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length]
  const half = BAR / 2
  const corner = (end: Point, along: number, across: number): Point => [
    end[0] + (ux * along - uy * across) * half,
    end[1] + (uy * along + ux * across) * half,
  ]
  return prism([corner(from, -1, -1), corner(to, 1, -1), corner(to, 1, 1), corner(from, -1, 1)], THICKNESS)
}

const box = ([x, y]: Point, [right, top]: Point, height: number): Corner[] =>
  prism(
    [
      [x, y],
      [right, y],
      [right, top],
      [x, top],
    ],
    height,
  )

/** A quadrilateral, anticlockwise, raised from the bed: its four lower corners, then its four upper ones. */
const prism = (base: readonly Point[], height: number): Corner[] => [
  ...base.map(([x, y]): Corner => [x, y, 0]),
  ...base.map(([x, y]): Corner => [x, y, height]),
]

/** The faces of a prism, each seen anticlockwise from outside. */
const FACES = [
  [0, 3, 2, 1],
  [4, 5, 6, 7],
  [0, 1, 5, 4],
  [1, 2, 6, 5],
  [2, 3, 7, 6],
  [3, 0, 4, 7],
] as const

function trianglesOf(solid: readonly Corner[]): [Corner, Corner, Corner][] {
  const corner = (index: number): Corner => solid[index] ?? [0, 0, 0]
  return FACES.flatMap(([a, b, c, d]): [Corner, Corner, Corner][] => [
    [corner(a), corner(b), corner(c)],
    [corner(a), corner(c), corner(d)],
  ])
}

function normalOf(a: Corner, b: Corner, c: Corner): Corner {
  const [u, v] = [b, c].map((end) => [end[0] - a[0], end[1] - a[1], end[2] - a[2]])
  const cross = (i: number, j: number) => (u?.[i] ?? 0) * (v?.[j] ?? 0) - (u?.[j] ?? 0) * (v?.[i] ?? 0)
  const normal: Corner = [cross(1, 2), cross(2, 0), cross(0, 1)]
  const length = Math.hypot(...normal)
  return [normal[0] / length, normal[1] / length, normal[2] / length]
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, 'bridge.stl'), makeBridge())

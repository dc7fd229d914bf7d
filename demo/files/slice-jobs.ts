/**
 * Slices the two jobs of the demo and writes them beside this file: `node demo/files/slice-jobs.ts`.
 * A small slicer for two shapes: perimeters, solid and sparse infill, retraction, prime line; the same every time.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Settings {
  readonly name: string
  readonly layerHeight: number
  readonly layers: number
  readonly nozzleCelsius: number
  readonly bedCelsius: number
  /** Relative E (M83), or absolute with `G92 E0` at each layer (M82): both are common. */
  readonly relative: boolean
}

type Point = readonly [number, number]

const LINE_WIDTH = 0.45
const FILAMENT_AREA = Math.PI * (1.75 / 2) ** 2
const RETRACTION = 0.8

/** Writes G-code and keeps count of position and filament. */
const createWriter = (settings: Settings) => {
  const lines: string[] = []
  let at: Point = [0, 0]
  let e = 0
  const extrusionPerMm = (LINE_WIDTH * settings.layerHeight) / FILAMENT_AREA
  const number = (value: number, digits: number) => String(Number(value.toFixed(digits)))
  const extrude = (length: number): string => {
    const rounded = Number((length * extrusionPerMm).toFixed(5))
    e += rounded
    return `E${number(settings.relative ? rounded : e, 5)}`
  }
  const filament = (length: number, speed: number) => {
    e += length
    lines.push(`G1 E${number(settings.relative ? length : e, 5)} F${speed}`)
  }
  const distance = ([x, y]: Point) => Math.hypot(x - at[0], y - at[1])
  const writer = {
    say: (line: string) => void lines.push(line),
    travel: (to: Point) => {
      if (distance(to) < 0.01) return
      const isFar = distance(to) > 2
      if (isFar) filament(-RETRACTION, 2100)
      lines.push(`G0 X${number(to[0], 3)} Y${number(to[1], 3)} F9000`)
      if (isFar) filament(RETRACTION, 2100)
      at = to
    },
    line: (to: Point, speed: number) => {
      lines.push(`G1 X${number(to[0], 3)} Y${number(to[1], 3)} ${extrude(distance(to))} F${speed}`)
      at = to
    },
    arc: (to: Point, centre: Point, { clockwise, speed }: { clockwise: boolean; speed: number }) => {
      const radius = Math.hypot(at[0] - centre[0], at[1] - centre[1])
      const [from, until] = [Math.atan2(at[1] - centre[1], at[0] - centre[0]), Math.atan2(to[1] - centre[1], to[0] - centre[0])]
      const turn = (((clockwise ? from - until : until - from) + 4 * Math.PI - 1e-9) % (2 * Math.PI)) + 1e-9
      const middle = `I${number(centre[0] - at[0], 3)} J${number(centre[1] - at[1], 3)}`
      lines.push(`${clockwise ? 'G2' : 'G3'} X${number(to[0], 3)} Y${number(to[1], 3)} ${middle} ${extrude(radius * turn)} F${speed}`)
      at = to
    },
    resetE: () => {
      if (settings.relative) return
      lines.push('G92 E0')
      e = 0
    },
    text: () => `${lines.join('\n')}\n`,
  }
  return writer
}
type Writer = ReturnType<typeof createWriter>

const begin = (writer: Writer, settings: Settings) => {
  const { name, nozzleCelsius, bedCelsius, relative, layers, layerHeight } = settings
  for (const line of [
    `; ${name}, sliced by demo/files/slice-jobs.ts`,
    `; layer height ${layerHeight}, layers ${layers}, nozzle 0.4, filament 1.75 PLA`,
    'G21 ; millimetres',
    'G90 ; absolute positions',
    relative ? 'M83 ; relative extrusion' : 'M82 ; absolute extrusion',
    `M140 S${bedCelsius}`,
    `M104 S${nozzleCelsius}`,
    'G28 ; home',
    `M190 S${bedCelsius}`,
    `M109 S${nozzleCelsius}`,
    'M204 P1200',
    'G92 E0',
    `G0 Z${layerHeight} F600`,
  ]) {
    writer.say(line)
  }
  writer.travel([5, 10])
  writer.line([5, 70], 1200)
}

const end = (writer: Writer) => {
  for (const line of ['G91', 'G1 E-2 F1800', 'G0 Z10 F600', 'G90', 'M104 S0', 'M140 S0', 'M107', 'G0 X0 Y180 F6000', 'M84'])
    writer.say(line)
}

const startLayer = (writer: Writer, settings: Settings, layer: number) => {
  writer.say(`;LAYER:${layer}`)
  writer.resetE()
  writer.say(`G0 Z${Number(((layer + 1) * settings.layerHeight).toFixed(3))} F600`)
  if (layer === 1) writer.say('M106 S255')
}

/** Straight infill over [low, high] across `span`, cut where `holes` says; every other layer turns by 90°. */
const fill = (
  writer: Writer,
  box: readonly [Point, Point],
  options: { spacing: number; turned: boolean; hole?: { centre: Point; radius: number }; speed: number },
) => {
  const [low, high] = box
  const across = options.turned ? 0 : 1
  const along = options.turned ? 1 : 0
  const point = (u: number, v: number): Point => (options.turned ? [v, u] : [u, v])
  let forward = true
  for (let v = low[across] + options.spacing / 2; v < high[across]; v += options.spacing) {
    const pieces = cut([low[along], high[along]], v, { along, across, hole: options.hole })
    for (const [from, to] of forward ? pieces : pieces.map(([a, b]) => [b, a] as const).reverse()) {
      writer.travel(point(from, v))
      writer.line(point(to, v), options.speed)
    }
    forward = !forward
  }
}

const cut = (
  [from, to]: readonly [number, number],
  v: number,
  { along, across, hole }: { along: 0 | 1; across: 0 | 1; hole: { centre: Point; radius: number } | undefined },
): (readonly [number, number])[] => {
  const reach = hole ? hole.radius ** 2 - (v - hole.centre[across]) ** 2 : -1
  if (hole === undefined || reach <= 0) return [[from, to]]
  const half = Math.sqrt(reach)
  const [left, right] = [hole.centre[along] - half, hole.centre[along] + half]
  const pieces: (readonly [number, number])[] = [
    [from, Math.min(left, to)],
    [Math.max(right, from), to],
  ]
  return pieces.filter(([a, b]) => b - a > 0.5)
}

/** A cube of 20 mm to calibrate a printer with. */
const sliceCube = (): string => {
  const settings: Settings = {
    name: 'calibration cube 20 mm',
    layerHeight: 0.25,
    layers: 80,
    nozzleCelsius: 210,
    bedCelsius: 60,
    relative: true,
  }
  const writer = createWriter(settings)
  const [size, origin] = [20, 90]
  begin(writer, settings)
  for (let layer = 0; layer < settings.layers; layer += 1) {
    startLayer(writer, settings, layer)
    for (const inset of [LINE_WIDTH * 1.5, LINE_WIDTH * 0.5]) {
      const [low, high] = [origin + inset, origin + size - inset]
      writer.travel([low, low])
      for (const corner of [
        [high, low],
        [high, high],
        [low, high],
        [low, low],
      ] as const)
        writer.line(corner, layer === 0 ? 1200 : 2700)
    }
    const isSolid = layer < 3 || layer >= settings.layers - 3
    const inset = LINE_WIDTH * 2
    const box = [
      [origin + inset, origin + inset],
      [origin + size - inset, origin + size - inset],
    ] as const
    fill(writer, box, { spacing: isSolid ? LINE_WIDTH : 2.8, turned: layer % 2 === 1, speed: layer === 0 ? 1500 : 3600 })
  }
  end(writer)
  return writer.text()
}

/** A rounded plate with a hole for a ring: the outlines are arcs. */
const sliceKeychain = (): string => {
  const settings: Settings = { name: 'keychain plate', layerHeight: 0.2, layers: 14, nozzleCelsius: 205, bedCelsius: 55, relative: false }
  const writer = createWriter(settings)
  const [left, low, width, height, corner] = [70, 85, 50, 22, 6]
  const hole = { centre: [left + 7, low + height / 2] as Point, radius: 3 }
  begin(writer, settings)
  for (let layer = 0; layer < settings.layers; layer += 1) {
    startLayer(writer, settings, layer)
    const speed = layer === 0 ? 1200 : 2400
    for (const inset of [LINE_WIDTH * 1.5, LINE_WIDTH * 0.5]) roundedOutline(writer, { left, low, width, height, corner, inset, speed })
    const ring = hole.radius + LINE_WIDTH / 2
    writer.travel([hole.centre[0] + ring, hole.centre[1]])
    writer.arc([hole.centre[0] - ring, hole.centre[1]], hole.centre, { clockwise: true, speed })
    writer.arc([hole.centre[0] + ring, hole.centre[1]], hole.centre, { clockwise: true, speed })
    const inset = LINE_WIDTH * 2 + 1.5
    const box = [
      [left + inset, low + inset],
      [left + width - inset, low + height - inset],
    ] as const
    const spacing = layer < 2 || layer > 10 ? LINE_WIDTH : 1.8
    fill(writer, box, { spacing, turned: layer % 2 === 1, hole: { ...hole, radius: ring + LINE_WIDTH }, speed: 3000 })
  }
  end(writer)
  return writer.text()
}

interface Outline {
  readonly left: number
  readonly low: number
  readonly width: number
  readonly height: number
  readonly corner: number
  readonly inset: number
  readonly speed: number
}

const roundedOutline = (writer: Writer, outline: Outline) => {
  const { left, low, width, height, corner, inset, speed } = outline
  const [x0, y0, x1, y1] = [left + inset, low + inset, left + width - inset, low + height - inset]
  const r = corner - inset
  const turn = { clockwise: false, speed }
  writer.travel([x0 + r, y0])
  writer.line([x1 - r, y0], speed)
  writer.arc([x1, y0 + r], [x1 - r, y0 + r], turn)
  writer.line([x1, y1 - r], speed)
  writer.arc([x1 - r, y1], [x1 - r, y1 - r], turn)
  writer.line([x0 + r, y1], speed)
  writer.arc([x0, y1 - r], [x0 + r, y1 - r], turn)
  writer.line([x0, y0 + r], speed)
  writer.arc([x0 + r, y0], [x0 + r, y0 + r], turn)
}

/** The two jobs by file name. */
export const sliceJobs = (): Readonly<Record<string, string>> => ({ 'cube.gcode': sliceCube(), 'keychain.gcode': sliceKeychain() })

if (import.meta.main) {
  for (const [name, text] of Object.entries(sliceJobs())) writeFileSync(join(import.meta.dirname, name), text)
}

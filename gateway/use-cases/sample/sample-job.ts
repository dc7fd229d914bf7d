import { interpretJob, type Reading } from '../../labs/index.ts'

/** A small print, written here: a square base plate of two layers, its outline and a filling of straight lines. */
export const sampleJob = (widthMm: number): Uint8Array => {
  const layers = [0.25, 0.5].flatMap((z) => [`G1 Z${z} F600`, ...outline(widthMm), ...filling(widthMm)])
  return new TextEncoder().encode(`${[...begin, ...layers, ...end].join('\n')}\n`)
}

const begin = ['; sample plate', 'G21', 'G90', 'M83', 'M140 S60', 'M104 S205', 'G28', 'M190 S60', 'M109 S205', 'G1 X50 Y50 F6000']
const end = ['M104 S0', 'M140 S0', 'G28 X0', 'M84']
/** Filament in mm that a mm of a line 0.45 mm wide and 0.25 mm high takes, 1.75 mm thick. */
const filamentPerMm = (0.45 * 0.25) / (Math.PI * (1.75 / 2) ** 2)

const line = (x: number, y: number, lengthMm: number): string => `G1 X${x} Y${y} E${(lengthMm * filamentPerMm).toFixed(5)} F1500`
const outline = (width: number): string[] => [
  line(50 + width, 50, width),
  line(50 + width, 50 + width, width),
  line(50, 50 + width, width),
  line(50, 50, width),
]
const filling = (width: number): string[] =>
  Array.from({ length: width }, (_, row) => line(row % 2 === 0 ? 50 + width : 50, 50 + row, width)).flatMap((path, row) => [
    path,
    `G1 Y${51 + row} F3000`,
  ])

/**
 * What a printer that carries the job out would tell, from its start at `startMs` in its own time: every value follows from the file.
 * @param digest SHA-256 of the job, `0x…`
 */
export const playJob = (job: Uint8Array, { digest, startMs }: { digest: string; startMs: number }): Reading[] => {
  const readings: Reading[] = [{ atMs: startMs, name: 'job.started', value: digest }]
  let elapsed = 0
  for (const { state, clock, layers, seconds } of interpretJob(job)) {
    elapsed += seconds
    const atMs = startMs + Math.round(elapsed * 1000)
    readings.push(
      { atMs, name: 'position.x', value: round(state.x) },
      { atMs, name: 'position.y', value: round(state.y) },
      { atMs, name: 'position.z', value: round(state.z) },
      { atMs, name: 'filament.extruded', value: round(state.extruded) },
      { atMs, name: 'layer.current', value: layers },
      { atMs, name: 'temperature.nozzle', value: round(clock.nozzle) },
      { atMs, name: 'temperature.bed', value: round(clock.bed) },
      { atMs, name: 'job.elapsed', value: round(elapsed) },
    )
  }
  return [...readings, { atMs: startMs + Math.round(elapsed * 1000), name: 'job.ended', value: 'completed' }]
}

const round = (value: number): number => Number(value.toFixed(4))

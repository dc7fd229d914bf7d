import { createHash } from 'node:crypto'
import type { DeviceLink, Reading } from '@guildhall/gateway/labs'
import type { Sample } from './run-job.ts'
import type { Speaker } from './speak.ts'

/** Speaks in signed frames, and has finished when the base has acknowledged the last of them. */
export const speakFrames = (link: DeviceLink, nowMs: () => number): Speaker => ({
  started: ({ name, digest }) => {
    const nameDigest = `0x${createHash('sha256').update(name, 'utf8').digest('hex')}`
    const atMs = nowMs()
    return link.send([
      { atMs, name: 'job.started', value: digest },
      { atMs, name: 'job.name-digest', value: nameDigest },
    ])
  },
  sample: (sample) => link.send(readingsOf(sample, nowMs())),
  ended: async (ending, last, signal) => {
    await link.send([...readingsOf(last, nowMs()), { atMs: nowMs(), name: 'job.ended', value: ending }])
    await link.finish(signal)
    // Fewer than ten readings make no frame: the state is told once more.
    if (link.backlog.readings > 0) {
      await link.send(readingsOf(last, nowMs()))
      await link.finish(signal)
    }
  },
  close: link.close,
})

const round = (value: number, digits: number): number => Number(value.toFixed(digits))

const readingsOf = (sample: Sample, atMs: number): Reading[] => [
  { atMs, name: 'position.x', value: round(sample.x, 3) },
  { atMs, name: 'position.y', value: round(sample.y, 3) },
  { atMs, name: 'position.z', value: round(sample.z, 3) },
  { atMs, name: 'filament.extruded', value: round(sample.extruded, 4) },
  { atMs, name: 'layer.current', value: sample.layer },
  { atMs, name: 'temperature.nozzle', value: round(sample.nozzle, 2) },
  { atMs, name: 'temperature.nozzle.target', value: sample.nozzleTarget },
  { atMs, name: 'temperature.bed', value: round(sample.bed, 2) },
  { atMs, name: 'temperature.bed.target', value: sample.bedTarget },
  { atMs, name: 'fan.speed', value: sample.fanPercent },
  { atMs, name: 'job.progress', value: round(sample.progress, 2) },
  { atMs, name: 'job.elapsed', value: round(sample.elapsed, 2) },
]

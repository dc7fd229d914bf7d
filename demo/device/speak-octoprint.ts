import type { BrokerConnection } from '@guildhall/gateway/labs'
import type { Sample } from './run-job.ts'
import type { Speaker } from './speak.ts'

/** Speaks as the OctoPrint-MQTT plug-in does: `octoPrint/event/*`, `octoPrint/progress/printing`, `octoPrint/temperature/*`, each with JSON. */
export const speakOctoPrint = (connection: BrokerConnection, nowMs: () => number, prefix = 'octoPrint/'): Speaker => {
  let told = -1
  let file = { name: 'job.gcode', path: 'job.gcode', origin: 'local', size: 0 }
  const publish = (topic: string, payload: object) =>
    connection.publish(`${prefix}${topic}`, JSON.stringify({ ...payload, _timestamp: Math.floor(nowMs() / 1000) }))
  const event = (name: string, payload: object = {}) => publish(`event/${name}`, { ...file, ...payload, _event: name })
  const temperatures = (sample: Sample) => {
    publish('temperature/tool0', { actual: Number(sample.nozzle.toFixed(1)), target: sample.nozzleTarget })
    publish('temperature/bed', { actual: Number(sample.bed.toFixed(1)), target: sample.bedTarget })
  }
  const ends = { completed: 'PrintDone', cancelled: 'PrintCancelled', failed: 'PrintFailed' } as const
  return {
    started: async ({ name }) => {
      file = { ...file, name, path: name }
      event('PrintStarted')
    },
    sample: async (sample) => {
      temperatures(sample)
      const percent = Math.floor(sample.progress)
      if (percent === told) return
      told = percent
      publish('progress/printing', { location: 'local', path: file.path, progress: percent })
    },
    ended: async (ending, last) => {
      temperatures(last)
      publish('progress/printing', {
        location: 'local',
        path: file.path,
        progress: ending === 'completed' ? 100 : Math.floor(last.progress),
      })
      event(ends[ending], { time: last.elapsed })
    },
    close: connection.close,
  }
}

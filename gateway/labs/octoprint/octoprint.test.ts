import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeReading } from '../frames/channels.ts'
import { summariseReadings } from '../sessions/summarise-readings.ts'
import { digestOfName, toReadings } from './machine-report.ts'
import { readMqttMessage } from './read-mqtt-message.ts'
import { readPushMessage } from './read-push-message.ts'

const seed = Date.now() % 2 ** 31
console.log(`OctoPrint messages: fast-check seed ${seed}`)
const runs = { numRuns: 1000, seed }
const now = 1_795_367_900_000

/** Recorded from OctoPrint 1.11.8 with its virtual printer; logs and permissions are taken out. */
const recorded = readFileSync(join(import.meta.dirname, 'fixtures', 'push-1.11.8.jsonl'), 'utf8')
  .trim()
  .split('\n')

describe('the push socket', () => {
  it('tells of a recorded print what happened: start, temperatures, end', () => {
    const messages = recorded.map((line) => readPushMessage(line, now))
    expect(messages[0]).toEqual({ kind: 'connected', version: '1.11.8' })
    expect(messages.filter(({ kind }) => kind === 'started')).toEqual([
      { kind: 'started', atMs: now, fileName: 'keychain.gcode', path: 'keychain.gcode', origin: 'local' },
    ])
    const start = { atMs: now, job: { event: 'started' as const, fileName: 'keychain.gcode' } }
    const readings = messages.flatMap((message) =>
      message.kind === 'started' ? toReadings(start) : message.kind === 'reports' ? message.reports.flatMap(toReadings) : [],
    )
    expect(readings.filter((reading) => judgeReading(reading) !== null)).toEqual([])
    const summary = summariseReadings(readings)
    expect(summary).toMatchObject({
      completed: true,
      maxNozzleCelsius: 205,
      maxBedCelsius: 55,
      progressPercent: 100,
      filamentSource: 'planned',
    })
    expect(summary.filamentMm).toBeCloseTo(124.97935, 6)
    expect(summary.durationSeconds).toBeGreaterThan(25)
  })

  it('takes of the history only the newest temperature', () => {
    const history = {
      history: {
        temps: [
          { time: 1_795_367_000, tool0: { actual: 250, target: 250 } },
          { time: 1_795_367_100, tool0: { actual: 30, target: 0 } },
        ],
      },
    }
    const message = readPushMessage(JSON.stringify(history), now)
    expect(message.kind === 'reports' && message.reports.map(({ nozzle }) => nozzle)).toEqual([{ actual: 30, target: 0 }, undefined])
  })

  it('is read without throwing, whatever it says', () => {
    const near = fc.record(
      {
        current: fc.anything(),
        event: fc.record({ type: fc.constantFrom('PrintStarted', 'PrintDone', '__proto__'), payload: fc.anything() }),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          near.map((value) => JSON.stringify(value) ?? ''),
        ),
        (text) => {
          const message = readPushMessage(text, now)
          const readings = message.kind === 'reports' ? message.reports.flatMap(toReadings) : []
          for (const { value } of readings) expect(typeof value === 'string' || Number.isFinite(value)).toBe(true)
        },
      ),
      runs,
    )
  })
})

describe('the MQTT plug-in', () => {
  const read = (path: string, message: object) => {
    const report = readMqttMessage(path, Buffer.from(JSON.stringify(message)), now)
    return report && toReadings(report).map(({ name, value }) => [name, value])
  }

  it('tells events, progress and temperatures', () => {
    expect(
      read('event/PrintStarted', {
        _event: 'PrintStarted',
        name: '小明.gcode',
        path: '小明.gcode',
        origin: 'local',
        _timestamp: 1_795_367_873,
      }),
    ).toEqual([
      ['job.started', 'unknown'],
      ['job.name-digest', digestOfName('小明.gcode')],
    ])
    expect(read('temperature/tool0', { actual: 204.9, target: 205, _timestamp: 1_795_367_880 })).toEqual([
      ['temperature.nozzle', 204.9],
      ['temperature.nozzle.target', 205],
    ])
    expect(read('progress/printing', { location: 'local', path: 'a.gcode', progress: 42, _timestamp: 1_795_367_890 })).toEqual([
      ['job.progress', 42],
    ])
    expect(read('event/PrintCancelled', { _event: 'PrintCancelled', time: 12.5 })).toEqual([
      ['job.elapsed', 12.5],
      ['job.ended', 'cancelled'],
    ])
    expect(read('event/ClientOpened', { remoteAddress: '10.0.0.1' })).toBeUndefined()
  })

  it('is read without throwing, whatever it says', () => {
    const paths = fc.oneof(
      fc.constantFrom('event/PrintStarted', 'event/PrintDone', 'event/__proto__', 'progress/printing', 'temperature/tool0', 'mqtt', ''),
      fc.string(),
    )
    const payloads = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .record({ progress: fc.anything(), actual: fc.anything(), target: fc.anything(), name: fc.anything(), _timestamp: fc.anything() })
        .map((value) => Buffer.from(JSON.stringify(value) ?? '')),
    )
    fc.assert(
      fc.property(paths, payloads, (path, payload) => {
        const report = readMqttMessage(path, payload, now)
        for (const { value, atMs } of report ? toReadings(report) : []) {
          expect(typeof value === 'string' || Number.isFinite(value)).toBe(true)
          expect(Number.isSafeInteger(atMs)).toBe(true)
        }
      }),
      runs,
    )
  })
})

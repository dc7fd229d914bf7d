/** Child process of the telemetry figures: signs frames as devices do, sends them over MQTT, and measures until their acknowledgement. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createDeviceLink, type DeviceLink, type Reading, signerOfSeed } from '@guildhall/gateway/labs'

/** What the devices are to do. */
export interface SenderOrder {
  readonly url: string
  readonly frameSize: number
  readonly seconds: number
  /** Over all devices; null: as fast as acknowledgements let them. */
  readonly framesPerSecond: number | null
  readonly devices: readonly {
    readonly deviceId: string
    readonly password: string
    readonly acknowledgementKey: string
    readonly seed: string
  }[]
}

/** What came of it. Milliseconds from a frame's sending to its acknowledgement as durable. */
export interface SenderReport {
  readonly acknowledged: number
  readonly p50: number
  readonly p99: number
  readonly worst: number
}

const CHANNELS = ['position.x', 'position.y', 'filament.extruded', 'temperature.nozzle', 'temperature.bed'] as const
/** Frames of the first moment meet cold code and are not counted. */
const WARM_UP_MS = 1000

const makeReadings = (count: number, from: number): Reading[] =>
  Array.from({ length: count }, (_, at) => ({
    atMs: Date.now(),
    name: CHANNELS[at % CHANNELS.length] ?? 'position.x',
    value: ((from + at) % 20_000) / 100,
  }))

const perform = async (order: SenderOrder): Promise<SenderReport> => {
  const latencies: number[] = []
  let begun = Number.POSITIVE_INFINITY
  const onAcknowledged = (milliseconds: number) => {
    if (performance.now() - begun > WARM_UP_MS) latencies.push(milliseconds)
  }
  const links = order.devices.map(({ seed, ...device }) =>
    createDeviceLink({
      ...device,
      url: order.url,
      frameSize: order.frameSize,
      signer: signerOfSeed(Buffer.from(seed, 'hex')),
      onAcknowledged,
    }),
  )
  const signal = AbortSignal.timeout(30_000)
  await Promise.all(links.map((link) => link.whenReady(signal)))
  begun = performance.now()
  const until = begun + WARM_UP_MS + order.seconds * 1000
  const period = order.framesPerSecond === null ? null : (1000 * links.length) / order.framesPerSecond
  await Promise.all(
    links.map((link, at) => drive(link, { until, period, frameSize: order.frameSize, offset: (at / links.length) * (period ?? 0) })),
  )
  await Promise.all(links.map((link) => link.finish(AbortSignal.timeout(30_000))))
  await Promise.all(links.map((link) => link.close()))
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN
  return { acknowledged: latencies.length, p50: at(0.5), p99: at(0.99), worst: at(1) }
}

interface Drive {
  readonly until: number
  readonly period: number | null
  readonly frameSize: number
  readonly offset: number
}

/** Frames are due at fixed times: a late one is sent at once, and its wait is not hidden. */
const drive = async (link: DeviceLink, { until, period, frameSize, offset }: Drive): Promise<void> => {
  let sent = 0
  const begun = performance.now() + offset
  while (performance.now() < until) {
    const due = period === null ? Number.POSITIVE_INFINITY : Math.floor((performance.now() - begun) / period)
    if (period !== null && sent > due) {
      await sleep(Math.max(1, begun + sent * period - performance.now()))
      continue
    }
    await link.send(makeReadings(frameSize, sent * frameSize))
    sent += 1
    if (period === null && sent % 4 === 0) await sleep(0)
  }
}

process.once('message', (order) => {
  perform(order as SenderOrder).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})

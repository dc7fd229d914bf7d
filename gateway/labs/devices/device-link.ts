import { setTimeout as sleep } from 'node:timers/promises'
import type { BrokerLogin } from '../broker/connect-broker.ts'
import { connectBroker } from '../broker/connect-broker.ts'
import { topics } from '../broker/topics.ts'
import { parseAcknowledgement } from '../frames/acknowledgement.ts'
import type { Reading } from '../frames/channels.ts'
import type { DeviceSigner } from '../frames/device-key.ts'
import { parseDeviceKey } from '../frames/device-key.ts'
import { createFrameSender } from '../frames/frame-sender.ts'

/** What a device has after pairing. */
export interface DeviceLinkInit {
  readonly url: string
  readonly authorityPem?: string
  readonly deviceId: string
  /** User name on an external broker; on the base's own it is the device's id. */
  readonly username?: string
  readonly password: string
  readonly signer: DeviceSigner
  /** Multikey of the base: only its acknowledgements count. */
  readonly acknowledgementKey: string
  readonly frameSize?: number
  readonly window?: number
  readonly onTrouble?: (detail: string) => void
  /** Milliseconds from sending a frame to its acknowledgement. */
  readonly onAcknowledged?: (milliseconds: number) => void
}

/** The device's side of the line: keeps its readings until the base has them on disk. */
export interface DeviceLink {
  /** Resolves when the base has told where the chain stands. */
  whenReady(signal: AbortSignal): Promise<void>
  /** Takes readings; resolves when there is room for more. */
  send(readings: readonly Reading[], signal?: AbortSignal): Promise<void>
  /** Sends what is left (at least ten readings, or it waits) and resolves when all is acknowledged. */
  finish(signal: AbortSignal): Promise<void>
  readonly backlog: { readonly readings: number; readonly frames: number }
  close(): Promise<void>
}

/** Without any answer for this long, everything that is not acknowledged is sent again. */
const PATIENCE_MS = 2000
/** Readings that may wait before `send` holds the device back. */
const BACKLOG_LIMIT = 5000
const TURN_MS = 5

/** Connects a paired device: signed frames out, acknowledgements in, everything sent again after a lost connection. */
export const createDeviceLink = (init: DeviceLinkInit): DeviceLink => {
  const key = parseDeviceKey(init.acknowledgementKey)
  let begun = false
  let heardAt = performance.now()
  const sender = createFrameSender({ ...init, send: (frame) => connection.publish(topics.frames(init.deviceId), frame) })
  const onMessage = (_topic: string, payload: Buffer) => {
    const acknowledgement = parseAcknowledgement(payload, { deviceId: init.deviceId, key })
    if (acknowledgement === undefined) return
    heardAt = performance.now()
    if (begun) sender.acknowledge(acknowledgement)
    else sender.begin(acknowledgement)
    begun = true
  }
  const askPlace = () => connection.publish(topics.hello(init.deviceId), '')
  const onConnected = () => {
    askPlace()
    sender.resend()
  }
  const connection = connectBroker(loginOf(init), {
    subscriptions: [topics.acknowledgements(init.deviceId)],
    onMessage,
    onConnected,
    ...(init.onTrouble && { onTrouble: init.onTrouble }),
  })
  const watch = setInterval(() => {
    if (!connection.isConnected() || performance.now() - heardAt < PATIENCE_MS) return
    heardAt = performance.now()
    askPlace()
    sender.resend()
  }, 250)
  const until = async (isDone: () => boolean, signal?: AbortSignal) => {
    while (!isDone()) await sleep(TURN_MS, undefined, signal ? { signal } : {})
  }
  return {
    whenReady: (signal) => until(() => begun, signal),
    send: async (readings, signal) => {
      sender.add(readings)
      if (sender.backlog.readings > BACKLOG_LIMIT) await until(() => sender.backlog.readings < BACKLOG_LIMIT / 2, signal)
    },
    finish: async (signal) => {
      await until(() => {
        sender.flush()
        return sender.backlog.frames === 0 && sender.backlog.readings < 10
      }, signal)
    },
    get backlog() {
      return sender.backlog
    },
    close: async () => {
      clearInterval(watch)
      await connection.close()
    },
  }
}

const loginOf = ({ url, deviceId, username = deviceId, password, authorityPem }: DeviceLinkInit): BrokerLogin => ({
  url,
  username,
  password,
  clientId: deviceId,
  ...(authorityPem === undefined ? {} : { authorityPem }),
})

import type { Acknowledgement } from './acknowledgement.ts'
import type { Reading } from './channels.ts'
import type { DeviceSigner } from './device-key.ts'
import { encodeFrame, FRAME_LIMITS, hashFrame, NO_HASH } from './frame.ts'

/** What a sender needs. */
export interface FrameSenderParts {
  readonly deviceId: string
  readonly signer: DeviceSigner
  /** Puts a frame on its way; may be lost. */
  readonly send: (frame: Uint8Array) => void
  /** Readings in a full frame, 10 to 50. */
  readonly frameSize?: number
  /** Frames under way at most. */
  readonly window?: number
  /** Milliseconds from sending a frame first to its acknowledgement. */
  readonly onAcknowledged?: (milliseconds: number) => void
}

/** Where a chain stands: what the base last made durable. */
interface ChainPosition {
  readonly epoch: number
  readonly seq: number
  /** Hash of that frame, for a sender that knows it; without it the new epoch shows that the device lost its place. */
  readonly hash?: Uint8Array
}

/** Turns readings into a chain of signed frames, and keeps each until it is acknowledged as durable. */
export interface FrameSender {
  /** Begins a new epoch after the base's position. Nothing is sent before. */
  begin(position: ChainPosition): void
  add(readings: readonly Reading[]): void
  /** Sends what waits for a full frame, as far as it makes a frame of at least ten readings. */
  flush(): void
  acknowledge(acknowledgement: Acknowledgement): void
  /** Sends everything again that is not acknowledged. */
  resend(): void
  /** Readings that wait, and frames under way. */
  readonly backlog: { readonly readings: number; readonly frames: number }
}

interface Sent {
  readonly seq: number
  readonly readings: readonly Reading[]
  readonly bytes: Uint8Array
  readonly sentAtMs: number
}

/** Makes a sender. */
export const createFrameSender = (parts: FrameSenderParts): FrameSender => {
  const frameSize = Math.min(Math.max(parts.frameSize ?? 25, FRAME_LIMITS.leastReadings), FRAME_LIMITS.mostReadings)
  const window = parts.window ?? 64
  let waiting: Reading[] = []
  let underWay: Sent[] = []
  let chain: { epoch: number; seq: number; hash: Uint8Array } | null = null

  const sendFrame = (readings: readonly Reading[]) => {
    if (chain === null) return
    const seq = chain.seq + 1
    const bytes = encodeFrame({ deviceId: parts.deviceId, epoch: chain.epoch, seq, prevHash: chain.hash, readings }, parts.signer)
    chain = { epoch: chain.epoch, seq, hash: hashFrame(bytes) }
    underWay.push({ seq, readings, bytes, sentAtMs: performance.now() })
    parts.send(bytes)
  }
  const sendAll = (least: number) => {
    let at = 0
    while (chain !== null && underWay.length < window && waiting.length - at >= least) {
      const size = Math.min(frameSize, waiting.length - at)
      sendFrame(waiting.slice(at, at + size))
      at += size
    }
    if (at > 0) waiting = waiting.slice(at)
  }
  const begin = (position: ChainPosition) => {
    chain = { epoch: position.epoch + 1, seq: 0, hash: position.hash ?? NO_HASH }
    const again = underWay
    underWay = []
    for (const { readings } of again) sendFrame(readings)
    sendAll(frameSize)
  }
  const resend = () => {
    for (const { bytes } of underWay) parts.send(bytes)
  }
  const release = (seq: number) => {
    const done = underWay.filter((frame) => frame.seq <= seq)
    underWay = underWay.slice(done.length)
    for (const { sentAtMs } of done) parts.onAcknowledged?.(performance.now() - sentAtMs)
  }
  const acknowledge = (acknowledgement: Acknowledgement) => {
    if (chain === null || acknowledgement.epoch > chain.epoch) return
    if (acknowledgement.status === 'refused') return begin({ epoch: Math.max(chain.epoch, acknowledgement.epoch), seq: 0 })
    if (acknowledgement.epoch === chain.epoch) release(acknowledgement.seq)
    if (acknowledgement.status === 'gap') resend()
    sendAll(frameSize)
  }
  return {
    begin,
    resend,
    acknowledge,
    add: (readings) => {
      waiting.push(...readings)
      sendAll(frameSize)
    },
    flush: () => sendAll(FRAME_LIMITS.leastReadings),
    get backlog() {
      return { readings: waiting.length, frames: underWay.length }
    },
  }
}

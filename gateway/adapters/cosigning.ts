import type { Checkpoint, CheckpointSignature, Fact } from '@guildhall/credentials'
import type { Peer } from '@guildhall/node'
import type { Log } from '../base.ts'
import type { CosigningAnswer } from '../use-cases/base/membership/cosign-checkpoint.ts'
import type { Cosigners } from '../use-cases/base/membership/sign-checkpoint.ts'

/** "These are the facts of my bundle: sign them if you find each of them on your ledger." One JSON document each way, then the end. */
const protocol = '/guildhall/checkpoint/1.0.0'
const mostRequestBytes = 16_777_216
const mostAnswerBytes = 65_536
const timeoutMs = 30_000
/** A piece that every stream takes at once. */
const pieceBytes = 65_536

type Libp2p = Peer['libp2p']
type Stream = Awaited<ReturnType<Libp2p['dialProtocol']>>

type Init = { peer: Pick<Peer, 'libp2p'>; log: Log; answer: (request: unknown) => Promise<CosigningAnswer> }

/** Asks connected bases for their signatures, and answers theirs. Only members of the network are ever connected. */
export async function startCosigning({ peer, log, answer }: Init): Promise<{ cosigners: Cosigners; stop(): Promise<void> }> {
  const { libp2p } = peer
  const serve = async (stream: Stream): Promise<void> => {
    const signal = AbortSignal.timeout(timeoutMs)
    const abort = () => stream.abort(new Error('it took too long'))
    signal.addEventListener('abort', abort)
    try {
      const request = await receive(stream, mostRequestBytes)
      const told = await answer(readJson(request))
      if ('refusal' in told) log.info({ refusal: told.refusal }, 'the checkpoint of another base was not signed')
      await send(stream, told, signal)
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)))
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }
  await libp2p.handle(protocol, (stream) => serve(stream), { maxInboundStreams: 2, runOnLimitedConnection: true })
  return {
    cosigners: { ask: (checkpoint, facts) => askAll({ libp2p, log }, { checkpoint, facts }) },
    stop: () => libp2p.unhandle(protocol),
  }
}

type Question = { checkpoint: Checkpoint; facts: readonly Fact[] }

async function askAll({ libp2p, log }: { libp2p: Libp2p; log: Log }, question: Question): Promise<CheckpointSignature[]> {
  const asked = libp2p.getPeers().map(async (peer) => {
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const stream = await libp2p.dialProtocol(peer, protocol, { signal, runOnLimitedConnection: true })
      await send(stream, question, signal)
      const told = readJson(await receive(stream, mostAnswerBytes)) as
        | Partial<{ signature: CheckpointSignature; refusal: string }>
        | undefined
      if (typeof told?.signature?.key === 'string' && typeof told.signature.signature === 'string') return [told.signature]
      log.info({ peerId: peer.toString(), refusal: String(told?.refusal).slice(0, 40) }, 'another base did not sign the checkpoint')
    } catch (error) {
      log.info(
        { peerId: peer.toString(), error: error instanceof Error ? error.name : 'unknown' },
        'another base could not be asked to sign',
      )
    }
    return []
  })
  return (await Promise.all(asked)).flat()
}

async function send(stream: Stream, document: unknown, signal: AbortSignal): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(document))
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    if (!stream.send(bytes.subarray(at, at + pieceBytes))) await stream.onDrain({ signal })
  }
  await stream.close({ signal })
}

async function receive(stream: Stream, mostBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let total = 0
  for await (const piece of stream) {
    total += piece.byteLength
    if (total > mostBytes) throw new Error('more was said than is ever needed')
    pieces.push(piece.subarray())
  }
  return Buffer.concat(pieces)
}

function readJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

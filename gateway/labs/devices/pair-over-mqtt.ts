import { randomUUID } from 'node:crypto'
import { connectBroker } from '../broker/connect-broker.ts'
import { topics } from '../broker/topics.ts'
import type { LabsErrorCode } from '../errors.ts'
import { LABS_PROBLEMS, LabsError } from '../errors.ts'
import type { DeviceSigner } from '../frames/device-key.ts'
import type { PairedDevice, PairingRequest } from '../labs.ts'
import { pairingStatement } from './pairing.ts'

/** What a device knows when it pairs. */
export interface MqttPairing {
  readonly url: string
  readonly authorityPem?: string
  readonly code: string
  readonly signer: DeviceSigner
  readonly label: string
  /** Origin of the base, as its operator reads it out; where it is left out, the base's own word is taken. */
  readonly origin?: string
  /** Login on an external broker; the base's own takes the code. */
  readonly login?: { readonly username: string; readonly password: string }
  readonly signal: AbortSignal
}

/** The device's side of pairing over the base's own broker, which lets nobody in without a code. @throws LABS_PAIRING_REFUSED, LABS_BROKER_UNREACHABLE */
export const pairOverMqtt = async (pairing: MqttPairing): Promise<PairedDevice> => {
  const clientId = `pair-${randomUUID()}`
  const { promise, resolve, reject } = Promise.withResolvers<PairedDevice>()
  const onAbort = () => reject(new LabsError('LABS_BROKER_UNREACHABLE', { host: new URL(pairing.url).host, detail: 'no answer in time' }))
  const onTrouble = (detail: string) => {
    if (!/not authorized|bad user/i.test(detail)) return
    // An external broker knows no codes: what it refuses is its own password.
    const host = new URL(pairing.url).host
    reject(pairing.login ? new LabsError('LABS_BROKER_UNREACHABLE', { host, detail }) : new LabsError('LABS_PAIRING_REFUSED'))
  }
  const ask = (origin: string) => {
    const signature = Buffer.from(pairing.signer.sign(pairingStatement(pairing.code, origin))).toString('base64url')
    const { code, label } = pairing
    const request: PairingRequest = { code, publicKeyMultibase: pairing.signer.publicKeyMultibase, signature, label }
    connection.publish(topics.pairingRequest(clientId), JSON.stringify(request))
  }
  const onMessage = (topic: string, payload: Buffer) => {
    const message = parseObject(payload)
    if (topic === topics.base) return ask(pairing.origin ?? String(message['origin']))
    if ('deviceId' in message) return resolve(message as unknown as PairedDevice)
    const code = String(message['code'])
    reject(isLabsCode(code) ? new LabsError(code, message['params'] as Record<string, string>) : new LabsError('LABS_PAIRING_REFUSED'))
  }
  const login = { username: 'pairing', password: pairing.code, ...pairing.login, url: pairing.url, clientId }
  const connection = connectBroker(pairing.authorityPem === undefined ? login : { ...login, authorityPem: pairing.authorityPem }, {
    subscriptions: [topics.pairingAnswer(clientId), topics.base],
    onMessage,
    onTrouble,
  })
  pairing.signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await promise
  } finally {
    pairing.signal.removeEventListener('abort', onAbort)
    await connection.close()
  }
}

const isLabsCode = (code: string): code is LabsErrorCode => Object.hasOwn(LABS_PROBLEMS, code)

const parseObject = (payload: Buffer): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    // Not JSON: an answer of nobody that we know.
    return {}
  }
}

/** Reads a pairing request that came as JSON; undefined for anything else. */
export const parsePairingRequest = (payload: Uint8Array): PairingRequest | undefined => {
  if (payload.length > 2048) return undefined
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString('utf8'))
    if (typeof value !== 'object' || value === null) return undefined
    const { code, publicKeyMultibase, signature, label } = value as Record<string, unknown>
    if (typeof code !== 'string' || typeof publicKeyMultibase !== 'string' || typeof signature !== 'string' || typeof label !== 'string') {
      return undefined
    }
    return { code, publicKeyMultibase, signature, label }
  } catch {
    // Not JSON: not a request.
    return undefined
  }
}

import { LabsError } from '../errors.ts'
import { isSignedBy, parseDeviceKey } from '../frames/device-key.ts'
import type { PairingRequest } from '../labs.ts'
import type { DeviceRecord, DeviceStore } from './device-store.ts'

/** What pairing works with. `now` in UnixSeconds. */
export interface PairingParts {
  readonly store: DeviceStore
  readonly origin: string
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
  readonly uuid: () => string
}

/** A code lives ten minutes. */
const CODE_SECONDS = 600
/** Wrong codes in a minute, over all who try, before everyone has to wait: 40 bits cannot be guessed at that rate. */
const WRONG_LIMIT = 30
const DEVICE_LIMIT = 20
/** RFC 4648 §6. */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** What the device signs to prove its key to this base and for this code. */
export const pairingStatement = (code: string, origin: string): Uint8Array => Buffer.from(`guildhall-pair:${code}:${origin}`, 'utf8')

/** The door through which devices come in. */
export interface Pairing {
  createCode(machineId: string): { readonly code: string; readonly expiresAt: number }
  /** Whether a code could be used, for the broker's door. Wrong ones count. @throws LABS_PAIRING_TOO_MANY */
  isOpen(code: string): boolean
  /** @throws LABS_PAIRING_REFUSED, LABS_PAIRING_TOO_MANY, LABS_PAIRING_KEY, LABS_DEVICE_LIMIT */
  pair(request: PairingRequest): { readonly device: DeviceRecord; readonly password: string }
}

/** Makes the door. The key is checked before the code is used up, so that a slip of the device does not cost the code. */
export const createPairing = ({ store, origin, now, randomBytes, uuid }: PairingParts): Pairing => {
  let wrong = { minute: 0, count: 0 }
  const assertCalm = () => {
    const minute = Math.floor(now() / 60)
    if (wrong.minute !== minute) wrong = { minute, count: 0 }
    if (wrong.count >= WRONG_LIMIT) throw new LabsError('LABS_PAIRING_TOO_MANY', { seconds: 60 - (now() % 60) })
  }
  const isOpen = (code: string): boolean => {
    assertCalm()
    const isRight = /^[A-Z2-7]{8}$/.test(code) && store.isCode(code, now())
    if (!isRight) wrong.count += 1
    return isRight
  }
  const pair = (request: PairingRequest) => {
    if (!isOpen(request.code)) throw new LabsError('LABS_PAIRING_REFUSED')
    const key = parseDeviceKey(request.publicKeyMultibase)
    const signature = Buffer.from(request.signature, 'base64url')
    if (!isSignedBy(key, pairingStatement(request.code, origin), signature)) {
      throw new LabsError('LABS_PAIRING_KEY', { detail: 'the signature does not fit the code and this base' })
    }
    const taken = store.takeCode(request.code, now())
    if (taken === undefined) throw new LabsError('LABS_PAIRING_REFUSED')
    const { machineId } = taken
    if (store.list(machineId).filter((device) => device.revokedAt === null).length >= DEVICE_LIMIT) {
      throw new LabsError('LABS_DEVICE_LIMIT', { limit: DEVICE_LIMIT })
    }
    const password = Buffer.from(randomBytes(24)).toString('base64url')
    const device: DeviceRecord = {
      deviceId: uuid(),
      machineId,
      attestation: 'device-signed',
      publicKeyMultibase: key.multibase,
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
      label: request.label.replace(/[\u0000-\u001f\u007f]/g, '').slice(0, 60),
      pairedAt: now(),
      revokedAt: null,
      login: 'frames',
    }
    store.add(device, password)
    return { device, password }
  }
  const createCode = (machineId: string) => {
    const code = Array.from(randomBytes(8), (byte) => BASE32[byte & 31]).join('')
    const expiresAt = now() + CODE_SECONDS
    store.addCode(code, { machineId, expiresAt })
    return { code, expiresAt }
  }
  return { createCode, isOpen, pair }
}

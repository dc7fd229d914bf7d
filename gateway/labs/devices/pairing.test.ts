import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSigner, type DeviceSigner } from '../frames/device-key.ts'
import { openDeviceStore } from './device-store.ts'
import { parsePairingRequest } from './pair-over-mqtt.ts'
import { createPairing, pairingStatement } from './pairing.ts'

const origin = 'https://base.example'
const setUp = () => {
  const time = { now: 1_790_000_000 }
  const database = new DatabaseSync(':memory:')
  const store = openDeviceStore(database)
  const pairing = createPairing({
    store,
    origin,
    now: () => time.now,
    randomBytes: (length) => randomBytes(length),
    uuid: () => randomUUID(),
  })
  return { time, database, store, pairing, machineId: randomUUID() }
}
const newSigner = () => createSigner(generateKeyPairSync('ed25519').privateKey)
const requestOf = (code: string, signer: DeviceSigner, at = origin) => ({
  code,
  publicKeyMultibase: signer.publicKeyMultibase,
  signature: Buffer.from(signer.sign(pairingStatement(code, at))).toString('base64url'),
  label: 'printer',
})

describe('pairing', () => {
  it.each([
    ['Ed25519', newSigner()],
    ['P-256', createSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
  ])('takes a device with a key of its own, %s', (_, signer) => {
    const { pairing, store, machineId } = setUp()
    const { code } = pairing.createCode(machineId)
    const { device, password } = pairing.pair(requestOf(code, signer))
    expect(device).toMatchObject({
      machineId,
      attestation: 'device-signed',
      publicKeyMultibase: signer.publicKeyMultibase,
      revokedAt: null,
    })
    expect(store.isPassword(device.deviceId, password)).toBe(true)
    expect(store.isPassword(device.deviceId, `${password}x`)).toBe(false)
    store.revoke(device.deviceId, 1)
    expect(store.isPassword(device.deviceId, password)).toBe(false)
  })

  it('works once, and not after ten minutes', () => {
    const { pairing, time, machineId } = setUp()
    const [first, second] = [pairing.createCode(machineId).code, pairing.createCode(machineId).code]
    pairing.pair(requestOf(first, newSigner()))
    expect(() => pairing.pair(requestOf(first, newSigner()))).toThrow(expect.objectContaining({ code: 'LABS_PAIRING_REFUSED' }))
    time.now += 600
    expect(() => pairing.pair(requestOf(second, newSigner()))).toThrow(expect.objectContaining({ code: 'LABS_PAIRING_REFUSED' }))
  })

  it('refuses a proof for another base, and leaves the code to be used', () => {
    const { pairing, machineId } = setUp()
    const { code } = pairing.createCode(machineId)
    expect(() => pairing.pair(requestOf(code, newSigner(), 'https://other.example'))).toThrow(
      expect.objectContaining({ code: 'LABS_PAIRING_KEY' }),
    )
    expect(pairing.pair(requestOf(code, newSigner())).device.machineId).toBe(machineId)
  })

  it('makes everyone wait when codes are guessed', () => {
    const { pairing, time, machineId } = setUp()
    const { code } = pairing.createCode(machineId)
    for (let guess = 0; guess < 30; guess += 1) expect(pairing.isOpen('AAAAAAAA')).toBe(false)
    expect(() => pairing.pair(requestOf(code, newSigner()))).toThrow(expect.objectContaining({ code: 'LABS_PAIRING_TOO_MANY' }))
    time.now += 60
    expect(pairing.pair(requestOf(code, newSigner())).device.machineId).toBe(machineId)
  })

  it('keeps neither codes nor passwords in the clear', () => {
    const { pairing, database, machineId } = setUp()
    const { code } = pairing.createCode(machineId)
    const { password } = pairing.pair(requestOf(code, newSigner()))
    const rows = JSON.stringify([
      database.prepare('SELECT * FROM labs_devices').all(),
      database.prepare('SELECT * FROM labs_pairing_codes').all(),
    ])
    expect(rows).not.toContain(code)
    expect(rows).not.toContain(password)
  })

  it('reads any request without throwing', () => {
    const seed = Date.now() % 2 ** 31
    console.log(`pairing requests: fast-check seed ${seed}`)
    const { pairing, machineId } = setUp()
    const { code } = pairing.createCode(machineId)
    const near = fc.record({
      code: fc.oneof(fc.constant(code), fc.string()),
      publicKeyMultibase: fc.oneof(fc.string(), fc.constant(newSigner().publicKeyMultibase)),
      signature: fc.string(),
      label: fc.string(),
    })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          near.map((value) => JSON.stringify(value)),
        ),
        (text) => {
          const request = parsePairingRequest(Buffer.from(text))
          if (request)
            expect(() => pairing.pair(request)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^LABS_PAIRING_/) }))
        },
      ),
      { numRuns: 1000, seed },
    )
  })
})

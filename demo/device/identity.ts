import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { DeviceSigner, PairedDevice } from '@guildhall/gateway/labs'
import { createSigner, pairOverMqtt } from '@guildhall/gateway/labs'

/** The device's key and what it was told when it was paired. */
export interface Identity {
  readonly signer: DeviceSigner
  readonly paired: PairedDevice
}

/** How a device gets its identity. */
export interface IdentitySource {
  readonly broker: string
  readonly code: string | undefined
  readonly stateFile: string | undefined
  readonly keyType: 'ed25519' | 'p256'
  readonly label: string
  readonly origin: string | undefined
  readonly authorityPem: string | undefined
  /** Login on an external broker. */
  readonly login: { readonly username: string; readonly password: string } | undefined
  readonly signal: AbortSignal
}

/** Reads the identity from the state file, or makes a key, pairs, and keeps both there (mode 0600). */
export const obtainIdentity = async (source: IdentitySource): Promise<Identity> => {
  if (source.stateFile !== undefined && existsSync(source.stateFile)) {
    const kept: { privateKey: string; paired: PairedDevice } = JSON.parse(readFileSync(source.stateFile, 'utf8'))
    return { signer: createSigner(createPrivateKey(kept.privateKey)), paired: kept.paired }
  }
  if (source.code === undefined)
    throw new Error('--pairing CODE is needed the first time: ask the operator for one (Machines, Pair a device).')
  const { privateKey } = source.keyType === 'p256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
  const signer = createSigner(privateKey)
  const { broker: url, code, label, signal, origin, authorityPem, login } = source
  const paired = await pairOverMqtt({
    url,
    code,
    label,
    signal,
    signer,
    ...(origin && { origin }),
    ...(authorityPem && { authorityPem }),
    ...(login && { login }),
  })
  if (source.stateFile !== undefined) {
    const privateKeyPem = privateKey.export({ format: 'pem', type: 'pkcs8' })
    writeFileSync(source.stateFile, JSON.stringify({ privateKey: privateKeyPem, paired }), { mode: 0o600 })
  }
  return { signer, paired }
}

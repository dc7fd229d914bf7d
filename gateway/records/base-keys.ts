import { argon2Sync, createHmac, hkdfSync } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { BaseKeys, Random } from '../base.ts'
import { GuildhallError } from '../errors.ts'
import { seal, unseal } from './person-vault.ts'

/** Where the base's keys are and what opens them. */
export type KeyOptions = { dataDir: string; passphrase: string | null; random: Random }

/**
 * Opens, or makes at the first start, the keys of a base: `keys/base.key` (0600) is either the raw key or, with a passphrase, wrapped under
 * argon2id (RFC 9106 §4: 64 MiB, 3 passes). Every other key lies beside it, sealed by it.
 * @throws KEY_WRONG when the passphrase is missing or does not fit
 */
export const openBaseKeys = ({ dataDir, passphrase, random }: KeyOptions): BaseKeys => {
  const folder = join(dataDir, 'keys')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'base.key')
  const isNew = !existsSync(file)
  if (isNew) writeDurably(folder, 'base.key', JSON.stringify(wrap(random.bytes(32), passphrase, random)))
  const stored = JSON.parse(readFileSync(file, 'utf8')) as StoredKey
  const key = unwrap(stored, passphrase)
  const keyFor = (purpose: string): Uint8Array => new Uint8Array(hkdfSync('sha256', key, '', `guildhall/${purpose}`, 32))
  const sealing = keyFor('seal')

  const keys: BaseKeys = {
    protection: stored.kind === 'wrapped' ? 'passphrase' : 'file',
    seal: (plaintext, context) => seal(sealing, `base/${context}`, plaintext, random.bytes(12)),
    open: (sealed, context) => unseal(sealing, `base/${context}`, sealed),
    mac: (purpose, message) =>
      new Uint8Array(
        createHmac('sha256', keyFor(`mac/${purpose}`))
          .update(message)
          .digest(),
      ),
    seed: (name) => {
      const at = join(folder, `${name.replace(/[^a-z0-9-]/g, '_')}.seed`)
      if (!existsSync(at))
        writeDurably(folder, at.slice(folder.length + 1), Buffer.from(keys.seal(random.bytes(32), `seed/${name}`)).toString('base64'))
      return keys.open(Buffer.from(readFileSync(at, 'utf8'), 'base64'), `seed/${name}`)
    },
  }
  return keys
}

type StoredKey = { kind: 'raw'; key: string } | { kind: 'wrapped'; salt: string; memoryKiB: number; passes: number; wrapped: string }

const stretch = (passphrase: string, salt: Uint8Array, cost: { memoryKiB: number; passes: number }): Uint8Array =>
  argon2Sync('argon2id', {
    message: passphrase.normalize('NFKC'),
    nonce: salt,
    parallelism: 1,
    tagLength: 32,
    memory: cost.memoryKiB,
    passes: cost.passes,
  })

const wrap = (key: Uint8Array, passphrase: string | null, random: Random): StoredKey => {
  if (passphrase === null) return { kind: 'raw', key: Buffer.from(key).toString('base64') }
  const cost = { memoryKiB: 65_536, passes: 3 }
  const salt = random.bytes(16)
  const wrapped = seal(stretch(passphrase, salt, cost), 'base-key', key, random.bytes(12))
  return { kind: 'wrapped', salt: Buffer.from(salt).toString('base64'), ...cost, wrapped: Buffer.from(wrapped).toString('base64') }
}

const unwrap = (stored: StoredKey, passphrase: string | null): Uint8Array => {
  if (stored.kind === 'raw') return Buffer.from(stored.key, 'base64')
  if (passphrase === null) throw new GuildhallError('KEY_WRONG')
  try {
    return unseal(stretch(passphrase, Buffer.from(stored.salt, 'base64'), stored), 'base-key', Buffer.from(stored.wrapped, 'base64'))
  } catch (cause) {
    throw new GuildhallError('KEY_WRONG', {}, { cause })
  }
}

/** Whole or not at all, also when the machine loses power: write beside, fsync, rename, fsync the folder. */
const writeDurably = (folder: string, name: string, content: string): void => {
  const beside = join(folder, `${name}.new`)
  const file = openSync(beside, 'w', 0o600)
  writeSync(file, content)
  fsyncSync(file)
  closeSync(file)
  renameSync(beside, join(folder, name))
  const directory = openSync(folder, 'r')
  fsyncSync(directory)
  closeSync(directory)
}

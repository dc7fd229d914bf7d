import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Transaction, type TransactionLike, Wallet } from 'ethers'
import { findSystemCode, LedgerError } from './errors.ts'
import { makePrivateFolder, writeDurably } from './journal/durable-file.ts'

/** The base's account on the ledger: signs, and knows nothing of any ledger. */
export interface LedgerAccount {
  /** Checksummed address (ERC-55). */
  readonly address: string
  /** Signs a complete transaction; answers its bytes and its hash, both `0x` and hex. */
  sign(transaction: TransactionLike<string>): { readonly raw: string; readonly hash: string }
  /** For libraries that want an ethers signer: connect it to a provider. */
  readonly wallet: Wallet
}

/** Where the key is kept. */
export interface AccountOptions {
  /** File for the key, for its owner only (0600). */
  readonly path: string
  /** 32 bytes, derived from the operator's passphrase: the file then holds the key sealed with AES-256-GCM. Without it, the key in the clear. */
  readonly wrappingKey?: Uint8Array
}

const PLAIN = 'guildhall-ledger-key-1 plain '
const SEALED = 'guildhall-ledger-key-1 aes-256-gcm '

/**
 * Loads the secp256k1 key of the base's ledger account, or makes one where there is none.
 * @throws LedgerError LEDGER_KEY_UNREADABLE when the file is no key, others may read it, or the wrapping key is missing or wrong.
 */
export async function openLedgerAccount(options: AccountOptions): Promise<LedgerAccount> {
  const { path, wrappingKey } = options
  if (wrappingKey !== undefined && wrappingKey.length !== 32) throw unreadable('the wrapping key must have 32 bytes')
  const text = await findText(path)
  if (text !== undefined) return toAccount(await unwrap(text, options))
  const key = makeKey()
  await makePrivateFolder(dirname(path))
  await writeDurably(path, wrappingKey === undefined ? `${PLAIN}${key.toString('hex')}\n` : seal(key, wrappingKey))
  return toAccount(key)
}

async function findText(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw unreadable(`others may read it; run: chmod 600 ${path}`)
    return await readFile(path, 'utf8')
  } catch (error) {
    if (findSystemCode(error) === 'ENOENT') return undefined
    throw error instanceof LedgerError ? error : unreadable('it cannot be opened', error)
  }
}

async function unwrap(text: string, { wrappingKey }: AccountOptions): Promise<Buffer> {
  const body = text.trim()
  if (body.startsWith(PLAIN)) return parseKey(body.slice(PLAIN.length))
  if (!body.startsWith(SEALED)) throw unreadable('it is not a key of this program')
  if (wrappingKey === undefined) throw unreadable('it is sealed and no passphrase was given')
  const sealed = Buffer.from(body.slice(SEALED.length), 'base64url')
  try {
    const decipher = createDecipheriv('aes-256-gcm', wrappingKey, sealed.subarray(0, 12)).setAAD(Buffer.from(SEALED))
    decipher.setAuthTag(sealed.subarray(12, 28))
    return parseKey(Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('hex'))
  } catch (cause) {
    throw unreadable('the passphrase does not open it', cause)
  }
}

function seal(key: Buffer, wrappingKey: Uint8Array): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', wrappingKey, nonce).setAAD(Buffer.from(SEALED))
  const body = Buffer.concat([cipher.update(key), cipher.final()])
  return `${SEALED}${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}\n`
}

/** SEC 2: a private key is a number from 1 to n - 1; the wallet's constructor refuses the others. */
function makeKey(): Buffer {
  return Buffer.from(Wallet.createRandom().privateKey.slice(2), 'hex')
}

function parseKey(hex: string): Buffer {
  if (!/^[0-9a-f]{64}$/.test(hex)) throw unreadable('it does not hold 32 bytes')
  return Buffer.from(hex, 'hex')
}

function toAccount(key: Buffer): LedgerAccount {
  try {
    const wallet = new Wallet(`0x${key.toString('hex')}`)
    return { address: wallet.address, wallet, sign: (transaction) => sign(wallet, transaction) }
  } catch (cause) {
    throw unreadable('it does not hold a key of this curve', cause)
  }
}

function sign(wallet: Wallet, content: TransactionLike<string>): { raw: string; hash: string } {
  const transaction = Transaction.from(content)
  transaction.signature = wallet.signingKey.sign(transaction.unsignedHash)
  return { raw: transaction.serialized, hash: transaction.hash ?? '' }
}

function unreadable(reason: string, cause?: unknown): LedgerError {
  return new LedgerError('LEDGER_KEY_UNREADABLE', `The file of the ledger account's key cannot be used: ${reason}.`, { cause })
}

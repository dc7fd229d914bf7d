/** What a device keeps for a PIN: a key that no script can read out (WebCrypto, non-extractable), and the lock that it belongs to. */
export interface DeviceKey {
  lockId: string
  key: CryptoKey
}

const database = 'guildhall-wallet'
const store = 'device-keys'

/** A fresh key for a PIN lock of this device. */
export function makeDeviceKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']) as Promise<CryptoKey>
}

/** Keeps the key of an account in this browser, in the place of an earlier one. */
export async function keepDeviceKey(accountId: string, key: DeviceKey): Promise<void> {
  await transact('readwrite', (keys) => keys.put(key, accountId))
}

/** The key of an account in this browser; undefined where there is none. */
export async function findDeviceKey(accountId: string): Promise<DeviceKey | undefined> {
  return transact<DeviceKey | undefined>('readonly', (keys) => keys.get(accountId))
}

/** Forgets the key of an account. */
export async function dropDeviceKey(accountId: string): Promise<void> {
  await transact('readwrite', (keys) => keys.delete(accountId))
}

async function transact<T>(mode: IDBTransactionMode, work: (keys: IDBObjectStore) => IDBRequest): Promise<T> {
  const opening = indexedDB.open(database, 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore(store)
  const opened = await settled<IDBDatabase>(opening)
  try {
    return await settled<T>(work(opened.transaction(store, mode).objectStore(store)))
  } finally {
    opened.close()
  }
}

function settled<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T)
    request.onerror = () => reject(request.error ?? new Error('The browser keeps no data for this page.'))
  })
}

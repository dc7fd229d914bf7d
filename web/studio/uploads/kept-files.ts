/** A file that is being uploaded, with where it belongs, so that a reload does not ask for it again. */
export interface KeptFile {
  uploadId: string
  draftId: string
  path: string
  file: File
}

/** Larger files are not copied into the browser's own storage: after a reload they are chosen again. Bytes. */
const largestKept = 1_000_000_000

const store = 'files'

/** Keeps a file until its upload is whole. A browser that does not, for want of space or because it is private, asks for it again. */
export async function keepFile(kept: KeptFile): Promise<void> {
  if (kept.file.size > largestKept) return
  await use('readwrite', (files) => files.put(kept)).catch(() => undefined)
}

/** The file of an upload; undefined where this browser does not hold it. */
export function findKeptFile(uploadId: string): Promise<KeptFile | undefined> {
  return use<KeptFile | undefined>('readonly', (files) => files.get(uploadId)).catch(() => undefined)
}

/** Lets go of a file. */
export async function dropKeptFile(uploadId: string): Promise<void> {
  await use('readwrite', (files) => files.delete(uploadId)).catch(() => undefined)
}

async function use<T>(mode: IDBTransactionMode, ask: (files: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open()
  try {
    const transaction = database.transaction(store, mode)
    return await answerOf(ask(transaction.objectStore(store)))
  } finally {
    database.close()
  }
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open('guildhall.uploads', 1)
  request.onupgradeneeded = () => request.result.createObjectStore(store, { keyPath: 'uploadId' })
  return answerOf(request)
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('the storage of this browser does not answer'))
  })
}

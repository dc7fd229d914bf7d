import type { Message, Request } from './messages.ts'

/** The way to the verifier: here a worker of its own, so that the page stays usable whatever is handed in. */
export interface VerifierLink {
  send(request: Request): void
}

/** Starts the verifier; `receive` is called with everything that it tells. */
export function connectVerifier(receive: (message: Message) => void): VerifierLink {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'verifier' })
  worker.addEventListener('message', (event: MessageEvent<Message>) => receive(event.data))
  return { send: (request) => worker.postMessage(request) }
}

import { answer } from './answer.ts'
import type { Message, Request } from './messages.ts'
import type { VerifierLink } from './worker-link.ts'

/** The verifier in the page itself: for verify.html, which is one file and has no second one to load a worker from. */
export function connectVerifier(receive: (message: Message) => void): VerifierLink {
  return { send: (request: Request) => void answer(request, receive) }
}

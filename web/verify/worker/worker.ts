import { answer } from './answer.ts'
import type { Request } from './messages.ts'

addEventListener('message', (event: MessageEvent<Request>) => void answer(event.data, (message) => postMessage(message)))

import type { RouteOutput } from '@guildhall/gateway/api'
import { getLocale } from '../paraglide/runtime.js'
import { api } from './api.ts'

type Facts = RouteOutput<'getBase'>

let state = $state<'looking' | 'answered' | 'unreachable'>('looking')
let facts = $state.raw<Facts>()
let connectedBases = $state<number>()

/** What the shell knows about the base that serves this page. */
export const base = {
  get state(): 'looking' | 'answered' | 'unreachable' {
    return state
  },
  get facts(): Facts | undefined {
    return facts
  },
  get name(): string {
    return facts ? facts.name[getLocale()] : ''
  },
  get isTrial(): boolean {
    return facts?.trial ?? false
  },
  /** How many other bases this one is connected to; undefined while nobody has said. */
  get connectedBases(): number | undefined {
    return connectedBases
  },
  /** Takes over a number that a signed-in screen has read. */
  noteConnections(count: number): void {
    connectedBases = count
  },
}

/** Asks the base who it is, and again every 30 s while it does not answer. */
export async function findBase(): Promise<void> {
  try {
    const answer = await api.getBase()
    // A server that is no base answers every address with a page.
    if (!('name' in answer)) throw new TypeError('not a base')
    facts = answer
    state = 'answered'
  } catch {
    state = 'unreachable'
    setTimeout(() => void findBase(), 30_000)
  }
}

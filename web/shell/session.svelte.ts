import type { Role, SignIn } from '@guildhall/gateway/api'
import { api } from './api.ts'

let current = $state.raw<SignIn>()
let isAsked = $state(false)

/** Who is signed in on this page. */
export const session = {
  /** undefined while nobody has answered yet, or nobody is signed in. */
  get current(): SignIn | undefined {
    return current?.signedIn ? current : undefined
  },
  /** True once the base has answered, whatever it said. */
  get isKnown(): boolean {
    return isAsked
  },
  has(...roles: readonly Role[]): boolean {
    return session.current?.roles.some((role) => roles.includes(role)) ?? false
  },
  /** Takes over what a sign-in answered. */
  use(next: SignIn): void {
    current = next
    isAsked = true
  },
  async end(): Promise<void> {
    await api.signOut()
    current = undefined
  },
  /** The base has ended it: a sign-out elsewhere, or its time is over. */
  forget(): void {
    current = undefined
  },
}

/** Asks the base who is signed in. */
export async function findSession(): Promise<void> {
  try {
    current = await api.getSignIn()
  } finally {
    isAsked = true
  }
}

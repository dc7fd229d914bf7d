import type { Component } from 'svelte'

type Load = () => Promise<{ default: Component }>

const screens: Record<string, Load> = {
  '': () => import('./Welcome.svelte'),
  verify: () => import('../verify/Verify.svelte'),
  // A learning code's address is in capitals, so that its QR is small: HTTPS://BASE.EXAMPLE/CODE/….
  code: () => import('../verify/Verify.svelte'),
  wallet: () => import('../wallet/Wallet.svelte'),
  // A learning card's address, as its QR code has it.
  card: () => import('../wallet/Wallet.svelte'),
  'sign-in': () => import('../wallet/SignIn.svelte'),
  studio: () => import('../studio/Studio.svelte'),
  assembly: () => import('../assembly/Assembly.svelte'),
  operations: () => import('../operations/Operations.svelte'),
}

/** The screen of an address, by its first segment; each is loaded when it is first needed. */
export function findScreen(segments: readonly string[]): Load {
  return screens[(segments[0] ?? '').toLowerCase()] ?? (() => import('./NotFound.svelte'))
}

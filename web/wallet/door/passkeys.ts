import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser'
import { api } from '../../shell/api.ts'
import { session } from '../../shell/session.svelte.ts'

/** What a passkey ceremony came to: done, closed by the person, or not offered here. */
export type PasskeyOutcome = 'done' | 'cancelled' | 'unavailable'

/** Whether this browser at this address offers passkeys (WebAuthn Level 3 §5: a secure context). */
export function offersPasskeys(): boolean {
  return isSecureContext && browserSupportsWebAuthn()
}

/** Signs in with a passkey. @throws ApiError when the base refuses it */
export async function loginWithPasskey(): Promise<PasskeyOutcome> {
  return ceremony(async () => {
    const { ceremonyId, options } = await api.startPasskeyLogin()
    const response = await startAuthentication({ optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON })
    session.use(await api.finishPasskeyLogin({ body: { ceremonyId, response: { ...response } } }))
  })
}

/** Adds a passkey to the account signed in. @throws ApiError when the base refuses it */
export async function addPasskey(label: string): Promise<PasskeyOutcome> {
  return ceremony(async () => {
    const { ceremonyId, options } = await api.startPasskeyRegistration()
    const response = await startRegistration({ optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON })
    await api.finishPasskeyRegistration({ body: { ceremonyId, response: { ...response }, ...(label === '' ? {} : { label }) } })
    session.use(await api.getSignIn())
  })
}

async function ceremony(work: () => Promise<void>): Promise<PasskeyOutcome> {
  if (!offersPasskeys()) return 'unavailable'
  try {
    await work()
    return 'done'
  } catch (error) {
    if (error instanceof WebAuthnError || (error instanceof DOMException && error.name === 'NotAllowedError')) return 'cancelled'
    throw error
  }
}

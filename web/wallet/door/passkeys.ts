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

/** Which passkey answered, and the 32 bytes that its PRF gave for wallets of this kind; undefined where it has none. */
export interface PasskeyKey {
  credentialId: string
  prfOutput: Uint8Array<ArrayBuffer> | undefined
}

/** What the PRF is asked for (WebAuthn Level 3 §10.1.4): the same for every wallet; each lock has a salt of its own. */
const prfInput = new TextEncoder().encode('guildhall own wallet v1')

/**
 * Signs in with a passkey, one of `allowed` or any; `onkey` hears what the wallet may be opened with, which never leaves the page.
 * @throws ApiError when the base refuses it
 */
export async function loginWithPasskey(
  onkey: (key: PasskeyKey) => void = () => undefined,
  allowed: readonly string[] = [],
): Promise<PasskeyOutcome> {
  return ceremony(async () => {
    const { ceremonyId, options } = await api.startPasskeyLogin()
    const { response, key } = await answer(options as unknown as PublicKeyCredentialRequestOptionsJSON, allowed)
    session.use(await api.finishPasskeyLogin({ body: { ceremonyId, response } }))
    onkey(key)
  })
}

/** Asks one of the passkeys `allowed` for its key alone: nobody is signed in by it, so nothing is sent anywhere. */
export async function askPasskey(onkey: (key: PasskeyKey) => void, allowed: readonly string[]): Promise<PasskeyOutcome> {
  return ceremony(async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(32))
    const challenge = btoa(String.fromCharCode(...bytes))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '')
    const options: PublicKeyCredentialRequestOptionsJSON = { challenge, rpId: location.hostname, userVerification: 'required' }
    onkey((await answer(options, allowed)).key)
  })
}

async function answer(options: PublicKeyCredentialRequestOptionsJSON, allowed: readonly string[]) {
  const answered = await startAuthentication({
    optionsJSON: {
      ...options,
      ...(allowed.length > 0 ? { allowCredentials: allowed.map((id) => ({ id, type: 'public-key' as const })) } : {}),
      extensions: { ...options.extensions, prf: { eval: { first: prfInput } } },
    },
  })
  const { clientExtensionResults, ...rest } = answered
  // The PRF's output opens the wallet: it stays here, and the base gets the answer without it.
  const { prf, ...others } = clientExtensionResults
  const first = prf?.results?.first
  const prfOutput = first === undefined ? undefined : copyOf(first)
  return { response: { ...rest, clientExtensionResults: others }, key: { credentialId: answered.id, prfOutput } }
}

function copyOf(source: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> {
  const view = source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
  return new Uint8Array(view)
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

import { call } from '../data/client.ts'

/** False where the page or the browser cannot: without https, for example. */
export function canPasskeys(): boolean {
  return (
    isSecureContext &&
    typeof PublicKeyCredential === 'function' &&
    'parseCreationOptionsFromJSON' in PublicKeyCredential
  )
}

/** Signs in with a passkey of this device. False: the person or the device did not want to. */
export async function signInWithPasskey(): Promise<boolean> {
  const response = await passkeyAnswer()
  if (response) await call('POST', '/api/auth/passkey', { body: { response } })
  return response !== null
}

/** What a passkey of this device says to who asks it to sign. Null: the person or the device did not want to. */
export async function passkeyAnswer(): Promise<object | null> {
  const options = await call<PublicKeyCredentialRequestOptionsJSON>('POST', '/api/auth/passkey/options', {
    body: {},
  })
  const credential = await asked(() =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
  )
  return credential && (credential.toJSON() as object)
}

/** Makes a passkey on this device and keeps it with the account. False: the person or the device did not want to. */
export async function addPasskey(name: string): Promise<boolean> {
  const options = await call<PublicKeyCredentialCreationOptionsJSON>('POST', '/api/me/passkeys/options', {
    body: {},
  })
  const credential = await asked(() =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  )
  if (!credential) return false
  await call('POST', '/api/me/passkeys', { body: { name, response: credential.toJSON() } })
  return true
}

/** Browsers say one thing for a refusal, a time that is over and a device that is there already. */
async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential | null> {
  try {
    return (await ask()) as PublicKeyCredential | null
  } catch (error) {
    if (error instanceof DOMException) return null
    throw error
  }
}

import type { Side } from './processes.ts'

export const administrator = { email: 'admin@example.com', password: 'a long passphrase for the bench' }

/** A user who is signed in. */
export interface SignedIn {
  id: string
  cookie: string
}

/** Makes one of the seeded sellers a user with the role `sales` and signs them in, through the API as an administrator would. */
export async function signInSeller({ port }: Side): Promise<SignedIn> {
  const url = `http://127.0.0.1:${port}/api`
  const admin = { 'content-type': 'application/json', cookie: await signIn(url, administrator) }
  const { items } = await ask<{ items: { id: string; email: string }[] }>(`${url}/users`, { headers: admin })
  const { id, email } = items.find((user) => user.email === 'seller1@example.com')!
  const { password } = administrator
  await ask(`${url}/users/${id}`, {
    method: 'PATCH',
    headers: admin,
    body: JSON.stringify({ roles: ['sales'], password }),
  })
  return { id, cookie: await signIn(url, { email, password }) }
}

/** Signs in and gives the cookie. */
export async function signIn(url: string, who: { email: string; password: string }): Promise<string> {
  const answer = await fetch(`${url}/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(who),
  })
  const cookie = answer.headers
    .getSetCookie()
    .map((each) => each.split(';', 1)[0])
    .join('; ')
  if (!answer.ok || cookie === '')
    throw new Error(`Signing in failed: ${answer.status} ${await answer.text()}`)
  return cookie
}

/** A request that must succeed, and its JSON. */
export async function ask<T>(url: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(url, init)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${url}: ${answer.status} ${text.slice(0, 1000)}`)
  return JSON.parse(text) as T
}

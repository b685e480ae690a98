/** The header in which we tell better-auth the client's address. What a client sends under this name is overwritten. */
export const addressHeader = 'x-xrm-client-address'

/** What the names of better-auth's cookies begin with. */
export const cookiePrefix = 'xrm'

/** Behind HTTPS cookies are for HTTPS alone, and their names say so. */
export function hasSecureCookies(publicUrl: string | undefined): boolean {
  return publicUrl?.startsWith('https://') ?? false
}

/** The cookie that carries a session, as better-auth names it; known here so that reading sessions does not load it. */
export function sessionCookie(publicUrl: string | undefined): string {
  return `${hasSecureCookies(publicUrl) ? '__Secure-' : ''}${cookiePrefix}.session_token`
}

/** What our hook makes better-auth answer when the password was right and that is not enough. Nobody outside sees it. */
export const secondFactorNeeded = 'XRM_SECOND_FACTOR'

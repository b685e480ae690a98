export type Route =
  | { name: 'home' }
  | { name: 'list'; entity: string }
  | { name: 'record'; entity: string; id: string }
  | { name: 'sign-in' }
  | { name: 'set-up' }
  | { name: 'choose-password' }
  | { name: 'account' }
  | { name: 'console' }
  | { name: 'glossary' }
  | { name: 'bulks' }
  | { name: 'bulk'; id: string }
  | { name: 'notices' }
  | { name: 'run'; id: string }
  | { name: 'conversion-report' }
  | { name: 'duplicates'; entity: string }
  | { name: 'unknown' }

const patterns: [URLPattern, (groups: Record<string, string | undefined>) => Route][] = [
  [new URLPattern({ pathname: '/' }), () => ({ name: 'home' })],
  [new URLPattern({ pathname: '/records/:entity' }), ({ entity = '' }) => ({ name: 'list', entity })],
  [
    new URLPattern({ pathname: '/records/:entity/:id' }),
    ({ entity = '', id = '' }) => ({ name: 'record', entity, id }),
  ],
  [new URLPattern({ pathname: '/sign-in' }), () => ({ name: 'sign-in' })],
  // Which pages the console has is said in its own table, which is loaded with it.
  [new URLPattern({ pathname: '/admin{/*}?' }), () => ({ name: 'console' })],
  [new URLPattern({ pathname: '/glossary' }), () => ({ name: 'glossary' })],
  [new URLPattern({ pathname: '/bulk' }), () => ({ name: 'bulks' })],
  [new URLPattern({ pathname: '/bulk/:id' }), ({ id = '' }) => ({ name: 'bulk', id })],
  [new URLPattern({ pathname: '/notices' }), () => ({ name: 'notices' })],
  [new URLPattern({ pathname: '/runs/:id' }), ({ id = '' }) => ({ name: 'run', id })],
  [new URLPattern({ pathname: '/reports/conversions' }), () => ({ name: 'conversion-report' })],
  [
    new URLPattern({ pathname: '/duplicates/:entity' }),
    ({ entity = '' }) => ({ name: 'duplicates', entity }),
  ],
  [new URLPattern({ pathname: '/setup' }), () => ({ name: 'set-up' })],
  [new URLPattern({ pathname: '/choose-password' }), () => ({ name: 'choose-password' })],
  [new URLPattern({ pathname: '/account' }), () => ({ name: 'account' })],
]

/** Which page an address is. */
export function matchRoute(url: URL): Route {
  for (const [pattern, make] of patterns) {
    const match = pattern.exec({ pathname: url.pathname })
    if (match) return make(match.pathname.groups)
  }
  return { name: 'unknown' }
}

/** Where to go after signing in: only into this application, never to another host. */
export function safeReturn(target: string | null, origin: string): string {
  if (target === null) return '/'
  try {
    const url = new URL(target, origin)
    if (url.origin !== origin || url.pathname.startsWith('//') || url.pathname === '/sign-in') return '/'
    return url.pathname + url.search
  } catch {
    return '/'
  }
}

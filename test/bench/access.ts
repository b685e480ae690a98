import { isDeepStrictEqual } from 'node:util'
import { connect } from '../../core/storage/database.ts'
import { cpuOf, cpuOfPostgres } from './cpu.ts'
import { install } from './installation.ts'
import type { Options } from './options.ts'
import { startLoadGenerator, startSide } from './processes.ts'
import { list } from './sample.ts'
import { administrator, ask, signIn } from './site-user.ts'

/** CPU milliseconds per request of the same list: with no rule, and with rules that let the same rows and columns through. */
export interface AccessResult {
  open: number
  ruled: number
}

const roles = {
  open: { title: 'Open', entities: { lead: { read: 'all', fields: { '*': 'read' } } } },
  ruled: {
    title: 'Ruled',
    entities: { lead: { read: 'own', fields: { '*': 'read', description: 'none', budget: 'none' } } },
  },
} as const

/**
 * Lists the same 25 leads as two users in alternation: one whose role has no rule, one who sees their own leads only and two
 * fields not at all. Every lead is the second one's own, so that the answers are equal and only the rules differ.
 */
export async function benchAccess(
  options: Options,
  leads: number,
  undo: (() => Promise<void>)[],
): Promise<AccessResult> {
  const installation = await install(options, leads, undo)
  const product = await startSide('product', 'core/main.ts', '/healthz', installation.env)
  undo.push(product.stop)
  const load = startLoadGenerator()
  undo.push(load.stop)
  const url = `http://127.0.0.1:${product.port}/api`
  const headers = { 'content-type': 'application/json', cookie: await signIn(url, administrator) }
  const send = <T>(method: string, path: string, body: unknown): Promise<T> =>
    ask<T>(url + path, { method, headers, body: JSON.stringify(body) })

  const { id: draft } = await send<{ id: string }>('POST', '/changesets', { title: 'Roles of the bench' })
  for (const [name, body] of Object.entries(roles))
    await send('PUT', `/documents/role/${name}?changeset=${draft}`, body)
  await send('POST', `/changesets/${draft}/publish`, {})
  const users = { open: '', ruled: '' }
  const cookies = { open: '', ruled: '' }
  for (const role of ['open', 'ruled'] as const) {
    const who = { email: `${role}@example.com`, password: administrator.password }
    users[role] = (await send<{ id: string }>('POST', '/users', { ...who, name: role, roles: [role] })).id
    cookies[role] = await signIn(url, who)
  }
  const db = await connect({ url: installation.url, max: 1 })
  undo.push(db.close)
  await db.pool.query('SET statement_timeout = 0')
  await db.pool.query('UPDATE record.lead SET owner = $1', [users.ruled])
  await db.pool.query('VACUUM FULL ANALYZE record.lead')

  const path = `/api/records/lead?${list}`
  const answers = await Promise.all(
    (['open', 'ruled'] as const).map((role) =>
      ask(url + path.slice(4), { headers: { cookie: cookies[role] } }),
    ),
  )
  if (!isDeepStrictEqual(...(answers.map(comparable) as [unknown, unknown])))
    throw new Error('The two users get different lists.')

  const turn = async (role: 'open' | 'ruled', seconds: number): Promise<number> => {
    const before = cpuOf(product.pid) + cpuOfPostgres(installation.postmaster)
    const result = await load.run({
      port: product.port,
      cookie: cookies[role],
      concurrency: options.concurrency,
      seconds,
      requests: [{ method: 'GET', path }],
      once: false,
    })
    if (result.failures.length > 0) throw new Error(`The list failed: ${JSON.stringify(result.failures)}`)
    return (cpuOf(product.pid) + cpuOfPostgres(installation.postmaster) - before) / result.count
  }
  const taken: Record<'open' | 'ruled', number[]> = { open: [], ruled: [] }
  for (const role of ['open', 'ruled'] as const) await turn(role, options.seconds)
  for (let round = 0; round < options.rounds; round++)
    for (const role of round % 2 === 0 ? (['open', 'ruled'] as const) : (['ruled', 'open'] as const))
      taken[role].push(await turn(role, options.seconds))
  return { open: median(taken.open), ruled: median(taken.ruled) }
}

/** Cursors are bound to their user. */
function comparable(answer: unknown): unknown {
  const { next, ...rest } = answer as { next: string | null }
  return { ...rest, more: next !== null }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}

/** The table of the report. */
export function accessTable(leads: number, { open, ruled }: AccessResult): string[] {
  return [
    `### A list of ${leads.toLocaleString('en')} leads, without and with rules`,
    '',
    '| | CPU ms per request |',
    '|---|--:|',
    `| all leads, all fields | ${open.toFixed(2)} |`,
    `| own leads, two fields hidden | ${ruled.toFixed(2)} |`,
    '',
    `The rules cost ${((ruled / open - 1) * 100).toFixed(0)} %.`,
  ]
}

/**
 * What the product is measured against: the same work as one would write it by hand for this firm alone. Hono and pg, the
 * session from a cache, the one best statement a request (prepared), its rows as JSON. No validation, no history.
 */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { Pool, types } from 'pg'
import { onStop } from '../../../core/stop-signals.ts'
import { type Session, sessionReader } from './session.ts'
import { createdFields, sql } from './sql.ts'

types.setTypeParser(types.builtins.INT8, Number)

const pool = new Pool({
  connectionString: process.env['DATABASE_URL']!,
  max: 20,
  options: '-c TimeZone=UTC -c search_path=xrm,public,extensions',
})
const session = sessionReader(pool)
const app = new Hono<{ Variables: { session: Session } }>()

app.get('/healthz', (c) => c.text('ok'))

app.use('/leads/*', async (c, next) => {
  const found = await session(c.req.header('cookie'))
  if (!found) return c.json({ error: 'signed out' }, 401)
  c.set('session', found)
  return next()
})

async function query(
  name: keyof typeof sql,
  { userId, teams }: Session,
  values: unknown[],
): Promise<Record<string, unknown>[]> {
  const { rows } = await pool.query<Record<string, unknown>>({
    // The best plan of a search depends on its pattern, so it is planned each time.
    ...(name === 'search' ? {} : { name }),
    text: sql[name],
    values: [userId, teams, ...values],
  })
  return rows
}

/** Pages are asked for with one row more than they show; it says that there is a next one. */
function page(rows: Record<string, unknown>[]): { items: Record<string, unknown>[]; next: string | null } {
  const items = rows.slice(0, 25)
  const last = rows.length > 25 ? items.at(-1) : undefined
  return {
    items,
    next: last ? `${(last['created_at'] as Date).toISOString()},${last['id'] as string}` : null,
  }
}

app.get('/leads/list', async (c) => {
  const { status, after, expand, count } = c.req.query()
  if (after !== undefined)
    return c.json(page(await query('listAfter', c.var.session, [status, ...after.split(',')])))
  if (expand !== undefined) return c.json(page(await query('listExpanded', c.var.session, [status])))
  if (count === undefined) return c.json(page(await query('list', c.var.session, [status])))
  const [rows, counted] = await Promise.all([
    query('list', c.var.session, [status]),
    query('count', c.var.session, [status]),
  ])
  return c.json({ ...page(rows), count: counted[0]!['count'] })
})

app.get('/leads/search', async (c) =>
  c.json(page(await query('search', c.var.session, [`%${c.req.query('q')}%`]))),
)

app.get('/leads/aggregate', async (c) => c.json({ rows: await query('aggregate', c.var.session, []) }))

app.get('/leads/:id', async (c) => {
  const [row] = await query('get', c.var.session, [c.req.param('id')])
  return row ? c.json(row) : c.json({ error: 'not found' }, 404)
})

app.post('/leads/new', async (c) => {
  const lead = await c.req.json<Record<string, unknown>>()
  const values = [c.var.session.userId, ...createdFields.map((name) => lead[name] ?? null)]
  const { rows } = await pool.query<Record<string, unknown>>({ name: 'create', text: sql.create, values })
  return c.json(rows[0], 201)
})

app.patch('/leads/:id', async (c) => {
  const { job_title: title } = await c.req.json<{ job_title: string }>()
  const [row] = await query('update', c.var.session, [c.req.param('id'), title])
  return row ? c.json(row) : c.json({ error: 'not found' }, 404)
})

app.post('/leads/:id/convert', async (c) => {
  const [row] = await query('convert', c.var.session, [c.req.param('id')])
  return row ? c.json(row, 201) : c.json({ error: 'not found' }, 404)
})

const http = serve({ fetch: app.fetch, port: Number(process.env['PORT']), hostname: '127.0.0.1' })
onStop(async () => {
  http.close()
  await pool.end()
})

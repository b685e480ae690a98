import type { Pool } from 'pg'
import type { Side } from './processes.ts'
import { lastNames } from './seed.ts'
import { ask, type SignedIn } from './site-user.ts'

/** What the cases ask for: the same for both sides, different in every request. */
export interface Sample {
  /** Leads that the user may read. */
  readable: string[]
  /** Leads of the user's team, which they may change. */
  changeable: string[]
  /** Others of them, each to be converted once. */
  convertible: string[]
  /** Parts of names. */
  searches: string[]
  /** Places deep in the list, as each side names them. */
  cursors: { product: string; handWritten: string }[]
}

const status = 'in_process'
export const columns = 'display,company,status,phase,rating,score,lead_source,follow_up,owner'
export const list = `filter=${encodeURIComponent(`status == "${status}"`)}&fields=${columns}`
export const handWrittenList = `status=${status}`

export async function takeSample(pool: Pool, product: Side, user: SignedIn): Promise<Sample> {
  const teams = 'SELECT team FROM xrm.team_member WHERE user_id = $1'
  const { rows } = await pool.query<{ id: string; open: boolean }>(
    `SELECT id, status <> 'dead' AND account IS NULL AS open FROM record.lead
     WHERE (owner = $1 OR team IN (${teams})) AND company IS NOT NULL ORDER BY hashtext(id::text) LIMIT 60000`,
    [user.id],
  )
  const own = await pool.query<{ id: string }>(
    'SELECT id FROM record.lead WHERE owner = $1 ORDER BY hashtext(id::text) LIMIT 5000',
    [user.id],
  )
  const open = rows.filter((row) => row.open)
  return {
    readable: own.rows.map((row) => row.id),
    changeable: rows.slice(0, 5000).map((row) => row.id),
    convertible: open.slice(-30_000).map((row) => row.id),
    searches: lastNames.filter((_, index) => index % 7 === 0).map((name) => name.toLowerCase().slice(0, 6)),
    cursors: await walk(product, user),
  }
}

/** Goes through pages to the middle of the list, but for 200 pages at most, and keeps the places of the deepest ones. */
async function walk({ port }: Side, { cookie }: SignedIn): Promise<Sample['cursors']> {
  const url = `http://127.0.0.1:${port}/api/records/lead`
  const headers = { cookie }
  const { count } = await ask<{ count: { value: number } }>(`${url}?${list}&limit=1&count=exact`, { headers })
  const size = Math.max(1, Math.min(500, Math.floor(count.value / 8)))
  const pages = Math.min(200, Math.floor(count.value / 2 / size))
  const cursors: Sample['cursors'] = []
  let after: string | null = null
  for (let page = 0; page < pages; page++) {
    const answer: { next: string | null } = await ask(
      `${url}?${list}&limit=${size}${after === null ? '' : `&after=${after}`}`,
      { headers },
    )
    after = answer.next
    if (after === null) break
    // Ours is signed; what it holds is plain: the sort values of the last row.
    const values = JSON.parse(Buffer.from(after.split('.')[0]!, 'base64url').toString()) as string[]
    cursors.push({ product: after, handWritten: values.join() })
  }
  return cursors.slice(-20)
}

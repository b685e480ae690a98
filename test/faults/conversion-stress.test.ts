import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, it } from 'vitest'
import { serverProcess } from '../support/process.ts'

/** A short form runs with all tests; `XRM_STRESS_SECONDS=120` is the long one. */
const seconds = Number(process.env['XRM_STRESS_SECONDS'] ?? 12)
const kills = seconds >= 60 ? 3 : 1

const server = await serverProcess()
const stopped = new AbortController()
const statuses: Record<string, number> = {}
const done: Record<string, number> = {}

const firms = [
  'Nordlicht Werft',
  'Müller & Söhne',
  'Alpen Optik',
  'Rheinische Pumpen',
  'Kupfer Lenz',
  'Hafen Logistik',
]
const spellings = [
  (name: string) => `${name} GmbH`,
  (name: string) => name.toUpperCase(),
  (name: string) => `${name.replace('&', 'und')} AG`,
]
const pick = <T>(list: readonly T[]): T => list[randomInt(list.length)]!

interface Answer {
  status: number
  body: unknown
}

/** What a client may be told while others do the same: done, gone, in conflict, not possible now. Never 500. */
const expected = new Set([200, 201, 202, 204, 404, 409, 410, 412, 422, 423])

async function attempt(what: string, method: string, path: string, body?: unknown): Promise<Answer | null> {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await server.call(method, path, body).catch(() => ({ status: 0, body: null }))
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
    if (answer.status === 0 || answer.status === 503) {
      if (stopped.signal.aborted) return null
      await sleep(50)
      continue
    }
    if (!expected.has(answer.status))
      throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`)
    if (answer.status < 300) done[what] = (done[what] ?? 0) + 1
    return answer
  }
  throw new Error(`${what}: no answer`)
}

const ids = async (entity: string, filter: string): Promise<string[]> => {
  const answer = await attempt(
    'list',
    'GET',
    `/api/records/${entity}?fields=id&limit=100&sort=-created_at&filter=${encodeURIComponent(filter)}`,
  )
  return answer?.status === 200 ? (answer.body as { items: { id: string }[] }).items.map(({ id }) => id) : []
}

const jobs: Record<string, () => Promise<unknown>> = {
  async create() {
    const firm = pick(firms)
    const person = randomInt(1e9)
    await attempt('create', 'POST', '/api/records/lead', {
      last_name: `Person ${person}`,
      company: pick(spellings)(firm),
      email: `p${person}@example.com`,
      phone: '+49 40 123456',
    })
  },
  async convert() {
    const open = await ids('lead', "status != 'converted' && status != 'dead'")
    if (open.length === 0) return
    await attempt('convert', 'POST', '/api/conversions/lead-to-customer/run', {
      source: pick(open),
      ...(randomInt(4) === 0 ? { targets: { opportunity: { action: 'skip' } } } : {}),
    })
  },
  async edit() {
    const entity = pick(['lead', 'account', 'contact'])
    const all = await ids(entity, 'active')
    if (all.length === 0) return
    const values =
      entity === 'account' ? { employees: randomInt(1000) } : { job_title: `Title ${randomInt(1e6)}` }
    await attempt('edit', 'PATCH', `/api/records/${entity}/${pick(all)}`, values)
  },
  async merge() {
    const accounts = await ids('account', 'active')
    if (accounts.length < 3) return
    const [keep, other] = [pick(accounts), pick(accounts)]
    if (keep !== other)
      await attempt('merge', 'POST', '/api/records/account/merge', { keep, others: [other] })
  },
  async reverse() {
    const converted = await ids('lead', "status == 'converted'")
    if (converted.length === 0) return
    const answer = await attempt('runs', 'GET', `/api/records/lead/${pick(converted)}/conversions`)
    const runs = (answer?.body as { asSource?: { id: string; status: string }[] } | undefined)?.asSource ?? []
    const run = runs.find(({ status }) => status === 'standing')
    if (run) await attempt('reverse', 'POST', `/api/conversions/runs/${run.id}/reverse`)
  },
  async publish() {
    const draft = await attempt('draft', 'POST', '/api/changesets', { title: 'Stress' })
    const id = (draft?.body as { id?: string } | undefined)?.id
    if (!id) return
    const onLink = pick(['keep', 'fillEmpty', 'overwrite'])
    await attempt('patch', 'PATCH', `/api/documents/conversion/lead-to-customer?changeset=${id}`, {
      targets: { account: { map: { phone: { onLink } } } },
    })
    await attempt('publish', 'POST', `/api/changesets/${id}/publish`)
  },
}

/** Mostly what people do all day; definitions change now and then. */
const mix = [
  'create',
  'create',
  'create',
  'convert',
  'convert',
  'convert',
  'edit',
  'edit',
  'merge',
  'reverse',
]

async function client(number: number): Promise<void> {
  for (let round = 0; !stopped.signal.aborted; round++) {
    await jobs[number === 0 && round % 10 === 9 ? 'publish' : pick(mix)]!()
  }
}

it(
  'leaves no orphan, no double, no half run and a complete history when eight clients work and the server is killed',
  async () => {
    await server.start()
    await server.signIn()
    const clients = Promise.all(Array.from({ length: 8 }, (_, number) => client(number)))
    clients.catch(() => stopped.abort())
    for (let round = 0; round < kills && !stopped.signal.aborted; round++) {
      await sleep((seconds * 1000) / (kills + 1))
      await server.kill()
      await server.start()
    }
    await sleep((seconds * 1000) / (kills + 1))
    stopped.abort()
    await clients
    const told = JSON.stringify({ statuses, done })
    for (const what of ['create', 'convert', 'edit', 'merge', 'reverse', 'publish'])
      expect(done[what] ?? 0, told).toBeGreaterThan(0)
    const db = new pg.Client({ connectionString: await server.databaseUrl() })
    await db.connect()
    try {
      for (const [what, query] of Object.entries(violations)) {
        const { rows } = await db.query<Record<string, unknown>>(`${query} LIMIT 5`)
        expect(rows, `${what} ${told}`).toEqual([])
      }
    } finally {
      await db.end()
    }
  },
  (seconds + 180) * 1000,
)

const alive = ['account', 'contact', 'opportunity']
  .map((entity) => `SELECT '${entity}' AS entity, id FROM record.${entity} WHERE deleted_at IS NULL`)
  .join(' UNION ALL ')

/** Each finds what must not be. */
const violations: Record<string, string> = {
  'two standing runs of one source': `
    SELECT source FROM xrm.conversion_run WHERE once AND status = 'standing' GROUP BY conversion, source HAVING count(*) > 1`,
  'a firm with two accounts': `
    SELECT min(name) AS name FROM record.account WHERE deleted_at IS NULL GROUP BY xrm.match_company_name(name) HAVING count(*) > 1`,
  'a person with two contacts': `
    SELECT email FROM record.contact WHERE deleted_at IS NULL GROUP BY email HAVING count(*) > 1`,
  'a contact or opportunity of an account that is gone': `
    SELECT x.id FROM (SELECT id, account FROM record.contact WHERE deleted_at IS NULL UNION ALL SELECT id, account FROM record.opportunity WHERE deleted_at IS NULL) x
    JOIN record.account a ON a.id = x.account WHERE a.deleted_at IS NOT NULL`,
  'an opportunity of a contact that is gone': `
    SELECT o.id FROM record.opportunity o JOIN record.contact c ON c.id = o.contact WHERE o.deleted_at IS NULL AND c.deleted_at IS NOT NULL`,
  'a standing run whose target is gone': `
    SELECT t.run, t.key FROM xrm.conversion_target t JOIN xrm.conversion_run r ON r.id = t.run AND r.status = 'standing'
    WHERE t.action <> 'skip' AND NOT EXISTS (SELECT FROM (${alive}) a WHERE a.id = t.record)`,
  'a converted lead without its run, or a run without its converted lead': `
    SELECT l.id FROM record.lead l
    WHERE (l.status = 'converted') <> EXISTS (SELECT FROM xrm.conversion_run r WHERE r.source = l.id AND r.status = 'standing')`,
  'a record that no run has made': `
    SELECT a.id FROM (${alive}) a WHERE NOT EXISTS (
      SELECT FROM xrm.conversion_target t JOIN xrm.conversion_run r ON r.id = t.run AND r.status = 'standing' WHERE t.record = a.id)`,
  'a run without its targets': `
    SELECT r.id FROM xrm.conversion_run r WHERE r.status <> 'declined' AND NOT EXISTS (SELECT FROM xrm.conversion_target t WHERE t.run = r.id)`,
  'a value that history does not account for': ['lead', 'account', 'contact', 'opportunity']
    .map(
      (entity) => `
    SELECT '${entity}' AS entity, x.id, c.key FROM record.${entity} x
    CROSS JOIN LATERAL (SELECT key, value FROM jsonb_each_text(to_jsonb(x)) WHERE key IN ('status', 'stage', 'name', 'company', 'last_name', 'email', 'job_title', 'employees', 'account', 'contact')) c
    WHERE c.value IS DISTINCT FROM (
      SELECT h.after ->> c.key FROM xrm.change h WHERE h.record = x.id AND h.after ? c.key ORDER BY h.id DESC LIMIT 1)`,
    )
    .map((query) => `(${query} LIMIT 5)`)
    .join(' UNION ALL '),
}

import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Model } from '../../core/documents/model.ts'
import type { Database } from '../../core/storage/database.ts'
import { schemaDifferences } from './schema-matches-model.ts'
import { shadowDifferences } from './shadow-log.ts'
import { writesOf } from './watch-writes.ts'

/** What an answer must never show, whoever asks: how it went wrong inside. */
const inside = [
  /\bat .{1,200}\.(?:ts|js|mjs|cjs):\d+/,
  /node_modules/,
  /\/(?:core|sdk|plugins|admin-ui)\/[\w-]+(?:\/[\w-]+)*\.ts\b/,
  /\b(?:SELECT|INSERT INTO|DELETE FROM)\s[^"]{1,300}\b(?:FROM|VALUES|WHERE)\b/,
  /\b(?:xrm|record|pg_catalog)\.[a-z_"]+ does not exist|syntax error at or near|violates \w+ constraint|SQLSTATE/,
]

/** What a refused request may leave, by those who may do it anyway. */
const mayStay = [
  // The draft that was tried. It is discarded, or waits for the decision that the answer asks for.
  { request: /^POST \/api\/(config\/push|changesets\/[^/]+\/revert)/, writes: /\bxrm\.changeset(_edit)?\b/ },
  // That somebody else has converted the record is found out here, and is so whatever becomes of this request.
  // What comes in is kept before it is whole, and taken away again; test/files.test.ts looks that nothing stays.
  { request: /^POST \/api\/files\b/, writes: /xrm\.file_(content|chunk)\b/ },
  { request: /^POST \/api\/bulk\/.*\/decide/, writes: /^UPDATE xrm\.bulk_item SET status = 'skipped'/ },
]

/**
 * Sends a request and holds its answer to what holds for every answer: what was refused has written nothing (INV-02), and
 * nothing fails but by a problem that says nothing about the inside (INV-03).
 */
export async function heldToInvariants(
  request: () => Response | Promise<Response>,
  what: string,
): Promise<Response> {
  const { result: response, written } = await writesOf(async () => request())
  if (response.status < 400) return response
  const wrong = written.filter(
    (text) => !mayStay.some((one) => one.request.test(what) && one.writes.test(text)),
  )
  if (response.status < 500) expect(wrong, `${what} answered ${response.status} and has written`).toEqual([])
  await holdBody(response, what)
  return response
}

/** No stack, no statement, no path in the body of a refusal. */
export async function holdBody(response: Response, what: string): Promise<void> {
  const body = await response.clone().text()
  for (const pattern of inside) expect(body, `${what} answered ${response.status}`).not.toMatch(pattern)
}

/** Waits until nothing is left of what was asked of a server: connections, transactions, locks (INV-07). */
export async function expectAtRest(db: Database): Promise<void> {
  let left = await leftOvers(db)
  for (let i = 0; i < 200 && left.length > 0; i++) {
    await sleep(100)
    left = await leftOvers(db)
  }
  expect(left).toEqual([])
}

/** Sessions of this database that hold a transaction or a lock beyond their statement. */
async function leftOvers(db: Database): Promise<string[]> {
  const { rows } = await db.pool.query<{ what: string }>(
    `SELECT 'idle in transaction: ' || left(query, 200) AS what FROM pg_stat_activity
       WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND xact_start < now() - interval '1 second'
     UNION ALL
     SELECT 'advisory lock: ' || coalesce(left(a.query, 200), '') FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
       WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  const waiting = db.pool.waitingCount > 0 ? [`${db.pool.waitingCount} wait for a connection`] : []
  return [...waiting, ...rows.map(({ what }) => what)]
}

/** The tables are what the published model says (INV-09), the history is what happened (INV-04), and what belongs together in the business is together (INV-08). */
export async function expectConsistent(db: Database, model: Model): Promise<void> {
  expect(await schemaDifferences(db, model)).toEqual([])
  expect(await shadowDifferences(db, model)).toEqual([])
  const { rows } = await db.pool.query<{ broken: string }>(broken)
  expect(rows.map((row) => row.broken)).toEqual([])
}

/** One row for everything that no sequence of requests may leave behind. */
const broken = `
  SELECT 'run without targets: ' || r.id AS broken FROM xrm.conversion_run r
    WHERE r.status = 'standing' AND NOT EXISTS (SELECT FROM xrm.conversion_target t WHERE t.run = r.id)
  UNION ALL
  SELECT 'two standing runs: ' || source FROM xrm.conversion_run WHERE once AND status = 'standing'
    GROUP BY conversion, source HAVING count(*) > 1
  UNION ALL
  SELECT 'stage that does not begin where the one before ended: ' || record || ' ' || field FROM (
    SELECT record, field, before, lag(after) OVER (PARTITION BY record, field ORDER BY id) AS last,
      lag(record) OVER (PARTITION BY record, field ORDER BY id) AS earlier FROM xrm.stage_event) e
    WHERE earlier IS NOT NULL AND before IS DISTINCT FROM last`

const globals = { Object, Array, Map, Set, Promise, String, Number, Function, JSON, RegExp, Date }

/** Names that the globals and their prototypes have, to compare before and after (INV-06). */
export function globalNames(): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(globals).flatMap(([name, value]) => {
      const prototype = (value as { prototype?: object }).prototype
      return [
        [name, Reflect.ownKeys(value).map(String).toSorted()],
        [`${name}.prototype`, prototype ? Reflect.ownKeys(prototype).map(String).toSorted() : []],
      ]
    }),
  )
}

/** Nothing that a test sends may reach what all objects inherit. */
export function expectSameGlobals(before: Record<string, string[]>): void {
  expect(globalNames()).toEqual(before)
}

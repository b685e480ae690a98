import { stringify } from 'csv-stringify/sync'
import { displaysOf } from '../../records/displays.ts'
import { nameOfKey } from '../../documents/entity-keys.ts'
import type { ReadContext } from '../../records/query.ts'
import { itemViews } from './item-views.ts'
import { type BulkRow, readItems } from './store.ts'

const pageSize = 500
const header = ['source', 'id', 'status', 'run', 'targets', 'codes', 'details']

/** What became of each item, as a CSV file, a part at a time; with the names that the reader may see. */
export async function* resultCsv(context: ReadContext, bulk: BulkRow): AsyncGenerator<string> {
  yield stringify([header], { bom: true })
  let after: string | undefined
  for (;;) {
    const rows = await readItems(context.db, bulk.id, { status: undefined, after, limit: pageSize })
    const items = await itemViews(context, bulk, rows)
    const targets = await targetsOf(
      context,
      rows.flatMap(({ run }) => run ?? []),
    )
    const lines = items.map(({ source, status, run, problem }) => [
      source.display ?? '',
      source.id,
      status,
      run ?? '',
      run === null ? '' : (targets.get(run) ?? []).join('; '),
      codesOf(problem).join(' '),
      problem === null ? '' : problem.errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; '),
    ])
    // Spreadsheets take a text that begins like this for a formula.
    yield stringify(lines, { escape_formulas: true })
    if (rows.length < pageSize) return
    after = rows.at(-1)!.source
  }
}

function codesOf(problem: { code: string; errors: { code: string }[] } | null): string[] {
  return problem === null ? [] : [...new Set([problem.code, ...problem.errors.map(({ code }) => code)])]
}

/** The records that runs have made or linked, as `account: Acme`. */
async function targetsOf(context: ReadContext, runs: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await context.db.query<{ run: string; key: string; entity: string; record: string }>(
    `SELECT run, key, entity, record FROM xrm.conversion_target WHERE run = ANY($1::uuid[]) AND record IS NOT NULL ORDER BY run, key`,
    [runs],
  )
  const named = rows.map((row) => ({ ...row, entity: nameOfKey(context.model, row.entity) }))
  const displays = new Map<string, string>()
  for (let at = 0; at < named.length; at += 500) {
    const part = named.slice(at, at + 500).map(({ entity, record }) => ({ entity, id: record }))
    for (const [key, text] of await displaysOf(context, part)) displays.set(key, text)
  }
  const result = new Map<string, string[]>()
  for (const { run, key, entity, record } of named)
    result.set(run, [...(result.get(run) ?? []), `${key}: ${displays.get(`${entity}/${record}`) ?? record}`])
  return result
}

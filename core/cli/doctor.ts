import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import type { Config } from '../config.ts'
import { layerBody, readState } from '../documents/layers.ts'
import { isEqual } from '@xrm/sdk/merge'
import { pluginDocuments } from '../plugins/load-plugins.ts'
import { sdkVersion } from '../plugins/load-plugins.ts'
import { StartError } from '../start-error.ts'
import type { Database } from '../storage/database.ts'
import { wantedIndexes } from '../storage/indexes.ts'
import { commandConfig } from './command-config.ts'
import { isPrepared, type Node, openDatabase, openNode } from './open-node.ts'

/** What was looked at, and what to do where it is not as it should be. */
export interface Finding {
  ok: boolean
  text: string
  hint?: string
}

/** `xrm doctor`: looks at everything that must be right and says what to do; it changes nothing. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check configuration, database, plugins and model, and say what to do')
    .action(async (_, command: Command) => {
      const findings = await examine(() => commandConfig(command))
      for (const { ok, text, hint } of findings) {
        console.log(`${ok ? '✓' : '✗'} ${text}`)
        if (!ok && hint !== undefined) console.log(`  → ${hint}`)
      }
      if (findings.some(({ ok }) => !ok)) process.exitCode = 1
    })
}

/** All findings, as far as one can get: without a database there is nothing to say about its tables. */
export async function examine(readConfig: () => Config): Promise<Finding[]> {
  const findings: Finding[] = []
  try {
    const config = readConfig()
    const place =
      config.databaseUrl === undefined ? `built-in database in ${config.data}` : 'database of DATABASE_URL'
    findings.push({
      ok: true,
      text: `Configuration: ${place}, time zone ${config.timeZone}, currency ${config.currency}`,
    })
    const { db, beside, stop } = await openDatabase(config)
    let prepared: boolean
    try {
      findings.push(...(await examineDatabase(db, beside)))
      prepared = await isPrepared(db)
      findings.push(await examineMigrations(db))
    } finally {
      await stop()
    }
    if (!prepared)
      return [
        ...findings,
        {
          ok: false,
          text: 'The database has not been prepared.',
          hint: 'Run `xrm migrate`, or start the server.',
        },
      ]
    const node = await openNode(config)
    try {
      findings.push(...(await examineNode(node)))
    } finally {
      await node.stop()
    }
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    findings.push({
      ok: false,
      text: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    })
  }
  return findings
}

async function examineDatabase(db: Database, beside: boolean): Promise<Finding[]> {
  const { rows } = await db.pool.query<{ version: string; create: boolean; size: string; trigrams: boolean }>(
    `SELECT current_setting('server_version') AS version, has_database_privilege(current_database(), 'CREATE') AS create,
      pg_size_pretty(pg_database_size(current_database())) AS size,
      EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') AS trigrams`,
  )
  const { version, create, size, trigrams } = rows[0]!
  return [
    { ok: true, text: `PostgreSQL ${version}, ${size}${beside ? '; a server is running on it' : ''}` },
    {
      ok: create,
      text: 'May create schemas and tables',
      hint: 'Let the owner of the database grant CREATE on it.',
    },
    {
      ok: trigrams,
      text: 'Trigram search is available',
      hint: 'Install the contrib package of PostgreSQL (pg_trgm).',
    },
  ]
}

async function examineMigrations(db: Database): Promise<Finding> {
  const files = (await readdir(join(import.meta.dirname, '../storage/migrations')))
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
  const { rows: table } = await db.pool.query<{ exists: boolean }>(
    `SELECT to_regclass('xrm.migration') IS NOT NULL AS exists`,
  )
  const applied = table[0]!.exists
    ? (await db.pool.query<{ name: string }>('SELECT name FROM xrm.migration')).rows.map(({ name }) => name)
    : []
  const missing = files.filter((file) => !applied.includes(file.slice(0, -'.sql'.length)))
  const newer = applied.filter((name) => !files.includes(`${name}.sql`))
  if (newer.length > 0) {
    return {
      ok: false,
      text: `The database is newer than this release: ${newer.join(', ')}`,
      hint: 'Use the release that it was last used with.',
    }
  }
  const text =
    missing.length === 0
      ? `All ${files.length} migrations are applied`
      : `${missing.length} migrations are not applied`
  return { ok: missing.length === 0, text, hint: 'Run `xrm migrate`, or start the server.' }
}

async function examineNode(node: Node): Promise<Finding[]> {
  return [
    ...examinePlugins(node),
    await examineDocuments(node),
    ...examineModel(node),
    await examineIndexes(node),
    await examineUsers(node),
  ]
}

function examinePlugins({ plugins }: Node): Finding[] {
  const names = plugins.plugins.map(({ name }) => name).join(', ')
  return [
    { ok: true, text: `SDK ${sdkVersion}; plugins: ${names}` },
    ...plugins.failures.map(({ name, reason }) => ({
      ok: false,
      text: `The plugin "${name}" does not load: ${reason}`,
      hint: 'Mend it, or remove its folder.',
    })),
  ]
}

/** Whether what the code ships is what is published. */
async function examineDocuments({ db, plugins }: Node): Promise<Finding> {
  const { rows } = await readState(db.pool)
  const shipped = pluginDocuments(plugins.plugins)
  const changed = shipped.filter(
    (row) => !isEqual(layerBody(rows, 'plugin', row.kind, row.name, row.plugin), row.body),
  )
  if (changed.length === 0)
    return { ok: true, text: `The ${shipped.length} documents of the plugins are published` }
  const { rows: waiting } = await db.pool.query<{ title: string; note: string | null }>(
    `SELECT title, note FROM xrm.changeset WHERE origin = 'upgrade' AND created_by IS NULL AND status IN ('draft', 'publishing')`,
  )
  if (waiting[0])
    return {
      ok: false,
      text: `The upgrade "${waiting[0].title}" waits for an administrator: ${waiting[0].note?.split('\n')[0] ?? 'it is being published'}`,
      hint: 'Look at it in the console under Changes, and publish it.',
    }
  const first = `${changed[0]!.kind} ${changed[0]!.name}`
  return {
    ok: false,
    text: `${changed.length} documents of plugins differ from what is published, such as ${first}`,
    hint: 'Run `xrm migrate`, or start the server again.',
  }
}

function examineModel({ model, issues }: Node): Finding[] {
  const errors = issues.filter(({ severity }) => severity === 'error')
  return [
    {
      ok: errors.length === 0,
      text: `Configuration version ${model.version}: ${model.entities.size} entities, ${errors.length} errors`,
      hint: 'Mend these in the console:',
    },
    ...errors.slice(0, 20).map(({ kind, name, pointer, message }) => ({
      ok: false,
      text: `${kind} ${name}${pointer}: ${message}`,
    })),
  ]
}

async function examineIndexes({ db, model }: Node): Promise<Finding> {
  const { rows } = await db.pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'record' AND i.indisvalid`,
  )
  const valid = new Set(rows.map(({ name }) => name))
  const missing = wantedIndexes(model).filter(({ name }) => !valid.has(name))
  const entities = [...new Set(missing.map(({ entity }) => entity))].join(', ')
  const text =
    missing.length === 0 ? 'All indexes are there' : `${missing.length} indexes are missing (${entities})`
  return { ok: missing.length === 0, text, hint: 'A running server builds them; if one runs, see its log.' }
}

async function examineUsers({ db }: Node): Promise<Finding> {
  const { rows } = await db.pool.query<{ users: number; admins: number }>(
    `SELECT count(*)::int AS users, count(*) FILTER (WHERE EXISTS (SELECT FROM xrm.user_role r WHERE r.user_id = u.id AND r.role = 'admin'))::int AS admins
     FROM xrm."user" u WHERE active`,
  )
  const { users, admins } = rows[0]!
  return {
    ok: admins > 0,
    text: `${users} active users, ${admins} of them administrators`,
    hint: 'Run `xrm user add you@example.com --name You --role admin`.',
  }
}

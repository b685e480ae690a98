import type { Pool } from 'pg'
import { StartError } from '../start-error.ts'

/** Throws a `StartError` if this PostgreSQL is too old, or if we may not create what we need. */
export async function checkServer(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{
    version: number
    name: string
    user: string
    mayCreate: boolean
    trigrams: boolean
    readOnly: boolean
  }>(`
    SELECT current_setting('server_version_num')::int AS version,
      current_database() AS name,
      current_user AS user,
      has_database_privilege(current_database(), 'CREATE') OR to_regnamespace('xrm') IS NOT NULL AS "mayCreate",
      EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')
        OR EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') AS trigrams,
      pg_is_in_recovery() AS "readOnly"`)
  const [server] = rows
  if (!server) throw new Error('PostgreSQL gave no answer')
  if (server.version < 150_000) {
    const version = `${Math.floor(server.version / 10_000)}.${server.version % 10_000}`
    throw new StartError(`The database is PostgreSQL ${version}.`, 'XRM needs PostgreSQL 15 or newer.')
  }
  if (server.readOnly)
    throw new StartError('The database is a read-only standby.', 'Let DATABASE_URL name the primary.')
  if (!server.mayCreate) {
    throw new StartError(
      `The user "${server.user}" may not create schemas in the database "${server.name}".`,
      `Let its owner run: GRANT CREATE ON DATABASE "${server.name}" TO "${server.user}"`,
    )
  }
  if (!server.trigrams) {
    throw new StartError(
      'The extension pg_trgm is not installed on the database server.',
      'It is part of PostgreSQL; some systems have it in a package postgresql-contrib.',
    )
  }
}

/** Says what is wrong with `DATABASE_URL` in one line, never with the password in it. Other errors come back as they are. */
export function connectionError(error: unknown, url: string): unknown {
  if (!(error instanceof Error) || error instanceof StartError) return error
  const { host, user, name } = describe(url)
  const code = (error as { code?: unknown }).code
  const say = (message: string, hint: string) => new StartError(message, hint, { cause: error })

  // Node answers with all addresses it tried at once, and the pool with a plain message when the time is up.
  const first = error instanceof AggregateError ? (error.errors[0] as { code?: unknown }).code : code
  if (error.message.includes('timeout')) {
    return say(
      `The database server at ${host} does not answer.`,
      'Check the address in DATABASE_URL and the firewall.',
    )
  }
  switch (first) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return say(`The database server ${host} is not known.`, 'Check the host name in DATABASE_URL.')
    case 'ECONNREFUSED':
    case 'ENOENT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ECONNRESET':
      return say(
        `The database server at ${host} cannot be reached.`,
        'Is it running? Check host and port in DATABASE_URL.',
      )
    case '28P01':
    case '28000':
      return say(
        `The database server at ${host} refuses the user "${user}".`,
        'Check user and password in DATABASE_URL.',
      )
    case '3D000':
      return say(`There is no database "${name}" at ${host}.`, `Create it: CREATE DATABASE "${name}"`)
    case '42501':
      return say(
        `The user "${user}" may not use the database "${name}".`,
        'Let its owner grant CONNECT and CREATE.',
      )
    case '53300':
      return say(`The database server at ${host} has no free connection.`, 'Raise its max_connections.')
    default:
      return error
  }
}

function describe(url: string): { host: string; user: string; name: string } {
  if (!URL.canParse(url)) return { host: '(unreadable address)', user: '', name: '' }
  const { host, username, pathname, searchParams } = new URL(url)
  return {
    host: searchParams.get('host') ?? host,
    user: decodeURIComponent(username),
    name: decodeURIComponent(pathname.slice(1)),
  }
}

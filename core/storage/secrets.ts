import { randomBytes } from 'node:crypto'
import type { Database } from './database.ts'

/** A random value that the first node to ask for it makes, and that all get. */
export async function sharedSecret(db: Database, name: string): Promise<string> {
  await db.pool.query('INSERT INTO xrm.secret (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    name,
    randomBytes(32).toString('base64url'),
  ])
  const { rows } = await db.pool.query<{ value: string }>('SELECT value FROM xrm.secret WHERE name = $1', [
    name,
  ])
  const [row] = rows
  if (!row) throw new Error(`The secret ${name} could not be kept`)
  return row.value
}

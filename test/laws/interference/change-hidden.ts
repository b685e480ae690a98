import type { PoolClient } from 'pg'
import type { Database } from '../../../core/storage/database.ts'
import { decides, entities, type Entity, isNeverRead, mutable, type Person, rowSeen } from './roles.ts'

/** Whatever points at a record; what is pointed at stays, because its id may be read where it is named. */
const named = `t.id IN (SELECT firm FROM record.person UNION ALL SELECT firm FROM record.deal UNION ALL SELECT person FROM record.deal
  UNION ALL SELECT firm FROM record.prospect UNION ALL SELECT parent FROM record.firm UNION ALL SELECT source FROM xrm.conversion_run UNION ALL SELECT record FROM xrm.conversion_target)
  OR EXISTS (SELECT FROM record.call k WHERE k.regarding && ARRAY(SELECT e || '/' || t.id FROM unnest('{firm,person,deal,prospect}'::text[]) e))`

/** Changes everything that a person may not read, at random: rows come, go and change, hidden values do, and so does their past. */
export async function changeHidden(db: Database, person: Person, seed: number): Promise<void> {
  const client = await db.pool.connect()
  try {
    await client.query("SET session_replication_role = 'replica'")
    await client.query('SELECT setseed($1)', [(seed % 1000) / 1000])
    // Who sees what is decided once, before anything changes.
    for (const entity of entities)
      await client.query(
        `CREATE TEMP TABLE "unseen_${entity}" AS SELECT t.id FROM record.${entity} t WHERE NOT ${rowSeen(person, entity)}`,
      )
    for (const entity of entities) await changeValues(client, person, entity)
    for (const entity of entities) await changeRows(client, entity)
    for (const entity of entities) await changePast(client, person, entity)
  } finally {
    client.release(true)
  }
}

async function changeValues(client: PoolClient, person: Person, entity: Entity): Promise<void> {
  const kept = decides(person, entity)
  for (const [field, value] of Object.entries(mutable[entity])) {
    if (kept.includes(field)) continue
    await client.query(
      `UPDATE record.${entity} t SET "${field}" = ${value} WHERE NOT ${rowSeen(person, entity, field)} AND random() < 0.7`,
    )
  }
}

async function changeRows(client: PoolClient, entity: Entity): Promise<void> {
  const unseen = `t.id IN (SELECT id FROM "unseen_${entity}")`
  const { rows } = await client.query<{ name: string }>(
    `SELECT quote_ident(attname) AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [`record.${entity}`],
  )
  const columns = rows.map(({ name }) => name).join(', ')
  const anew: Partial<Record<Entity, string>> = {
    firm: `, 'tax_number', md5(random()::text)`,
    deal: `, 'number', 'X-' || (random() * 1e9)::int`,
  }
  await client.query(
    `INSERT INTO record.${entity} (${columns}) SELECT ${columns} FROM (SELECT (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid()${anew[entity] ?? ''}))).* FROM record.${entity} t WHERE ${unseen} AND random() < 0.6) AS more`,
  )
  await client.query(
    `UPDATE record.${entity} t SET deleted_at = now() WHERE ${unseen} AND NOT (${named}) AND random() < 0.2`,
  )
  await client.query(`DELETE FROM record.${entity} t WHERE ${unseen} AND NOT (${named}) AND random() < 0.4`)
}

async function changePast(client: PoolClient, person: Person, entity: Entity): Promise<void> {
  await client.query(
    `DELETE FROM xrm.change WHERE record IN (SELECT id FROM "unseen_${entity}") AND random() < 0.5`,
  )
  await client.query(`DELETE FROM xrm.stage_event WHERE record IN (SELECT id FROM "unseen_${entity}")`)
  await client.query(
    `INSERT INTO xrm.duplicate_group (id, entity, records, score, reasons, found_at) SELECT gen_random_uuid(), '${entity}', array_agg(id), 0.9, '[]', now() FROM (SELECT id FROM "unseen_${entity}" LIMIT 2) u HAVING count(*) > 1 ON CONFLICT DO NOTHING`,
  )
  for (const field of Object.keys(mutable[entity]).filter((name) => isNeverRead(person, entity, name))) {
    await client.query(
      `UPDATE xrm.change SET after = after || jsonb_build_object('${field}', 'changed ' || random()) WHERE entity = '${entity}' AND after ? '${field}'`,
    )
    await client.query(
      `DELETE FROM xrm.change WHERE entity = '${entity}' AND action = 'update' AND after - '${field}' = '{}' AND before - '${field}' = '{}' AND random() < 0.5`,
    )
  }
}

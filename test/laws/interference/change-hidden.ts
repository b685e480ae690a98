import type { PoolClient } from 'pg'
import type { Database } from '../../../core/storage/database.ts'
import { decides, isNeverRead, type Person, rowSeen, type Shape } from './shape.ts'

/** Changes everything that a person may not read, at random: rows come, go and change, hidden values do, and so does their past. */
export async function changeHidden(db: Database, shape: Shape, person: Person, seed: number): Promise<void> {
  const client = await db.pool.connect()
  try {
    await client.query("SET session_replication_role = 'replica'")
    await client.query('SELECT setseed($1)', [(seed % 1000) / 1000])
    // Who sees what is decided once, before anything changes.
    for (const entity of shape.entities) {
      const unseen = `CREATE TEMP TABLE "unseen_${entity}" AS SELECT t.id FROM record.${entity} t`
      await client.query(`${unseen} WHERE NOT ${rowSeen(shape, person, entity)}`)
      for (const field of Object.keys(shape.mutable[entity]!))
        await client.query(
          `CREATE TEMP TABLE "unseen_${entity}_${field}" AS SELECT t.id FROM record.${entity} t WHERE NOT ${rowSeen(shape, person, entity, field)}`,
        )
    }
    const kept = decides(shape, person)
    for (const entity of shape.entities) await changeValues(client, shape, kept, entity)
    for (const entity of shape.entities) await changeRows(client, shape, entity)
    for (const entity of shape.entities) {
      await changePast(client, shape, entity)
      await changeGroups(client, shape, person, entity)
    }
    if (person.external) await changePeople(client, person)
  } finally {
    client.release(true)
  }
}

async function changeValues(
  client: PoolClient,
  shape: Shape,
  kept: ReadonlySet<string>,
  entity: string,
): Promise<void> {
  for (const [field, columns] of Object.entries(shape.mutable[entity]!)) {
    if (kept.has(`${entity}.${field}`)) continue
    const sets = Object.entries(columns).map(([column, sql]) => `"${column}" = ${sql}`)
    await client.query(
      `UPDATE record.${entity} t SET ${sets.join(', ')} WHERE t.id IN (SELECT id FROM "unseen_${entity}_${field}") AND random() < 0.7`,
    )
  }
}

async function changeRows(client: PoolClient, shape: Shape, entity: string): Promise<void> {
  const unseen = `t.id IN (SELECT id FROM "unseen_${entity}")`
  const { rows } = await client.query<{ name: string }>(
    `SELECT quote_ident(attname) AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [`record.${entity}`],
  )
  const columns = rows.map(({ name }) => name).join(', ')
  const anew = Object.entries(shape.unique[entity] ?? {}).map(([column, sql]) => `, '${column}', ${sql}`)
  await client.query(
    `INSERT INTO record.${entity} (${columns}) SELECT ${columns} FROM (SELECT (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid()${anew.join('')}))).* FROM record.${entity} t WHERE ${unseen} AND random() < 0.6) AS more`,
  )
  const named = namedSql(shape, entity)
  await client.query(
    `UPDATE record.${entity} t SET deleted_at = now() WHERE ${unseen} AND NOT (${named}) AND random() < 0.2`,
  )
  await client.query(`DELETE FROM record.${entity} t WHERE ${unseen} AND NOT (${named}) AND random() < 0.4`)
}

/** Whatever points at a record of the entity; what is pointed at stays, because its id may be read where it is named. */
function namedSql(shape: Shape, entity: string): string {
  const ids = [
    'SELECT source FROM xrm.conversion_run',
    'SELECT record FROM xrm.conversion_target',
    'SELECT represents FROM xrm."user"',
    ...shape.entities.flatMap((other) =>
      shape.names[other]!.map(({ column, list, any }) => {
        const value = list ? `unnest("${column}")` : `"${column}"`
        const id = any ? `split_part(${value}, '/', 2)::uuid` : value
        return `SELECT ${id} FROM record.${other} WHERE "${column}" IS NOT NULL${any && !list ? ` AND "${column}" <> ''` : ''}`
      }),
    ),
  ]
  return `EXISTS (SELECT FROM (${ids.join(' UNION ALL ')}) AS n(id) WHERE n.id = t.id) /* ${entity} */`
}

async function changePast(client: PoolClient, shape: Shape, entity: string): Promise<void> {
  await client.query(
    `DELETE FROM xrm.change WHERE record IN (SELECT id FROM "unseen_${entity}") AND random() < 0.5`,
  )
  await client.query(`DELETE FROM xrm.stage_event WHERE record IN (SELECT id FROM "unseen_${entity}")`)
  for (const [field, columns] of Object.entries(shape.mutable[entity]!)) {
    // History is kept by the first column of a field.
    const [column] = Object.keys(columns)
    const hidden = `entity = '${entity}' AND record IN (SELECT id FROM "unseen_${entity}_${field}")`
    await client.query(
      `UPDATE xrm.change SET after = after || jsonb_build_object('${column}', 'changed ' || random()) WHERE ${hidden} AND after ? '${column}'`,
    )
    await client.query(
      `DELETE FROM xrm.change WHERE ${hidden} AND action = 'update' AND after - '${column}' = '{}' AND before - '${column}' = '{}' AND random() < 0.5`,
    )
  }
}

/** What scans have found among records out of sight, and by values that may not be read. */
async function changeGroups(client: PoolClient, shape: Shape, person: Person, entity: string): Promise<void> {
  const seen = `SELECT count(*) FROM unnest(g.records) AS r WHERE r NOT IN (SELECT id FROM "unseen_${entity}")`
  await client.query(
    `DELETE FROM xrm.duplicate_group g WHERE entity = '${entity}' AND (${seen}) < 2 AND random() < 0.5`,
  )
  const rules = Object.entries(shape.duplicates[entity] ?? {})
  const [any] = rules
  if (!any) return
  await client.query(
    `INSERT INTO xrm.duplicate_group (id, entity, records, score, reasons, found_at)
     SELECT gen_random_uuid(), '${entity}', ARRAY[a.id, b.id], 0.9, $1, now() FROM "unseen_${entity}" a, "unseen_${entity}" b WHERE a.id < b.id LIMIT 4
     ON CONFLICT DO NOTHING`,
    [JSON.stringify([{ rule: any[0], fields: any[1] }])],
  )
  for (const [rule, fields] of rules) {
    if (!fields.some((field) => isNeverRead(person, entity, field))) continue
    const only = `SELECT FROM jsonb_array_elements(reasons) AS r WHERE r->>'rule' <> $1`
    await client.query(
      `DELETE FROM xrm.duplicate_group WHERE entity = '${entity}' AND NOT EXISTS (${only}) AND random() < 0.5`,
      [rule],
    )
    await client.query(
      `UPDATE xrm.duplicate_group SET score = 0.99, reasons = reasons || $1 WHERE entity = '${entity}' AND random() < 0.5`,
      [JSON.stringify([{ rule, fields }])],
    )
  }
}

/** Who is of another firm knows nobody here by name. */
async function changePeople(client: PoolClient, { id }: Person): Promise<void> {
  await client.query(
    `UPDATE xrm."user" SET name = md5(random()::text), email = md5(random()::text) || '@hidden.example' WHERE id <> $1`,
    [id],
  )
  await client.query(`UPDATE record.team SET name = md5(random()::text)`)
}

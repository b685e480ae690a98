import { Problem } from '@xrm/sdk'
import type { PersonalDataPlace, PersonalDataRequest } from '@xrm/sdk/access'
import { systemActor } from '../access/rights.ts'
import { nameOfKey } from '../documents/entity-keys.ts'
import type { EntityModel } from '../documents/model.ts'
import { fieldsThatName } from '../duplicates/references.ts'
import { normalised } from '../duplicates/normalised.ts'
import { displaysOf } from '../records/displays.ts'
import type { ReadContext } from '../records/query.ts'
import { historyColumns, personalEntities, personalFields } from './personal-fields.ts'
import { problems } from './problems.ts'

type Because = PersonalDataPlace['because']
/** Ids with why each was found, by entity. */
type Found = Map<string, { entity: EntityModel; because: Because }>

const maxPlaces = 500

/**
 * Where something about a person is held, in the bin too: records in which the text stands or the one that is named, what was
 * merged with them, what they were converted to or from, and what names them. A proposal: namesakes are found as well.
 */
export async function findPersonalData(
  context: ReadContext,
  { text, record }: PersonalDataRequest,
): Promise<PersonalDataPlace[]> {
  const found: Found = new Map()
  if (record) {
    const entity = personalEntities(context.model).find(({ name }) => name === record.entity)
    if (!entity) throw new Problem(problems['personal-data.nothing'])
    const { rows } = await context.db.query<{ id: string }>(`SELECT id FROM ${entity.table} WHERE id = $1`, [
      record.id,
    ])
    for (const { id } of rows) found.set(id, { entity, because: 'text' })
  }
  if (text !== undefined)
    for (const entity of personalEntities(context.model)) await findText(context, entity, text, found)
  if (found.size === 0) return []
  const first = [...found.keys()]
  await addLineage(context, first, found)
  // Not of what a conversion made: a firm names everybody who works there.
  const people = [...found].filter(([, { because }]) => because !== 'conversion')
  for (const [id, { entity }] of people) await addNaming(context, entity, id, found)
  if (found.size > maxPlaces) throw new Problem(problems['personal-data.too-many'])
  return viewPlaces(context, found)
}

/** Every word stands somewhere in the personal fields, whatever case and accents; or it is the same number, however it is written. */
async function findText(
  { model, db }: ReadContext,
  entity: EntityModel,
  text: string,
  found: Found,
): Promise<void> {
  const fields = personalFields(entity)
  const texts = fields.flatMap(({ columns, multiple }) =>
    columns.flatMap(({ sql, pgType }) => {
      if (pgType.startsWith('text')) return [multiple ? `array_to_string(t.${sql}, ' ')` : `t.${sql}`]
      return []
    }),
  )
  if (texts.length === 0) return
  const words = text.split(/\s+/).filter(Boolean).slice(0, 10)
  const conditions = [
    `NOT EXISTS (SELECT FROM unnest($1::text[]) AS word WHERE strpos(xrm.fold(concat_ws(' ', ${texts.join(', ')})), xrm.fold(word)) = 0)`,
  ]
  const isPhone = /^[+\d\s()/.-]+$/.test(text) && text.replaceAll(/\D/g, '').length >= 6
  if (isPhone)
    for (const { columns, type, multiple } of fields) {
      if (type.name !== 'phone') continue
      const column = `t.${columns[0]!.sql}`
      const same = (sql: string): string =>
        `${normalised('phone', sql, model.settings)} = ${normalised('phone', '$2', model.settings)}`
      conditions.push(
        multiple ? `EXISTS (SELECT FROM unnest(${column}) AS one WHERE ${same('one')})` : same(column),
      )
    }
  const { rows } = await db.query<{ id: string }>(
    `SELECT t.id FROM ${entity.table} t WHERE ${conditions.join(' OR ')} ORDER BY t.id LIMIT ${maxPlaces + 1}`,
    conditions.length > 1 ? [words, text] : [words],
  )
  for (const { id } of rows) found.set(id, { entity, because: 'text' })
  if (found.size > maxPlaces) throw new Problem(problems['personal-data.too-many'])
}

async function addLineage({ model, db }: ReadContext, ids: readonly string[], found: Found): Promise<void> {
  const { rows } = await db.query<{ entity: string; id: string; because: Because }>(
    `SELECT t.entity, t.record AS id, 'conversion' AS because FROM xrm.conversion_run r JOIN xrm.conversion_target t ON t.run = r.id WHERE r.source = ANY($1::uuid[]) AND t.record IS NOT NULL
     UNION ALL SELECT r.source_entity, r.source, 'conversion' FROM xrm.conversion_target t JOIN xrm.conversion_run r ON r.id = t.run WHERE t.record = ANY($1::uuid[])
     UNION ALL SELECT m.entity, one, 'merge' FROM xrm.merge m, unnest(m.others || m.kept) AS one WHERE m.kept = ANY($1::uuid[]) OR m.others && $1::uuid[]`,
    [ids],
  )
  for (const { entity: key, id, because } of rows) {
    const entity = personalEntities(model).find(({ name }) => name === nameOfKey(model, key))
    if (entity && !found.has(id)) found.set(id, { entity, because })
  }
}

async function addNaming(
  { model, db }: ReadContext,
  entity: EntityModel,
  id: string,
  found: Found,
): Promise<void> {
  const known = new Set(personalEntities(model))
  for (const { entity: other, field } of fieldsThatName(model, entity)) {
    if (!known.has(other)) continue
    const column = `t.${field.columns[0]!.sql}`
    const value = field.relation === null ? `${entity.key}/${id}` : id
    const { rows } = await db.query<{ id: string }>(
      `SELECT t.id FROM ${other.table} t WHERE ${field.multiple ? `${column} @> ARRAY[$1::text]` : `${column}::text = $1`} ORDER BY t.id LIMIT ${maxPlaces + 1}`,
      [value],
    )
    for (const row of rows) if (!found.has(row.id)) found.set(row.id, { entity: other, because: 'relation' })
  }
}

async function viewPlaces(context: ReadContext, found: Found): Promise<PersonalDataPlace[]> {
  const asSystem = { ...context, actor: systemActor }
  const references = [...found].map(([id, { entity }]) => ({ entity: entity.name, id }))
  const displays = await displaysOf(asSystem, references, { deleted: true })
  const counts = await countPlaces(context, found)
  return [...found].map(([id, { entity, because }]) => ({
    record: { entity: entity.name, id, display: displays.get(`${entity.name}/${id}`) ?? null },
    fields: personalFields(entity).map(({ name }) => name),
    ...counts.get(id)!,
    because,
  }))
}

/** How many entries of the history, runs and entries of the security log hold something of each. */
async function countPlaces(
  { db }: ReadContext,
  found: Found,
): Promise<Map<string, { history: number; runs: number; audit: number }>> {
  const result = new Map<string, { history: number; runs: number; audit: number }>()
  const byEntity = Map.groupBy([...found], ([, { entity }]) => entity)
  for (const [entity, entries] of byEntity) {
    const { rows } = await db.query<{ id: string; history: number; runs: number; audit: number }>(
      `SELECT one.record AS id, (SELECT count(*)::int FROM xrm.change c WHERE c.record = one.record AND (c.before ?| $2 OR c.after ?| $2)) AS history,
         (SELECT count(*)::int FROM xrm.conversion_run r WHERE r.source = one.record OR EXISTS (SELECT FROM xrm.conversion_target t WHERE t.run = r.id AND t.record = one.record)) AS runs,
         (SELECT count(*)::int FROM xrm.audit a WHERE a.subject = one.record::text) AS audit
       FROM unnest($1::uuid[]) AS one(record)`,
      [entries.map(([id]) => id), historyColumns(entity)],
    )
    for (const { id, ...counts } of rows) result.set(id, counts)
  }
  return result
}

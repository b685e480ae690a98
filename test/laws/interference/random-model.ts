import fc from 'fast-check'
import { type Kind, kinds } from './kinds.ts'
import type { Shape } from './shape.ts'

/** A field that stores something. */
export interface MadeField {
  name: string
  kind: Kind
  type: string
  /** The entity that it names. */
  target: string
}

export interface MadeEntity {
  name: string
  fields: MadeField[]
}

/** Entities made up at random, with all that hangs on them. */
export interface RandomModel {
  entities: MadeEntity[]
  /** By `kind/name`. */
  documents: Record<string, unknown>
  shape: Shape
}

const count = 5

const drawn = fc.array(
  fc.record({
    fields: fc.shuffledSubarray(Object.keys(kinds), { minLength: 8, maxLength: 14 }),
    /** Where numbers choose among what the fields allow. */
    choices: fc.array(fc.nat(10_000), { minLength: 40, maxLength: 40 }),
  }),
  { minLength: count, maxLength: count },
)

/**
 * A model with fields of every type, relations in all directions, formulas over both, and documents that name them. No
 * name is part of another, so that one which shows where it must not is found in any text.
 */
export const randomModel: fc.Arbitrary<RandomModel> = drawn.map((specs) => {
  const names = specs.map((_, index) => `ent${index}q`)
  const entities = specs.map(({ fields, choices }, index): MadeEntity => {
    const own = (type: string, place: number): MadeField => ({
      name: `f${index}x${String(place).padStart(2, '0')}q`,
      kind: kinds[type]!,
      type,
      target: names[choices[place]! % count]!,
    })
    // Something to call a record by, and a way out of it.
    return { name: names[index]!, fields: ['text', 'relation', ...fields].map(own) }
  })
  const documents: Record<string, unknown> = {}
  for (const [index, entity] of entities.entries()) {
    const choose = chooser(specs[index]!.choices)
    documents[`entity/${entity.name}`] = entityDocument(entity, index, entities, choose)
    documents[`view/view_${entity.name}`] = viewDocument(entity, choose)
    documents[`form/${entity.name}`] = formDocument(entity, choose)
  }
  return { entities, documents, shape: shapeOf(entities, documents) }
})

type Choose = <T>(list: readonly T[]) => T

function chooser(choices: readonly number[]): Choose {
  let at = 0
  return (list) => list[choices[at++ % choices.length]! % list.length]!
}

const textTypes = new Set(['text', 'long', 'email', 'phone', 'url', 'select', 'number'])

function entityDocument(
  { name, fields }: MadeEntity,
  index: number,
  entities: readonly MadeEntity[],
  choose: Choose,
): Record<string, unknown> {
  const texts = fields.filter(({ type }) => textTypes.has(type))
  const searched = texts.filter(({ type }) => type !== 'select' && type !== 'number').slice(0, 3)
  const ways = fields.filter(({ type }) => type === 'relation')
  // Downwards only: names of records must not need each other in a circle.
  const down = ways.find(({ target }) => entities.findIndex((one) => one.name === target) < index)
  const display = choose([
    texts[0]!.name,
    `join([${texts.map((one) => one.name).join(', ')}], " ")`,
    ...(down ? [`join([${texts[0]!.name}, ${down.name}.display], " / ")`] : []),
  ])
  const properties: Record<string, unknown> = {}
  for (const { name: key, kind, target } of fields)
    properties[key] = { ...kind.document(target), title: `Title of ${key}` }
  const made = formulas(fields, entities, choose)
  for (const [place, text] of made.entries())
    properties[`f${index}x${60 + place}q`] = {
      'x-type': 'formula',
      'x-formula': text,
      title: `Formula ${place}`,
    }
  const [first] = ways
  const conditions = entities
    .find((one) => one.name === first!.target)!
    .fields.filter(({ kind }) => kind.condition)
  // Names a field, and lets every record be chosen.
  const { name: chosen } = choose(conditions)
  properties[first!.name] = {
    ...first!.kind.document(first!.target),
    title: `Title of ${first!.name}`,
    'x-relation': { entity: first!.target, filter: `${chosen} == null || ${chosen} != null` },
  }
  const regarding = fields.find(({ type }) => type === 'regarding')
  const checked = choose(texts)
  return {
    title: `Title of ${name}`,
    type: 'object',
    'x-entity': {
      plural: `${name}s`,
      display,
      owner: true,
      activities: true,
      search: searched.map((one) => one.name),
      ...(regarding
        ? { timeline: { regarding: regarding.name, at: 'created_at', done: `${checked.name} != null` } }
        : {}),
    },
    properties,
    'x-rules': {
      checked: { check: `coalesce(${checked.name}, "") != "forbidden"`, message: 'It must not be so' },
    },
    'x-duplicates': {
      certain: { fields: { [texts[0]!.name]: 'folded' }, confidence: 'certain' },
      other: { fields: { [checked.name]: 'exact' }, confidence: 'certain' },
      alike: { fields: { [texts[0]!.name]: 'folded' }, similar: 0.4, confidence: 'likely' },
    },
  }
}

/** Formulas over own fields, over those behind a relation and behind two, and over another formula. */
function formulas(fields: readonly MadeField[], entities: readonly MadeEntity[], choose: Choose): string[] {
  const simple = fields.flatMap(({ kind, name }) => kind.formulas?.(name) ?? [])
  const hops = fields
    .filter(({ type }) => type === 'relation')
    .flatMap(({ name, target }) => {
      const far = entities.find((one) => one.name === target)!.fields
      return far.flatMap((next) => [
        ...(next.kind.formulas?.(`${name}.${next.name}`) ?? []),
        ...(next.type === 'relation' ? [`${name}.${next.name}.display`] : []),
      ])
    })
  return [choose(simple), choose(simple), choose(hops), choose(hops), choose(hops)]
}

function viewDocument({ name, fields }: MadeEntity, choose: Choose): Record<string, unknown> {
  const conditioned = choose(fields.filter(({ kind }) => kind.condition))
  const sorted = choose(fields.filter(({ type }) => textTypes.has(type)))
  return {
    entity: name,
    title: `All of it`,
    filter: conditioned.kind.condition!(conditioned.name)[0],
    columns: Object.fromEntries(fields.map((field, order) => [field.name, { order }])),
    sort: { [sorted.name]: { order: 1, direction: 'asc' } },
  }
}

function formDocument({ name, fields }: MadeEntity, choose: Choose): Record<string, unknown> {
  const conditioned = choose(fields.filter(({ kind }) => kind.condition))
  const when = conditioned.kind.condition!(conditioned.name)[0]
  return {
    entity: name,
    highlights: { [choose(fields).name]: { order: 1 } },
    sections: {
      all: {
        title: 'All',
        fields: Object.fromEntries(fields.map((field, order) => [field.name, { order }])),
      },
      some: { title: 'Some', when, fields: { [choose(fields).name]: { order: 1, when } } },
    },
  }
}

function shapeOf(entities: readonly MadeEntity[], documents: Record<string, unknown>): Shape {
  const by = <T>(make: (entity: MadeEntity) => T): Record<string, T> =>
    Object.fromEntries(entities.map((entity) => [entity.name, make(entity)]))
  return {
    entities: entities.map(({ name }) => name),
    mutable: by(({ fields }) => ({
      ...Object.fromEntries(fields.map(({ name, kind, target }) => [name, kind.other(name, target)])),
      updated_at: { updated_at: `t.updated_at + interval '1 hour'` },
      active: { active: 'NOT t.active' },
    })),
    unique: by(({ fields }) =>
      Object.fromEntries(
        fields
          .filter(({ type }) => type === 'number')
          .map(({ name }) => [name, `'Y-' || md5(t.id::text || random())`]),
      ),
    ),
    conditions: by(({ name: entity, fields }) => [
      ...fields.flatMap(({ name, kind }) => {
        if (!kind.condition) return []
        const [when, sql] = kind.condition(name)
        return [{ when, sql, reads: [`${entity}.${name}`] }]
      }),
      // Over a relation: the other record decides.
      ...fields
        .filter(({ type }) => type === 'relation')
        .map(({ name, target }) => {
          const far = entities.find((one) => one.name === target)!.fields[0]!.name
          return {
            when: `${name}.${far} == "Word 1"`,
            sql: `EXISTS (SELECT FROM record.${target} r WHERE r.id = t."${name}" AND r.deleted_at IS NULL AND r."${far}" = 'Word 1')`,
            reads: [`${entity}.${name}`, `${target}.${far}`],
          }
        }),
    ]),
    duplicates: by(({ name }) => {
      const body = documents[`entity/${name}`] as { 'x-duplicates': Record<string, { fields: object }> }
      return Object.fromEntries(
        Object.entries(body['x-duplicates']).map(([rule, { fields }]) => [rule, Object.keys(fields)]),
      )
    }),
    names: by(({ fields }) =>
      fields
        .filter(({ kind }) => kind.names)
        .map(({ name, kind }) => ({ column: name, list: kind.names === 'any', any: kind.names === 'any' })),
    ),
  }
}

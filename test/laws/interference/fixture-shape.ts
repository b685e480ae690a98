import type { Condition, Shape } from './shape.ts'

const condition = (entity: string, field: string, when: string, sql: string): Condition => ({
  when,
  sql,
  reads: [`${entity}.${field}`],
})

const later = `t.updated_at + interval '1 hour'`
const heat = `CASE WHEN t.heat = 'hot' THEN 'cold' ELSE 'hot' END`
const text = (length: number): string => `left(md5(t.id::text || random()), ${length})`

/** Fields of the fixture with what they become; each has the column of its name. */
const mutable: Record<string, Record<string, string>> = {
  firm: {
    name: text(8),
    site: `'https://' || left(md5(random()::text), 6) || '.example'`,
    tax_number: `md5(t.id::text || random())`,
    updated_at: later,
    active: `NOT t.active`,
  },
  person: {
    first_name: text(5),
    last_name: text(9),
    email: `left(md5(random()::text), 9) || '@hidden.example'`,
    updated_at: later,
  },
  deal: {
    name: text(9),
    amount: `t.amount + 1`,
    secret: `CASE WHEN random() < 0.4 THEN NULL ELSE md5(random()::text) END`,
    heat,
    stage: `CASE WHEN t.stage = 'won' THEN 'lost' ELSE 'won' END`,
    close_date: `date '2030-01-01' + (random() * 100)::int`,
  },
  prospect: {
    last_name: text(9),
    company: `CASE WHEN random() < 0.4 THEN NULL ELSE 'Firm 2' END`,
    email: `left(md5(random()::text), 9) || '@hidden.example'`,
    note: `md5(random()::text)`,
    heat,
  },
  call: {
    subject: text(32),
    happened_at: `now() + random() * interval '9 days'`,
    updated_at: later,
  },
}

const one = { list: false, any: false }

/** The world of the fixture plugin. */
export const fixtureShape: Shape = {
  entities: ['firm', 'person', 'deal', 'prospect', 'call'],
  mutable: Object.fromEntries(
    Object.entries(mutable).map(([entity, fields]) => [
      entity,
      Object.fromEntries(Object.entries(fields).map(([name, sql]) => [name, { [name]: sql }])),
    ]),
  ),
  unique: { firm: { tax_number: 'md5(random()::text)' }, deal: { number: `'X-' || (random() * 1e9)::int` } },
  conditions: {
    firm: [
      condition('firm', 'name', "name == 'Firm 1' || name == 'Firm 3'", "t.name IN ('Firm 1', 'Firm 3')"),
      condition('firm', 'name', "name != 'Hidden GmbH'", "t.name <> 'Hidden GmbH'"),
    ],
    person: [condition('person', 'email', 'email != null', 't.email IS NOT NULL')],
    deal: [condition('deal', 'amount', 'amount > 60', 't.amount > 60')],
    prospect: [condition('prospect', 'heat', "heat == 'hot'", "t.heat = 'hot'")],
    call: [condition('call', 'happened_at', 'happened_at == null', 't.happened_at IS NULL')],
  },
  duplicates: {},
  names: {
    firm: [{ column: 'parent', ...one }],
    person: [{ column: 'firm', ...one }],
    deal: [
      { column: 'firm', ...one },
      { column: 'person', ...one },
    ],
    prospect: [{ column: 'firm', ...one }],
    call: [{ column: 'regarding', list: true, any: true }],
  },
}

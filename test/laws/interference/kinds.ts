/** What the generators know of a kind of field: its document, its values, what else its columns may hold. */
export interface Kind {
  document(target: string): Record<string, unknown>
  /** An API value by number, null now and then. `ids` are records that a relation may name. */
  value(n: number, ids: readonly string[]): unknown
  /** Another value, by column, in SQL over the row `t`. */
  other(name: string, target: string): Record<string, string>
  /** A condition on it and the same in SQL; not on what names other records. */
  condition?(name: string): [when: string, sql: string]
  /** Formulas of it. */
  formulas?(name: string): string[]
  /** What it names, for generators that follow it. */
  names?: 'one' | 'any'
}

const pick = <T>(n: number, ...values: T[]): T => values[n % values.length]!
const hash = (length: number): string => `left(md5(t.id::text || random()), ${length})`
const options = { hot: { title: 'Hot' }, cold: { title: 'Cold' }, odd: { title: 'Odd' } }
const stages = {
  open: { title: 'Open', category: 'open' },
  won: { title: 'Won', category: 'won' },
  lost: { title: 'Lost', category: 'lost' },
}
const optionSql = (name: string): string =>
  `CASE WHEN t."${name}" = 'hot' THEN 'cold' WHEN random() < 0.3 THEN NULL ELSE 'hot' END`
const words = (n: number): string | null => pick(n, 'Word 1', 'Word 2', null, 'word 3', 'Änd')

const text = (document: Record<string, unknown>): Kind => ({
  document: () => document,
  value: words,
  other: (name) => ({ [name]: hash(9) }),
  condition: (name) => [`${name} == "Word 1"`, `t."${name}" = 'Word 1'`],
  formulas: (name) => [
    `fold(${name})`,
    `coalesce(${name}, "none")`,
    `size(${name})`,
    `${name} == "Word 1"`,
    `${name}.contains("or") ? "yes" : "no"`,
  ],
})
const number = (document: Record<string, unknown>, value: (n: number) => unknown): Kind => ({
  document: () => document,
  value: (n) => (n % 4 === 0 ? null : value(n)),
  other: (name) => ({ [name]: `coalesce(t."${name}", 3) + 1 + (random() * 50)::int` }),
  condition: (name) => [`${name} > 40`, `t."${name}" > 40`],
  formulas: (name) => [`${name} * 2`, `${name} > 40`, `${name} + ${name}`],
})

/** Every type of field that stores something, by name. */
export const kinds: Readonly<Record<string, Kind>> = {
  text: text({ type: 'string', maxLength: 60 }),
  texts: {
    document: () => ({ type: 'string', 'x-multiple': true }),
    value: (n) => pick(n, null, ['Word 1'], ['Word 2', 'word 3']),
    other: (name) => ({ [name]: `ARRAY[${hash(6)}]` }),
    condition: (name) => [`"Word 1" in ${name}`, `'Word 1' = ANY(t."${name}")`],
    formulas: (name) => [`size(${name})`, `join(${name}, ", ")`],
  },
  long: text({ 'x-type': 'long-text' }),
  email: {
    ...text({ type: 'string', format: 'email' }),
    value: (n) => pick(n, 'a@one.example', null, 'b@two.example'),
    other: (name) => ({ [name]: `${hash(9)} || '@hidden.example'` }),
    condition: (name) => [`${name} != null`, `t."${name}" IS NOT NULL`],
  },
  phone: {
    ...text({ type: 'string', format: 'phone' }),
    value: (n) => pick(n, '+49 30 1234', null, '0800 555'),
    other: (name) => ({ [name]: `'+49 ' || (random() * 1e8)::int` }),
    condition: (name) => [`${name} == null`, `t."${name}" IS NULL`],
  },
  url: {
    ...text({ type: 'string', format: 'uri' }),
    value: (n) => pick(n, 'https://one.example', null, 'https://two.example/x'),
    other: (name) => ({ [name]: `'https://' || ${hash(6)} || '.example'` }),
    condition: (name) => [`${name}.contains("one")`, `t."${name}" LIKE '%one%'`],
  },
  integer: number({ type: 'integer' }, (n) => (n * 13) % 90),
  decimal: number({ type: 'number', 'x-scale': 2 }, (n) => `${(n * 7) % 90}.5`),
  percent: number({ 'x-type': 'percent' }, (n) => `${(n * 11) % 100}`),
  money: {
    document: () => ({ 'x-type': 'money' }),
    value: (n) => (n % 5 === 0 ? null : { amount: `${(n * 17) % 99}`, currency: pick(n, 'EUR', 'USD') }),
    other: (name) => ({
      [name]: `coalesce(t."${name}", 1) + 1`,
      [`${name}_currency`]: `CASE WHEN random() < 0.5 THEN 'EUR' ELSE 'CHF' END`,
    }),
    condition: (name) => [`${name} > 40`, `t."${name}" > 40`],
    formulas: (name) => [`${name} * 2.5`, `${name}.amount`, `${name}.currency`],
  },
  boolean: {
    document: () => ({ type: 'boolean' }),
    value: (n) => pick(n, true, null, false),
    other: (name) => ({ [name]: `NOT coalesce(t."${name}", false)` }),
    condition: (name) => [name, `t."${name}"`],
    formulas: (name) => [`!${name}`, `${name} ? 1 : 2`],
  },
  date: {
    document: () => ({ type: 'string', format: 'date' }),
    value: (n) => pick(n, '2026-03-01', null, '2027-02-28', '2025-12-31'),
    other: (name) => ({ [name]: `date '2030-01-01' + (random() * 100)::int` }),
    condition: (name) => [`${name} > date("2026-06-01")`, `t."${name}" > date '2026-06-01'`],
    formulas: (name) => [`year(${name})`, `addMonths(${name}, 1)`],
  },
  instant: {
    document: () => ({ type: 'string', format: 'date-time' }),
    value: (n) => pick(n, '2026-03-01T10:00:00Z', null, '2027-01-01T00:00:00Z'),
    other: (name) => ({ [name]: `now() + random() * interval '9 days'` }),
    condition: (name) => [`${name} == null`, `t."${name}" IS NULL`],
    formulas: (name) => [`date(${name})`, `hour(${name})`],
  },
  select: {
    document: () => ({ 'x-type': 'select', 'x-options': options }),
    value: (n) => pick(n, 'hot', 'cold', null, 'odd'),
    other: (name) => ({ [name]: optionSql(name) }),
    condition: (name) => [`${name} == "hot"`, `t."${name}" = 'hot'`],
    formulas: (name) => [`${name} == "hot" ? 10 : 0`],
  },
  selects: {
    document: () => ({ 'x-type': 'multi-select', 'x-options': options }),
    value: (n) => pick(n, null, ['hot'], ['cold', 'odd']),
    other: (name) => ({
      [name]: `CASE WHEN 'hot' = ANY(t."${name}") THEN ARRAY['odd'] ELSE ARRAY['hot'] END`,
    }),
    condition: (name) => [`"hot" in ${name}`, `'hot' = ANY(t."${name}")`],
    formulas: (name) => [`size(${name})`],
  },
  tags: {
    document: () => ({ 'x-type': 'tags' }),
    value: (n) => pick(n, null, ['red'], ['blue', 'red']),
    other: (name) => ({ [name]: `ARRAY[${hash(5)}]` }),
    condition: (name) => [`"red" in ${name}`, `'red' = ANY(t."${name}")`],
    formulas: (name) => [`join(${name}, " ")`],
  },
  stage: {
    document: () => ({ 'x-type': 'stage', 'x-stages': stages }),
    value: (n) => pick(n, 'open', 'won', 'lost'),
    other: (name) => ({ [name]: `CASE WHEN t."${name}" = 'won' THEN 'lost' ELSE 'won' END` }),
    condition: (name) => [`${name} != "lost"`, `t."${name}" <> 'lost'`],
    formulas: (name) => [`${name} == "won"`],
  },
  relation: {
    document: (entity) => ({ 'x-type': 'relation', 'x-relation': { entity } }),
    value: (n, ids) => (n % 5 === 0 ? null : (ids[n % ids.length] ?? null)),
    other: (name, target) => ({ [name]: anyOf(`record.${target}`) }),
    formulas: (name) => [`${name} != null`, `${name}.display`, `coalesce(${name}.owner.name, "nobody")`],
    names: 'one',
  },
  regarding: {
    document: () => ({ 'x-type': 'relation-any', 'x-multiple': true }),
    value: (n, ids) => (n % 4 === 0 || ids.length === 0 ? null : [ids[n % ids.length]]),
    other: (name, target) => ({ [name]: `ARRAY['${target}/' || ${anyOf(`record.${target}`)}]` }),
    names: 'any',
  },
  address: {
    document: () => ({ 'x-type': 'address' }),
    value: (n) => pick(n, null, { city: 'Jena', country: 'DE' }, { city: 'Graz', street: 'Word 1' }),
    other: (name) => ({ [`${name}_street`]: hash(9), [`${name}_city`]: hash(5) }),
    condition: (name) => [`${name}.city == "Jena"`, `t."${name}_city" = 'Jena'`],
    formulas: (name) => [`${name}.city`, `coalesce(${name}.country, "?")`],
  },
  number: {
    document: () => ({ 'x-type': 'auto-number', 'x-number': { prefix: 'N-', digits: 3 } }),
    value: () => undefined,
    other: (name) => ({ [name]: `'X-' || md5(t.id::text || random())` }),
    formulas: (name) => [`fold(${name})`],
  },
  json: {
    document: () => ({ type: 'object' }),
    value: (n) => pick(n, null, { a: 1 }, ['Word 1']),
    other: (name) => ({ [name]: `jsonb_build_object('b', random())` }),
  },
}

/** Some record of a table, another one for each row. */
function anyOf(table: string): string {
  return `(SELECT x.id FROM ${table} x ORDER BY md5(x.id::text || t.id::text || random()) LIMIT 1)`
}

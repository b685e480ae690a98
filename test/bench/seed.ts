import type { PoolClient } from 'pg'
import type { Database } from '../../core/storage/database.ts'
import { quoteName } from '../../core/storage/names.ts'
import { type Physical, readPhysical } from './physical.ts'

export const teamCount = 10
export const userCount = 50
const campaignCount = 20
const batch = 50_000

/**
 * Fills the tables of a database that a server has set up: teams, users, campaigns, accounts and `leads` leads over two
 * years, straight by SQL. Distributions are like in a firm: most leads are closed or converted, a third has no company,
 * names repeat and have umlauts, owners belong to teams. The indexes are dropped before; the next server builds them.
 */
export async function seed(db: Database, leads: number, accounts: number): Promise<void> {
  const client = await db.pool.connect()
  try {
    await client.query('SET statement_timeout = 0')
    await client.query('SET synchronous_commit = off')
    await dropIndexes(client)
    const physical = await readPhysical(client)
    for (const [name, values] of Object.entries({
      first: firstNames,
      last: lastNames,
      firm: firms,
      city: cities,
    })) {
      await makePool(client, name, `SELECT value FROM unnest($1::text[]) value`, [values])
    }
    await seedPeople(client, physical)
    await seedAccounts(client, physical, accounts)
    for (let from = 1; from <= leads; from += batch)
      await seedLeads(client, physical, from, Math.min(from + batch - 1, leads), { leads, accounts })
    await client.query('VACUUM (ANALYZE)')
  } finally {
    client.release(true)
  }
}

async function dropIndexes(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'record' AND indexname ~ '_(ix|key)_[0-9a-f]{12}$'`,
  )
  for (const { name } of rows) await client.query(`DROP INDEX record.${quoteName(name)}`)
}

/** A temporary table of values by number from 0, to be picked from with {@link picked}. */
async function makePool(
  client: PoolClient,
  name: string,
  select: string,
  values: unknown[] = [],
): Promise<void> {
  await client.query(
    `CREATE TEMPORARY TABLE pool_${name} AS SELECT row_number() OVER () - 1 AS place, p.* FROM (${select}) p`,
    values,
  )
  await client.query(`ALTER TABLE pool_${name} ADD PRIMARY KEY (place)`)
  await client.query(`ANALYZE pool_${name}`)
}

function picked(pool: string, index: string, column = 'value'): string {
  return `(SELECT ${column} FROM pool_${pool} WHERE place = ${index})`
}

async function seedPeople(client: PoolClient, { insert }: Physical): Promise<void> {
  await client.query(
    insert(
      'team',
      { name: `'Team ' || n`, created_at: 'now()', updated_at: 'now()' },
      `generate_series(1, ${teamCount}) n`,
    ),
  )
  await client.query(
    `INSERT INTO xrm."user" (name, email) SELECT 'Seller ' || n, 'seller' || n || '@example.com' FROM generate_series(1, ${userCount}) n`,
  )
  await client.query(
    `INSERT INTO xrm.team_member (team, user_id)
     SELECT t.id, u.id FROM (SELECT id, row_number() OVER (ORDER BY name) - 1 AS n FROM record.team) t
     JOIN (SELECT id, row_number() OVER (ORDER BY name) AS n FROM xrm."user" WHERE email LIKE 'seller%') u ON u.n % ${teamCount} = t.n`,
  )
  await makePool(client, 'person', 'SELECT user_id, team FROM xrm.team_member')
  await client.query(
    insert(
      'campaign',
      { name: `'Campaign ' || n`, created_at: 'now()', updated_at: 'now()' },
      `generate_series(1, ${campaignCount}) n`,
    ),
  )
  await makePool(client, 'campaign', 'SELECT id AS value FROM record.campaign')
}

async function seedAccounts(client: PoolClient, { insert }: Physical, accounts: number): Promise<void> {
  const person = `(n * 7919) % ${userCount}`
  await client.query(
    insert(
      'account',
      {
        name: `${picked('firm', `n % ${firms.length}`)} || ' ' || ${picked('last', `(n * 31) % ${lastNames.length}`)} || ' ' || n || ' GmbH'`,
        email: `'info@firm' || n || '.example'`,
        phone: `'+49301' || lpad(n::text, 7, '0')`,
        website: `'https://www.firm' || n || '.example'`,
        owner: picked('person', person, 'user_id'),
        team: picked('person', person, 'team'),
        created_at: `now() - n * interval '1 hour'`,
        updated_at: 'now()',
      },
      `generate_series(1, ${accounts}) n`,
    ),
  )
  await makePool(client, 'account', 'SELECT id AS value FROM record.account')
}

async function seedLeads(
  client: PoolClient,
  { insert }: Physical,
  from: number,
  to: number,
  { leads: total, accounts }: { leads: number; accounts: number },
): Promise<void> {
  // Multiplicative hashing: the same data every time, without order and without correlation between the columns.
  const hash = (salt: number, modulus: number): string =>
    `(hashint4(n * 2 + ${salt}) & 2147483647) % ${modulus}`
  const pick = (pool: string, salt: number, size: number): string => picked(pool, hash(salt, size))
  const choose = (salt: number, values: readonly (string | null)[]): string =>
    `(ARRAY[${values.map((value) => (value === null ? 'NULL' : `'${value}'`)).join()}]::text[])[1 + ${hash(salt, values.length)}]`
  const person = hash(11, userCount)
  const created = `now() - (${total} - n) * (interval '730 days' / ${total})`
  await client.query(
    insert(
      'lead',
      {
        id: `uuidv7(${created} - now())`,
        salutation: choose(1, ['mr', 'ms', null]),
        first_name: pick('first', 2, firstNames.length),
        last_name: pick('last', 3, lastNames.length),
        company: `CASE WHEN ${hash(4, 3)} > 0 THEN ${pick('firm', 5, firms.length)} || ' ' || ${pick('last', 6, lastNames.length)} || ' ' || n + 1000000 || ' AG' END`,
        job_title: choose(7, ['Geschäftsführerin', 'Einkauf', 'IT-Leitung', null]),
        email: `'person' || n || '@example.com'`,
        phone: `CASE WHEN ${hash(8, 2)} = 0 THEN '+49401' || lpad(n::text, 7, '0') END`,
        'address.1': `lpad((${hash(9, 90000)} + 10000)::text, 5, '0')`,
        'address.2': pick('city', 10, cities.length),
        'address.4': `'DE'`,
        status: choose(12, [
          'new',
          'new',
          'assigned',
          'in_process',
          'in_process',
          'dead',
          'dead',
          'dead',
          'dead',
          'recycled',
        ]),
        phase: choose(13, ['mal', 'mal', 'mql', 'sal', null]),
        interest: choose(14, ['purchase', null]),
        rating: choose(15, ['hot', 'warm', 'cold', null]),
        score: hash(16, 101),
        budget: `CASE WHEN ${hash(17, 2)} = 0 THEN (${hash(18, 500)} + 1) * 100 END`,
        'budget.1': `CASE WHEN ${hash(17, 2)} = 0 THEN 'EUR' END`,
        lead_source: choose(19, ['web_form', 'fair', 'referral', null]),
        campaign: `CASE WHEN ${hash(20, 2)} = 0 THEN ${pick('campaign', 21, campaignCount)} END`,
        account: `CASE WHEN ${hash(22, 3)} = 0 THEN ${pick('account', 23, accounts)} END`,
        follow_up: `CASE WHEN ${hash(24, 3)} = 0 THEN current_date + ${hash(25, 60)} END`,
        external_id: `'list:' || n`,
        owner: picked('person', person, 'user_id'),
        team: picked('person', person, 'team'),
        created_at: created,
        created_by: picked('person', person, 'user_id'),
        updated_at: created,
        updated_by: picked('person', person, 'user_id'),
      },
      `generate_series(${from}, ${to}) n`,
    ),
  )
}

export const firstNames =
  'Anna Björn Cornelia Dörte Emil Flora Günther Hülya Ingo Jörg Käthe Lars Mäxi Nils Özlem Paula Quirin Rüdiger Søren Thérèse Uwe Vera Wolfgang Xaver Yvonne Zoë'.split(
    ' ',
  )

export const lastNames = lastNameParts()

const firms =
  'Maschinenbau Bäckerei Druckerei Spedition Gärtnerei Software Elektrotechnik Möbelhaus Brauerei Textil Metallbau Verlag Apotheke Küchenstudio Bürobedarf'.split(
    ' ',
  )

const cities =
  'Berlin Köln München Düsseldorf Nürnberg Lübeck Görlitz Würzburg Tübingen Osnabrück Hamburg Leipzig'.split(
    ' ',
  )

/** 2,400 family names: real beginnings and endings in all combinations. */
function lastNameParts(): string[] {
  const beginnings =
    'Müll Schröd Krüg Fisch Web Bäck Schäf Köhl Mai Lehm Huf Bergm Kön Vög Wink Stein Grün Weiß Brand Lind Rös Hirsch Wolf Adl Falk Birk Eich Tann Ros Silb Gold Kupf Eis Stahl Holz Kohl Sand Lang Kurz Groß'.split(
      ' ',
    )
  const middles = ['', 'el', 'in', 'an', 'ers', 'en']
  const endings = 'er mann ke ing hoff bach berg stein feld hauer'.split(' ')
  return beginnings.flatMap((beginning) =>
    middles.flatMap((middle) => endings.map((ending) => beginning + middle + ending)),
  )
}
